internal import NodeCore
internal import SyncProtocol

/// One node of the country: what is on its disk, and what it only has in memory.
struct Site {
    let index: Int
    let seat: TreeSeat
    /// In files beside the store: no loss of power takes them away. `nextKey` waits to be certified.
    var key: SigningKey
    var nextKey: SigningKey?
    let storeKey: StoreKey
    var charter: Charter
    let node: NodeID
    let parent: Int?
    var children: [Int] = []
    var disk: VirtualDisk
    let entropy: Entropy
    /// For what its store draws: what happens does not depend on it.
    let nonces: Entropy
    /// How far this node's clock is off.
    var skew: Int64 = 0

    // What a loss of power takes away:
    var store: Store?
    var engine: SyncEngine?
    var call: Call?
    /// Sessions of children, by their index.
    var served: [Int: Service] = [:]
    /// By their number: a hello with an older one than the last is late.
    var challenges: [[UInt8]: UInt64] = [:]
    var challengeCount: UInt64 = 0
    /// The challenge that each child's node answered last, whichever line it came by.
    var answered: [NodeID: UInt64] = [:]
    var failures = 0

    // What the simulation remembers of it:
    var calls: UInt64 = 0
    /// What the library wrote when it opened the store, before commits were made durable, or a commit that found no room:
    /// it holds nothing.
    var empty: (syncs: Int64, unsynced: Int64) = (0, 0)

    var isUp: Bool { store != nil && engine != nil }
    /// Bytes that a commit left unsynced.
    var dangling: Int64 {
        let unsynced = disk.unsyncedLogBytes
        return disk.syncs == empty.syncs && unsynced == empty.unsynced ? 0 : unsynced
    }

    /// Whether its program knows what was added later.
    var isNewer: Bool { charter.kinds[0].field("later") != nil }
    var mayBeHome: Bool { !seat.isRelay && seat.level != .national }
}

/// A child's session with its parent, as the child sees it.
struct Call {
    /// Healing: what was said in earlier lives moves before anything else does.
    /// Learning: the other end's key, or this node's own, is another than was believed.
    enum Phase { case asking, greeting, learning, healing, open }

    /// One thing to move before the line is open.
    enum Chore: Equatable {
        /// Whom to believe, where the two differ.
        case share
        /// This node's own log of an earlier life.
        case fetch(LogID, after: UInt64)
        /// The parent's own log of an earlier life.
        case giveBack(LogID, after: UInt64)
        /// What the parent said in an earlier life and this node lacks.
        case pull(LogID, after: UInt64, until: UInt64)
        /// Which channels the parent still knows.
        case askChannels
        /// What the parent lacks of this node's earlier life.
        case send(LogID, after: UInt64)
        case settle
    }

    /// A request that has no answer yet.
    struct Pending {
        enum Kind { case poll, changeset, other }

        let number: UInt64
        let since: Int64
        let kind: Kind
    }

    let number: UInt64
    var phase = Phase.asking
    var question: Hello?
    /// Where sending goes on.
    var position: UInt64 = 0
    /// Of the statements that both ends share, as the parent holds them, and as they were told to it.
    var parentHas: Digest?
    var told: Digest?
    var incoming: LogID?
    var chores: [Chore] = []
    /// Whether anything came or went: then both ends look at the logs again.
    var hasMoved = false
    var answer: Hello?
    var requests: UInt64 = 0
    var pending: [Pending] = []

    init(number: UInt64) { self.number = number }

    func count(_ kind: Pending.Kind) -> Int { pending.count { $0.kind == kind } }

    /// Nothing is asked but what may wait for news.
    var isIdle: Bool { phase == .open && pending.allSatisfy { $0.kind == .poll } }
}

/// A child's session as the parent sees it.
struct Service {
    let call: UInt64
    let incarnation: Incarnation
    /// Of the hello that opened it, and whether a request has come under it.
    let answer: Digest
    var isUsed = false
    /// The child waits for what comes behind this position, and by which request.
    var parked: (position: UInt64, request: UInt64)?
}
