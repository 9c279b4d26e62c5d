internal import CLibCrypto

/// An ephemeral X25519 key (RFC 7748) of one hello.
public struct ExchangeKey: Sendable {
    public let seed: [UInt8]
    public let publicBytes: [UInt8]

    public init(seed: [UInt8]) throws {
        guard seed.count == 32, let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, seed, seed.count) else {
            throw ProtocolError(.cryptography, "OpenSSL refused the exchange key")
        }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: 32)
        var length = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1 else {
            throw ProtocolError(.cryptography, "OpenSSL gave no public key")
        }
        self.seed = seed
        publicBytes = bytes
    }

    /// The shared secret; an all-zero one (a peer's point of small order) is refused by OpenSSL and so here.
    public func sharedSecret(with peer: [UInt8]) throws -> [UInt8] {
        guard peer.count == 32,
            let mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, seed, seed.count),
            let theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, peer, peer.count)
        else { throw ProtocolError(.cryptography, "the exchange key has 32 bytes") }
        let context = EVP_PKEY_CTX_new(mine, nil)
        defer {
            EVP_PKEY_CTX_free(context)
            EVP_PKEY_free(mine)
            EVP_PKEY_free(theirs)
        }
        var secret = [UInt8](repeating: 0, count: 32)
        var length = secret.count
        guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, theirs) == 1,
            EVP_PKEY_derive(context, &secret, &length) == 1, length == 32
        else { throw ProtocolError(.cryptography, "no shared secret with that key") }
        return secret
    }
}

/// HKDF with SHA-256 (RFC 5869) and the HMAC it stands on.
public enum KeyDerivation {
    public static func hmac(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        HMAC(EVP_sha256(), key, Int32(clamping: key.count), message, message.count, &output, &length)
        return output
    }

    /// `count` is at most 255 x 32 bytes.
    public static func hkdf(secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int) -> [UInt8] {
        precondition(count <= 255 * 32)
        let extracted = hmac(key: salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt, secret)
        var output = [UInt8]()
        var block = [UInt8]()
        var counter: UInt8 = 0
        while output.count < count {
            counter += 1
            block = hmac(key: extracted, block + info + [counter])
            output.append(contentsOf: block)
        }
        return Array(output.prefix(count))
    }
}

/// AES-256-GCM (NIST SP 800-38D) with a 12-byte nonce; the 16-byte tag stands behind the ciphertext.
public enum AEAD {
    public static func seal(_ plain: [UInt8], key: [UInt8], nonce: [UInt8], authenticating header: [UInt8]) throws -> [UInt8]
    {
        guard key.count == 32, nonce.count == 12, let context = EVP_CIPHER_CTX_new() else {
            throw ProtocolError(.cryptography, "AES-256-GCM takes 32 bytes of key and 12 of nonce")
        }
        defer { EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: plain.count + 16)
        var tag = [UInt8](repeating: 0, count: 16)
        var length: Int32 = 0
        guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_EncryptUpdate(context, nil, &length, header, Int32(clamping: header.count)) == 1,
            EVP_EncryptUpdate(context, &output, &length, plain, Int32(clamping: plain.count)) == 1
        else { throw ProtocolError(.cryptography, "AES-256-GCM could not encrypt") }
        var rest: Int32 = 0
        guard EVP_EncryptFinal_ex(context, &tag, &rest) == 1, bangfu_gcm_get_tag(context, 16, &tag) == 1 else {
            throw ProtocolError(.cryptography, "AES-256-GCM could not encrypt")
        }
        output.replaceSubrange(plain.count..<plain.count + 16, with: tag)
        return output
    }

    public static func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8], authenticating header: [UInt8]) throws
        -> [UInt8]
    {
        guard key.count == 32, nonce.count == 12, sealed.count >= 16, let context = EVP_CIPHER_CTX_new() else {
            throw ProtocolError(.cryptography, "a sealed message has at least 16 bytes")
        }
        defer { EVP_CIPHER_CTX_free(context) }
        let size = sealed.count - 16
        var tag = Array(sealed[size...])
        var output = [UInt8](repeating: 0, count: size)
        var length: Int32 = 0
        var rest: Int32 = 0
        var end = [UInt8](repeating: 0, count: 16)
        guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_DecryptUpdate(context, nil, &length, header, Int32(clamping: header.count)) == 1,
            EVP_DecryptUpdate(context, &output, &length, sealed, Int32(clamping: size)) == 1,
            bangfu_gcm_tag_length(context, 16, &tag) == 1, EVP_DecryptFinal_ex(context, &end, &rest) == 1
        else { throw ProtocolError(.badSignature, "the message was altered or belongs to another session") }
        return output
    }
}
