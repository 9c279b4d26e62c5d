import SyncProtocol
import Testing

@Suite struct CertificateTests {
    let union: Union

    init() throws { union = try Union() }

    /// The issuer's next statement, as far as the union's own trust goes.
    func certificate(
        _ number: UInt8, _ seat: Seat, by issuer: Member, node: NodeID? = nil, consent: [UInt8]? = nil
    ) throws -> Certificate {
        let key = try SigningKey(suite: .international, seed: [UInt8](repeating: number, count: 32))
        let own = try #require(NodeID([UInt8](repeating: number, count: 16)))
        return try Certificate(
            union.trust.nextPlace(of: issuer.node), node: node ?? own, seat: seat, key: key.publicKey, consent: consent,
            federation: union.federation, issuer: issuer.key)
    }

    @Test func `a certificate is read as it was written`() throws {
        let read = try Certificate(decoding: union.county.certificate.message.encoded[...])
        #expect(read == union.county.certificate)
        #expect(read.node == union.county.node)
        #expect(read.seat == Seat(code: "320506", level: 3, parent: "320500"))
        #expect(read.key == union.county.key.publicKey)
    }

    @Test func `trust knows the chain from the root down`() throws {
        #expect(
            union.trust.path(to: union.county.certificate).map(\.seat.code) == ["", "000000", "320000", "320500", "320506"])
        #expect(union.trust.isBelow(union.county.certificate, union.province.node))
        #expect(!union.trust.isBelow(union.province.certificate, union.county.node))
        #expect(!union.trust.isBelow(union.city.certificate, union.city.node))
        #expect(union.trust.certificate(of: union.city.key.publicKey.id) == union.city.certificate)
        #expect(union.trust.certificate(of: union.city.node) == union.city.certificate)
    }

    @Test func `the same certificate is admitted once`() throws {
        var trust = try Trust(federation: union.federation, root: union.root.certificate)
        #expect(try trust.admit(union.national.certificate))
        #expect(try !trust.admit(union.national.certificate))
        #expect(try !trust.admit(union.root.certificate))
    }

    @Test func `an unknown issuer is refused`() throws {
        var trust = try Trust(federation: union.federation, root: union.root.certificate)
        expectRefusal(.unknownKey) { try trust.admit(union.county.certificate) }
        #expect(trust.certificate(of: union.county.node) == nil)
    }

    @Test func `a seat is certified by its own parent only`() throws {
        var trust = union.trust
        let foreign = try certificate(20, Seat(code: "320507", level: 3, parent: "320500"), by: union.province)
        expectRefusal(.notEntitled) { try trust.admit(foreign) }
        let other = try certificate(20, Seat(code: "330000", level: 1, parent: "000000"), by: union.province)
        expectRefusal(.notEntitled) { try trust.admit(other) }
    }

    @Test(arguments: [0, 1, 2]) func `a seat lies on a lower level than its parent`(_ level: Int) throws {
        var trust = union.trust
        let beside = try certificate(20, Seat(code: "320507", level: level, parent: "320500"), by: union.city)
        expectRefusal(.notEntitled) { try trust.admit(beside) }
    }

    @Test func `a signature by another than the named issuer is refused`() throws {
        var trust = union.trust
        let honest = try certificate(20, Seat(code: "320507", level: 3, parent: "320500"), by: union.city)
        var bytes = honest.message.encoded
        bytes[bytes.count - 1] ^= 1
        let altered = try Certificate(decoding: bytes[...])
        expectRefusal(.badSignature) { try trust.admit(altered) }
        let otherFederation = try #require(FederationID([UInt8](repeating: 7, count: 16)))
        let moved = try Certificate(
            honest.place, node: honest.node, seat: honest.seat, key: honest.key, federation: otherFederation,
            issuer: union.city.key)
        expectRefusal(.badSignature) { try trust.admit(moved) }
        #expect(try trust.admit(honest))
    }

    @Test func `a key serves one seat`() throws {
        var trust = union.trust
        let again = try Certificate(
            union.trust.nextPlace(of: union.city.node), node: union.county.node,
            seat: Seat(code: "320507", level: 3, parent: "320500"), key: union.county.key.publicKey,
            federation: union.federation, issuer: union.city.key)
        expectRefusal(.notEntitled) { try trust.admit(again) }
    }

    @Test func `no issuer can give another node's name to a key of its own`() throws {
        var trust = union.trust
        for victim in [union.root, union.national, union.province, union.city] {
            let forged = try certificate(
                20, Seat(code: "320599", level: 4, parent: "320506"), by: union.county, node: victim.node)
            expectRefusal(.notEntitled) { try trust.admit(forged) }
            #expect(trust.certificate(of: victim.node) == victim.certificate)
            #expect(trust.certificate(of: forged.key.id) == nil)
        }
    }

    @Test func `a seat of the same code elsewhere cannot renew the key of a node that is not its own`() throws {
        var trust = union.trust
        let other = try certificate(22, Seat(code: "330000", level: 1, parent: "000000"), by: union.national)
        try trust.admit(other)
        let otherKey = try SigningKey(suite: .international, seed: [UInt8](repeating: 22, count: 32))
        let namesake = try SigningKey(suite: .international, seed: [UInt8](repeating: 23, count: 32))
        try trust.admit(
            Certificate(
                .first, node: #require(NodeID([UInt8](repeating: 23, count: 16))),
                seat: Seat(code: "320500", level: 2, parent: "330000"),
                key: namesake.publicKey, federation: union.federation, issuer: otherKey))
        let forged = try Certificate(
            .first, node: union.county.node, seat: union.county.certificate.seat,
            key: SigningKey(suite: .international, seed: [UInt8](repeating: 24, count: 32)).publicKey,
            federation: union.federation, issuer: namesake)
        expectRefusal(.notEntitled) { try trust.admit(forged) }
        #expect(trust.certificate(of: union.county.node) == union.county.certificate)
    }

    @Test func `a node gets a new key on its own seat and the old one stays known`() throws {
        var trust = union.trust
        let renewed = try certificate(21, union.county.certificate.seat, by: union.city, node: union.county.node)
        #expect(try trust.admit(renewed))
        #expect(trust.certificate(of: union.county.node) == renewed)
        #expect(trust.certificate(of: union.county.key.publicKey.id) == union.county.certificate)
    }

    @Test func `a certificate of a weak key, an unknown suite or a wrong shape is refused`() throws {
        func message(_ write: (inout CanonicalWriter) -> Void) throws -> SignedMessage {
            var writer = CanonicalWriter()
            writer.array(10)
            writer.unsigned(1)
            writer.unsigned(0)
            writer.null()
            writer.byteString(union.county.node)
            writer.text("320507")
            writer.unsigned(3)
            writer.text("320500")
            write(&writer)
            return try SignedMessage(signing: writer.bytes, as: .certificate, in: union.federation, with: union.city.key)
        }
        let weak = try message {
            $0.unsigned(1); $0.byteString([UInt8](repeating: 0, count: 32)); $0.null()
        }
        expectRefusal(.weakKey) { _ = try Certificate(decoding: weak.encoded[...]) }
        let future = try message {
            $0.unsigned(3); $0.byteString([UInt8](repeating: 0, count: 33)); $0.null()
        }
        expectRefusal(.unsupportedSuite) { _ = try Certificate(decoding: future.encoded[...]) }
        let longer = try message {
            $0.unsigned(1); $0.byteString(union.root.key.publicKey.bytes); $0.null(); $0.null()
        }
        expectRefusal(.malformed) { _ = try Certificate(decoding: longer.encoded[...]) }
    }

    @Test func `only a self-signed certificate without a seat is a root`() throws {
        expectRefusal(.notEntitled) { _ = try Trust(federation: union.federation, root: union.province.certificate) }
        expectRefusal(.notEntitled) { _ = try Trust(federation: union.federation, root: union.national.certificate) }
        let crossed = try Certificate(
            .first, node: union.root.node, seat: .root, key: union.root.key.publicKey, federation: union.federation,
            issuer: union.province.key)
        expectRefusal(.unknownKey) { _ = try Trust(federation: union.federation, root: crossed) }
        let other = try #require(FederationID([UInt8](repeating: 7, count: 16)))
        expectRefusal(.badSignature) { _ = try Trust(federation: other, root: union.root.certificate) }
    }
}
