internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// One record: what it says, where it stands, who did what (S.3, S.5, S.10).
struct RecordPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    var area: Area { Area(pages.kind.code) }

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let item = try pages.find(visit, .view, snapshot)
        return try frame.page("record", context(item, visit, snapshot))
    }

    /// `opened`: fields whose full value is shown this once, with their values.
    func context(
        _ item: Inquiry.Summary, _ visit: Visit, _ snapshot: borrowing Snapshot, opened: [String: String] = [:]
    ) throws -> Context {
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
        let name = pages.title.flatMap { shown.text($0, in: item.record.row) } ?? item.key
        var context = try frame.context(
            visit, snapshot, title: "\(name) \(item.key)", current: "/\(pages.path)",
            crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (item.key, nil)])
        context["heading"] = name
        context["tags"] = [
            [
                "kind": pages.kind.workflow.tag(item.status),
                "text": shown.label(item.status, pages.kind.status.codeTable ?? ""),
            ]
        ]
        context["facts"] = facts(item, visit, snapshot)
        context["actions"] = actions(item, visit).map(\.context)
        context["forms"] = try forms(item, visit, snapshot)
        let way = try RecordWay(item, pages.kind, visit, shown, snapshot)
        context["status"] = way.stages
        context["hasStatus"] = !way.stages.isEmpty
        context["returned"] = way.returned
        context["way"] = way.context
        context["history"] = way.history
        context["notes"] = visit.owns(item) ? try corrections(item, visit, snapshot) : [Context]()
        context["findings"] = try FindingsPanel(pages: pages, shown: shown).context(item, visit, snapshot)
        let consents = try ConsentDesk(pages: pages, frame: frame).section(item, visit, shown, snapshot)
        context["sections"] =
            RecordSections(pages: pages, area: area).context(item, visit, shown, opened: opened)
            + (consents.map { [$0] } ?? [])
        return context
    }

    private func facts(_ item: Inquiry.Summary, _ visit: Visit, _ snapshot: borrowing Snapshot) -> [Context] {
        let seat = visit.surroundings.engine?.identity.tree.seat(item.homeSeat)
        var facts: [Context] = [
            ["label": visit.say(pages.kind.key.label), "value": item.key, "isCode": true],
            ["label": visit.say("建档单位", "Home"), "value": seat?.name ?? item.homeSeat, "isCode": false],
        ]
        if item.version > 0 {
            facts.append(["label": visit.say("版本", "Version"), "value": String(item.version), "isCode": true])
        }
        return facts
    }

    private func actions(_ item: Inquiry.Summary, _ visit: Visit) -> [Button] {
        let path = "/\(pages.path)/\(item.id)"
        var buttons = [Button]()
        if visit.owns(item), visit.may(.update, area), pages.kind.workflow.editable.contains(item.status) {
            buttons.append(.link(visit.say("编辑", "Edit"), "\(path)/edit", isPrimary: true, icon: "pencil"))
        }
        if let level = visit.surroundings.engine?.identity.level, item.pendingLevel == level, visit.may(.approve, area) {
            buttons.append(.link(visit.say("审核", "Review"), "/reviews/\(pages.path)/\(item.id)", isPrimary: true))
        }
        if visit.owns(item), visit.may(.update, area) {
            buttons.append(.link(visit.say("登记同意", "Consents"), "\(path)/consents"))
        }
        if visit.owns(item), visit.may(.view, .portal) {
            buttons.append(.link(visit.say("网上账号", "Account"), "\(path)/account"))
        }
        if visit.may(.print, area) { buttons.append(.link(visit.say("打印", "Print"), "\(path)/print", icon: "printer")) }
        return buttons
    }

    /// What needs a POST: the home's own steps, reporting, withdrawing.
    private func forms(_ item: Inquiry.Summary, _ visit: Visit, _ snapshot: borrowing Snapshot) throws -> [Context] {
        guard visit.owns(item) else { return [] }
        let path = "/\(pages.path)/\(item.id)"
        var forms = [Context]()
        func add(_ action: String, _ button: Button) {
            forms.append(["action": action, "hidden": [Context](), "buttons": [button.context]])
        }
        if visit.may(.update, area) {
            for step in pages.kind.workflow.steps where step.from == item.status {
                add("\(path)/steps", .submit(visit.say(step.label), name: "to", value: step.to))
            }
        }
        if visit.may(.delete, area), Draft.isDeletable(version: item.version, status: item.status, pages.kind),
            try RecordID(hex: item.id).map({ try Draft.isOwn($0, visit.principal(), in: snapshot) }) ?? false
        {
            add(
                "\(path)/deletion",
                .submit(
                    visit.say("删除草稿", "Delete the draft"),
                    confirm: visit.say("删除这份草稿？30 天内可在回收站恢复。", "Delete this draft? For 30 days it can be brought back."),
                    isDanger: true))
        }
        if visit.may(.report, area), item.status == pages.kind.workflow.ready {
            add("\(path)/report", .submit(visit.say("上报", "Report"), isPrimary: true))
        }
        if visit.may(.report, area), item.pendingLevel != nil {
            add(
                "\(path)/withdraw",
                .submit(visit.say("撤回", "Withdraw"), confirm: visit.say("撤回这份上报？", "Withdraw this report?")))
        }
        return forms
    }

    /// What the person themselves says is wrong.
    private func corrections(_ item: Inquiry.Summary, _ visit: Visit, _ snapshot: borrowing Snapshot) throws -> [Context] {
        guard visit.may(.view, .portal), let id = RecordID(hex: item.id) else { return [] }
        let subjects = CorrectionSubjects(pages, item.record, visit.language)
        return try Corrections.open(about: id, in: snapshot).map { found in
            let subject = subjects.name(found.field)
            return [
                "kind": "note", "href": "/requests/corrections/\(found.id)", "label": visit.say("去办理", "Look at it"),
                "text": visit.say(
                    "本人要求更正“\(subject)”，最晚 \(found.due) 答复。",
                    "The person asks to correct \(subject); answer by \(found.due)."),
            ]
        }
    }
}

extension Finding {
    /// The name of the input that it is about.
    var inputName: String {
        guard let list, let child else { return field }
        return "\(list).\(child).\(field)"
    }
}

extension Visit {
    /// Whether this node is the home of a record.
    func owns(_ item: Inquiry.Summary) -> Bool { surroundings.engine?.identity.seat.code == item.homeSeat }
}

extension RecordPages {
    /// The record that a page's path names, if the visitor may do this with it. One that lies outside of that is not there.
    func find(_ visit: Visit, _ action: Action, _ snapshot: borrowing Snapshot) throws -> Inquiry.Summary {
        guard let item = try Inquiry(visit.surroundings.charter).find(visit.path["id"] ?? "", kind, in: snapshot),
            try visit.reaches(item.homeSeat, action, Area(kind.code))
        else { throw NodeError(.notFound, "没有这份\(noun.zh)，或不在您的管辖范围内", "there is no such record within what you may see") }
        return item
    }
}
