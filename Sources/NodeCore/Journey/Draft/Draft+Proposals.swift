public import SyncProtocol

/// What the rules found in a working copy, what they propose, and what a person takes of that (M1.13).
extension Draft {
    /// A finding and what could stand there instead, the most likely first.
    public struct Found: Sendable {
        public let finding: Finding
        public let proposals: [Proposal]
    }

    /// The gravest first.
    public func found(_ record: Record, _ kind: RecordKind, today: CalendarDay) -> [Found] {
        let surroundings = RuleSurroundings(today: today, parameters: parameters, codes: codes)
        let findings = findings(record, kind, today: today)
        guard !findings.isEmpty else { return [] }
        let propose = kind.proposals(record, surroundings)
        return findings.enumerated()
            .sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
            .map { Found(finding: $0.element, proposals: propose($0.element)) }
    }

    /// Takes a proposal over. `choice`: its place among those of the finding. `token`: names the content that the person
    /// looked at; where that changed meanwhile they look again.
    public func accept(
        _ place: Finding.Place, choice: Int, of uuid: RecordID, token: String, by principal: Principal,
        in tx: borrowing Transaction
    ) throws {
        let today = tx.moment.today
        var detail = ""
        try edit(uuid, by: principal, in: tx) { record, kind in
            guard token == Draft.token(record) else {
                throw NodeError(.conflict, "档案内容已变，请重新查看后再采用", "the record has changed meanwhile: look at it again")
            }
            let proposals = found(record, kind, today: today).first { $0.finding.place == place }?.proposals ?? []
            guard proposals.indices.contains(choice) else {
                throw NodeError(.notFound, "没有这条建议", "there is no such proposal")
            }
            let before = record
            guard proposals[choice].apply(to: &record) else {
                throw NodeError(.notFound, "建议所指的行已不在", "the line that it is about is gone")
            }
            detail = Draft.detail(place, proposals[choice], before)
        }
        try tx.audit.append(tx.moment, by: principal, action: "accept-proposal", record: uuid, detail: detail)
    }

    /// Rule, field, the value before and after; values that lie encrypted do not stand in the audit, which is open.
    private static func detail(_ place: Finding.Place, _ proposal: Proposal, _ before: Record) -> String {
        let line = proposal.child.map { "\(proposal.list?.code ?? "").\($0)." } ?? ""
        let start = "\(place.rule) \(line)\(proposal.field.code)"
        guard proposal.field.isSearchable else { return start }
        let row = proposal.list.flatMap { list in before[list].first { $0.number == proposal.child }?.row } ?? before.row
        return "\(start): \(row[proposal.field.tag].map(proposal.field.text) ?? "-") -> \(proposal.text)"
    }
}
