public import SyncProtocol

/// Where a thief took over: up to here a seat's log toward its issuer is trusted.
public struct TrustedEnd: Sendable {
    /// Nil: the last that was heard of. Earlier ones are trusted whole, later ones not at all.
    public let life: Incarnation?
    /// The end of a seal, in entries.
    public let position: UInt64

    public init(life: Incarnation? = nil, position: UInt64) {
        self.life = life
        self.position = position
    }
}

extension Enrolment {
    /// Takes the key of a seat directly below away. What it signed stays as far as this node holds it, or up to `trusted` of
    /// its log toward this node: from there on it was a thief, and honest entries are reported again.
    public func revoke(
        seat code: String, trusted: TrustedEnd?, reason: String, by principal: Principal, in tx: borrowing Transaction
    ) throws -> [Effect] {
        let trust = engine.trust
        guard let holder = trust.certificate(ofSeat: code),
            trust.certificate(of: holder.message.key)?.node == engine.identity.node,
            holder.node != engine.identity.node
        else { throw NodeError(.notFound, "\(code) 不是本单位发证的下级", "seat \(code) was not certified by this node") }
        guard trust.revocation(of: holder.key.id) == nil else {
            throw NodeError(.conflict, "\(code) 的密钥已被吊销", "the key of seat \(code) was taken away already")
        }
        let revocation = try revocation(
            of: holder, at: trust.nextPlace(of: engine.identity.node), trusted: trusted, reason: reason,
            issuer: engine.identity.key, in: tx)
        try tx.audit.append(
            tx.moment, by: principal, action: "revoke", record: nil, detail: "\(code) \(holder.key.id)")
        return try engine.admit(own: .revocation(revocation), in: tx)
    }

    /// What is held here of the logs that the key's node wrote stays, or of those toward this node what stands before
    /// `trusted`.
    func revocation(
        of holder: Certificate, at place: TrustPlace, trusted: TrustedEnd?, reason: String, issuer: SigningKey,
        in tx: borrowing Transaction
    ) throws -> Revocation {
        guard (1...200).contains(reason.count) else {
            throw NodeError(.badRequest, "请写明吊销原因（不超过 200 字）", "say why, in at most 200 characters")
        }
        let ends = try trusted.map { try self.ends(of: holder, $0, in: tx) } ?? [:]
        var bounds = [Revocation.Bound]()
        // A log that is not listed has no seal of that key: those of earlier keys need no bound.
        for state in try tx.logs.all() where state.log.author == holder.node {
            let end = ends[state.id]
            if let end { try checkSigned(end, by: holder, state, in: tx) }
            guard state.next > 0,
                try tx.journal.row(log: state.id, covering: state.next - 1)?.seal.message.key == holder.key.id
            else { continue }
            bounds.append(try bound(state, end, in: tx))
        }
        let last = engine.trust.nextPlace(of: holder.node)
        return try Revocation(
            place, key: holder.key.id, statements: (last.number, last.previous), bounds: bounds, reason: reason,
            federation: engine.identity.federation, issuer: issuer)
    }

    /// Positions by log: lives before the one that is meant are left out, those after it end before they begin.
    private func ends(of holder: Certificate, _ trusted: TrustedEnd, in tx: borrowing Transaction) throws -> [Int64: UInt64]
    {
        let lives = try tx.logs.all().filter {
            $0.log.author == holder.node && $0.log.direction == .up && $0.log.peer == engine.identity.node
        }
        guard let meant = lives.lastIndex(where: { trusted.life == nil || $0.log.incarnation == trusted.life }) else {
            if trusted.life == nil && trusted.position == 0 { return [:] }
            let life = trusted.life.map { " \($0)" } ?? ""
            throw NodeError(
                .notFound, "本节点没有该单位这一世\(life) 的日志（见 nodectl log show）",
                "this node holds no log of that seat in life\(life): see nodectl log show")
        }
        guard trusted.position <= lives[meant].next else {
            throw NodeError(
                .badRequest, "本节点只收到 \(lives[meant].next) 条，\(trusted.position) 超出其末尾（见 nodectl log show）",
                "this node holds \(lives[meant].next) entries of it, \(trusted.position) is beyond: see nodectl log show")
        }
        var ends = [lives[meant].id: trusted.position]
        for life in lives[(meant + 1)...] { ends[life.id] = 0 }
        return ends
    }

    /// A position before the first seal of the key would promise to take back what an earlier key signed, which stays.
    private func checkSigned(_ position: UInt64, by holder: Certificate, _ state: LogState, in tx: borrowing Transaction)
        throws
    {
        guard position < state.next,
            let seal = try tx.journal.row(log: state.id, covering: position)?.seal, seal.message.key != holder.key.id
        else { return }
        throw NodeError(
            .badRequest,
            "第 \(state.log.incarnation) 世 \(position) 之后的封签 \(seal.first) 由该单位较早的密钥签署，吊销现用密钥不影响它（见 nodectl log show）",
            """
            the seal at \(seal.first) of life \(state.log.incarnation) was signed by an earlier key of that seat and stays: \
            see nodectl log show
            """)
    }

    private func bound(_ state: LogState, _ position: UInt64?, in tx: borrowing Transaction) throws -> Revocation.Bound {
        guard let position, position < state.next else {
            return Revocation.Bound(log: state.log, next: state.next, hash: state.hash)
        }
        if position == 0 { return Revocation.Bound(log: state.log, next: 0, hash: nil) }
        guard let seal = try tx.journal.row(log: state.id, covering: position - 1)?.seal, seal.next == position else {
            throw NodeError(
                .badRequest, "\(position) 不在封签边界上（见 nodectl log show）",
                "\(position) is not where a seal ends: see nodectl log show")
        }
        return Revocation.Bound(log: state.log, next: position, hash: seal.hash)
    }
}

extension SyncEngine {
    /// What a new revocation excludes is taken back.
    func takeBack(excludedBy known: Trust, in tx: borrowing Transaction) throws {
        if identity.planted.contains(.forgetRevocation) { return }
        for statement in known.statements {
            guard case .revocation(let revocation) = statement, let holder = known.certificate(of: revocation.key),
                // This node itself may have written on since it heard of it.
                holder.node == identity.node || !trust.holds(statement)
            else { continue }
            for state in try tx.logs.all() where state.log.author == holder.node {
                guard let first = try firstExcluded(state, by: revocation, in: tx) else { continue }
                try TakeBack(identity: identity, trust: known).revoked(state, from: first, in: tx)
            }
        }
    }

    private func firstExcluded(_ state: LogState, by revocation: Revocation, in tx: borrowing Transaction) throws -> UInt64?
    {
        var position = revocation.bounds.first { $0.log == state.log }?.next ?? 0
        while position < state.next, let seal = try tx.journal.row(log: state.id, covering: position)?.seal {
            if seal.message.key == revocation.key && !revocation.admits(seal) { return seal.first }
            position = seal.next
        }
        return nil
    }
}
