internal import SyncProtocol

/// What many seeds came to, over several runs if need be: which were played, what went wrong in them by kind, and which
/// of them found something.
public struct Tally: Sendable, Codable, Equatable {
    public struct Failure: Sendable, Codable, Equatable {
        public let seed: UInt64
        public let invariant: Int
        public let words: String
    }

    /// Seeds that were played, as pairs of first and last, ascending, never touching.
    public private(set) var seeds: [[UInt64]] = []
    public private(set) var steps = 0
    public private(set) var acts = 0
    /// By the kind's name.
    public private(set) var faults: [String: Int] = [:]
    public private(set) var failures: [Failure] = []

    public init() {}

    public var count: UInt64 { seeds.reduce(0) { $0 + ($1[1] - $1[0] + 1) } }

    public func contains(_ seed: UInt64) -> Bool { seeds.contains { $0[0] <= seed && seed <= $0[1] } }

    /// A seed that is in already changes nothing.
    public mutating func add(_ result: RunResult) {
        guard !contains(result.seed) else { return }
        let joined = (seeds + [[result.seed, result.seed]]).sorted { $0[0] < $1[0] }
        seeds = joined.reduce(into: []) { ranges, range in
            guard let last = ranges.last, last[1] + 1 == range[0] else { return ranges.append(range) }
            ranges[ranges.count - 1] = [last[0], range[1]]
        }
        steps += result.steps
        acts += result.acts
        for kind in FaultKind.allCases where result.table[kind] > 0 {
            faults[kind.rawValue, default: 0] += result.table[kind]
        }
        if let violation = result.violation {
            failures.append(Failure(seed: result.seed, invariant: violation.invariant, words: violation.words))
        }
    }

    public var table: FaultTable {
        var table = FaultTable()
        for kind in FaultKind.allCases { table.add(kind, faults[kind.rawValue] ?? 0) }
        return table
    }

    /// One digest over the digests of several seeds, in the order given.
    public static func digest(_ results: [RunResult]) -> String {
        var builder = DigestBuilder()
        for result in results { builder.append(Array("\(result.seed) \(result.digest)\n".utf8)) }
        return builder.finish().description
    }
}
