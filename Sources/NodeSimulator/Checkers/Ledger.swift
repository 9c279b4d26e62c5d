internal import NodeCore
internal import SyncProtocol

/// What the simulator saw with its own eyes, beside the nodes: against this the checkers hold what the nodes say.
struct Ledger {
    struct LogPlace: Hashable {
        let log: LogID
        let first: UInt64
    }

    struct VersionName: Hashable {
        let record: RecordID
        let number: UInt64
    }

    struct DecisionName: Hashable {
        let version: VersionName
        let level: Int
    }

    /// What one site is known to hold.
    struct Known {
        var heads: [LogID: Inspection.Head] = [:]
        /// Hashes of its own seals, by the position behind them.
        var ends: [LogPlace: Digest] = [:]
        var lastLine: Int64 = 0
        var decisions: Set<Inspection.Decision> = []
        var current: [RecordID: UInt64] = [:]
    }

    var known: [Known]
    /// One payload a position, in the whole country.
    var seals: [LogPlace: Digest] = [:]
    var homes: [RecordID: NodeID] = [:]
    var versions: [VersionName: Digest] = [:]
    var decisions: [DecisionName: Digest] = [:]
    private(set) var plains: [Int: Plain] = [:]
    private(set) var writers: [Int: Int] = [:]
    /// By site: the content of the home's working copies, by its serial number. Two copies of a home write on apart.
    var working: [[RecordID: Int]]
    /// The contents a version may have: more than one when a crash left open what was committed.
    private(set) var contents: [VersionName: Set<Int>] = [:]
    /// The author whose logs may have two seals at one position.
    private(set) var forkedAuthor: NodeID?
    var frozen: Set<Int> = []
    /// The value last published for a division.
    var published: [String: Int] = [:]
    /// The newest value that a site has obeyed, by site and division.
    var obeyed: [String: Int] = [:]
    /// Refusals between two sites, by code.
    private(set) var refusals: [String: Int] = [:]
    var finalDigests: [String] = []

    init(sites: Int) {
        known = Array(repeating: Known(), count: sites)
        working = Array(repeating: [:], count: sites)
    }

    mutating func register(_ plain: Plain, of site: Int) -> Plain {
        plains[plain.serial] = plain
        writers[plain.serial] = site
        return plain
    }

    mutating func reported(_ record: RecordID, version: UInt64, by site: Int) {
        guard let serial = working[site][record] else { return }
        contents[VersionName(record: record, number: version), default: []].insert(serial)
    }

    mutating func refused(_ peer: Int, _ by: Int, _ code: ProtocolError.Code) {
        refusals["\(min(peer, by))-\(max(peer, by)) \(code.rawValue)", default: 0] += 1
    }

    func refusals(_ one: Int, _ other: Int, _ code: ProtocolError.Code) -> Int {
        refusals["\(min(one, other))-\(max(one, other)) \(code.rawValue)"] ?? 0
    }

    /// Whether a site was restored: what it had said and nobody heard may be said again, differently.
    private(set) var hasRestore = false

    mutating func restore(_ site: Int) {
        known[site] = Known()
        hasRestore = true
    }

    /// Entries and seals that a revocation excludes, by their hashes.
    var takenBack: Set<Digest> = []
    /// Of these the seals that the parent held when it took the key away.
    var evidence: Set<Digest> = []
    /// Whose key was taken away: what it said beyond is said again, differently.
    private(set) var revokedAuthor: NodeID?

    mutating func revoke(_ author: NodeID) { revokedAuthor = author }

    /// A node that was copied: its copies may contradict each other.
    mutating func clone(_ author: NodeID) {
        forkedAuthor = author
        known.append(Known())
        working.append([:])
    }

    /// The second copy is gone; where it goes on, it takes the place of the first.
    mutating func endClone(survivor isCopy: Bool, of original: Int) {
        let (copy, work) = (known.removeLast(), working.removeLast())
        if isCopy { (known[original], working[original]) = (copy, work) }
        frozen.remove(known.count)
    }

    mutating func copy(_ site: Int, to copy: Int) {
        known[copy] = known[site]
        working[copy] = working[site]
    }

    /// Whether versions and decisions about a home's records may be there twice, and may be gone again.
    func mayRewrite(_ home: NodeID?) -> Bool { home != nil && (home == revokedAuthor || home == forkedAuthor) || hasRestore }

    /// A site went back to an old copy: what it knew since then it does not know any more.
    mutating func turnBack(_ site: Int, author: NodeID) {
        known[site] = Known()
        forkedAuthor = author
    }
}
