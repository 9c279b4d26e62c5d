import SyncProtocol
import Testing

/// The refusals in the order in which a receiver checks.
@Suite struct ChangesetTests {
    let union: Union
    let entries = (0..<3).map(report)

    init() throws { union = try Union() }

    func verify(_ bytes: [UInt8], from sender: Member? = nil, to receiver: Member? = nil) throws -> Changeset {
        try Changeset(
            verifying: bytes, from: (sender ?? union.county).node, to: (receiver ?? union.city).node, trust: union.trust)
    }

    func honest() throws -> Changeset { try union.changeset(entries, from: union.county, to: union.city) }

    func altered(_ index: Int, _ value: UInt8) throws -> [UInt8] {
        var bytes = try honest().encoded
        bytes[index] = value
        return bytes
    }

    @Test func `a changeset arrives whole`() throws {
        let sent = try honest()
        let read = try verify(sent.encoded)
        #expect(read.cover == sent.cover && read.seal == sent.seal && read.packed == sent.packed)
        #expect(Changeset(cover: read.cover, seal: read.seal, packed: read.packed).encoded == sent.encoded)
        let body = try Body(unpacking: read.packed, size: read.cover.unpackedSize, of: read.seal)
        #expect(body.block == block(entries) && body.excerpts.isEmpty)
        #expect(body.leaves == body.block.leaves(read.seal.contexts))
    }

    @Test func `excerpts with withheld sections arrive beside the entries`() throws {
        let origin = try union.seal(entries, union.up(union.county, to: union.city), by: union.county)
        let excerpt = try union.excerpt(entries, of: origin, [0, 2], shown: [.nation, .reviewers])
        let sent = try union.changeset([report(7)], excerpts: [excerpt], from: union.city, to: union.province)
        let read = try verify(sent.encoded, from: union.city, to: union.province)
        let body = try Body(unpacking: read.packed, size: read.cover.unpackedSize, of: read.seal)
        #expect(body.excerpts == [excerpt])
        try body.excerpts[0].verify(against: origin)
        #expect(body.excerpts[0].block.items.allSatisfy { $0.entry.section(.city)?.bytes == nil })
    }

    @Test func `1 other first bytes are no changeset`() {
        for index in 0..<4 { expectRefusal(.malformed) { _ = try verify(altered(index, 0)) } }
        for count in [0, 1, 4, 11, 12] {
            expectRefusal(.malformed) { _ = try verify(Array(honest().encoded.prefix(count))) }
        }
    }

    @Test func `2 another major version and unknown flags are refused, any minor is read`() throws {
        for major: UInt8 in [0, 2, 255] { expectRefusal(.unsupportedVersion) { _ = try verify(altered(4, major)) } }
        for flag in [6, 7] { expectRefusal(.unsupportedVersion) { _ = try verify(altered(flag, 1)) } }
        #expect(try verify(altered(5, 200)).seal == honest().seal)
    }

    @Test func `3 a cover too large is refused before it is read`() throws {
        expectRefusal(.tooLarge) { _ = try verify(altered(8, 0xFF)) }
        expectRefusal(.tooLarge) { _ = try verify(altered(10, 0x10 + 1)) }
        let many = try honest().encoded + [UInt8](repeating: 0, count: Limits.packedBytes + 1)
        expectRefusal(.tooLarge) { _ = try verify(many) }
    }

    @Test func `4 a cover by an unknown key is refused`() throws {
        let stranger = try union.stranger()
        let changeset = try union.changeset(entries, from: stranger, to: union.city)
        expectRefusal(.unknownKey) { _ = try verify(changeset.encoded, from: stranger) }
    }

    @Test func `5 an altered cover is refused`() throws {
        let bytes = try honest().encoded
        let size = try honest().cover.message.encoded.count
        for index in [12 + 40, 12 + size / 2, 12 + size - 70, 12 + size - 1] {
            var altered = bytes
            altered[index] ^= 1
            expectRefusal(.badSignature) { _ = try verify(altered) }
        }
    }

    @Test func `6 another sender than the one that signed is refused`() throws {
        let bytes = try honest().encoded
        expectRefusal(.notEntitled) { _ = try verify(bytes, from: union.province) }
        let honest = try honest()
        let seal = honest.seal, packed = Array(honest.packed)
        let stolen = try union.cover(
            seal, packed, unpackedSize: 9, from: union.county, to: union.city.node, key: union.province.key)
        let forged = Changeset(cover: stolen, seal: seal, packed: packed[...])
        expectRefusal(.notEntitled) { _ = try verify(forged.encoded) }
        expectRefusal(.notEntitled) { _ = try verify(forged.encoded, from: union.province) }
    }

    @Test func `7 another receiver, or none, is refused`() throws {
        let honest = try honest()
        expectRefusal(.wrongReceiver) { _ = try verify(honest.encoded, to: union.province) }
        let open = try union.cover(
            honest.seal, Array(honest.packed), unpackedSize: honest.cover.unpackedSize, from: union.county, to: nil)
        let bytes = Changeset(cover: open, seal: honest.seal, packed: honest.packed).encoded
        expectRefusal(.wrongReceiver) { _ = try verify(bytes) }
    }

