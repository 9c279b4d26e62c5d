internal import SyncProtocol

/// Looks for given strings in everything a node's store holds, unpacked. The proof that something is nowhere needs the
/// proof that it would be found: search for what is there as well.
public struct ByteSearch: Sendable {
    public struct Hit: Sendable, Hashable {
        public let text: String
        public let place: String
    }

    /// By their last four bytes: numbers and addresses of one county all begin alike.
    private let patterns: [UInt32: [(text: String, bytes: [UInt8])]]
    /// Whether one of them ends in these two bytes: most places need no closer look.
    private let ends: [Bool]

    /// Strings of at least four bytes; shorter ones would be found everywhere.
    public init(_ strings: [String]) throws {
        guard strings.count <= NodeLimits.searchStrings else {
            throw NodeError(
                .tooLarge, "一次最多查找 \(NodeLimits.searchStrings) 个字符串", "at most \(NodeLimits.searchStrings) strings at once")
        }
        guard let short = strings.first(where: { $0.utf8.count < 4 }) else {
            patterns = Dictionary(
                grouping: Set(strings).sorted().map { (text: $0, bytes: Array($0.utf8)) },
                by: { ByteSearch.number($0.bytes.suffix(4)) })
            var ends = [Bool](repeating: false, count: 1 << 16)
            for last in patterns.keys { ends[Int(last & 0xFFFF)] = true }
            self.ends = ends
            return
        }
        throw NodeError(.badRequest, "字符串太短：\(short)", "too short to look for: \(short)")
    }

    public func run(in snapshot: borrowing Snapshot) throws -> [Hit] {
        var hits = Set<Hit>()
        try snapshot.inquiry.forEachValue { place, bytes in hits.formUnion(find(bytes, place)) }
        try snapshot.journal.forEachBody { row in
            hits.formUnion(find(try row.body().encoded, "journal body \(row.id)"))
        }
        return hits.sorted { ($0.text, $0.place) < ($1.text, $1.place) }
    }

    /// Also for raw bytes of files.
    public func find(_ bytes: [UInt8], _ place: String) -> [Hit] {
        guard bytes.count >= 4 else { return [] }
        var hits = [Hit]()
        var window = ByteSearch.number(bytes.prefix(3))
        for index in 3..<bytes.count {
            window = window << 8 | UInt32(bytes[index])
            guard ends[Int(window & 0xFFFF)], let candidates = patterns[window] else { continue }
            for candidate in candidates {
                let start = index + 1 - candidate.bytes.count
                guard start >= 0, bytes[start...index].elementsEqual(candidate.bytes) else { continue }
                hits.append(Hit(text: candidate.text, place: place))
            }
        }
        return hits
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
