internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// The consents of a file's head as the office sees them, and writing down what was said on paper or by message.
struct ConsentDesk: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }

    /// A section of the record's page; nil where the ledger is not kept, which is anywhere but at the home.
    func section(_ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown, _ snapshot: borrowing Snapshot) throws -> Context?
    {
        guard visit.owns(item), let engine = visit.surroundings.engine, let id = RecordID(hex: item.id) else { return nil }
        let ledger = try Consents(engine).ledger(id, in: snapshot)
        let rows = ConsentLine.purposes(ledger, engine.draft.codes).map { purpose -> Context in
            let line = ConsentLine(purpose, ledger, visit.today)
            let cells = [
                Table.Cell(shown.label(purpose, "consent_purpose")), Table.Cell(visit.say(line.state), tag: line.tag),
                Table.Cell(line.since(visit) ?? ""), Table.Cell(line.entry.map(\.givenBy) ?? ""),
            ]
            return ["cells": cells.map(\.context)]
        }
        let title = visit.say("同意与授权", "Consents")
        let columns = [
            visit.say("事项", "Purpose"), visit.say("状态", "State"), visit.say("时间、方式、告知书", "When, how, which text"),
            visit.say("同意人", "By whom"),
        ]
        return [
            "id": "consents", "title": title, "fields": [Context](),
            "tables": [
                [
                    "caption": title, "hasTitle": false, "hasRows": !rows.isEmpty, "empty": "", "rows": rows,
                    "columns": columns.map { ["label": $0, "isNumber": false] as Context },
                ] as Context
            ],
        ]
    }

    // MARK: Writing it down

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply { try page(visit, snapshot, nil, nil) }

    private func file(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> (item: Inquiry.Summary, id: RecordID) {
        let item = try pages.find(visit, .update, snapshot)
        guard let id = RecordID(hex: item.id) else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        guard visit.owns(item) else {
            throw NodeError(.conflict, "同意记录只在建档单位登记", "consents are kept at the home of a record only")
        }
        return (item, id)
    }

    private func page(_ visit: Visit, _ snapshot: borrowing Snapshot, _ form: Form?, _ problem: NodeError?) throws
        -> WebReply
    {
        let (item, _) = try file(visit, snapshot)
        let path = "/\(pages.path)/\(item.id)"
        let title = visit.say("登记同意或撤回", "Write down a consent")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/\(pages.path)",
            crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (item.key, path), (title, nil)])
        context["heading"] = title
        context["text"] = visit.say(
            "把本人书面或口头说的记下来。记录只增不改；撤回“逐级上报”会立即停止上报。",
            "What the person said or signed. Rows are added and never changed; taking back 04 stops reports at once.")
        context["hasFacts"] = false
        context["action"] = "\(path)/consents"
        context["hidden"] = [Context]()
        context["fields"] = fields(item, form, visit, try visit.codes()).map(\.context)
        context["buttons"] = [Button.submit(visit.say("登记", "Write it down"), isPrimary: true).context]
        context["cancel"] = "\(path)#consents"
        context["errors"] = problem.map { SignInPages.errors($0, visit) }
        return try frame.page("ask", context, status: problem?.code.status ?? 200)
    }

    private func fields(_ item: Inquiry.Summary, _ form: Form?, _ visit: Visit, _ codes: CodeTables) -> [FieldView] {
        func select(_ name: String, _ label: String, _ options: [(String, String)], _ chosen: String) -> FieldView {
            var view = FieldView(name, label, widget: "field/select")
            let chosen = form?[name] ?? chosen
            view.options = options.map { .init(value: $0.0, label: $0.1, isSelected: $0.0 == chosen) }
            return view
        }
        func text(_ name: String, _ label: String, _ value: String, _ maximum: Int) -> FieldView {
            var view = FieldView(name, label, value: form?[name] ?? value)
            view.maximum = maximum
            return view
        }
        func table(_ name: String) -> [(String, String)] {
            codes.codes(of: name).map { ($0.code, visit.say($0.label)) }
        }
        var fields = [
            select("purpose", visit.say("事项", "Purpose"), table("consent_purpose"), ""),
            select(
                "act", visit.say("同意或撤回", "Given or taken back"),
                [("given", visit.say("同意", "given")), ("withdrawn", visit.say("撤回", "taken back"))], "given"),
            select("basis", visit.say("合法性基础", "Basis in law"), table("lawful_basis"), ConsentLedger.consent),
            select(
                "method", visit.say("方式", "How"),
                [("paper", visit.say("书面", "on paper")), ("sms", visit.say("短信", "by SMS"))], "paper"),
            text("text", visit.say("告知书版本", "Version of the text"), ConsentTexts.version, 20),
            text(
                "by", visit.say("谁说的", "Who said so"),
                pages.title.flatMap { item.record.row[$0.tag]?.text }.map { String($0.prefix(30)) } ?? "", 30),
            text("attachment", visit.say("签字扫描件编号（书面同意必填）", "The scan of the signature, for paper"), "", 64),
        ]
        for place in fields.indices.dropLast() { fields[place].isRequired = true }
        fields.append(
            select("guardian", visit.say("与孩子的关系（未成年子女信息必填）", "Relation to the child, for 07"), table("family_relation"), "")
        )
        fields.append(
            FieldView(
                "day", visit.say("哪天说的（空为今天）", "On which day (empty: today)"), widget: "field/date", value: form?["day"]))
        fields.append(
            FieldView(
                "expires", visit.say("有效期至（可空）", "Good until (may be empty)"), widget: "field/date", value: form?["expires"])
        )
        return fields
    }

    func add(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let (item, id) = try tx.withSnapshot { try file(visit, $0) }
        do {
            let entry = try entry(form, id, visit)
            let (isTakenBack, effects) = try Consents(visit.engine()).add(entry, by: visit.principal(), in: tx)
            return (.see("/\(pages.path)/\(item.id)?done=\(isTakenBack ? "taken-back" : "consent")"), effects)
        } catch let error as NodeError where error.code == .invalid || error.code == .conflict {
            return (try tx.withSnapshot { try page(visit, $0, form, error) }, [])
        }
    }

    private func entry(_ form: Form, _ record: RecordID, _ visit: Visit) throws -> ConsentEntry {
        guard let act = ConsentEntry.Act(rawValue: form["act"] ?? ""),
            let method = ConsentEntry.Method(rawValue: form["method"] ?? ""), method != .app
        else { throw NodeError(.invalid, "请选择同意或撤回，以及方式", "choose given or taken back, and how") }
        func day(_ name: String) throws -> CalendarDay? {
            guard let text = form.filled(name) else { return nil }
            guard let day = CalendarDay(text) else {
                throw NodeError(.invalid, "日期须如 2026-12-31", "write the date like 2026-12-31")
            }
            return day
        }
        // A day is kept as its first moment; today is now, so that what was said last counts.
        let said = try day("day").flatMap { $0 == visit.today ? nil : $0.number.multipliedReportingOverflow(by: 86_400_000) }
        guard said?.overflow != true else { throw NodeError(.invalid, "时间不能在将来", "the time lies in the future") }
        return ConsentEntry(
            record: record, purpose: form["purpose"] ?? "", act: act, basis: form["basis"] ?? "",
            textVersion: form.filled("text") ?? "", givenBy: form.filled("by") ?? "", guardian: form["guardian"] ?? "",
            method: method, milliseconds: said?.partialValue ?? visit.request.milliseconds, expires: try day("expires"),
            attachment: form.filled("attachment") ?? "", actor: try visit.principal().name)
    }
}
