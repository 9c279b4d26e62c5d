internal import SyncProtocol

/// The home seals versions of its records, in bulk: one transaction, one run of seals.
struct Report {
    let identity: NodeIdentity
    let trust: Trust
    let draft: Draft

    /// What all records of one command share.
    private struct Run {
        let log: LogID
        let principal: Principal
        let contexts: ContextTable
        var sealer: MatchSealer
        var reader: ReportReader
        /// Whose consent to report upward was withdrawn.
        let stopped: Set<RecordID>
    }

    /// Reports every record that is ready; one that is not is refused with its reason and holds up no other.
    func run(_ uuids: [RecordID], by principal: Principal, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws
        -> [RecordOutcome]
    {
        guard let parent = identity.seat.parent.flatMap({ trust.certificate(ofSeat: $0) }),
            let own = trust.certificate(of: identity.node)
        else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        var run = Run(
            log: identity.log(.up, toward: parent.node), principal: principal, contexts: ContextTable(identity),
            sealer: try MatchSealer(in: tx), reader: ReportReader(identity, author: own),
            stopped: try Consents.stopped(in: tx))
        var outcomes = [RecordOutcome]()
        outcomes.reserveCapacity(uuids.count)
        for uuid in uuids {
            do {
                let key = try report(uuid, &run, &outgoing, in: tx)
                outcomes.append(.done(uuid, key))
            } catch let error as NodeError where error.code != .storeBroken {
                outcomes.append(.refused(uuid, try tx.records.find(uuid)?.key ?? "", error))
            }
        }
        return outcomes
    }

    private func report(_ uuid: RecordID, _ run: inout Run, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws
        -> String
    {
        guard let found = try tx.reports.find(uuid), let kind = identity.charter.kind(number: found.kind) else {
            throw NodeError(.notFound, "没有这份档案", "there is no such record")
        }
        guard found.home == identity.node else {
            throw NodeError(.notAllowed, "只有建档单位可以上报", "only the home of a record may report it")
        }
        guard !run.stopped.contains(uuid) else { throw Consents.refusal }
        // A withdrawn version has no working copy: what was reported is reported again.
        guard found.status == kind.workflow.ready,
            let body = try found.workingCopy ?? tx.home.find(uuid, version: found.version)
        else { throw NodeError(.conflict, "不在待上报状态", "the record is not ready to report") }
        if let account = run.principal.account, try tx.lastEdits.account(uuid) == account {
            throw NodeError(
                .notAllowed, "最后修改的人不能上报：请由他人上报", "who wrote it last does not report it: somebody else does")
        }
        let record = try Sections.readWhole(body.bytes, kind: kind)
        if let finding = draft.findings(record, kind, today: tx.moment.today).first(where: { $0.severity == .error }) {
            throw NodeError(.invalid, finding.message.zh, finding.message.en)
        }
        let entry = try entry(for: found, record, kind, try ceiling(of: record, kind), &run.sealer, in: tx)
        let (context, digest) = run.contexts[kind]
        let content = try accepted(entry, context, &run.reader)
        let place = try outgoing.append(.init(context: context, entry: entry, carries: []), to: run.log, in: tx)
        try keep(found, body, kind, in: tx)
        let version = VersionState(
            number: content.version, hash: entry.hash(in: digest), ceiling: content.ceiling, asked: content.asked,
            place: place)
        let status = content.standing.status(kind.workflow, asked: content.asked, draft: kind.workflow.draft)
        try tx.reports.setNewest(found, version, content.standing, status: status, at: tx.moment.milliseconds)
        try show(found, record, kind, since: body, status: status, in: tx)
        try tx.audit.append(
            tx.moment, by: run.principal, action: "report", record: uuid, detail: "version \(version.number)")
        return found.key
    }

    private func ceiling(of record: Record, _ kind: RecordKind) throws -> Level {
        do {
            let code = record.row[kind.authority.field.tag]?.text
            return try kind.authority.ceiling(code, home: identity.seat, tree: identity.tree)
        } catch let error as ProtocolError {
            throw NodeError(.invalid, "建档标准无法确定审核层级", error.reason)
        }
    }

    /// The report as the levels above will read it: what they would refuse never leaves.
    private func accepted(_ entry: Entry, _ context: EntryContext, _ reader: inout ReportReader) throws -> ReportContent {
        do {
            if let content = try reader.read(entry, context) { return content }
            throw ProtocolError(.schema, "its kind is not known")
        } catch let error as ProtocolError {
            throw NodeError(.invalid, "档案不能上报：\(error.reason)", "the record cannot be reported: \(error.reason)")
        }
    }

    private func entry(
        for found: Reportable, _ record: Record, _ kind: RecordKind, _ ceiling: Level, _ sealer: inout MatchSealer,
        in tx: borrowing Transaction
    ) throws -> Entry {
        let reaches = Disclosure.reaches(home: identity.seat, ceiling: ceiling, tree: identity.tree)
        var sections = Sections.make(
            record, kind: kind, status: kind.workflow.approved, reaches: reaches, today: tx.moment.today)
        guard sections.allSatisfy({ $0.1.count <= Limits.entryBytes / 2 }) else {
            throw NodeError(.tooLarge, "档案内容过大", "the record is too large to report")
        }
        let seed = tx.moment.entropy(16)
        if let number = kind.persons.flatMap({ record.row[$0.head.tag]?.text }) {
            let salt = Entry.salt(seed, sections.count, suite: identity.suite)
            if let sealed = try sealer.seal(number, of: found.uuid, salt: salt, in: tx) { sections.append((.match, sealed)) }
        }
        let core = EntryCore(
            suite: identity.suite, type: .report, record: found.uuid, version: found.version + 1,
            previous: found.version > 0 ? found.hash : nil, ceiling: ceiling.rawValue, reaches: sections.map(\.0),
            createdMilliseconds: tx.moment.milliseconds)
        return Entry(core: core, seed: seed, sections: sections)
    }

    /// The working copy becomes what is known of this version.
    private func keep(_ found: Reportable, _ body: HomeBody, _ kind: RecordKind, in tx: borrowing Transaction) throws {
        let (version, status, now) = (found.version + 1, kind.workflow.pending, tx.moment.milliseconds)
        if try tx.reports.keep(found.uuid, version: version, body.bytes, status: status, at: now) { return }
        try tx.home.put(
            found.uuid,
            HomeBody(version: version, kind: kind.number, status: status, bytes: body.bytes, milliseconds: now))
    }

    /// The home goes on showing its own fuller knowledge; only what depends on the day is derived again.
    private func show(
        _ found: Reportable, _ record: Record, _ kind: RecordKind, since body: HomeBody, status: String,
        in tx: borrowing Transaction
    ) throws {
        let today = tx.moment.today
        guard kind.dependsOnAge, CalendarDay(milliseconds: body.milliseconds) != today else {
            return try tx.typed(kind).setStatus(status, id: found.id)
        }
        let rows = TypedRows(Sections.withDerived(record, kind: kind, today: today), kind: kind)
        try tx.typed(kind).put(rows, id: found.id, status: status)
    }
}

/// The contexts of this node's own entries and their digests, each made once for a command.
struct ContextTable {
    private var made: [UInt64: (context: EntryContext, digest: Digest)] = [:]

    init(_ identity: NodeIdentity) {
        for kind in identity.charter.kinds {
            let context = identity.context(kind: kind)
            made[kind.number] = (context: context, digest: context.digest(identity.suite))
        }
    }

    /// `kind` is one of the charter's.
    subscript(kind: RecordKind) -> (context: EntryContext, digest: Digest) {
        guard let known = made[kind.number] else { preconditionFailure("a kind that is not in the charter") }
        return known
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
            try tx.audit.append(tx.moment, by: principal, action: "withdraw", record: uuid, detail: state.key)
            outcomes.append(.done(uuid, state.key))
        }
        return outcomes
    }
}
