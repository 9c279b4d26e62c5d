internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// The form of one kind of record (S.2): the same for a new one and for a change.
struct FormPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    var area: Area { Area(pages.kind.code) }

    /// What stands in a form: typed texts where there are some, else what the record says.
    struct Content {
        let record: Record
        /// Nil when nothing was typed yet.
        let typed: Form?
        let problems: [RecordForm.Problem]
        /// Names the content that the changes are made on.
        let token: String
        var note: String?
        /// The list that shall have one more line.
        var added: String?
    }

    // MARK: Asking for a form

    func new(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try visit.need(.create, area)
        var record = Record()
        let today = CalendarDay(milliseconds: visit.request.milliseconds)
        let seat = try visit.engine().identity.seat.code
        pages.kind.begins(&record, Beginning(today: today, seat: seat, person: try visit.principal().name))
        return try answer(visit, snapshot, nil, record, token: "")
    }

    func edit(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let item = try editable(visit, snapshot)
        guard let id = RecordID(hex: item.id) else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        let working = try visit.engine().draft.working(id, in: snapshot)
        return try answer(visit, snapshot, item, working.record, token: working.token)
    }

    /// A form that was left half filled comes back as it was left, and says so.
    private func answer(
        _ visit: Visit, _ snapshot: borrowing Snapshot, _ item: Inquiry.Summary?, _ record: Record, token: String
    ) throws -> WebReply {
        var content = Content(record: record, typed: nil, problems: [], token: token)
        if let desk = visit.desk, let kept = try desk.formDraft(pages.kind, record: item?.id ?? "", in: snapshot),
            let form = Form(encoded: kept.form)
        {
            content = Content(
                record: record, typed: form, problems: [], token: form["_version"] ?? token,
                note: visit.say(
                    "这是您 \(Shown.time(kept.milliseconds)) 未保存完的内容，已为您恢复。",
                    "These are your unsaved changes of \(Shown.time(kept.milliseconds))."))
        }
        return try frame.page("form", context(visit, snapshot, item, content))
    }

    func editable(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Inquiry.Summary {
        let item = try pages.find(visit, .update, snapshot)
        guard visit.owns(item) else {
            throw NodeError(.notAllowed, "只有建档单位可以修改", "only the home of a record may change it")
        }
        guard pages.kind.workflow.editable.contains(item.status) else {
            throw NodeError(.conflict, "当前状态不能编辑", "the record cannot be edited in its present state")
        }
        return item
    }

    // MARK: The page

    func context(_ visit: Visit, _ snapshot: borrowing Snapshot, _ item: Inquiry.Summary?, _ content: Content) throws
        -> Context
    {
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
        let path = item.map { "/\(pages.path)/\($0.id)" } ?? "/\(pages.path)"
        let title =
            item.map { visit.say("编辑 \($0.key)", "Edit \($0.key)") }
            ?? visit.say("新建\(pages.noun.zh)", "New \(pages.noun.en)")
        var crumbs: [(label: String, href: String?)] = [(visit.say(pages.kind.label), "/\(pages.path)")]
        if let item { crumbs.append((item.key, path)) }
        crumbs.append((item == nil ? title : visit.say("编辑", "Edit"), nil))
        var context = try frame.context(visit, snapshot, title: title, current: "/\(pages.path)", crumbs: crumbs)
        context["heading"] = title
        context["action"] = item == nil ? "\(path)/new" : "\(path)/edit"
        context["version"] = content.token
        context["hidden"] = [Context]()
        context["cancel"] = path
        context["hasOutline"] = pages.sections.count > 3
        context["draft"] = draft(path, visit, content)
        context["errors"] = errors(content.problems, visit)
        let parts = FormParts(pages: pages, visit: visit, shown: shown, content: content)
        context["sections"] = pages.sections.map { section -> Context in
            [
                "id": section.code, "title": visit.say(section.label), "fields": parts.fields(section).map(\.context),
                "lists": parts.lists(section),
            ]
        }
        context["buttons"] = [
            Button.submit(visit.say("保存", "Save"), name: "_do", value: "save", isPrimary: true).context,
            Button.submit(visit.say("保存并检查", "Save and check"), name: "_do", value: "check").context,
        ]
        return context
    }

    private func draft(_ path: String, _ visit: Visit, _ content: Content) -> Context {
        var context: Context = [
            "action": "\(path)/form-draft",
            "text": visit.say("内容每分钟自动暂存在本机", "What you type is kept here every minute"),
        ]
        if let note = content.note {
            context["restored"] = note
            context["discard"] = "\(path)/form-draft/discard"
        }
        return context
    }

    private func errors(_ problems: [RecordForm.Problem], _ visit: Visit) -> Context? {
        guard !problems.isEmpty else { return nil }
        return [
            "title": visit.say(
                "有 \(problems.count) 处需要改正，内容尚未保存", "\(problems.count) places need correcting; nothing is saved yet"),
            "items": problems.map { ["text": visit.say($0.message), "href": "#\(FieldView.id($0.name))"] as Context },
        ]
    }
}

extension Visit {
    /// What the visitor keeps at this node; nil for nobody and for an operator.
    var desk: Desk? { visitor?.principal.account.map(Desk.init) }
}
