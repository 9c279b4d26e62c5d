import SyncProtocol
import Testing

@Suite struct EntryBlockTests {
    let union: Union

    init() throws { union = try Union() }

    func encoded(_ block: EntryBlock) -> [UInt8] {
        var writer = CanonicalWriter()
        block.write(to: &writer)
        return writer.bytes
    }

    func decode(_ bytes: [UInt8], contexts: Int = 1) throws -> EntryBlock {
        var reader = CanonicalReader(bytes)
        let block = try EntryBlock(from: &reader, contexts: contexts)
        try reader.expectEnd()
        return block
    }

    /// A block written by hand: runs, cores, seeds, columns.
    func raw(
        runs: [[UInt64]] = [[0, 1]], cores: [[UInt8]], seeds: [[UInt8]?], columns: (inout CanonicalWriter) -> Void
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.array(4)
        writer.array(runs.count)
        for run in runs {
            writer.array(run.count)
            for number in run { writer.unsigned(number) }
        }
        writer.array(cores.count)
        for core in cores { writer.byteString(core) }
        writer.array(seeds.count)
        for seed in seeds { if let seed { writer.byteString(seed) } else { writer.null() } }
        columns(&writer)
        return writer.bytes
    }

    let core = EntryCore(type: .report, reaches: [.nation]).encoded
    let seed = [UInt8](repeating: 1, count: 16)

    @Test func `complete, reduced and empty entries come back beside each other`() throws {
        let bare = Entry(core: EntryCore(type: .relay), seed: seed, sections: [])
        let path = Entry(core: EntryCore(type: .return, reaches: [.path]), seed: seed, sections: [(.path, [0xA0])])
        let entries = [report(1), report(2).reduced(to: [.nation]), bare, report(3).reduced(to: []), path, report(4)]
        let contexts = [0, 0, 1, 2, 2, 0]
        let block = EntryBlock(zip(contexts, entries).map { EntryBlock.Item(context: $0, entry: $1) })
        let read = try decode(encoded(block), contexts: 3)
        #expect(read == block)
        #expect(encoded(read) == encoded(block))
        let table = [
            union.context(union.county), union.context(union.county, kind: 2), union.context(union.county, kind: 0),
        ]
        #expect(read.leaves(table) == zip(contexts, entries).map { $1.hash(in: table[$0].digest) })
    }

    @Test func `entries without a context are refused`() {
        let part: (inout CanonicalWriter) -> Void = {
            $0.array(1); $0.array(2); $0.unsigned(0); $0.array(1); $0.byteString([0xA0])
        }
        let wrong: [[[UInt64]]] = [
            [[1, 1]], [[0, 0]], [[0, 2]], [[0, 1_025]], [[0]], [[0, 1, 0]], [], [[0, .max]], [[.max, 1]],
        ]
        for runs in wrong {
            expectRefusal(.malformed) { _ = try decode(raw(runs: runs, cores: [core], seeds: [seed], columns: part)) }
        }
        expectRefusal(.malformed) { _ = try decode(raw(cores: [core, core], seeds: [seed], columns: part)) }
        expectRefusal(.malformed) { _ = try decode(raw(cores: [core], seeds: [], columns: part)) }
        expectRefusal(.malformed) { _ = try decode(raw(cores: [core], seeds: [[1]], columns: part)) }
        #expect(throws: Never.self) { _ = try decode(raw(cores: [core], seeds: [seed], columns: part)) }
    }

