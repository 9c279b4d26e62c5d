internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// What a form that was sent leads to: saved, asked again with what is wrong beside each field, or compared with what
/// somebody else saved meanwhile (S.3).
struct SavingPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }
    private var formPage: FormPage { FormPage(pages: pages, frame: frame) }

    func create(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        try visit.need(.create, area)
        let draft = try visit.engine().draft
        let form = try visit.form()
        let reader = recordForm(form, visit)
        var record = Record()
        let beginning = Beginning(
            today: tx.moment.today, seat: try visit.engine().identity.seat.code, person: try visit.principal().name)
        pages.kind.begins(&record, beginning)
        let problems = reader.apply(to: &record, codes: draft.codes)
        if let again = try asksAgain(visit, nil, form, record, problems, token: "", tx) { return (again, []) }
        let filled = record
        do {
            let id = try draft.create(pages.kind, by: visit.principal(), in: tx) { record, _ in record = filled }
            try visit.desk?.forget(pages.kind, record: "", in: tx)
            return (saved(id.description, form), [.counted(.draft, "created", 1)])
        } catch let error as NodeError where error.code == .invalid {
            return (try refused(visit, nil, form, record, error, token: "", tx), [])
        }
    }

    func edit(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let item = try tx.withSnapshot { try formPage.editable(visit, $0) }
        guard let id = RecordID(hex: item.id) else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        let draft = try visit.engine().draft
        let working = try draft.working(id, in: tx)
        var form = try visit.form()
        var record = working.record
        if form["_version"] != working.token {
            return (
                try Comparison(pages: pages, visit: visit).page(frame, item, form, working, draft.codes, tx), []
            )
        }
        form = Comparison(pages: pages, visit: visit).chosen(form)
        let problems = recordForm(form, visit).apply(to: &record, codes: draft.codes)
        if let again = try asksAgain(visit, item, form, record, problems, token: working.token, tx) { return (again, []) }
        let filled = record
        do {
            try draft.edit(id, by: visit.principal(), in: tx) { record, _ in record = filled }
            try visit.desk?.forget(pages.kind, record: item.id, in: tx)
            return (saved(item.id, form), [.counted(.draft, "edited", 1)])
        } catch let error as NodeError where error.code == .invalid {
            return (try refused(visit, item, form, record, error, token: working.token, tx), [])
        }
    }

    /// Keeps what is typed so far; nothing of it is checked yet.
    func keep(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let record = try draftRecord(visit, tx)
        guard let desk = visit.desk else { throw Visit.unknown }
        let form = try visit.form().without("_csrf", "_do", "_add")
        try desk.keep(form.encoded, pages.kind, record: record, in: tx)
        return (WebReply(204, "text/plain; charset=utf-8", "".utf8), [])
    }

    func discard(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let record = try draftRecord(visit, tx)
        try visit.desk?.forget(pages.kind, record: record, in: tx)
        return (.see(record.isEmpty ? "/\(pages.path)/new" : "/\(pages.path)/\(record)/edit"), [])
    }

    private func draftRecord(_ visit: Visit, _ tx: borrowing Transaction) throws -> String {
        guard visit.path["id"] != nil else {
            try visit.need(.create, area)
            return ""
        }
        return try tx.withSnapshot { try formPage.editable(visit, $0).id }
    }

    // MARK: Parts

    private func recordForm(_ form: Form, _ visit: Visit) -> RecordForm {
        RecordForm(pages: pages, form: form, masked: { visit.fieldClass($0, pages.kind, in: $1) })
    }

    /// The form again when a line is to be added, or something does not fit.
    private func asksAgain(
        _ visit: Visit, _ item: Inquiry.Summary?, _ form: Form, _ record: Record, _ problems: [RecordForm.Problem],
        token: String, _ tx: borrowing Transaction
    ) throws -> WebReply? {
        let added = form["_add"]
        guard added != nil || !problems.isEmpty else { return nil }
        let content = FormPage.Content(
            record: record, typed: form, problems: added == nil ? problems : [], token: token, added: added)
        let context = try tx.withSnapshot { try formPage.context(visit, $0, item, content) }
        return try frame.page("form", context, status: added == nil ? 422 : 200)
    }

    private func refused(
        _ visit: Visit, _ item: Inquiry.Summary?, _ form: Form, _ record: Record, _ error: NodeError, token: String,
        _ tx: borrowing Transaction
    ) throws -> WebReply {
        let field = pages.kind.persons?.head ?? pages.kind.key
        let problem = RecordForm.Problem(name: field.code, label: field.label, message: error.message)
        let content = FormPage.Content(record: record, typed: form, problems: [problem], token: token)
        let context = try tx.withSnapshot { try formPage.context(visit, $0, item, content) }
        return try frame.page("form", context, status: 422)
    }

    private func saved(_ id: String, _ form: Form) -> WebReply {
        .see("/\(pages.path)/\(id)?done=saved\(form["_do"] == "check" ? "#findings" : "")")
    }
}

extension Visit {
    /// The form that was sent.
    func form() throws -> Form {
        guard request.body.count <= SiteLimits.formBytes else {
            throw NodeError(.tooLarge, "表单内容过多", "the form is too large")
        }
        guard let text = String(validating: request.body, as: UTF8.self), let form = Form(encoded: text) else {
            throw NodeError(.badRequest, "表单内容无法读取", "the form does not read")
        }
        return form
    }
}
