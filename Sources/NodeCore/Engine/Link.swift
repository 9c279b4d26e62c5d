public import SyncProtocol

/// What two neighbours tell each other about their logs, and what the one still has to send the other.
public struct Link: Sendable {
    public let identity: NodeIdentity
    public let trust: Trust
    public let peer: Certificate

    /// Nil unless the peer sits directly above or below.
    public init?(_ engine: SyncEngine, peer node: NodeID) {
        guard let peer = engine.trust.certificate(of: node),
            peer.seat.parent == engine.identity.seat.code || peer.seat.code == engine.identity.seat.parent
        else { return nil }
        identity = engine.identity
        trust = engine.trust
        self.peer = peer
    }

    public var isToParent: Bool { peer.seat.code == identity.seat.parent }

    /// This node's log toward the peer.
    public var outgoing: LogID { identity.log(isToParent ? .up : .down, toward: peer.node) }

    /// The peer's log toward this node, in the life the peer named in its hello.
    public func incoming(_ incarnation: Incarnation) -> LogID {
        LogID(author: peer.node, incarnation: incarnation, direction: isToParent ? .down : .up, peer: identity.node)
    }

    /// Without the peer's incarnation, of the log it wrote last toward this node.
    public func positions(peerIncarnation: Incarnation?, in snapshot: borrowing Snapshot) throws -> LinkPositions {
        let mine = try snapshot.logs.find(outgoing)
        let theirs =
            try peerIncarnation.map { try snapshot.logs.find(incoming($0)) }
            ?? snapshot.logs.latest(of: peer.node, isToParent ? .down : .up, toward: identity.node)
        let (up, down) = isToParent ? (mine, theirs) : (theirs, mine)
        return LinkPositions(up: up?.next ?? 0, upHash: up?.hash, down: down?.next ?? 0, downHash: down?.hash)
    }

    /// How far the peer holds this node's log, by its own hello: where sending goes on. Throws when this node is the one
    /// that lost something, or when the two hold different seals at one position.
    public func checkPeer(_ positions: LinkPositions, in snapshot: borrowing Snapshot) throws -> UInt64 {
        let state = try snapshot.logs.find(outgoing)
        let (held, hash) = isToParent ? (positions.up, positions.upHash) : (positions.down, positions.downHash)
        guard held <= state?.next ?? 0 else {
            throw ProtocolError(.position, "the other end holds \(held), this node wrote \(state?.next ?? 0): recover first")
        }
        guard held > 0 else { return 0 }
        let seal = try state.flatMap { try snapshot.journal.row(log: $0.id, covering: held - 1)?.seal }
        guard let seal, seal.next == held, seal.hash == hash else {
            throw ProtocolError(.fork, "the two ends hold different seals at \(held)")
        }
        return held
    }

    /// Changesets from `position` on, at least one if there is any, about `budget` packed bytes.
    public func changesets(from position: UInt64, budget: Int, in snapshot: borrowing Snapshot) throws -> [Changeset] {
        try changesets(of: outgoing, from: position, budget: budget, in: snapshot)
    }

    /// The channels a child reads here: this node's own and those of all above it.
    public func channels(in snapshot: borrowing Snapshot) throws -> [(log: LogID, next: UInt64)] {
        try snapshot.logs.all().filter { $0.log.direction == .channel && $0.next > 0 }
            .map { (log: $0.log, next: $0.next) }
    }

    /// How far this node holds a channel.
    public func held(_ channel: LogID, in snapshot: borrowing Snapshot) throws -> UInt64 {
        try snapshot.logs.find(channel)?.next ?? 0
    }

    /// The same of a channel, or of the log toward the peer.
    public func changesets(of log: LogID, from position: UInt64, budget: Int, in snapshot: borrowing Snapshot) throws
        -> [Changeset]
    {
        guard let state = try snapshot.logs.find(log) else { return [] }
        if let reason = state.frozen { throw ProtocolError(.fork, "the link is frozen: \(reason)") }
        return try snapshot.journal.rows(log: state.id, from: position, budget: budget).map { row in
            let packed = (row.packed ?? [])[...]
            let cover = try Cover(
                sender: identity.node, receiver: log.direction == .channel ? nil : peer.node, seal: row.seal,
                packed: packed, unpackedSize: row.unpackedSize, federation: identity.federation, key: identity.key)
            return Changeset(cover: cover, seal: row.seal, packed: packed)
        }
    }

    /// What this node holds of the peer's log, signed.
    public func receipt(for log: LogID, in tx: borrowing Transaction) throws -> Receipt {
        let state = try tx.logs.findOrCreate(log)
        return try Receipt(
            issuer: identity.node, log: log, durable: state.next, durableHash: state.hash, applied: state.next,
            credit: NodeLimits.credit, number: tx.logs.nextReceipt(state.id), federation: identity.federation,
            key: identity.key)
    }

    /// Certificates of the subtree below `seat`, in the order of admission.
    public func certificates(below node: NodeID, in snapshot: borrowing Snapshot) throws -> [Certificate] {
        try snapshot.trust.all().map(\.certificate).filter { trust.isBelow($0, node) }
    }
}
