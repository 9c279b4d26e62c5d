/// Entries as they are packed: like beside like, so that LZ4 finds its matches. The frame is the sender's own and may be
/// made anew by each relay; the bytes of cores and sections never are.
///
///     array(4):
///       runs      array of array(2): context index, number of entries
///       cores     array of bstr
///       seeds     array of bstr 16 or null
///       columns   array of array(2): reach, parts
///                 parts: one item for each entry that lists the reach, in entry order:
///                   bstr              the section, its salt follows from the seed
///                   array(2)          salt (bstr 16), section (bstr)
///                   array(1)          digest (bstr 32) of a withheld section
public struct EntryBlock: Sendable, Hashable {
    public struct Item: Sendable, Hashable {
        public let context: Int
        public let entry: Entry
        public init(context: Int, entry: Entry) {
            self.context = context
            self.entry = entry
        }
    }

    public var items: [Item]

    public init(_ items: [Item]) { self.items = items }

    /// The entry hashes, each with its own core's suite.
    public func leaves(_ contexts: [EntryContext]) -> [Digest] {
        var digests = [Suite: [Digest]]()
        return items.map { item in
            let suite = item.entry.core.suite
            let table = digests[suite] ?? contexts.map { $0.digest(suite) }
            digests[suite] = table
            return item.entry.hash(in: table[item.context])
        }
    }

    /// One log keeps one suite: refuses an entry of another than its seal's.
    func check(_ suite: Suite) throws {
        guard items.allSatisfy({ $0.entry.core.suite == suite }) else {
            throw ProtocolError(.malformed, "an entry of another suite than its seal's")
        }
    }

    public func write(to writer: inout CanonicalWriter) {
        writer.array(4)
        writeRuns(&writer)
        writer.array(items.count)
        for item in items { writer.byteString(item.entry.coreBytes) }
        writer.array(items.count)
        for item in items {
            if let seed = item.entry.seed { writer.byteString(seed) } else { writer.null() }
        }
        let reaches = Reach.allCases.filter { reach in items.contains { $0.entry.core.reaches.contains(reach) } }
        writer.array(reaches.count)
        for reach in reaches { writeColumn(reach, &writer) }
    }

    private func writeRuns(_ writer: inout CanonicalWriter) {
        var runs = [(Int, Int)]()
        for item in items {
            if let last = runs.last, last.0 == item.context {
                runs[runs.count - 1].1 += 1
            } else {
                runs.append((item.context, 1))
            }
        }
        writer.array(runs.count)
        for (context, count) in runs {
            writer.array(2)
            writer.unsigned(UInt64(context))
            writer.unsigned(UInt64(count))
        }
    }

    private func writeColumn(_ reach: Reach, _ writer: inout CanonicalWriter) {
        let parts = items.compactMap { item in item.entry.section(reach).map { (item.entry.seed != nil, $0) } }
        writer.array(2)
        writer.unsigned(UInt64(reach.rawValue))
        writer.array(parts.count)
        for (hasSeed, section) in parts {
            guard let bytes = section.bytes, let salt = section.salt else {
                writer.array(1)
                writer.byteString(section.digest)
                continue
            }
            if !hasSeed {
                writer.array(2)
                writer.byteString(salt)
            }
            writer.byteString(bytes)
        }
    }

    /// Reads one block whose entries refer to `contexts` contexts; every section digest is computed on the way.
    public init(from reader: inout CanonicalReader, contexts: Int) throws {
        try reader.array(exactly: 4)
        var contextOf = [Int]()
        for _ in 0..<(try reader.array(atMost: Limits.entriesPerSeal)) {
            try reader.array(exactly: 2)
            let context = try reader.int(), count = try reader.int(atMost: Limits.entriesPerSeal)
            guard context < contexts, count > 0, contextOf.count + count <= Limits.entriesPerSeal else {
                throw ProtocolError(.malformed, "a run of entries without a context")
            }
            contextOf.append(contentsOf: repeatElement(context, count: count))
        }
        try reader.array(exactly: contextOf.count)
        let cores = try contextOf.map { _ in try reader.byteString() }
        try reader.array(exactly: contextOf.count)
        let seeds = try contextOf.map { _ in try reader.optionalByteString().map(Array.init) }
        guard seeds.allSatisfy({ $0 == nil || $0?.count == 16 }) else {
            throw ProtocolError(.malformed, "a seed has 16 bytes")
        }
        let decoded = try cores.map(EntryCore.init(decoding:))
        let salts = decoded.indices.map { index in
            seeds[index].map { Entry.salts($0, decoded[index].reaches.count, decoded[index].suite) }
        }
        var sections = decoded.map { _ in [Section]() }
        var last: Reach?
        for _ in 0..<(try reader.array(atMost: Reach.allCases.count)) {
            try reader.array(exactly: 2)
            guard let byte = UInt8(exactly: try reader.unsigned()), let reach = Reach(rawValue: byte) else {
                throw ProtocolError(.malformed, "a column of an unknown reach")
            }
            if let last, last >= reach { throw ProtocolError(.malformed, "columns out of order") }
            last = reach
            let owners = decoded.indices.filter { decoded[$0].reaches.contains(reach) }
            try reader.array(exactly: owners.count)
            for owner in owners {
                let index = sections[owner].count
                guard decoded[owner].reaches[index] == reach else { throw ProtocolError(.malformed, "a column is missing") }
                sections[owner].append(
                    try EntryBlock.part(&reader, reach, decoded[owner].suite, salts[owner].map { $0[index] }))
            }
        }
        items = try decoded.indices.map { index in
            let entry = Entry(core: decoded[index], coreBytes: cores[index], seed: seeds[index], sections: sections[index])
            guard entry.sections.count == entry.core.reaches.count else {
                throw ProtocolError(.malformed, "a column is missing")
            }
            // Without sections no digest covers the seed: a relay could change it unseen.
            guard entry.seed == nil || !entry.sections.isEmpty else {
                throw ProtocolError(.malformed, "a seed without sections")
            }
            guard entry.size <= Limits.entryBytes else { throw ProtocolError(.tooLarge, "an entry of \(entry.size) bytes") }
            return Item(context: contextOf[index], entry: entry)
        }
    }

    private static func part(
        _ reader: inout CanonicalReader, _ reach: Reach, _ suite: Suite, _ salt: [UInt8]?
    ) throws -> Section {
        switch try reader.head() {
        case .bytes(let count):
            guard let salt else { throw ProtocolError(.malformed, "a section without its salt") }
            return Section(reach: reach, bytes: try reader.take(count), salt: salt, suite: suite)
        case .array(2):
            let own = try reader.byteString()
            guard salt == nil, own.count == 16 else {
                throw ProtocolError(.malformed, "a salt has 16 bytes and no seed beside it")
            }
            return Section(reach: reach, bytes: try reader.byteString(), salt: Array(own), suite: suite)
        case .array(1):
            guard salt == nil else { throw ProtocolError(.malformed, "a seed travels only with all its sections") }
            return Section(withheld: reach, digest: try reader.fixed())
        default: throw ProtocolError(.malformed, "a section is bytes, salt and bytes, or a digest")
        }
    }
}
