internal import CLibCrypto

/// A node's private key: the 32-byte Ed25519 seed (RFC 8032). A plain value, made into OpenSSL's object for each use.
public struct SigningKey: Sendable {
    public let suite: Suite
    public let seed: [UInt8]
    public let publicKey: PublicKey

    /// `seed`: 32 random bytes, from the caller, since this library draws none.
    public init(suite: Suite, seed: [UInt8]) throws {
        guard seed.count == 32 else { throw ProtocolError(.cryptography, "a private key has 32 bytes, not \(seed.count)") }
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            throw ProtocolError(.cryptography, "OpenSSL refused the private key")
        }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: 32)
        var length = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1 else {
            throw ProtocolError(.cryptography, "OpenSSL gave no public key")
        }
        self.suite = suite
        self.seed = seed
        publicKey = try PublicKey(suite: suite, bytes: bytes)
    }

    /// 64 bytes, deterministic.
    public func sign(_ message: [UInt8]) throws -> [UInt8] {
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
}

/// A public key that passed the checks OpenSSL leaves out: canonical encoding and no point of small order.
public struct PublicKey: Sendable, Hashable {
    public let suite: Suite
    public let bytes: [UInt8]
    public let id: KeyID

    public init(suite: Suite, bytes: [UInt8]) throws {
        guard bytes.count == 32 else { throw ProtocolError(.weakKey, "a public key has 32 bytes, not \(bytes.count)") }
        guard PublicKey.isCanonical(bytes) else { throw ProtocolError(.weakKey, "the key's encoding is not canonical") }
        guard !PublicKey.isSmallOrder(bytes) else { throw ProtocolError(.weakKey, "the key is a point of small order") }
        let digest = DigestBuilder.digest(.key, [suite.rawValue], bytes[...])
        guard let id = KeyID(digest.bytes.prefix(KeyID.size)) else { throw ProtocolError(.cryptography, "no key name") }
        self.suite = suite
        self.bytes = bytes
        self.id = id
    }

    public func isValid(_ signature: some Collection<UInt8>, of message: [UInt8]) -> Bool {
        guard signature.count == 64,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count), let context = EVP_MD_CTX_new()
        else { return false }
        defer {
            EVP_PKEY_free(key)
            EVP_MD_CTX_free(context)
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, Array(signature), 64, message, message.count) == 1
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
