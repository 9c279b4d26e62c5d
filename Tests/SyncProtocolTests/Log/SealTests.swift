import SyncProtocol
import Testing

@Suite struct SealTests {
    let union: Union
    let log: LogID

    init() throws {
        union = try Union()
        log = union.up(union.county, to: union.city)
    }

    @Test func `a seal is read as it was written`() throws {
        let first = try union.seal([report(1), report(2)], log, by: union.county)
        let second = try union.seal([report(3)], log, by: union.county, first: 2, previous: first.hash)
        for seal in [first, second] {
            let read = try Seal(decoding: seal.message.encoded[...])
            #expect(read == seal)
            try read.verify(union.trust)
        }
        #expect(first.next == 2 && second.next == 3)
        #expect(second.previous == first.hash)
        #expect(first.hash == DigestBuilder.digest(.seal, first.message.payload))
    }

    @Test func `a seal of all contexts at their largest fits into a cover`() throws {
        let contexts = (0..<Limits.contextsPerSeal).map {
            EntryContext(
                author: union.county.node, incarnation: union.county.incarnation, kind: .max - UInt64($0), schema: .max,
                placement: .max)
        }
        let previous = report(1).hash(in: contexts[0].digest)
        let seal = try union.seal([report(1)], log, by: union.county, contexts: contexts, first: 1 << 62, previous: previous)
        let cover = try union.cover(seal, [1, 2, 3], unpackedSize: 3, from: union.county, to: union.city.node)
        #expect(cover.message.encoded.count <= Limits.coverBytes)
        #expect(try Cover(decoding: cover.message.encoded[...]) == cover)
    }

    @Test func `only the first seal of a log has no predecessor`() throws {
        let late = try union.seal([report(1)], log, by: union.county, first: 5)
        expectRefusal(.chainBroken) { _ = try Seal(decoding: late.message.encoded[...]) }
        let early = try union.seal([report(1)], log, by: union.county, previous: late.hash)
        expectRefusal(.chainBroken) { _ = try Seal(decoding: early.message.encoded[...]) }
    }

    @Test func `a seal by a key that is not the log author's is refused`() throws {
        let forged = try union.seal([report(1)], log, by: union.city)
        expectRefusal(.foreignAuthor) { try forged.verify(union.trust) }
        let context = try union.seal([report(1)], log, by: union.county, contexts: [union.context(union.city)])
        expectRefusal(.foreignAuthor) { try context.verify(union.trust) }
        let otherLife = EntryContext(
            author: union.county.node, incarnation: union.city.incarnation, kind: 1, schema: 3, placement: 1)
        let mixed = try union.seal(
            [report(1)], log, by: union.county, contexts: [union.context(union.county), otherLife])
        expectRefusal(.foreignAuthor) { try mixed.verify(union.trust) }
    }

    @Test func `a seal by an unknown key is refused`() throws {
        let stranger = try union.stranger()
        let seal = try union.seal([report(1)], union.up(stranger, to: union.city), by: stranger)
        expectRefusal(.unknownKey) { try seal.verify(union.trust) }
    }

    @Test func `an altered seal, or one of another federation or purpose, is refused`() throws {
        let seal = try union.seal([report(1)], log, by: union.county)
        var bytes = seal.message.encoded
        bytes[bytes.count - 1] ^= 1
        let altered = try Seal(decoding: bytes[...])
        expectRefusal(.badSignature) { try altered.verify(union.trust) }
        let other = try #require(FederationID([UInt8](repeating: 5, count: 16)))
        for (purpose, federation) in [(SignedMessage.Purpose.seal, other), (.cover, union.federation)] {
            let message = try SignedMessage(
                signing: Array(seal.message.payload), as: purpose, in: federation, with: union.county.key)
            let moved = try Seal(decoding: message.encoded[...])
            expectRefusal(.badSignature) { try moved.verify(union.trust) }
        }
    }

    /// A seal payload with one field replaced.
    func message(direction: UInt64 = 1, first: UInt64 = 0, count: UInt64 = 1, contexts: Int = 1) throws -> SignedMessage {
        var writer = CanonicalWriter()
        writer.array(6)
        writer.array(4)
        writer.byteString(log.author)
        writer.byteString(log.incarnation)
        writer.unsigned(direction)
        writer.byteString(log.peer)
        writer.unsigned(first)
        writer.unsigned(count)
        writer.array(contexts)
        for _ in 0..<contexts { writer.encoded(union.context(union.county).encoded) }
        writer.byteString(report(1).sections[0].digest)
        if first == 0 { writer.null() } else { writer.byteString(report(1).sections[0].digest) }
        return try SignedMessage(signing: writer.bytes, as: .seal, in: union.federation, with: union.county.key)
    }

    @Test func `counts, positions, directions and contexts keep their limits`() throws {
        #expect(throws: Never.self) { _ = try Seal(decoding: message(count: 1_024, contexts: 32).encoded[...]) }
        let refused = try [
            message(count: 0), message(count: 1_025), message(direction: 0), message(direction: 4), message(direction: 257),
            message(first: UInt64(Int64.max)), message(first: .max), message(contexts: 33),
        ]
        for message in refused { expectRefusal(.malformed) { _ = try Seal(decoding: message.encoded[...]) } }
        let large = [UInt8](repeating: 0, count: Limits.coverBytes + 1)
        expectRefusal(.tooLarge) { _ = try Seal(decoding: large[...]) }
    }

    @Test func `logs are ordered by their bytes`() {
        let down = LogID(
            author: union.county.node, incarnation: union.county.incarnation, direction: .down, peer: union.city.node)
        #expect(log < down)
        #expect(!(down < log))
    }
}
