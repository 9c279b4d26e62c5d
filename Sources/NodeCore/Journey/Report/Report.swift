internal import SyncProtocol

/// The home seals versions of its records, in bulk: one transaction, one run of seals.
struct Report {
    let identity: NodeIdentity
    let trust: Trust
    let draft: Draft

    /// Reports every record that is ready; one that is not is refused with its reason and holds up no other.
    func run(_ uuids: [RecordID], by principal: Principal, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws
        -> [RecordOutcome]
    {
        guard let parent = identity.seat.parent.flatMap({ trust.certificate(ofSeat: $0) }) else {
            throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet")
        }
        var outcomes = [RecordOutcome]()
        var sealer = try MatchSealer(in: tx)
        for uuid in uuids {
            do {
                let key = try report(uuid, to: parent.node, by: principal, &sealer, &outgoing, in: tx)
                outcomes.append(.done(uuid, key))
            } catch let error as NodeError where error.code != .storeBroken {
                outcomes.append(.refused(uuid, try tx.records.find(uuid)?.key ?? "", error))
            }
        }
        return outcomes
    }

    private func report(
        _ uuid: RecordID, to parent: NodeID, by principal: Principal, _ sealer: inout MatchSealer,
        _ outgoing: inout Outgoing, in tx: borrowing Transaction
    ) throws -> String {
        guard let state = try tx.records.find(uuid), let kind = identity.charter.kind(number: state.kind) else {
            throw NodeError(.notFound, "没有这份档案", "there is no such record")
        }
        guard state.home == identity.node else {
            throw NodeError(.notAllowed, "只有建档单位可以上报", "only the home of a record may report it")
        }
        // A withdrawn version has no working copy: what was reported is reported again.
        let known = try tx.home.find(uuid, version: 0) ?? tx.home.find(uuid, version: state.version)
        guard state.status == kind.workflow.ready, let body = known else {
            throw NodeError(.conflict, "不在待上报状态", "the record is not ready to report")
        }
        let record = try Sections.readWhole(body.bytes, kind: kind)
        if let finding = draft.findings(record, kind, today: tx.moment.today).first(where: { $0.severity == .error }) {
            throw NodeError(.invalid, finding.message.zh, finding.message.en)
        }
        let facts = Facts(identity: identity, trust: trust)
        let ceiling: Level
        do {
            let code = record.row[kind.authority.field.tag]?.text
            ceiling = try kind.authority.ceiling(code, home: identity.seat, tree: identity.tree)
        } catch let error as ProtocolError {
            throw NodeError(.invalid, "建档标准无法确定审核层级", error.reason)
        }
        let entry = try entry(for: state, record, kind, ceiling, &sealer, in: tx)
        let context = identity.context(kind: kind)
        let place = try outgoing.append(
            .init(context: context, entry: entry, carries: []), to: identity.log(.up, toward: parent), in: tx)
        try keep(record, uuid, version: state.version + 1, kind, in: tx)
        guard let own = trust.certificate(of: identity.node) else {
            throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet")
        }
        let outcome = try facts.report(
            .init(entry: entry, hash: entry.hash(in: context), context: context, author: own, place: place), in: tx)
        guard outcome == .applied else {
            throw NodeError(.invalid, "档案不能上报：\(outcome)", "the record cannot be reported: \(outcome)")
        }
        try tx.audit.append(
            tx.moment, actor: principal.name, action: "report", record: uuid, detail: "version \(state.version + 1)")
        return state.key
    }

    private func entry(
        for state: RecordState, _ record: Record, _ kind: RecordKind, _ ceiling: Level, _ sealer: inout MatchSealer,
        in tx: borrowing Transaction
    ) throws -> Entry {
        let reaches = Disclosure.reaches(home: identity.seat, ceiling: ceiling, tree: identity.tree)
        var sections = Sections.make(
            record, kind: kind, status: kind.workflow.approved, reaches: reaches, today: tx.moment.today)
        guard sections.allSatisfy({ $0.1.count <= Limits.entryBytes / 2 }) else {
            throw NodeError(.tooLarge, "档案内容过大", "the record is too large to report")
        }
        let seed = tx.moment.entropy(16)
        let salt = Entry.salt(seed, sections.count, suite: identity.suite)
        if let number = kind.persons.flatMap({ record.row[$0.head.tag]?.text }),
            let sealed = try sealer.seal(number, of: state.uuid, salt: salt, in: tx)
        {
            sections.append((.match, sealed))
        }
        let core = EntryCore(
            suite: identity.suite, type: .report, record: state.uuid, version: state.version + 1,
            previous: try tx.versions.find(state.id, state.version)?.hash, ceiling: ceiling.rawValue,
            reaches: sections.map(\.0), createdMilliseconds: tx.moment.milliseconds)
        return Entry(core: core, seed: seed, sections: sections)
    }

    /// The working copy becomes what is known of this version.
    private func keep(_ record: Record, _ uuid: RecordID, version: UInt64, _ kind: RecordKind, in tx: borrowing Transaction)
        throws
    {
        let bytes = Sections.makeWhole(record)
        try tx.home.put(
            uuid,
            HomeBody(
                version: version, kind: kind.number, status: kind.workflow.pending, bytes: bytes,
                milliseconds: tx.moment.milliseconds))
        try tx.home.removeWorkingCopy(uuid)
    }
}

/// The home takes back a version that nobody has decided finally; the level where it is pending lets it go.
struct Withdrawal {
    let identity: NodeIdentity
    let trust: Trust

    func run(_ uuids: [RecordID], by principal: Principal, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws
        -> [RecordOutcome]
    {
        guard let parent = identity.seat.parent.flatMap({ trust.certificate(ofSeat: $0) }),
            let own = trust.certificate(of: identity.node)
        else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        var outcomes = [RecordOutcome]()
        for uuid in uuids {
            guard let state = try tx.records.find(uuid), let kind = identity.charter.kind(number: state.kind),
                state.home == identity.node, let version = try tx.versions.find(state.id, state.version),
                case .pending = state.standing
            else {
                let error = NodeError(.conflict, "没有待审的上报可以撤回", "there is no pending report to withdraw")
                outcomes.append(.refused(uuid, "", error))
                continue
            }
            // Asked before anything is written: what stands in the log cannot be taken out of it again.
            guard try !tx.decisions.all(state.id, version: version.number).contains(where: { $0.type == .withdraw }) else {
                let error = NodeError(.conflict, "已经申请过撤回", "a withdrawal was asked for already")
                outcomes.append(.refused(uuid, state.key, error))
                continue
            }
            let context = identity.context(kind: kind)
            let entry = Entry(
                core: EntryCore(
                    suite: identity.suite, type: .withdraw, record: uuid, version: version.number, subject: version.hash,
                    createdMilliseconds: tx.moment.milliseconds),
                seed: tx.moment.entropy(16), sections: [])
            let place = try outgoing.append(
                .init(context: context, entry: entry, carries: []), to: identity.log(.up, toward: parent.node), in: tx)
            let outcome = try Facts(identity: identity, trust: trust).decision(
                .init(entry: entry, hash: entry.hash(in: context), context: context, author: own, place: place),
                in: tx)
            guard outcome == .applied else {
                throw NodeError(.storeBroken, "撤回未能写入", "a withdrawal that was checked does not apply: \(outcome)")
            }
            try tx.audit.append(tx.moment, actor: principal.name, action: "withdraw", record: uuid, detail: state.key)
            outcomes.append(.done(uuid, state.key))
        }
        return outcomes
    }
}
