// The low-level SHA-256 calls keep their state on the stack, which the hot path needs; OpenSSL 3 marks them deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/// Memory of a BIO as pointer and length: BIO_get_mem_data is a macro, which Swift cannot import.
static inline long bangfu_bio_bytes(BIO *bio, char **start) { return BIO_get_mem_data(bio, start); }

/// A fresh P-256 key: EVP_EC_gen is a macro over a variadic function.
static inline EVP_PKEY *bangfu_p256_key(void) { return EVP_EC_gen("P-256"); }

/// The kind of a name in UTF-8: MBSTRING_UTF8 is an expression, which Swift cannot import.
static const int bangfu_utf8_name = MBSTRING_UTF8;

/// Asked for a passphrase, gives none: a key that needs one is not read, and nobody at a terminal is asked.
static inline int bangfu_no_passphrase(char *buffer, int size, int writing, void *nothing) {
    (void)buffer, (void)size, (void)writing, (void)nothing;
    return -1;
}

static inline int bangfu_gcm_tag_length(EVP_CIPHER_CTX *c, int length, void *tag) {
    return EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, length, tag);
}
static inline int bangfu_gcm_get_tag(EVP_CIPHER_CTX *c, int length, void *tag) {
    return EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, length, tag);
}
