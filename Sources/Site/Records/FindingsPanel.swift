internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// What the checks say of the working copy, all in one place, and what they propose: what has to be corrected first (M1.13).
struct FindingsPanel: Sendable {
    let pages: RecordPages
    let shown: Shown

    func context(_ item: Inquiry.Summary, _ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context? {
        guard visit.owns(item), let draft = visit.surroundings.engine?.draft else { return nil }
        let isEditable = visit.may(.update, Area(pages.kind.code)) && pages.kind.workflow.editable.contains(item.status)
        let working = try isEditable ? RecordID(hex: item.id).map { try draft.working($0, in: snapshot) } : nil
        let found = draft.found(
            working?.record ?? item.record, pages.kind, today: CalendarDay(milliseconds: visit.request.milliseconds))
        guard !found.isEmpty else { return nil }
        let errors = found.count { $0.finding.severity == .error }
        return [
            "title": errors == 0
                ? visit.say("系统检查有 \(found.count) 处提示", "The checks have \(found.count) remarks")
                : visit.say(
                    "系统检查发现 \(found.count) 处，其中 \(errors) 处必须改正",
                    "The checks found \(found.count) places; \(errors) must be corrected"),
            "kind": errors == 0 ? "note" : "problem", "isOpen": found.count <= FindingsPanel.openFindings,
            "items": found.map { self.item($0, item, token: working?.token, visit) },
        ]
    }

    private func item(_ found: Draft.Found, _ item: Inquiry.Summary, token: String?, _ visit: Visit) -> Context {
        let finding = found.finding
        let must = finding.severity == .error ? visit.say("必须改正：", "must be corrected: ") : ""
        return [
            "text": "\(must)\(finding.rule) \(visit.say(finding.message))",
            "href": "/\(pages.path)/\(item.id)/edit#\(FieldView.id(finding.inputName))",
            "forms": token.map { token in
                found.proposals.enumerated().compactMap { choice, proposal in
                    label(proposal, finding, visit).map {
                        form($0, finding, choice, "/\(pages.path)/\(item.id)/findings", token)
                    }
                }
            } ?? [Context](),
        ]
    }

    /// Nil where the reader may not know the value.
    private func label(_ proposal: Proposal, _ finding: Finding, _ visit: Visit) -> String? {
        let fieldClass = visit.fieldClass(proposal.field, pages.kind, in: proposal.list)
        guard fieldClass != .hidden else { return nil }
        let isOther = proposal.field.code != finding.field
        let name = isOther ? visit.say(proposal.field.label) : ""
        guard let value = proposal.value else { return visit.say("\(name)清空", "Clear \(name)") }
        let text = shown.text(value, proposal.field)
        let safe = fieldClass.isMasked ? Showing.mask(text, proposal.field, of: pages.kind, in: proposal.list) : text
        return visit.say("\(name)改为 \(safe)", isOther ? "\(name): \(safe)" : "Make it \(safe)")
    }

    private func form(_ label: String, _ finding: Finding, _ choice: Int, _ action: String, _ token: String) -> Context {
        let values = [
            ("token", token), ("rule", finding.rule), ("field", finding.field), ("list", finding.list ?? ""),
            ("child", finding.child.map(String.init) ?? ""), ("choice", String(choice)),
        ]
        return [
            "action": action, "hidden": values.map { ["name": $0.0, "value": $0.1] as Context },
            "buttons": [Button.submit(label).context],
        ]
    }

    /// More than this stand folded.
    private static let openFindings = 8
}

extension RecordActs {
    /// Takes a proposal of the checks over.
    func accept(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let (item, id) = try own(visit, .update, tx)
        let form = try visit.form()
        guard let choice = form["choice"].flatMap({ Int($0) }), let rule = form["rule"], let field = form["field"] else {
            throw NodeError(.badRequest, "请在档案页上选择建议", "choose a proposal on the record's page")
        }
        let list = form["list"].flatMap { $0.isEmpty ? nil : $0 }
        let place = Finding.Place(rule: rule, field: field, list: list, child: form["child"].flatMap { Int64($0) })
        try visit.engine().draft.accept(
            place, choice: choice, of: id, token: form["token"] ?? "", by: visit.principal(), in: tx)
        return (.see("/\(pages.path)/\(item.id)?done=accepted"), [.counted(.draft, "accepted", 1)])
    }
}
