import SyncProtocol
import Testing

/// Statements in chains, keys that change and keys that are taken away.
@Suite struct TrustLogTests {
    let union: Union
    let newKey: SigningKey

    init() throws {
        union = try Union()
        newKey = try SigningKey(suite: .international, seed: [UInt8](repeating: 6, count: 32))
    }

    private func certificate(
        _ place: TrustPlace, _ node: Member, _ key: SigningKey, by issuer: Member, consent: [UInt8]? = nil
    ) throws -> Certificate {
        try Certificate(
            place, node: node.node, seat: node.certificate.seat, key: key.publicKey, consent: consent,
            federation: union.federation, issuer: issuer.key)
    }

    private func revocation(
        of key: SigningKey, by issuer: Member, statements: (UInt64, Digest?) = (0, nil), bounds: [Revocation.Bound] = [],
        in trust: Trust
    ) throws -> TrustStatement {
        .revocation(
            try Revocation(
                trust.nextPlace(of: issuer.node), key: key.publicKey.id, statements: (statements.0, statements.1),
                bounds: bounds, reason: "stolen", federation: union.federation, issuer: issuer.key))
    }

    @Test func `an issuer's statements follow each other by number and hash`() throws {
        var trust = union.trust
        let next = trust.nextPlace(of: union.city.node)
        #expect(next.number == 1 && next.previous == union.county.certificate.hash)
        let early = try certificate(
            TrustPlace(number: 2, previous: union.county.certificate.hash), union.county, newKey, by: union.city)
        expectRefusal(.position) { try trust.admit(early) }
        let broken = try certificate(
            TrustPlace(number: 1, previous: union.city.certificate.hash), union.county, newKey, by: union.city)
        expectRefusal(.chainBroken) { try trust.admit(broken) }
        let other = try certificate(.first, union.county, newKey, by: union.city)
        expectRefusal(.fork) { try trust.admit(other) }
        #expect(try trust.admit(certificate(next, union.county, newKey, by: union.city)))
        #expect(trust.certificate(of: union.county.node)?.key == newKey.publicKey)
        #expect(trust.isLater(newKey.publicKey.id, than: union.county.key.publicKey.id))
    }

    @Test func `a rotation is by both keys, and only the current key speaks`() throws {
        var trust = union.trust
        let rotation = try Rotation(
            node: union.county.node, present: union.county.key, new: newKey, federation: union.federation)
        let find = { [trust] (key: KeyID) in trust.certificate(of: key) }
        let read = try Rotation(verifying: rotation.message.encoded[...], with: find, in: union.federation)
        #expect(read.key == newKey.publicKey && read.present == union.county.key.publicKey.id)
        // Signed by the new key alone, or for another key, it is no consent.
        let alone = try Rotation(node: union.county.node, present: newKey, new: newKey, federation: union.federation)
        let place = trust.nextPlace(of: union.city.node)
        for consent in [alone.message.encoded, [0xFF], []] {
            let wrong = try certificate(place, union.county, newKey, by: union.city, consent: consent)
            expectRefusal(.badSignature) { try trust.admit(wrong) }
        }
        try trust.admit(certificate(place, union.county, newKey, by: union.city, consent: rotation.message.encoded))
        let old = try SignedMessage(signing: [1], as: .hello, in: union.federation, with: union.county.key)
        expectRefusal(.retiredKey) { _ = try trust.sender(of: old, as: .hello) }
        let new = try SignedMessage(signing: [1], as: .hello, in: union.federation, with: newKey)
        #expect(try trust.sender(of: new, as: .hello).node == union.county.node)
    }

