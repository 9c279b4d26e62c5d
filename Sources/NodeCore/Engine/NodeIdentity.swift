public import SyncProtocol

/// Who this node is: its place, its key and what it may keep. Whom it trusts changes while it runs.
public struct NodeIdentity: Sendable {
    public let federation: FederationID
    public let node: NodeID
    public let incarnation: Incarnation
    public let seat: TreeSeat
    public let tree: NodeTree
    public let charter: Charter
    public let key: SigningKey
    /// Whether this is the database's first life. In later ones each log says first where the one before it ended.
    public let isFirstLife: Bool
    /// Whether its line is so slow that bytes are dearer than work: seals are packed harder then.
    public var isLineSlow = false
    /// Empty in every node that runs; see `PlantedBugs`.
    package var planted = PlantedBugs()
    /// Types of entries that a program of the simulator knows beyond `EntryType`, as a later one would.
    package var laterTypes: Set<UInt64> = []

    public init(
        federation: FederationID, node: NodeID, incarnation: Incarnation, seat: TreeSeat, tree: NodeTree, charter: Charter,
        key: SigningKey, isFirstLife: Bool = true
    ) {
        self.isFirstLife = isFirstLife
        self.federation = federation
        self.node = node
        self.incarnation = incarnation
        self.seat = seat
        self.tree = tree
        self.charter = charter
        self.key = key
    }

    public var level: Level { seat.level }

    /// Of everything this node signs and hashes.
    public var suite: Suite { key.suite }

    /// This division and those above it, nearest first: the order in which parameters are looked up.
    public var divisionPath: [String] { tree.path(from: seat.code).map(\.code) }

    /// The schema version of placements: one topology so far.
    static let placement: UInt64 = 1

    func context(kind: RecordKind?) -> EntryContext {
        EntryContext(
            author: node, incarnation: incarnation, kind: kind?.number ?? 0, schema: kind?.schema ?? 0,
            placement: NodeIdentity.placement)
    }

    func log(_ direction: Direction, toward peer: NodeID) -> LogID {
        LogID(author: node, incarnation: incarnation, direction: direction, peer: peer)
    }

    /// How many places at the beginning of an own log are kept for the entry that opens a later life.
    func reserved(_ state: LogState) -> UInt64 { isFirstLife || state.next > 0 || state.log.author != node ? 0 : 1 }

    /// The seat directly below this one on the way to `home`; nil when `home` is this seat or not below.
    func childSeat(toward home: String) -> TreeSeat? {
        let path = tree.path(from: home)
        guard let here = path.firstIndex(where: { $0.code == seat.code }), here > 0 else { return nil }
        return path[here - 1]
    }
}
