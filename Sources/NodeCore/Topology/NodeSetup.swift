public import SyncProtocol

/// The first start of a node: who it is, and the data that everything is read with.
public enum NodeSetup {
    /// What a node is told when it is made.
    public struct Plan: Sendable {
        public let seat: String
        public let tree: NodeTree
        public let codes: [String: [Code]]
        public let parameters: [Parameters.Entry]

        public init(seat: String, tree: NodeTree, codes: [String: [Code]], parameters: [Parameters.Entry]) {
            self.seat = seat
            self.tree = tree
            self.codes = codes
            self.parameters = parameters
        }
    }

    /// Writes identity and reference data into an empty store. The national seat also founds the federation: `root`
    /// certifies itself and the national node, and goes back to where it is kept.
    public static func create(_ plan: Plan, key: SigningKey, root: SigningKey? = nil, in tx: borrowing Transaction) throws {
        guard try tx.meta.value("node") == nil else {
            throw NodeError(.conflict, "此处已有节点", "there is a node here already")
        }
        guard let seat = plan.tree.seat(plan.seat) else {
            throw NodeError(.badConfiguration, "拓扑中没有单位 \(plan.seat)", "the topology has no seat \(plan.seat)")
        }
        guard let node = NodeID(tx.moment.entropy(NodeID.size)),
            let incarnation = Incarnation(tx.moment.entropy(Incarnation.size)),
            let federation = FederationID(tx.moment.entropy(FederationID.size))
        else { throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little") }
        try tx.meta.set("node", node.bytes)
        try tx.meta.set("incarnation", incarnation.bytes)
        try tx.meta.set("seat", seat.code.utf8)
        try tx.reference.replaceSeats(plan.tree.seats)
        try tx.reference.replaceCodes(plan.codes)
        try tx.reference.addParameters(plan.parameters)
        guard seat.level == .national else { return }
        guard let root else {
            throw NodeError(.badConfiguration, "建立全国节点需要根密钥", "the national node is made with a root key")
        }
        try tx.meta.set("federation", federation.bytes)
        // The root is no node; its key's name serves.
        guard let rootID = NodeID(root.publicKey.id.bytes) else {
            throw NodeError(.badConfiguration, "根密钥无效", "the root key is not valid")
        }
        var trust = try Trust(federation: federation, root: Certificate.root(root, id: rootID, federation: federation))
        try trust.admit(
            Certificate(
                trust.nextPlace(of: rootID), node: node, seat: Seat(code: seat.code, level: 0, parent: ""),
                key: key.publicKey, federation: federation, issuer: root))
        try tx.trust.keep(trust)
    }

    /// Who the node of this store is; nil for the federation until it is enrolled.
    public static func identity(charter: Charter, key: SigningKey, in snapshot: borrowing Snapshot) throws -> NodeIdentity? {
        guard let (node, seat) = try place(in: snapshot),
            let incarnation = try snapshot.meta.value("incarnation").flatMap(Incarnation.init),
            let tree = Optional(try snapshot.reference.tree()), let treeSeat = tree.seat(seat)
        else {
            throw NodeError(.badConfiguration, "此处还没有节点，请先运行 nodectl init", "there is no node here: run nodectl init first")
        }
        guard let federation = try snapshot.meta.value("federation").flatMap(FederationID.init) else { return nil }
        return NodeIdentity(
            federation: federation, node: node, incarnation: incarnation, seat: treeSeat, tree: tree, charter: charter,
            key: key, isFirstLife: try snapshot.meta.value("later-life") == nil)
    }

    /// The present life of a store's node.
    public static func incarnation(in snapshot: borrowing Snapshot) throws -> Incarnation {
        guard let incarnation = try snapshot.meta.value("incarnation").flatMap(Incarnation.init) else {
            throw NodeError(.badConfiguration, "此处还没有节点", "there is no node here: run nodectl init first")
        }
        return incarnation
    }

    /// Whom the node of a store believes.
    public static func trust(in snapshot: borrowing Snapshot) throws -> Trust {
        guard let federation = try snapshot.meta.value("federation").flatMap(FederationID.init) else {
            throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet")
        }
        return try SyncEngine.loadTrust(federation, snapshot)
    }

    /// Node and seat of a store, enrolled or not.
    public static func place(in snapshot: borrowing Snapshot) throws -> (node: NodeID, seat: String)? {
        guard let node = try snapshot.meta.value("node").flatMap(NodeID.init), let seat = try snapshot.meta.text("seat")
        else { return nil }
        return (node: node, seat: seat)
    }

    /// The engine of an enrolled node; nil before that.
    public static func engine(
        charter: Charter, key: SigningKey, isLineSlow: Bool = false, in snapshot: borrowing Snapshot
    ) throws -> SyncEngine? {
        guard var identity = try identity(charter: charter, key: key, in: snapshot) else { return nil }
        identity.isLineSlow = isLineSlow
        return SyncEngine(
            identity: identity, trust: try SyncEngine.loadTrust(identity.federation, snapshot),
            codes: try snapshot.reference.codes(),
            parameters: try snapshot.reference.parameters(identity.charter.parameters, in: identity.tree),
            calendar: try snapshot.reference.calendar(),
            standstill: try Standstill.reason(in: snapshot))
    }

    public static func tree(in snapshot: borrowing Snapshot) throws -> NodeTree { try snapshot.reference.tree() }

    /// Parameters that came with an import; later rows of the same key, division and day replace earlier ones.
    public static func add(_ parameters: [Parameters.Entry], in tx: borrowing Transaction) throws {
        try tx.reference.addParameters(parameters)
    }
}