    @Test func `a revocation admits exactly the chain that ends in its seal`() throws {
        let log = union.up(union.county, to: union.city)
        let first = try union.seal([report(1)], log, by: union.county)
        let second = try union.seal([report(2)], log, by: union.county, first: 1, previous: first.hash)
        let twin = try union.seal([report(3)], log, by: union.county)
        var trust = union.trust
        let bound = Revocation.Bound(log: log, next: 1, hash: first.hash)
        try trust.admit(revocation(of: union.county.key, by: union.city, bounds: [bound], in: trust))
        try first.verify(trust)
        expectRefusal(.revoked) { try second.verify(trust) }
        expectRefusal(.revoked) { try twin.verify(trust) }
        let elsewhere = LogID(
            author: union.county.node, incarnation: union.county.incarnation, direction: .down, peer: union.city.node)
        let other = try union.seal([report(1)], elsewhere, by: union.county)
        expectRefusal(.revoked) { try other.verify(trust) }
        let hello = try SignedMessage(signing: [1], as: .hello, in: union.federation, with: union.county.key)
        expectRefusal(.revoked) { _ = try trust.sender(of: hello, as: .hello) }
    }

    @Test func `only the issuer takes a key away, and only with bounds in that node's logs`() throws {
        var trust = union.trust
        for (key, issuer) in [
            (union.county.key, union.province), (union.city.key, union.city), (union.root.key, union.root),
        ] {
            let wrong = try revocation(of: key, by: issuer, in: trust)
            expectRefusal(.notEntitled) { try trust.admit(wrong) }
        }
        let foreign = Revocation.Bound(log: union.up(union.city, to: union.province), next: 0, hash: nil)
        let wrong = try revocation(of: union.county.key, by: union.city, bounds: [foreign], in: trust)
        expectRefusal(.notEntitled) { try trust.admit(wrong) }
    }

    /// A stolen key of the city certifies a county of the thief's; what it certified before stays.
    @Test func `what a revoked key certified beyond its bound is taken out again, in any order of arrival`() throws {
        let thief = try SigningKey(suite: .international, seed: [UInt8](repeating: 40, count: 32))
        var trust = union.trust
        let forged = try Certificate(
            trust.nextPlace(of: union.city.node), node: NodeID(words: [4, 4]),
            seat: Seat(code: "320507", level: 3, parent: "320500"), key: thief.publicKey, federation: union.federation,
            issuer: union.city.key)
        let away = try revocation(
            of: union.city.key, by: union.province, statements: (1, union.county.certificate.hash), in: union.trust)
        try trust.admit(forged)
        #expect(trust.certificate(of: thief.publicKey.id) != nil)
        try trust.admit(away)
        #expect(trust.certificate(of: thief.publicKey.id) == nil && trust.certificate(ofSeat: "320507") == nil)
        #expect(trust.certificate(of: union.county.node) == union.county.certificate)
        #expect(!trust.holds(.certificate(forged)) && trust.holds(.certificate(union.county.certificate)))

        var other = union.trust
        try other.admit(away)
        expectRefusal(.revoked) { try other.admit(forged) }
        #expect(Trust.digest(of: trust.statements) == Trust.digest(of: other.statements))

        // The city's new key goes on behind the bound.
        try trust.admit(
            certificate(
                trust.nextPlace(of: union.province.node), union.city, newKey, by: union.province))
        let again = try Certificate(
            trust.nextPlace(of: union.city.node), node: NodeID(words: [5, 5]),
            seat: Seat(code: "320508", level: 3, parent: "320500"), key: thief.publicKey, federation: union.federation,
            issuer: newKey)
        #expect(try trust.admit(again))
        expectRefusal(.revoked) { try trust.admit(forged) }
    }

    @Test func `a link shares what stands above it, and below it, and nothing of its siblings`() throws {
        let shared = union.trust.shared(parent: union.province.node, child: union.city.node)
        #expect(shared.count == 5)
        let ofCounty = union.trust.shared(parent: union.city.node, child: union.county.node)
        #expect(ofCounty.count == 5)
        let atTop = union.trust.shared(parent: union.national.node, child: NodeID(words: [9, 9]))
        #expect(atTop.map(\.hash) == [union.root, union.national, union.province].map(\.certificate.hash))
    }
}
