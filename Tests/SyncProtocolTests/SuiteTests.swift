import SyncProtocol
import Testing

/// A union whose nodes sign with different suites: each thing says which one it is of.
@Suite struct SuiteTests {
    static let unions: [[Suite]] = [
        [.national, .national, .national, .national], [.international, .national, .international, .national],
        [.national, .international, .national, .international], [.international, .international, .international, .national],
    ]

    @Test(arguments: unions) func `a changeset with excerpts goes up through any mix of suites`(_ suites: [Suite]) throws {
        let union = try Union(suites)
        let reports = (0..<5).map { report($0, suites[3]) }
        let first = try union.changeset(reports, from: union.county, to: union.city)
        let read = try Changeset(
            verifying: first.encoded, from: union.county.node, to: union.city.node, trust: union.trust)
        #expect(read.seal.suite == suites[3] && read.cover.message.suite == suites[3])
        let body = try Body(unpacking: read.packed, size: read.cover.unpackedSize, of: read.seal)
        #expect(body.block.items.map(\.entry) == reports)
        let excerpt = Excerpt(
            seal: read.seal, leaves: body.block.leaves(read.seal.contexts), indexes: [1, 4],
            items: [1, 4].map { EntryBlock.Item(context: 0, entry: reports[$0].reduced(to: [.nation])) })
        try excerpt.verify(against: read.seal)
        let passed = try union.changeset(
            [report(9, suites[2])], excerpts: [excerpt], from: union.city, to: union.province)
        let above = try Changeset(
            verifying: passed.encoded, from: union.city.node, to: union.province.node, trust: union.trust)
        let inside = try Body(unpacking: above.packed, size: above.cover.unpackedSize, of: above.seal)
        #expect(inside.excerpts == [excerpt])
        try inside.excerpts[0].verify(against: read.seal)
        var tree = PartialTree(of: read.seal)
        let present = zip([1, 4], inside.excerpts[0].block.leaves(read.seal.contexts)).map { (index: $0, leaf: $1) }
        tree.insert(present, proof: inside.excerpts[0].proof)
        #expect(tree.proof(present: [1, 4]) == excerpt.proof)
    }

    @Test func `an entry of another suite than its seal's is refused`() throws {
        let union = try Union(.national)
        let entries = [report(1, .national), report(2, .international)]
        let changeset = try union.changeset(entries, from: union.county, to: union.city)
        expectRefusal(.malformed) {
            _ = try Body(unpacking: changeset.packed, size: changeset.cover.unpackedSize, of: changeset.seal)
        }
        let excerpt = try union.excerpt(entries, of: changeset.seal, [1], shown: [.nation])
        expectRefusal(.malformed) { try excerpt.verify(against: changeset.seal) }
        try union.excerpt(entries, of: changeset.seal, [0], shown: [.nation]).verify(against: changeset.seal)
    }

    @Test func `one statement has other digests in another suite`() throws {
        let international = report(1, .international), national = report(1, .national)
        let context = try Union().context(Union().county)
        #expect(context.digest(.international) != context.digest(.national))
        #expect(context.digest == context.digest(.international))
        #expect(zip(international.sections, national.sections).allSatisfy { $0.salt != $1.salt && $0.digest != $1.digest })
        #expect(international.hash(in: context) == international.hash(in: context.digest))
        #expect(national.hash(in: context) == national.hash(in: context.digest(.national)))
        let seed = try #require(national.seed)
        #expect(Entry.salt(seed, 2, suite: .national) == national.sections[2].salt)
    }

    @Test func `a message names the suite of its key, and another key of the same node does not verify it`() throws {
        let one = try Union(), two = try Union(.national)
        let message = try SignedMessage(signing: [0xF6], as: .receipt, in: two.federation, with: two.city.key)
        let prefix = "d2845819a2013a000100000450" + two.city.key.publicKey.id.description + "a0"
        #expect(Hex.encode(message.encoded).hasPrefix(prefix))
        let read = try SignedMessage(decoding: message.encoded[...])
        #expect(read.suite == .national)
        try read.verify(as: .receipt, in: two.federation, with: two.city.key.publicKey)
        expectRefusal(.badSignature) {
            try read.verify(as: .hello, in: two.federation, with: two.city.key.publicKey)
        }
        expectRefusal(.unknownKey) { try read.verify(as: .receipt, in: one.federation, with: one.city.key.publicKey) }
    }

    @Test func `a certificate whose SM2 key is no point, or has the length of another suite, is refused`() throws {
        let union = try Union(.national)
        func certificate(_ suite: UInt64, _ key: [UInt8]) throws -> Certificate {
            var writer = CanonicalWriter()
            writer.array(10)
            writer.unsigned(1)
            writer.unsigned(0)
            writer.null()
            writer.byteString(union.county.node)
            writer.text("320507")
            writer.unsigned(3)
            writer.text("320500")
            writer.unsigned(suite)
            writer.byteString(key)
            writer.null()
            let message = try SignedMessage(
                signing: writer.bytes, as: .certificate, in: union.federation, with: union.city.key)
            return try Certificate(decoding: message.encoded[...])
        }
        let key = union.national.key.publicKey.bytes
        #expect(try certificate(2, key).key == union.national.key.publicKey)
        for wrong in [[UInt8](repeating: 0, count: 33), [5] + key.dropFirst(), Array(key.dropFirst()), key + [0]] {
            expectRefusal(.weakKey) { _ = try certificate(2, wrong) }
        }
        expectRefusal(.weakKey) { _ = try certificate(1, key) }
    }
}
