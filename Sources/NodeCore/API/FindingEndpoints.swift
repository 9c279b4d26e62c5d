internal import SyncProtocol

/// What the checks find in a record of this home, what they propose, and taking it over.
public enum FindingEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "records/{kind}/{id}/findings", Label("检查结果与建议", "What the checks found, and what they propose"),
            needs: .right(.update, .kind), .read(list)),
        Endpoint(
            "POST", "records/{kind}/{id}/findings/accept", Label("采用建议", "Take a proposal over"),
            needs: .right(.update, .kind),
            body: "{token, rule, field: text, list: code, child: number of the line, choice: place of the proposal from 0}",
            .write(accept)),
    ]

    public struct Page: Codable, Sendable {
        /// Names the content that was checked.
        public let token: String
        public let items: [FindingView]
    }

    public struct FindingView: Codable, Sendable {
        public let rule: String
        /// 1 blocks reporting, 2 wants a reason, 3 is a hint.
        public let severity: Int
        public let field: String
        public let list: String?
        public let child: Int64?
        public let zh: String
        public let en: String
        public let proposals: [ProposalView]
    }

    public struct ProposalView: Codable, Sendable {
        public let field: String
        /// As the reader may see it: numbers stay masked. Empty where the value is taken away, nil where the reader may not
        /// know it.
        public let text: String?
        /// In thousandths, where the rule says how sure it is.
        public let confidence: Int?
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let (kind, showing) = (try call.kind(), try call.showing(call.kind()))
        let working = try call.enrolled().draft.working(try id(call, kind, snapshot), in: snapshot)
        let found = try call.enrolled().draft.found(
            working.record, kind, today: CalendarDay(milliseconds: call.milliseconds))
        return try Reply(
            Page(
                token: working.token,
                items: found.map { item in
                    FindingView(
                        rule: item.finding.rule, severity: item.finding.severity.rawValue, field: item.finding.field,
                        list: item.finding.list, child: item.finding.child, zh: item.finding.message.zh,
                        en: item.finding.message.en, proposals: item.proposals.map { view($0, showing) })
                }))
    }

    private static func view(_ proposal: Proposal, _ showing: Showing) -> ProposalView {
        let text = proposal.value.map { showing.text($0, proposal.field, in: proposal.list, at: .record) } ?? ""
        return ProposalView(field: proposal.field.code, text: text, confidence: proposal.confidence)
    }

    @Sendable static func accept(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable {
            let token, rule, field: String
            let list: String?
            let child: Int64?
            let choice: Int
        }
        let body: Body = try call.decode()
        let kind = try call.kind()
        let uuid = try tx.withSnapshot { try id(call, kind, $0) }
        try call.enrolled().draft.accept(
            Finding.Place(rule: body.rule, field: body.field, list: body.list, child: body.child), choice: body.choice,
            of: uuid, token: body.token, by: call.actor(), in: tx)
        return (try Reply(["accepted": body.rule]), [.counted(.draft, "accepted", 1)])
    }

    private static func id(_ call: Call, _ kind: RecordKind, _ snapshot: borrowing Snapshot) throws -> RecordID {
        guard let id = RecordID(hex: try RecordEndpoints.find(call, kind, snapshot).id) else {
            throw NodeError(.notFound, "没有这份档案", "there is no such record")
        }
        return id
    }
}
