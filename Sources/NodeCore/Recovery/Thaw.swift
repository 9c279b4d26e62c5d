public import SyncProtocol

/// Links that stand still, and the one act that lets them go on at this end when a person has looked. It changes what is
/// admitted from now on and nothing that is held: a second branch is still a fork, a missing position still a gap.
public struct Thaw: Sendable {
    let engine: SyncEngine

    public init(_ engine: SyncEngine) { self.engine = engine }

    public enum Cause: String, Sendable, Codable {
        /// A neighbour says that it knows more of this node than this node itself.
        case claim
        /// Two branches or two copies of the neighbour: the one held here counts.
        case fork
        /// A neighbour holds another branch of this node's own log.
        case own
    }

    /// A log that stands still.
    public struct Stop: Sendable {
        public let seat: String
        public let life: Incarnation
        public let cause: Cause
        public let reason: String
        /// How far the log is held or written here.
        public let next: UInt64
        public let claim: Claim?
    }

    /// What a child's signed hello says beside what this node has written.
    public struct Claim: Sendable {
        /// Answers of this node that the child says it accepted, and those this node gave.
        public let answers: UInt64
        public let given: UInt64
        /// How far the child says it holds this node's log of its present life.
        public let holds: UInt64
        /// Whether something that this node wrote is missing here: then only a new life helps.
        public let isLoss: Bool
        let question: Hello
    }

    public func stops(in snapshot: borrowing Snapshot) throws -> [Stop] {
        var stops = [Stop]()
        for state in try snapshot.logs.all() {
            guard let reason = state.frozen else { continue }
            let isOwn = state.log.author == engine.identity.node
            let peer = isOwn ? state.log.peer : state.log.author
            let claim = isOwn ? try claim(of: peer, in: snapshot) : nil
            stops.append(
                Stop(
                    seat: engine.trust.certificate(of: peer)?.seat.code ?? "?", life: state.log.incarnation,
                    cause: isOwn ? (claim == nil ? .own : .claim) : .fork, reason: reason, next: state.next, claim: claim))
        }
        return stops
    }

    /// The hello for which the link toward a child was stopped, if it still verifies.
    private func claim(of peer: NodeID, in snapshot: borrowing Snapshot) throws -> Claim? {
        guard let link = Link(engine, peer: peer), !link.isToParent,
            let bytes = try snapshot.quarantine.evidence(of: peer, code: ProtocolError.Code.recoverFirst.rawValue)
        else { return nil }
        let question: Hello
        do {
            question = try Hello(verifying: bytes[...], to: engine.identity.node, trust: engine.trust)
        } catch is ProtocolError {
            return nil
        }
        let present = question.positions.down.first { $0.incarnation == engine.identity.incarnation }
        let state = try snapshot.logs.find(link.outgoing)
        let known = try snapshot.threads.find(peer, child: question.incarnation, parent: engine.identity.incarnation)
        var isLoss = (present?.next ?? 0) > (state?.next ?? 0)
        if !isLoss, let present, present.next > 0, let state {
            let seal = try snapshot.journal.row(log: state.id, covering: present.next - 1)?.seal
            isLoss = seal?.next != present.next || seal?.hash != present.hash
        }
        return Claim(
            answers: question.thread?.number ?? 0, given: known?.number ?? 0, holds: present?.next ?? 0, isLoss: isLoss,
            question: question)
    }

    /// Lets the links with one seat go on. Refused where only a new life helps.
    public func run(seat code: String, by principal: Principal, in tx: borrowing Transaction) throws -> Int {
        let here = try tx.withSnapshot { try stops(in: $0) }.filter { $0.seat == code }
        guard !here.isEmpty, let peer = engine.trust.certificate(ofSeat: code)?.node, let link = Link(engine, peer: peer)
        else {
            throw NodeError(.notFound, "与 \(code) 的链路没有停住", "no link with seat \(code) stands still")
        }
        if let loss = here.first(where: { $0.cause == .own || $0.claim?.isLoss == true }) {
            throw NodeError(
                .recoverFirst,
                "\(code) 持有本节点丢失的内容（本节点写到 \(loss.next)）：请核实后运行 nodectl recover",
                "seat \(code) holds what this node lost (it wrote up to \(loss.next)): find out why, then recover"
            )
        }
        for stop in here {
            if let claim = stop.claim { try follow(claim, link, in: tx) }
            let log = stop.cause == .fork ? link.incoming(stop.life) : link.outgoing.in(stop.life)
            if let state = try tx.logs.find(log) { try tx.logs.thaw(state.id) }
            try tx.audit.append(
                tx.moment, by: principal, action: "thaw", record: nil,
                detail: "\(code) \(stop.cause.rawValue) life \(stop.life) at \(stop.next): \(stop.reason)")
        }
        return here.count
    }

    /// A hello a second for longer than anybody will run this.
    private static let answersMax: UInt64 = 1 << 40

    /// The thread goes on from where the child says it is: its next hello may name that place, and no other.
    private func follow(_ claim: Claim, _ link: Link, in tx: borrowing Transaction) throws {
        let question = claim.question
        guard claim.answers < Thaw.answersMax else {
            throw NodeError(
                .invalid, "对方称收到 \(claim.answers) 次应答，不可能", "a claim of \(claim.answers) answers cannot be true")
        }
        let place = question.thread.flatMap { $0.life == engine.identity.incarnation ? $0 : nil }
        // A place in another life of this node cannot be continued: the thread of this life begins.
        let state =
            place.map { ThreadState(number: $0.number, digest: $0.digest, previous: nil, isUsed: true, question: nil) }
            ?? ThreadState(number: 1, digest: nil, previous: nil, isUsed: false, question: nil)
        try tx.threads.put(state, link.peer.node, child: question.incarnation, parent: engine.identity.incarnation)
        try tx.quarantine.forget(link.peer.node, code: ProtocolError.Code.recoverFirst.rawValue)
    }
}

extension SyncEngine {
    /// A neighbour that greets in a later life has been looked at by a person: of its earlier lives the branch held here
    /// counts, and what follows it may still come.
    func thawEarlier(_ link: Link, than life: Incarnation, in tx: borrowing Transaction) throws {
        for state in try tx.logs.lives(link.incoming(life)) where state.frozen != nil && state.log.incarnation != life {
            try tx.logs.thaw(state.id)
        }
    }
}