    @Test func `8 altered, cut or longer packed bytes are refused`() throws {
        let bytes = try honest().encoded
        var altered = bytes
        altered[bytes.count - 1] ^= 0x80
        for wrong in [altered, bytes.dropLast(), bytes + [0]] as [[UInt8]] {
            expectRefusal(.digestMismatch) { _ = try verify(wrong) }
        }
    }

    @Test func `9 an altered seal is refused though the cover fits`() throws {
        let honest = try honest()
        var bytes = honest.seal.message.encoded
        bytes[bytes.count - 1] ^= 1
        let seal = try Seal(decoding: bytes[...])
        let cover = try union.cover(
            seal, Array(honest.packed), unpackedSize: honest.cover.unpackedSize, from: union.county, to: union.city.node)
        expectRefusal(.badSignature) { _ = try verify(Changeset(cover: cover, seal: seal, packed: honest.packed).encoded) }
    }

    /// A seal of this log signed by `author`, under an honest cover of the county.
    func covered(_ seal: Seal) throws -> [UInt8] {
        let honest = try honest()
        let cover = try union.cover(
            seal, Array(honest.packed), unpackedSize: honest.cover.unpackedSize, from: union.county, to: union.city.node)
        return Changeset(cover: cover, seal: seal, packed: honest.packed).encoded
    }

    @Test func `10 a seal in another author's name is refused`() throws {
        let log = union.up(union.county, to: union.city)
        expectRefusal(.foreignAuthor) { _ = try verify(covered(union.seal(entries, log, by: union.province))) }
        let stranger = try union.stranger()
        expectRefusal(.unknownKey) { _ = try verify(covered(union.seal(entries, log, by: stranger))) }
        let foreign = try union.seal(entries, log, by: union.county, contexts: [union.context(union.city)])
        expectRefusal(.foreignAuthor) { _ = try verify(covered(foreign)) }
    }

    @Test func `11 a good seal of a log between other nodes is refused`() throws {
        let elsewhere = try union.seal(entries, union.up(union.county, to: union.province), by: union.county)
        expectRefusal(.notEntitled) { _ = try verify(covered(elsewhere)) }
        let other = try union.seal(entries, union.up(union.city, to: union.province), by: union.city)
        expectRefusal(.notEntitled) { _ = try verify(covered(other)) }
    }

    @Test func `12 a bomb under good signatures is refused`() throws {
        let packed = try Packing.pack([UInt8](repeating: 0, count: 2_000_000))
        let seal = try honest().seal
        for (size, code) in [(2_000_000, ProtocolError.Code.expansion), (packed.count * Limits.expansion, .malformed)] {
            let cover = try union.cover(seal, packed, unpackedSize: size, from: union.county, to: union.city.node)
            let read = try verify(Changeset(cover: cover, seal: seal, packed: packed[...]).encoded)
            expectRefusal(code) { _ = try Body(unpacking: read.packed, size: read.cover.unpackedSize, of: read.seal) }
        }
        let huge = try union.cover(
            seal, packed, unpackedSize: Limits.unpackedBytes + 1, from: union.county, to: union.city.node)
        expectRefusal(.tooLarge) { _ = try verify(Changeset(cover: huge, seal: seal, packed: packed[...]).encoded) }
    }

    @Test func `13 entries other than the sealed ones are refused`() throws {
        let seal = try honest().seal
        func decode(_ body: Body) throws { _ = try Body(decoding: body.encoded[...], of: seal) }
        try decode(Body(block: block(entries), excerpts: []))
        try decode(Body(block: block(entries.map { $0.reduced(to: [.nation]) }), excerpts: []))
        let wrong = [
            [entries[0], entries[2], entries[1]], Array(entries.dropLast()), entries + [report(9)],
            [report(9)] + entries.dropFirst(),
        ]
        for entries in wrong { expectRefusal(.rootMismatch) { try decode(Body(block: block(entries), excerpts: [])) } }
    }

    @Test func `14 a body with bytes behind its end is refused`() throws {
        let bytes = Body(block: block(entries), excerpts: []).encoded
        expectRefusal(.malformed) { _ = try Body(decoding: (bytes + [0])[...], of: honest().seal) }
    }

    @Test func `15 excerpts out of order or twice are refused`() throws {
        let log = union.up(union.county, to: union.city)
        let first = try union.seal(entries, log, by: union.county)
        let second = try union.seal(entries, log, by: union.county, first: 3, previous: first.hash)
        let one = try union.excerpt(entries, of: first, [0], shown: [])
        let two = try union.excerpt(entries, of: second, [0], shown: [])
        let seal = try honest().seal
        func decode(_ excerpts: [Excerpt]) throws {
            _ = try Body(decoding: Body(block: block(entries), excerpts: excerpts).encoded[...], of: seal)
        }
        try decode([one, two])
        for excerpts in [[two, one], [one, one]] { expectRefusal(.malformed) { try decode(excerpts) } }
    }
}
