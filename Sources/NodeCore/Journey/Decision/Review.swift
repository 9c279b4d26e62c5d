internal import SyncProtocol

/// A level decides about the versions pending with it.
struct Review {
    let identity: NodeIdentity
    let trust: Trust

    func run(
        _ uuids: [RecordID], _ verdict: Verdict, by principal: Principal, _ outgoing: inout Outgoing,
        in tx: borrowing Transaction
    ) throws -> [RecordOutcome] {
        try check(verdict)
        var outcomes = [RecordOutcome]()
        for uuid in uuids {
            do {
                let key = try decide(uuid, verdict, &outgoing, in: tx)
                try tx.audit.append(
                    tx.moment, by: principal, action: verdict.kind.rawValue, record: uuid, detail: verdict.code)
                outcomes.append(.done(uuid, key))
            } catch let error as NodeError where error.code != .storeBroken {
                outcomes.append(.refused(uuid, try tx.records.find(uuid)?.key ?? "", error))
            }
        }
        return outcomes
    }

    /// A return without a reason helps nobody at the home.
    private func check(_ verdict: Verdict) throws {
        guard verdict.kind != .approve else { return }
        guard !verdict.code.isEmpty else {
            throw NodeError(.badRequest, "退回须选择原因代码", "a return or rejection needs a reason code")
        }
        guard (10...NodeLimits.reasonCharacters).contains(verdict.words.count) else {
            throw NodeError(.badRequest, "退回说明须 10 至 1000 字", "the reason has 10 to 1000 characters")
        }
        guard verdict.fields.count <= 100 else { throw NodeError(.tooLarge, "字段过多", "at most 100 fields") }
    }

    private func decide(_ uuid: RecordID, _ verdict: Verdict, _ outgoing: inout Outgoing, in tx: borrowing Transaction)
        throws -> String
    {
        guard let record = try tx.records.find(uuid), let version = try tx.versions.find(record.id, record.version) else {
            throw NodeError(.notFound, "没有这份档案", "there is no such record")
        }
        guard record.standing.pendingLevel == identity.level, record.home != identity.node else {
            throw NodeError(.conflict, "此件不在本级待审", "the record is not pending at this level")
        }
        let type: EntryType =
            switch verdict.kind {
            case .approve: .approve
            case .return: .return
            case .reject: .reject
            }
        let words = type == .approve ? nil : DecisionWords(code: verdict.code, text: verdict.words, fields: verdict.fields)
        try Decider(identity: identity, trust: trust).write(type, words, on: record, version, &outgoing, in: tx)
        return record.key
    }
}

/// Writes one decision into the logs it belongs to, and its fact into this node's own tables.
struct Decider {
    let identity: NodeIdentity
    let trust: Trust

    func write(
        _ type: EntryType, _ words: DecisionWords?, on record: RecordState, _ version: VersionState,
        _ outgoing: inout Outgoing,
        in tx: borrowing Transaction
    ) throws {
        let kind = identity.charter.kind(number: record.kind)
        let context = identity.context(kind: kind)
        guard let child = identity.childSeat(toward: record.homeSeat).flatMap({ trust.certificate(ofSeat: $0.code) }),
            let own = trust.certificate(of: identity.node)
        else { throw NodeError(.notEnrolled, "下级单位尚未入网", "the unit below is not enrolled") }
        let entry = Entry(
            core: EntryCore(
                suite: identity.suite, type: type, record: record.uuid, version: version.number,
                reaches: words == nil ? [] : [.path],
                subject: version.hash, createdMilliseconds: tx.moment.milliseconds),
            seed: tx.moment.entropy(16), sections: words.map { [(.path, $0.encoded)] } ?? [])
        let place = try outgoing.append(
            .init(context: context, entry: entry, carries: []), to: identity.log(.down, toward: child.node), in: tx)
        if type == .approve { try sendUp(entry, context, record, version, &outgoing, in: tx) }
        let outcome = try Facts(identity: identity, trust: trust).decision(
            .init(entry: entry, hash: entry.hash(in: context), context: context, author: own, place: place), in: tx)
        guard outcome == .applied else {
            throw NodeError(.conflict, "此件已有决定", "there is a decision about this version already")
        }
    }
    /// An approval goes up with the version and the approvals below, on which it rests.
    func sendUp(
        _ entry: Entry, _ context: EntryContext, _ record: RecordState, _ version: VersionState,
        _ outgoing: inout Outgoing, in tx: borrowing Transaction
    ) throws {
        guard let parent = identity.seat.parent.flatMap({ trust.certificate(ofSeat: $0) }) else { return }
        let below = try tx.decisions.all(record.id, version: version.number).filter {
            $0.type == .approve && $0.level > identity.level.rawValue
        }
        let sent = try outgoing.append(
            .init(context: context, entry: entry, carries: [version.place] + below.map(\.place)),
            to: identity.log(.up, toward: parent.node), in: tx)
        try tx.versions.setSent(record.id, version.number, sent)
        if version.number > 1 { try Facts(identity: identity, trust: trust).narrowSent(record, in: tx) }
    }

    /// What its home withdrew before this level decided is let go, by rule.
    func letGo(
        _ record: RecordState, _ version: VersionState, _ outgoing: inout Outgoing, in tx: borrowing Transaction
    ) throws {
        let words = DecisionWords(code: Standing.withdrawalCode, text: "撤回", fields: [])
        try write(.return, words, on: record, version, &outgoing, in: tx)
    }
}
