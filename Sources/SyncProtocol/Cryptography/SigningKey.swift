/// A node's private key, made from 32 random bytes: the seed of Ed25519 (RFC 8032), or what an SM2 scalar follows from.
/// A plain value, made into OpenSSL's objects for each use.
public struct SigningKey: Sendable {
    public let suite: Suite
    public let seed: [UInt8]
    public let publicKey: PublicKey
    /// Suite 2 only.
    private let scalar: [UInt8]

    /// `seed`: 32 random bytes, from the caller, since this library draws none.
    public init(suite: Suite, seed: [UInt8]) throws {
        guard seed.count == 32 else { throw ProtocolError(.cryptography, "a private key has 32 bytes, not \(seed.count)") }
        self.suite = suite
        self.seed = seed
        switch suite {
        case .international:
            scalar = []
            publicKey = try PublicKey(suite: suite, bytes: Ed25519.publicKey(seed: seed))
        case .national:
            scalar = try SM2Curve.scalar(seed: seed)
            publicKey = try PublicKey(suite: suite, bytes: SM2Curve.product(scalar).compressed)
        }
    }

    /// 64 bytes, deterministic in both suites.
    public func sign(_ message: [UInt8]) throws -> [UInt8] {
        switch suite {
        case .international: try Ed25519.sign(message, seed: seed)
        case .national: try SM2Signature.sign(publicKey.digest(message), scalar: scalar)
        }
    }
}

/// A public key that passed its checks: a canonical encoding of a point of the curve, and none of small order.
public struct PublicKey: Sendable, Hashable {
    public let suite: Suite
    /// As it travels: 32 bytes of Ed25519, or the 33 of a compressed SM2 point.
    public let bytes: [UInt8]
    public let id: KeyID
    private let national: National?

    /// What follows from an SM2 key, worked out once.
    private struct National: Sendable, Hashable {
        let point: SM2Curve.Coordinates
        let prefix: [UInt8]
    }

    public init(suite: Suite, bytes: [UInt8]) throws {
        guard bytes.count == suite.keySize else {
            throw ProtocolError(.weakKey, "a public key of this suite has \(suite.keySize) bytes, not \(bytes.count)")
        }
        switch suite {
        case .international:
            try Ed25519.check(bytes)
            national = nil
        case .national:
            let point = try SM2Curve.Coordinates(compressed: bytes)
            national = National(point: point, prefix: SM2Signature.prefix(point))
        }
        let digest = DigestBuilder.digest(.key, [suite.rawValue], bytes[...], suite: suite)
        guard let id = KeyID(digest.bytes.prefix(KeyID.size)) else { throw ProtocolError(.cryptography, "no key name") }
        self.suite = suite
        self.bytes = bytes
        self.id = id
    }

    public func isValid(_ signature: some Collection<UInt8>, of message: [UInt8]) -> Bool {
        guard let national else { return Ed25519.isValid(Array(signature), of: message, key: bytes) }
        do {
            return try SM2Signature.isValid(Array(signature), of: digest(message), key: national.point)
        } catch {
            // What cannot be computed is not proven.
            return false
        }
    }

    /// What SM2 signs of a message.
    fileprivate func digest(_ message: [UInt8]) -> [UInt8] {
        SM2Signature.digest(message, prefix: national?.prefix ?? [])
    }
}
