internal import CLibCrypto

/// Ed25519 (RFC 8032) by OpenSSL, and the checks of a public key that OpenSSL leaves out.
enum Ed25519 {
    static func publicKey(seed: [UInt8]) throws -> [UInt8] {
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            throw ProtocolError(.cryptography, "OpenSSL refused the private key")
        }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: 32)
        var length = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1 else {
            throw ProtocolError(.cryptography, "OpenSSL gave no public key")
        }
        return bytes
    }

    static func sign(_ message: [UInt8], seed: [UInt8]) throws -> [UInt8] {
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count), let context = EVP_MD_CTX_new()
        else { throw ProtocolError(.cryptography, "OpenSSL refused the private key") }
        defer {
            EVP_PKEY_free(key)
            EVP_MD_CTX_free(context)
        }
        var signature = [UInt8](repeating: 0, count: 64)
        var length = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &length, message, message.count) == 1, length == 64
        else { throw ProtocolError(.cryptography, "OpenSSL could not sign") }
        return signature
    }

    static func isValid(_ signature: [UInt8], of message: [UInt8], key bytes: [UInt8]) -> Bool {
        guard signature.count == 64,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count), let context = EVP_MD_CTX_new()
        else { return false }
        defer {
            EVP_PKEY_free(key)
            EVP_MD_CTX_free(context)
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, 64, message, message.count) == 1
    }

    /// Refuses an encoding that is not canonical and a point of small order: for some of them one signature fits many
    /// messages.
    static func check(_ bytes: [UInt8]) throws {
        guard isCanonical(bytes) else { throw ProtocolError(.weakKey, "the key's encoding is not canonical") }
        guard !isSmallOrder(bytes) else { throw ProtocolError(.weakKey, "the key is a point of small order") }
    }

    /// The y coordinate, little-endian without the sign bit, is below 2^255 - 19.
    private static func isCanonical(_ bytes: [UInt8]) -> Bool {
        let top = bytes[31] & 0x7F
        if top < 0x7F { return true }
        if bytes[1..<31].contains(where: { $0 != 0xFF }) { return true }
        return bytes[0] < 0xED
    }

    /// The y coordinates of the eight points whose order divides 8 (the sign bit does not matter).
    private static let smallOrder: [[UInt8]] = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ].compactMap(Hex.decode)

    private static func isSmallOrder(_ bytes: [UInt8]) -> Bool {
        var y = bytes
        y[31] &= 0x7F
        return smallOrder.contains(y)
    }
}
