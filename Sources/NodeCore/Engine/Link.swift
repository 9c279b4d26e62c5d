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

    /// How this node holds the two logs of the link, life by life. `peerIncarnation`: the peer's present life, where it is
    /// known from its hello.
    public func positions(peerIncarnation: Incarnation?, in snapshot: borrowing Snapshot) throws -> LinkPositions {
        var mine = try earlier(of: outgoing, in: snapshot)
        let present = try snapshot.logs.find(outgoing)
        mine.append(LogLife(incarnation: identity.incarnation, next: present?.next ?? 0, hash: present?.hash))
        var theirs = [LogLife]()
        if let peerIncarnation {
            let present = incoming(peerIncarnation)
            theirs = try earlier(of: present, in: snapshot)
            if let state = try snapshot.logs.find(present) { theirs.append(state.life) }
        } else {
            theirs = try snapshot.logs.lives(incoming(identity.incarnation)).map(\.life)
        }
        return isToParent ? LinkPositions(up: mine, down: theirs) : LinkPositions(up: theirs, down: mine)
    }

    private func earlier(of log: LogID, in snapshot: borrowing Snapshot) throws -> [LogLife] {
        try snapshot.logs.lives(log).filter { $0.log.incarnation != log.incarnation }.map(\.life)
    }

    /// What a hello shows the two ends about their logs.
    public struct Meeting: Sendable {
        /// A log and the position from which on it goes.
        public struct Run: Sendable {
            public let log: LogID
            public let from: UInt64
        }

        /// This node's logs and from where each goes on: earlier lives first, last the present one.
        public var send: [Run] = []
        /// This node's logs of earlier lives of which the peer holds more; from the beginning where it holds other
        /// seals, since its branch is the one that counts.
        public var fetch: [Run] = []
        /// The peer's logs of earlier lives of which this node holds more; from the beginning where the peer holds another
        /// branch, since this node's is the one that others have built on.
        public var giveBack: [Run] = []
        /// From where the present life is sent.
        public var position: UInt64 { send.last?.from ?? 0 }
    }

    /// Compares what the peer said in its hello with what is held here. Throws `recover-first` when this node lost
    /// something of its present life, and `fork` when the two hold different seals of it at one position.
    public func compare(_ positions: LinkPositions, _ peerIncarnation: Incarnation, in snapshot: borrowing Snapshot) throws
        -> Meeting
    {
        var meeting = Meeting()
        let (ofMine, ofTheirs) = isToParent ? (positions.up, positions.down) : (positions.down, positions.up)
        let known = try snapshot.logs.lives(outgoing)
        for state in known where state.log.incarnation != identity.incarnation {
            let theirs = ofMine.first { $0.incarnation == state.log.incarnation }
            guard let from = try common(state, theirs, in: snapshot) else {
                meeting.fetch.append(.init(log: state.log, from: 0))
                continue
            }
            if let theirs, theirs.next > state.next {
                meeting.fetch.append(.init(log: state.log, from: state.next))
            } else {
                meeting.send.append(.init(log: state.log, from: from))
            }
        }
        // Lives of which nothing is left here.
        for life in ofMine where life.incarnation != identity.incarnation && life.next > 0 {
            guard !known.contains(where: { $0.log.incarnation == life.incarnation }) else { continue }
            meeting.fetch.append(.init(log: outgoing.in(life.incarnation), from: 0))
        }
        let present = ofMine.first { $0.incarnation == identity.incarnation }
        let from = try checkPresent(present, in: snapshot)
        meeting.send.append(.init(log: outgoing, from: from))
        for state in try snapshot.logs.lives(incoming(peerIncarnation)) where state.log.incarnation != peerIncarnation {
            let said = ofTheirs.first { $0.incarnation == state.log.incarnation }
            let from = try common(state, said, in: snapshot) ?? 0
            if from < state.next { meeting.giveBack.append(.init(log: state.log, from: from)) }
        }
        return meeting
    }

    /// How far both ends hold the same of an earlier life; nil when they hold different seals.
    private func common(_ state: LogState, _ theirs: LogLife?, in snapshot: borrowing Snapshot) throws -> UInt64? {
        guard let theirs, theirs.next > 0 else { return 0 }
        // What lies behind is compared when it comes back.
        if theirs.next > state.next { return state.next }
        let seal = try snapshot.journal.row(log: state.id, covering: theirs.next - 1)?.seal
        return seal?.next == theirs.next && seal?.hash == theirs.hash ? theirs.next : nil
    }

    private func checkPresent(_ theirs: LogLife?, in snapshot: borrowing Snapshot) throws -> UInt64 {
        let state = try snapshot.logs.find(outgoing)
        let held = theirs?.next ?? 0
        guard held <= state?.next ?? 0 else {
            throw ProtocolError(
                .recoverFirst,
                "the other end holds \(held), this node wrote \(state?.next ?? 0): it was restored from a copy")
        }
        guard held > 0 else { return 0 }
        let seal = try state.flatMap { try snapshot.journal.row(log: $0.id, covering: held - 1)?.seal }
        guard let seal, seal.next == held, seal.hash == theirs?.hash || identity.planted.contains(.ignorePeerHash) else {
            throw ProtocolError(.fork, "the two ends hold different seals at \(held)")
        }
        return held
    }

    /// The peer's own channels of earlier lives of which this node holds more than the peer listed.
    public func channelsToGiveBack(
        _ listed: [(log: LogID, next: UInt64)], life: Incarnation, in snapshot: borrowing Snapshot
    ) throws -> [Meeting.Run] {
        try snapshot.logs.lives(.channel(of: peer.node, in: life)).compactMap { state in
            let there = listed.first { $0.log == state.log }?.next ?? 0
            guard state.log.incarnation != life, there < state.next else { return nil }
            return Meeting.Run(log: state.log, from: there)
        }
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
        // What is given back helps the other end to mend what froze the link.
        if let reason = state.frozen, log.author != peer.node { throw ProtocolError(.fork, "the link is frozen: \(reason)") }
        // Another branch of the peer's own log may end inside a seal of the one held here: that seal tells it so.
        let covering = log.author == peer.node ? try snapshot.journal.row(log: state.id, covering: position) : nil
        let first = covering?.seal.first ?? position
        return try snapshot.journal.rows(log: state.id, from: first, budget: budget).map { row in
            let packed = (try row.packed() ?? [])[...]
            let cover = try Cover(
                sender: identity.node, receiver: log.direction == .channel ? nil : peer.node, seal: row.seal,
                packed: packed, unpackedSize: row.unpackedSize, federation: identity.federation, key: identity.key)
            return Changeset(cover: cover, seal: row.seal, packed: packed)
        }
    }

    /// What this node holds of the peer's log, signed. `credit`: bytes that the peer may send now.
    public func receipt(for log: LogID, credit: UInt64 = NodeLimits.credit, in tx: borrowing Transaction) throws -> Receipt {
        let state = try tx.logs.findOrCreate(log)
        return try Receipt(
            issuer: identity.node, log: log, durable: state.next, durableHash: state.hash, applied: state.next,
            credit: credit, number: tx.logs.nextReceipt(state.id), federation: identity.federation,
            key: identity.key)
    }

    public var trustDigest: Digest { Trust.digest(of: shared) }

    /// The statements that both ends have to hold.
    public var shared: [TrustStatement] {
        isToParent
            ? trust.shared(parent: peer.node, child: identity.node) : trust.shared(parent: identity.node, child: peer.node)
    }
}
