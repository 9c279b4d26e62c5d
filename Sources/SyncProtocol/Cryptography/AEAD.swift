internal import CLibCrypto

/// Sealing with a 12-byte nonce and a 16-byte tag behind the ciphertext: AES-256-GCM (NIST SP 800-38D), or SM4-CTR with
/// HMAC-SM3 over the ciphertext.
public enum AEAD {
    public static let tagSize = 16

    /// 32 bytes in suite 1; 16 for SM4 and 32 for the HMAC in suite 2.
    public static func keySize(_ suite: Suite) -> Int {
        switch suite {
        case .international: 32
        case .national: 48
        }
    }

    public static func seal(
        _ plain: [UInt8], key: [UInt8], nonce: [UInt8], authenticating header: [UInt8], suite: Suite = .international
    ) throws -> [UInt8] {
        try check(key, nonce, plain.count, header, suite)
        switch suite {
        case .international: return try sealGalois(plain, key, nonce, header)
        case .national:
            let cipher = try counterMode(plain, key, nonce)
            return cipher + tag(cipher[...], key, nonce, header)
        }
    }

    public static func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], authenticating header: [UInt8], suite: Suite = .international
    ) throws -> [UInt8] {
        guard sealed.count >= tagSize else { throw ProtocolError(.cryptography, "a sealed message has at least 16 bytes") }
        try check(key, nonce, sealed.count, header, suite)
        let cipher = sealed[..<(sealed.count - tagSize)]
        switch suite {
        case .international: return try openGalois(cipher, Array(sealed[cipher.endIndex...]), key, nonce, header)
        case .national:
            let expected = tag(cipher, key, nonce, header), found = Array(sealed[cipher.endIndex...])
            guard CRYPTO_memcmp(expected, found, tagSize) == 0 else { throw altered }
            return try counterMode(Array(cipher), key, nonce)
        }
    }

    /// OpenSSL counts in 32 bits; beyond that a part would be sealed in silence.
    private static func check(_ key: [UInt8], _ nonce: [UInt8], _ count: Int, _ header: [UInt8], _ suite: Suite) throws {
        guard key.count == keySize(suite), nonce.count == 12, count <= Int(Int32.max), header.count <= Int(Int32.max) else {
            throw ProtocolError(.cryptography, "a key of \(keySize(suite)) bytes, a nonce of 12 and at most 2 GiB")
        }
    }

    private static var altered: ProtocolError {
        ProtocolError(.badSignature, "the message was altered or belongs to another session")
    }

    // MARK: Suite 1

    private static func sealGalois(_ plain: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8]) throws -> [UInt8] {
        guard let context = EVP_CIPHER_CTX_new() else { throw ProtocolError(.cryptography, "no memory for a cipher") }
        defer { EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: plain.count + tagSize)
        var tag = [UInt8](repeating: 0, count: tagSize)
        var length: Int32 = 0
        var rest: Int32 = 0
        guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_EncryptUpdate(context, nil, &length, header, Int32(header.count)) == 1,
            EVP_EncryptUpdate(context, &output, &length, plain, Int32(plain.count)) == 1,
            EVP_EncryptFinal_ex(context, &tag, &rest) == 1, bangfu_gcm_get_tag(context, Int32(tagSize), &tag) == 1
        else { throw ProtocolError(.cryptography, "AES-256-GCM could not encrypt") }
        output.replaceSubrange(plain.count..<plain.count + tagSize, with: tag)
        return output
    }

    private static func openGalois(
        _ cipher: ArraySlice<UInt8>, _ tag: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8]
    ) throws -> [UInt8] {
        guard let context = EVP_CIPHER_CTX_new() else { throw ProtocolError(.cryptography, "no memory for a cipher") }
        defer { EVP_CIPHER_CTX_free(context) }
        var tag = tag
        var output = [UInt8](repeating: 0, count: cipher.count)
        var end = [UInt8](repeating: 0, count: tagSize)
        var length: Int32 = 0
        var rest: Int32 = 0
        guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_DecryptUpdate(context, nil, &length, header, Int32(header.count)) == 1,
            EVP_DecryptUpdate(context, &output, &length, Array(cipher), Int32(cipher.count)) == 1,
            bangfu_gcm_tag_length(context, Int32(tagSize), &tag) == 1, EVP_DecryptFinal_ex(context, &end, &rest) == 1
        else { throw altered }
        return output
    }

    // MARK: Suite 2

    /// The counter begins at nonce || 0.
    private static func counterMode(_ bytes: [UInt8], _ key: [UInt8], _ nonce: [UInt8]) throws -> [UInt8] {
        try SM4.counterMode(bytes, key: Array(key[..<16]), counter: nonce + [0, 0, 0, 0])
    }

    /// HMAC-SM3(nonce || length of header || length of ciphertext || header || ciphertext), its first half.
    private static func tag(_ cipher: ArraySlice<UInt8>, _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8]) -> [UInt8] {
        let lengths = [header.count, cipher.count].flatMap { count in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) }
        }
        let parts = [nonce[...], lengths[...], header[...], cipher]
        return Array(KeyDerivation.authentication(key: Array(key[16...]), parts, .national).bytes.prefix(tagSize))
    }
}
