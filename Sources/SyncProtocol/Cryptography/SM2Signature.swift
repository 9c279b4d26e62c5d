internal import CLibCrypto

/// SM2 signatures (GB/T 32918.2) as r || s, 32 bytes each. The nonce follows from key and message as in RFC 6979, so that
/// equal statements have equal bytes and no weak random number can betray the key.
enum SM2Signature {
    /// The signer's identity that GM/T 0009 prescribes where there is no other; KeyIDs name our keys.
    private static let identity = Array("1234567812345678".utf8)

    /// Z: what a message is hashed behind; binds identity, curve and key.
    static func prefix(_ key: SM2Curve.Coordinates) -> [UInt8] {
        let bits = identity.count * 8
        var builder = DigestBuilder(.national)
        builder.append([UInt8(bits >> 8), UInt8(bits & 0xFF)])
        builder.append(identity)
        builder.append(SM2Curve.parameters)
        builder.append(key.x)
        builder.append(key.y)
        return builder.finish().bytes
    }

    static func digest(_ message: [UInt8], prefix: [UInt8]) -> [UInt8] {
        var builder = DigestBuilder(.national)
        builder.append(prefix)
        builder.append(message)
        return builder.finish().bytes
    }

    static func sign(_ digest: [UInt8], scalar: [UInt8]) throws -> [UInt8] {
        var nonces = Nonces(scalar: scalar, digest: try reduced(digest))
        while true {
            if let signature = try sign(digest, scalar: scalar, nonce: nonces.next()) { return signature }
        }
    }

    /// Nil when this nonce gives no signature, which is as likely as guessing the key.
    ///
    /// s = (1 + d)^-1 (k + r) - r, which is the standard's (1 + d)^-1 (k - r d) with one secret product less.
    static func sign(_ digest: [UInt8], scalar: [UInt8], nonce: [UInt8]) throws -> [UInt8]? {
        let order = try SM2Curve.BigNumber(SM2Curve.order), workspace = try SM2Curve.Workspace()
        let e = try SM2Curve.BigNumber(digest), x = try SM2Curve.BigNumber(SM2Curve.product(nonce).x)
        let d = try SM2Curve.BigNumber(scalar, isSecret: true), k = try SM2Curve.BigNumber(nonce, isSecret: true)
        let r = try SM2Curve.BigNumber(), s = try SM2Curve.BigNumber(isSecret: true)
        let sum = try SM2Curve.BigNumber(isSecret: true), inverse = try SM2Curve.BigNumber(isSecret: true)
        // The inverse by Fermat: n is prime, and this exponentiation takes the same steps for every secret.
        let exponent = try SM2Curve.BigNumber(SM2Curve.order)
        guard BN_mod_add(r.pointer, e.pointer, x.pointer, order.pointer, workspace.pointer) == 1,
            BN_mod_add(sum.pointer, k.pointer, r.pointer, order.pointer, workspace.pointer) == 1,
            BN_add_word(d.pointer, 1) == 1, BN_sub_word(exponent.pointer, 2) == 1,
            BN_mod_exp_mont_consttime(
                inverse.pointer, d.pointer, exponent.pointer, order.pointer, workspace.pointer, nil) == 1,
            BN_mod_mul(s.pointer, inverse.pointer, sum.pointer, order.pointer, workspace.pointer) == 1,
            BN_mod_sub(s.pointer, s.pointer, r.pointer, order.pointer, workspace.pointer) == 1
        else { throw SM2Curve.refused }
        if BN_is_zero(r.pointer) == 1 || BN_is_zero(sum.pointer) == 1 || BN_is_zero(s.pointer) == 1 { return nil }
        return try r.bytes + s.bytes
    }

    static func isValid(_ signature: [UInt8], of digest: [UInt8], key: SM2Curve.Coordinates) throws -> Bool {
        guard signature.count == 64 else { return false }
        let halves = [Array(signature[..<32]), Array(signature[32...])]
        guard halves.allSatisfy(isInRange) else { return false }
        let order = try SM2Curve.BigNumber(SM2Curve.order), workspace = try SM2Curve.Workspace()
        let r = try SM2Curve.BigNumber(halves[0]), s = try SM2Curve.BigNumber(halves[1])
        let e = try SM2Curve.BigNumber(digest), t = try SM2Curve.BigNumber()
        let point = try SM2Curve.Point(key, workspace), result = try SM2Curve.Point()
        guard BN_mod_add(t.pointer, r.pointer, s.pointer, order.pointer, workspace.pointer) == 1 else {
            throw SM2Curve.refused
        }
        if BN_is_zero(t.pointer) == 1 { return false }
        guard
            EC_POINT_mul(SM2Curve.group, result.pointer, s.pointer, point.pointer, t.pointer, workspace.pointer) == 1
        else { throw SM2Curve.refused }
        if EC_POINT_is_at_infinity(SM2Curve.group, result.pointer) == 1 { return false }
        let x = try SM2Curve.BigNumber(result.coordinates(workspace).x), found = try SM2Curve.BigNumber()
        guard BN_mod_add(found.pointer, e.pointer, x.pointer, order.pointer, workspace.pointer) == 1 else {
            throw SM2Curve.refused
        }
        return BN_cmp(found.pointer, r.pointer) == 0
    }

    /// 1 ... n - 1
    static func isInRange(_ scalar: [UInt8]) -> Bool {
        scalar.contains { $0 != 0 } && scalar.lexicographicallyPrecedes(SM2Curve.order)
    }

    private static func reduced(_ digest: [UInt8]) throws -> [UInt8] {
        let order = try SM2Curve.BigNumber(SM2Curve.order), value = try SM2Curve.BigNumber(digest)
        let rest = try SM2Curve.BigNumber(), workspace = try SM2Curve.Workspace()
        guard BN_div(nil, rest.pointer, value.pointer, order.pointer, workspace.pointer) == 1 else { throw SM2Curve.refused }
        return try rest.bytes
    }

    /// The generator of RFC 6979 section 3.2 with HMAC-SM3.
    private struct Nonces {
        private var key = [UInt8](repeating: 0, count: 32)
        private var value = [UInt8](repeating: 1, count: 32)
        private var isUsed = false

        init(scalar: [UInt8], digest: [UInt8]) {
            update([0] + scalar + digest)
            update([1] + scalar + digest)
        }

        private mutating func update(_ input: [UInt8]) {
            key = KeyDerivation.hmac(key: key, value + input, suite: .national)
            value = KeyDerivation.hmac(key: key, value, suite: .national)
        }

        mutating func next() -> [UInt8] {
            while true {
                if isUsed { update([0]) }
                isUsed = true
                value = KeyDerivation.hmac(key: key, value, suite: .national)
                if SM2Signature.isInRange(value) { return value }
            }
        }
    }
}
