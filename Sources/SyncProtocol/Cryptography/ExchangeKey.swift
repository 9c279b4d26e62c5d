internal import CLibCrypto

/// A key to agree on a secret with: X25519 (RFC 7748), or a point of the SM2 curve. Those of a hello live no longer than it.
public struct ExchangeKey: Sendable {
    public let suite: Suite
    public let seed: [UInt8]
    /// As it travels: 32 bytes of X25519, or the 33 of a compressed SM2 point.
    public let publicBytes: [UInt8]
    /// Suite 2 only.
    private let scalar: [UInt8]

    /// `seed`: 32 random bytes, from the caller.
    public init(seed: [UInt8], suite: Suite = .international) throws {
        guard seed.count == 32 else { throw ProtocolError(.cryptography, "a private key has 32 bytes, not \(seed.count)") }
        self.suite = suite
        self.seed = seed
        switch suite {
        case .international:
            scalar = []
            publicBytes = try ExchangeKey.montgomery(seed: seed)
        case .national:
            scalar = try SM2Curve.scalar(seed: seed)
            publicBytes = try SM2Curve.product(scalar).compressed
        }
    }

    /// The 32 bytes of the shared secret; `weak-key` when the peer's key gives none. In suite 2 it is the x coordinate.
    public func sharedSecret(with peer: [UInt8]) throws -> [UInt8] {
        guard peer.count == suite.keySize else {
            throw ProtocolError(.weakKey, "an exchange key of this suite has \(suite.keySize) bytes, not \(peer.count)")
        }
        switch suite {
        case .international: return try montgomerySecret(with: peer)
        case .national: return try SM2Curve.product(scalar, SM2Curve.Coordinates(compressed: peer)).x
        }
    }

    private static func montgomery(seed: [UInt8]) throws -> [UInt8] {
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, seed, seed.count) else {
            throw ProtocolError(.cryptography, "OpenSSL refused the exchange key")
        }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: 32)
        var length = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1 else {
            throw ProtocolError(.cryptography, "OpenSSL gave no public key")
        }
        return bytes
    }

    private func montgomerySecret(with peer: [UInt8]) throws -> [UInt8] {
        guard let mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, seed, seed.count),
            let theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, peer, peer.count)
        else { throw ProtocolError(.cryptography, "OpenSSL refused the exchange key") }
        let context = EVP_PKEY_CTX_new(mine, nil)
        defer {
            EVP_PKEY_CTX_free(context)
            EVP_PKEY_free(mine)
            EVP_PKEY_free(theirs)
        }
        var secret = [UInt8](repeating: 0, count: 32)
        var length = secret.count
        guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, theirs) == 1 else {
            throw ProtocolError(.cryptography, "OpenSSL could not begin an exchange")
        }
        // OpenSSL refuses an all-zero secret: the peer's point was of small order.
        guard EVP_PKEY_derive(context, &secret, &length) == 1, length == 32 else {
            throw ProtocolError(.weakKey, "the peer's exchange key gives no secret")
        }
        return secret
    }
}
