/// What can go wrong in the simulated country.
public enum FaultKind: String, Sendable, CaseIterable {
    // The lines.
    case drop, duplicate, delay, reorder, partition
    case hangUp = "hang-up"
    case truncate, flip
    case cutSection = "cut-section"
    case swapSection = "swap-section"
    case forgedSection = "forged-section"
    // The disks.
    case powerCut = "power-cut"
    case cutInWrite = "cut-in-write"
    case cutBeforeSync = "cut-before-sync"
    case cutAfterSync = "cut-after-sync"
    case cutInRecovery = "cut-in-recovery"
    case cutInCheckpoint = "cut-in-checkpoint"
    case lostWrites = "lost-writes"
    case tornWrites = "torn-writes"
    case fullDisk = "full-disk"
    // The nodes.
    case restart, longAbsence = "long-absence"
    case clockJump = "clock-jump"
    case staleCopy = "stale-copy"
    case restore
    case lateDecision = "late-decision"
    case secondDecision = "second-decision"
    case lateJoiner = "late-joiner"
    // Beside the lines.
    case stick
    case keyRotation = "key-rotation"
    // Trust and lives, each with a stream of its own.
    case rotation, revocation, clone, upgrade

    /// What happens, in a line for the table.
    public var words: String {
        switch self {
        case .drop: "a message is lost"
        case .duplicate: "a message arrives twice"
        case .delay: "a message comes seconds late"
        case .reorder: "a message is overtaken by later ones"
        case .partition: "a line is dead for minutes"
        case .hangUp: "one end of a session forgets it"
        case .truncate: "a message is cut short"
        case .flip: "a bit of a message is flipped"
        case .cutSection: "a gateway takes a section out and packs again"
        case .swapSection: "a gateway puts another section in and packs again"
        case .forgedSection: "a relay alters what it passes on and signs the cover anew"
        case .powerCut: "the power goes between two transactions"
        case .cutInWrite: "the power goes at a write"
        case .cutBeforeSync: "the power goes before a sync took effect"
        case .cutAfterSync: "the power goes after a sync, before anything leaves"
        case .cutInRecovery: "the power goes again while the store opens"
        case .cutInCheckpoint: "the power goes while the log moves into the database"
        case .lostWrites: "writes that were not synced are gone"
        case .tornWrites: "writes that were not synced survive in pieces"
        case .fullDisk: "a write finds the disk full"
        case .restart: "a node is stopped and started in order"
        case .longAbsence: "a node stays away for weeks"
        case .clockJump: "a node's clock jumps"
        case .lateDecision: "a crooked level decides about a version that was replaced"
        case .secondDecision: "a crooked level decides about a version once more"
        case .lateJoiner: "a node joins while the others work"
        case .stick: "a stick goes between neighbours: late, twice, in the wrong order, altered, or not at all"
        case .keyRotation: "the data keys of a store are changed while it works"
        case .restore: "a node comes back from a backup, and begins a new life"
        case .staleCopy: "a node comes back from an old copy of its disk"
        case .revocation: "a stolen key is taken away behind some seal, and its node enrolled again"
        case .clone: "a node's whole disk is copied, and both copies run"
        case .upgrade: "a node gets a program with more fields, kinds of records and types of entries than others"
        case .rotation: "a node changes its key while work is under way"
        }
    }
}

/// How often each kind of fault happened.
public struct FaultTable: Sendable, Equatable {
    public private(set) var counts: [FaultKind: Int] = [:]

    public init() {}

    public subscript(kind: FaultKind) -> Int { counts[kind] ?? 0 }

    public mutating func add(_ kind: FaultKind, _ count: Int = 1) { counts[kind, default: 0] += count }

    public mutating func add(_ other: FaultTable) { for kind in FaultKind.allCases { add(kind, other[kind]) } }

    public var missing: [FaultKind] { FaultKind.allCases.filter { self[$0] == 0 } }
    public var total: Int { FaultKind.allCases.reduce(0) { $0 + self[$1] } }

    /// A line a kind, those that never happened marked.
    public var text: String {
        let width = FaultKind.allCases.map(\.rawValue.count).max() ?? 0
        return FaultKind.allCases.map { kind in
            let name = kind.rawValue + String(repeating: " ", count: width - kind.rawValue.count)
            let count = String(self[kind])
            let blanks = String(repeating: " ", count: max(0, 8 - count.count))
            return "\(name) \(blanks)\(count)  \(self[kind] == 0 ? "NEVER  " : "")\(kind.words)"
        }.joined(separator: "\n")
    }
}
