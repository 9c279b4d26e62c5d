internal import BusinessModules
internal import NodeCore

/// Opening one masked value: for a purpose, noted in the audit by name of the field, shown once (S.10).
struct OpeningPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try answer(visit, snapshot, visit.request.query["field"] ?? "", error: nil)
    }

    private func answer(_ visit: Visit, _ snapshot: borrowing Snapshot, _ code: String, error: Label?) throws -> WebReply {
        let item = try pages.find(visit, .viewSensitive, snapshot)
        let (field, _) = try field(code)
        var context = try frame.context(
            visit, snapshot, title: visit.say("查看\(field.label.zh)", "Show the \(field.label.en)"),
            current: "/\(pages.path)",
            crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (item.key, "/\(pages.path)/\(item.id)")])
        context["heading"] = visit.say("查看\(field.label.zh)", "Show the \(field.label.en)")
        context["text"] = visit.say(
            "请写明用途。谁、何时、为何查看，会记入审计日志。", "Say what for. Who looked, when and why goes into the audit log.")
        context["action"] = "/\(pages.path)/\(item.id)/open"
        context["hidden"] = [["name": "field", "value": code]]
        var purpose = FieldView("purpose", visit.say("用途", "Purpose"))
        purpose.isRequired = true
        purpose.maximum = 200
        purpose.isWide = true
        purpose.error = error.map(visit.say)
        context["fields"] = [purpose.context]
        context["buttons"] = [Button.submit(visit.say("查看", "Show"), isPrimary: true).context]
        context["hasFacts"] = false
        context["cancel"] = "/\(pages.path)/\(item.id)"
        return try frame.page("ask", context, status: error == nil ? 200 : 422)
    }

    func open(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let code = form["field"] ?? ""
        let (_, place) = try field(code)
        let item = try tx.withSnapshot { try pages.find(visit, .viewSensitive, $0) }
        let text: String
        do {
            text = try Unmasking.open(
                place, of: item.id, pages.kind, purpose: form["purpose"] ?? "", by: visit.principal(),
                .init(visit.engine()), in: tx)
        } catch let error as NodeError where error.code == .badRequest {
            return (try tx.withSnapshot { try answer(visit, $0, code, error: error.message) }, [])
        }
        let context = try tx.withSnapshot {
            try RecordPage(pages: pages, frame: frame).context(
                item, visit, $0,
                opened: [place.name: text.isEmpty ? visit.say("（本级没有原值）", "(the original is not here)") : text])
        }
        return (try frame.page("record", context), [])
    }

    /// A field of the record, or one of a line: `family_member.3.id_number`.
    private func field(_ code: String) throws -> (FieldDefinition, Unmasking.Place) {
        let parts = code.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 3, let list = pages.kind.list(parts[0]), let number = Int64(parts[1]),
            let field = list.fields.first(where: { $0.code == parts[2] })
        {
            return (field, .init(field: field.code, list: list.code, child: number))
        }
        guard let field = pages.kind.field(code) else { throw NodeError(.notFound, "没有这个项目", "there is no such field") }
        return (field, .init(field: field.code))
    }
}
