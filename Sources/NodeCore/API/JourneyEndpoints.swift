internal import SyncProtocol

/// Report, withdraw, decide: in bulk, with an outcome for each record.
public enum JourneyEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "POST", "records/{kind}/reports", Label("上报", "Report records that are ready"), needs: .right(.report, .kind),
            body: "{ids: [id or key] or all: true}",
            .write(report)),
        Endpoint(
            "POST", "records/{kind}/withdrawals", Label("撤回", "Withdraw pending reports"),
            needs: .right(.report, .kind), body: "{ids: [id or key]}",
            .write(withdraw)),
        Endpoint(
            "POST", "records/{kind}/decisions", Label("审核", "Approve, return or reject what is pending here"),
            needs: .right(.approve, .kind),
            body: "{verdict: approve|return|reject, ids: [id or key] or all: true, code, words, fields: [field]}",
            .write(decide)),
    ]

    struct Selection: Decodable {
        let ids: [String]?
        let all: Bool?
        let verdict: String?
        let code: String?
        let words: String?
        let fields: [String]?
    }

    public struct OutcomeView: Codable, Sendable {
        public let id: String
        public let key: String
        /// Nil when it was done.
        public let code: String?
        public let zh: String?
        public let en: String?
    }

    public struct Result: Codable, Sendable {
        public let done: Int
        public let refused: Int
        public let outcomes: [OutcomeView]
    }

    @Sendable static func report(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let kind = try call.kind()
        var ready = Inquiry.Filter()
        ready.status = kind.workflow.ready
        let (records, unknown) = try selected(call.decode(), kind, call, .report, all: ready, tx)
        return try run(.report(records, by: call.actor()), unknown, call, tx)
    }

    @Sendable static func withdraw(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let (records, unknown) = try selected(call.decode(), call.kind(), call, .report, all: nil, tx)
        return try run(.withdraw(records, by: call.actor()), unknown, call, tx)
    }

    @Sendable static func decide(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let selection: Selection = try call.decode()
        guard let verdict = Verdict.Kind(rawValue: selection.verdict ?? "") else {
            throw NodeError(.badRequest, "verdict 须为 approve、return 或 reject", "verdict is approve, return or reject")
        }
        let kind = try call.kind()
        if verdict != .approve {
            guard try tx.reference.codes().contains(selection.code ?? "", in: "return_reason") else {
                throw NodeError(.badRequest, "退回原因代码不在码表中", "the reason code is not in the table return_reason")
            }
        }
        let codes = Set(
            kind.fields.map(\.code) + kind.lists.flatMap { list in list.fields.map { "\(list.code).\($0.code)" } })
        if let unknown = selection.fields?.first(where: { !codes.contains($0) }) {
            throw NodeError(.badRequest, "没有字段 \(unknown)", "there is no field \(unknown)")
        }
        var pending = Inquiry.Filter()
        pending.pending = try call.enrolled().identity.level
        let (records, unknown) = try selected(selection, kind, call, .approve, all: pending, tx)
        let words = Verdict(
            verdict, code: selection.code ?? "", words: selection.words ?? "", fields: selection.fields ?? [])
        return try run(.decide(records, words, by: call.actor()), unknown, call, tx)
    }

    /// The records a caller names, or all that fit; names nobody knows come back as refusals.
    private static func selected(
        _ selection: Selection, _ kind: RecordKind, _ call: Call, _ action: Action, all: Inquiry.Filter?,
        _ tx: borrowing Transaction
    ) throws -> ([RecordID], [OutcomeView]) {
        let inquiry = Inquiry(call.charter)
        let homes = try call.homes(action, kind)
        if selection.all == true, var filter = all {
            filter.limit = NodeLimits.recordsPerCommand
            filter.homes = homes
            return (try tx.withSnapshot { try inquiry.selection(kind, filter, in: $0) }, [])
        }
        guard let names = selection.ids, !names.isEmpty else {
            throw NodeError(.badRequest, "请给出 ids 或 all", "name the records in ids, or say all")
        }
        guard names.count <= NodeLimits.recordsPerCommand else {
            throw NodeError(
                .tooLarge, "一次最多 \(NodeLimits.recordsPerCommand) 条",
                "at most \(NodeLimits.recordsPerCommand) records at once")
        }
        var records = [RecordID]()
        var unknown = [OutcomeView]()
        for name in names {
            let found = try tx.withSnapshot { try inquiry.identify(name, kind, in: $0) }
            // What is out of somebody's reach is not there for them.
            if let uuid = found, let home = try tx.records.find(uuid)?.homeSeat, homes?.contains(home) ?? true {
                records.append(uuid)
            } else {
                unknown.append(
                    OutcomeView(
                        id: name, key: name, code: NodeError.Code.notFound.rawValue, zh: "没有这份档案",
                        en: "there is no such record"))
            }
        }
        return (records, unknown)
    }

    private static func run(_ event: Event, _ unknown: [OutcomeView], _ call: Call, _ tx: borrowing Transaction) throws -> (
        Reply, [Effect]
    ) {
        let effects = try call.enrolled().handle(event, in: tx)
        let outcomes =
            unknown
            + effects.compactMap { effect -> OutcomeView? in
                guard case .outcome(let outcome) = effect else { return nil }
                return OutcomeView(
                    id: outcome.record.description, key: outcome.key, code: outcome.refusal?.rawValue,
                    zh: outcome.message?.zh,
                    en: outcome.message?.en)
            }
        let done = outcomes.count { $0.code == nil }
        return (try Reply(Result(done: done, refused: outcomes.count - done, outcomes: outcomes)), effects)
    }
}
