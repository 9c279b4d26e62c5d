internal import SyncProtocol

extension Enrolment {
    /// Takes the key of a seat directly below away. What it signed stays as far as this node holds it, or up to
    /// `position` of its log toward this node: from there on it was a thief, and honest entries are reported again.
    public func revoke(
        seat code: String, position: UInt64?, reason: String, by principal: Principal, in tx: borrowing Transaction
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
            of: holder, at: trust.nextPlace(of: engine.identity.node), position: position, reason: reason,
            issuer: engine.identity.key, in: tx)
        try tx.audit.append(
            tx.moment, by: principal, action: "revoke", record: nil, detail: "\(code) \(holder.key.id)")
        return try engine.admit(own: .revocation(revocation), in: tx)
    }

    /// What is held here of the logs that the key's node wrote stays, or of its log toward this node what stands before
    /// `position`.
    func revocation(
        of holder: Certificate, at place: TrustPlace, position: UInt64?, reason: String, issuer: SigningKey,
        in tx: borrowing Transaction
    ) throws -> Revocation {
        guard (1...200).contains(reason.count) else {
            throw NodeError(.badRequest, "请写明吊销原因（不超过 200 字）", "say why, in at most 200 characters")
        }
        var bounds = [Revocation.Bound]()
        // A log that is not listed has no seal of that key: those of earlier keys need no bound.
        for state in try tx.logs.all() where state.log.author == holder.node {
            let isUp = state.log.direction == .up && state.log.peer == engine.identity.node
            if isUp { try checkSigned(position, by: holder, state, in: tx) }
            guard state.next > 0,
                try tx.journal.row(log: state.id, covering: state.next - 1)?.seal.message.key == holder.key.id
            else { continue }
            bounds.append(try bound(state, isUp ? position : nil, in: tx))
        }
        let last = engine.trust.nextPlace(of: holder.node)
        return try Revocation(
            place, key: holder.key.id, statements: (last.number, last.previous), bounds: bounds, reason: reason,
            federation: engine.identity.federation, issuer: issuer)
    }

    /// A position before the first seal of the key would promise to take back what an earlier key signed, which stays.
    private func checkSigned(_ position: UInt64?, by holder: Certificate, _ state: LogState, in tx: borrowing Transaction)
        throws
    {
        guard let position, position < state.next,
            let seal = try tx.journal.row(log: state.id, covering: position)?.seal, seal.message.key != holder.key.id
        else { return }
        throw NodeError(
            .badRequest, "\(position) 之后的封签 \(seal.first) 由该单位较早的密钥签署，吊销现用密钥不影响它（见 nodectl log show）",
            "the seal at \(seal.first) was signed by an earlier key of that seat and stays: see nodectl log show")
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
