// The low-level SHA-256 calls keep their state on the stack, which the hot path needs; OpenSSL 3 marks them deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// Memory of a BIO as pointer and length: BIO_get_mem_data is a macro, which Swift cannot import.
static inline long bangfu_bio_bytes(BIO *bio, char **start) { return BIO_get_mem_data(bio, start); }

/// A fresh P-256 key: EVP_EC_gen is a macro over a variadic function.
static inline EVP_PKEY *bangfu_p256_key(void) { return EVP_EC_gen("P-256"); }

static inline int bangfu_gcm_tag_length(EVP_CIPHER_CTX *c, int length, void *tag) {
    return EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, length, tag);
}
static inline int bangfu_gcm_get_tag(EVP_CIPHER_CTX *c, int length, void *tag) {
    return EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, length, tag);
}
