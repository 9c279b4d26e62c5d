import SyncProtocol
import Testing

@Suite struct ExcerptTests {
    let union: Union
    let entries = (0..<9).map(report)
    let seal: Seal

    init() throws {
        union = try Union()
        seal = try union.seal(entries, union.up(union.county, to: union.city), by: union.county)
    }

    func encoded(_ excerpt: Excerpt) -> [UInt8] {
        var writer = CanonicalWriter()
        excerpt.write(to: &writer)
        return writer.bytes
    }

    func decode(_ bytes: [UInt8]) throws -> Excerpt {
        var reader = CanonicalReader(bytes)
        let excerpt = try Excerpt(from: &reader)
        try reader.expectEnd()
        return excerpt
    }

    @Test(arguments: [[0], [8], [0, 1, 2], [1, 2, 4, 8], [0, 2, 4, 6, 8], Array(0..<9)] as [[Int]])
    func `an excerpt with withheld sections comes back and verifies`(_ indexes: [Int]) throws {
        let excerpt = try union.excerpt(entries, of: seal, indexes, shown: [.nation])
        let read = try decode(encoded(excerpt))
        #expect(read == excerpt)
        #expect(encoded(read) == encoded(excerpt))
        try read.verify(against: seal)
        #expect(read.block.items.allSatisfy { $0.entry.sections.map { $0.bytes != nil } == [true, false, false] })
    }

    @Test func `an excerpt that names another seal is refused`() throws {
        let excerpt = try union.excerpt(entries, of: seal, [1, 2], shown: [.nation])
        let log = union.up(union.county, to: union.city)
        let next = try union.seal([report(20)], log, by: union.county, first: seal.next, previous: seal.hash)
        let twin = try union.seal(Array(entries.reversed()), log, by: union.county)
        let other = try union.seal(entries, union.up(union.city, to: union.province), by: union.city)
        for seal in [next, twin, other] { expectRefusal(.unknownSeal) { try excerpt.verify(against: seal) } }
    }

    @Test func `an excerpt whose section is altered is refused`() throws {
        let excerpt = try union.excerpt(entries, of: seal, [1, 4], shown: [.nation])
        let bytes = encoded(excerpt)
        let section = try #require(entries[1].sections[0].bytes.map(Array.init))
        let places = 0..<bytes.count - section.count
        let start = try #require(places.first { Array(bytes[$0..<$0 + section.count]) == section })
        for offset in section.indices {
            var altered = bytes
            altered[start + offset] ^= 1
            expectRefusal(.proofMismatch) { try decode(altered).verify(against: seal) }
        }
    }

    @Test func `an excerpt with a section cut, added or exchanged is refused`() throws {
        func with(_ entry: Entry) throws {
            let leaves = entries.map { $0.hash(in: seal.contexts[0].digest) }
            let excerpt = Excerpt(
                seal: seal, leaves: leaves, indexes: [1], items: [EntryBlock.Item(context: 0, entry: entry)])
            try decode(encoded(excerpt)).verify(against: seal)
        }
        let entry = entries[1]
        let seed = try #require(entry.seed)
        let bytes = entry.sections.map { Array($0.bytes ?? []) }
        try with(entry)
        var core = entry.core
        core.reaches = [.nation, .reviewers]
        expectRefusal(.proofMismatch) {
            try with(Entry(core: core, seed: seed, sections: [(.nation, bytes[0]), (.reviewers, bytes[1])]))
        }
        core.reaches = [.nation, .reviewers, .city, .match]
        expectRefusal(.proofMismatch) {
            try with(Entry(core: core, seed: seed, sections: Array(zip(core.reaches, bytes + [[0xA0]]))))
        }
        let exchanged = Array(zip(entry.core.reaches, [bytes[1], bytes[0], bytes[2]]))
        expectRefusal(.proofMismatch) { try with(Entry(core: entry.core, seed: seed, sections: exchanged)) }
        expectRefusal(.proofMismatch) { try with(report(30)) }
    }

    @Test func `an entry under another context or at another index is refused`() throws {
        let table = [union.context(union.county), union.context(union.county, kind: 2)]
        let seal = try union.seal(entries, union.up(union.county, to: union.city), by: union.county, contexts: table)
        let leaves = entries.map { $0.hash(in: table[0].digest) }
        func excerpt(_ context: Int, at index: Int) -> Excerpt {
            Excerpt(
                seal: seal, leaves: leaves, indexes: [index], items: [EntryBlock.Item(context: context, entry: entries[1])])
        }
        try excerpt(0, at: 1).verify(against: seal)
        expectRefusal(.proofMismatch) { try excerpt(1, at: 1).verify(against: seal) }
        expectRefusal(.proofMismatch) { try excerpt(0, at: 2).verify(against: seal) }
        expectRefusal(.malformed) { try excerpt(2, at: 1).verify(against: seal) }
    }

    /// An excerpt of bare entries with runs of indexes written by hand.
    func raw(_ runs: [[UInt64]], entries: Int, proof: Int = 0) throws -> [UInt8] {
        var writer = CanonicalWriter()
        writer.array(6)
        seal.log.write(to: &writer)
        writer.unsigned(0)
        writer.byteString(seal.hash)
        writer.array(runs.count)
        for run in runs {
            writer.array(run.count)
            for number in run { writer.unsigned(number) }
        }
        let bare = Entry(core: EntryCore(type: .relay), seed: [UInt8](repeating: 0, count: 16), sections: [])
        block([Entry](repeating: bare, count: entries)).write(to: &writer)
        writer.array(proof)
        for _ in 0..<proof { writer.byteString(seal.hash) }
        return writer.bytes
    }

    @Test func `indexes are ascending runs that never touch, one entry for each`() throws {
        let good: [([[UInt64]], Int)] = [([[0, 2], [3, 1]], 3), ([[1_023, 1]], 1)]
        for (runs, count) in good { #expect(throws: Never.self) { _ = try decode(raw(runs, entries: count)) } }
        let bad: [([[UInt64]], Int)] = [
            ([[0, 1], [1, 1]], 2), ([[2, 1], [0, 1]], 2), ([[0, 2], [1, 1]], 3), ([[0, 0]], 1), ([[1_024, 1]], 1),
            ([[1_023, 2]], 2), ([[0, 1]], 2), ([[0, 2]], 1), ([], 0), ([], 1), ([[0]], 1), ([[0, 1, 1]], 1),
            ([[.max, 1]], 1),
        ]
        for (runs, count) in bad { expectRefusal(.malformed) { _ = try decode(raw(runs, entries: count)) } }
        expectRefusal(.malformed) { _ = try decode(raw([[0, 1]], entries: 1, proof: Limits.proofHashes + 1)) }
    }

    @Test func `an index behind the seal's last entry is refused`() throws {
        let far = try decode(raw([[9, 1]], entries: 1))
        expectRefusal(.proofMismatch) { try far.verify(against: seal) }
    }
}