    @Test func `missing, doubled, unknown and misplaced columns are refused`() {
        let cases: [(inout CanonicalWriter) -> Void] = [
            { $0.array(0) },
            {
                $0.array(1); $0.array(2); $0.unsigned(1); $0.array(0)
            },
            {
                $0.array(1); $0.array(2); $0.unsigned(5); $0.array(0)
            },
            {
                $0.array(1); $0.array(2); $0.unsigned(256); $0.array(0)
            },
            {
                $0.array(1); $0.array(2); $0.unsigned(0); $0.array(0)
            },
            {
                $0.array(1); $0.array(2); $0.unsigned(0); $0.array(2); $0.byteString([0xA0]); $0.byteString([0xA0])
            },
            { writer in
                writer.array(2)
                for _ in 0..<2 {
                    writer.array(2)
                    writer.unsigned(0)
                    writer.array(1)
                    writer.byteString([0xA0])
                }
            },
            { writer in
                writer.array(2)
                for reach: UInt64 in [1, 0] {
                    writer.array(2)
                    writer.unsigned(reach)
                    writer.array(reach == 0 ? 1 : 0)
                    if reach == 0 { writer.byteString([0xA0]) }
                }
            },
        ]
        for columns in cases {
            expectRefusal(.malformed) { _ = try decode(raw(cores: [core], seeds: [seed], columns: columns)) }
        }
    }

    @Test func `a part is bytes with a seed, or salt and bytes or a digest without one`() {
        func block(_ seed: [UInt8]?, _ part: (inout CanonicalWriter) -> Void) -> [UInt8] {
            raw(cores: [core], seeds: [seed]) { writer in
                writer.array(1)
                writer.array(2)
                writer.unsigned(0)
                writer.array(1)
                part(&writer)
            }
        }
        let digest = [UInt8](repeating: 3, count: 32)
        let wrong: [[UInt8]] = [
            block(nil) { $0.byteString([0xA0]) },
            block(seed) {
                $0.array(2); $0.byteString(seed); $0.byteString([0xA0])
            },
            block(seed) {
                $0.array(1); $0.byteString(digest)
            },
            block(nil) {
                $0.array(2); $0.byteString(seed.dropLast()); $0.byteString([0xA0])
            },
            block(nil) {
                $0.array(1); $0.byteString(digest.dropLast())
            },
            block(nil) { $0.array(0) }, block(nil) { $0.null() }, block(nil) { $0.text("") }, block(nil) { $0.array(3) },
        ]
        for bytes in wrong { expectRefusal(.malformed) { _ = try decode(bytes) } }
        let salted = block(nil) {
            $0.array(2); $0.byteString(seed); $0.byteString([0xA0])
        }
        #expect(throws: Never.self) { _ = try decode(salted) }
    }

    @Test func `a seed without sections is refused, since nothing would bind it`() {
        let bare = EntryCore(type: .relay).encoded
        expectRefusal(.malformed) { _ = try decode(raw(cores: [bare], seeds: [seed]) { $0.array(0) }) }
        #expect(throws: Never.self) { _ = try decode(raw(cores: [bare], seeds: [nil]) { $0.array(0) }) }
    }

    @Test func `an entry over its limit is refused`() {
        let large = [UInt8](repeating: 0, count: Limits.entryBytes)
        let over = Entry(core: EntryCore(type: .report, reaches: [.nation]), seed: seed, sections: [(.nation, large)])
        expectRefusal(.tooLarge) { _ = try decode(encoded(block([over]))) }
        let size = EntryCore(type: .report, reaches: [.nation]).encoded.count
        let fits = Entry(
            core: EntryCore(type: .report, reaches: [.nation]), seed: seed,
            sections: [(.nation, Array(large.dropLast(size)))])
        #expect(throws: Never.self) { _ = try decode(encoded(block([fits]))) }
    }

    @Test func `more entries than one seal may have are refused`() {
        let bare = EntryCore(type: .relay).encoded
        func bytes(_ count: Int) -> [UInt8] {
            raw(
                runs: [[0, 1_000], [0, UInt64(count - 1_000)]], cores: [[UInt8]](repeating: bare, count: count),
                seeds: [[UInt8]?](repeating: nil, count: count)
            ) { $0.array(0) }
        }
        #expect(throws: Never.self) { _ = try decode(bytes(1_024)) }
        expectRefusal(.malformed) { _ = try decode(bytes(1_025)) }
    }
}
