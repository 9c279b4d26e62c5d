internal import CLibCrypto

/// A node's signing key also receives what is sealed to it without a line: the SM2 key as it stands, the Ed25519 key as
/// the X25519 key on the same curve (RFC 7748 section 4.1). So whoever holds a node's certificate can seal to it.
extension SigningKey {
    /// The private half. X25519 takes the first half of SHA-512 of the seed, as Ed25519 does (RFC 8032 section 5.1.5).
    public func exchangeKey() throws -> ExchangeKey {
        switch suite {
        case .national: return try ExchangeKey(seed: seed, suite: suite)
        case .international:
            var digest = [UInt8](repeating: 0, count: 64)
            SHA512(seed, seed.count, &digest)
            return try ExchangeKey(seed: Array(digest[..<32]), suite: suite)
        }
    }
}

extension PublicKey {
    /// What others agree on a secret with, as it would travel: u = (1 + y) / (1 - y) mod 2^255 - 19 of an Ed25519 key.
    public func exchangeBytes() throws -> [UInt8] {
        guard suite == .international else { return bytes }
        var y = bytes
        y[31] &= 0x7F
        let prime = try SM2Curve.BigNumber([0x7F] + [UInt8](repeating: 0xFF, count: 30) + [0xED])
        let height = try SM2Curve.BigNumber(y.reversed()), workspace = try SM2Curve.Workspace()
        let above = try SM2Curve.BigNumber([1]), below = try SM2Curve.BigNumber([1])
        let inverse = try SM2Curve.BigNumber(), result = try SM2Curve.BigNumber()
        guard BN_mod_add(above.pointer, above.pointer, height.pointer, prime.pointer, workspace.pointer) == 1,
            BN_mod_sub(below.pointer, below.pointer, height.pointer, prime.pointer, workspace.pointer) == 1,
            BN_mod_inverse(inverse.pointer, below.pointer, prime.pointer, workspace.pointer) != nil,
            BN_mod_mul(result.pointer, above.pointer, inverse.pointer, prime.pointer, workspace.pointer) == 1
        else { throw ProtocolError(.weakKey, "the signing key has no exchange key on its curve") }
        return try result.bytes.reversed()
    }
}
