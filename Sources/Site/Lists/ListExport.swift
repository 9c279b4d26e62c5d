internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// A list as a file for a spreadsheet, and as a page for paper (S.6): codes by their labels, numbers as text, what is
/// masked on the screen masked here too.
struct ListExport: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }

    /// Asks for the purpose; says when a second person is needed.
    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try answer(visit, snapshot, error: nil, visit.request.query)
    }

    private func answer(_ visit: Visit, _ snapshot: borrowing Snapshot, error: Label?, _ filters: Form) throws -> WebReply {
        try visit.need(.export, area)
        let query = try self.query(visit, filters, visit.codes())
        let count = try Inquiry(visit.surroundings.charter).count(pages.kind, try conditions(query, visit), in: snapshot)
        var context = try frame.context(
            visit, snapshot, title: visit.say("导出\(pages.noun.zh)", "Export"), current: "/\(pages.path)",
            crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (visit.say("导出", "Export"), nil)])
        context["heading"] = visit.say("导出\(pages.noun.zh)", "Export")
        context["text"] = visit.say(
            "将导出 \(count) 条（CSV，可用 Excel、WPS 打开）。导出的数据由您负责保管，用后销毁。",
            "\(count) rows as CSV for Excel or WPS. You answer for the file: destroy it after use.")
        context["action"] = "/\(pages.path)/export"
        context["hidden"] = filters.without("_csrf", "purpose").items.map { ["name": $0.name, "value": $0.value] }
        var purpose = FieldView("purpose", visit.say("用途", "Purpose"), value: filters["purpose"])
        purpose.isRequired = true
        purpose.maximum = 200
        purpose.isWide = true
        purpose.error = error.map(visit.say)
        context["fields"] = [purpose.context]
        context["buttons"] = [Button.submit(visit.say("导出", "Export"), isPrimary: true).context]
        context["hasFacts"] = false
        context["cancel"] = "/\(pages.path)"
        return try frame.page("ask", context, status: error == nil ? 200 : 422)
    }

    func export(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        try visit.need(.export, area)
        let form = try visit.form()
        let purpose = form.filled("purpose") ?? ""
        guard (2...200).contains(purpose.count) else {
            let error = Label("请写明用途（2 至 200 字）", "say what it is for (2 to 200 characters)")
            return (try tx.withSnapshot { try answer(visit, $0, error: error, form.without("_csrf")) }, [])
        }
        let codes = try visit.codes()
        let query = try self.query(visit, form.without("_csrf", "purpose"), codes)
        var search = query.search
        search.conditions = try conditions(query, visit)
        search.offset = 0
        search.limit = SiteLimits.exportAlone + 1
        let found = try tx.withSnapshot { try Inquiry(visit.surroundings.charter).search(pages.kind, search, in: $0) }
        guard found.total <= SiteLimits.exportAlone else {
            let error = Label(
                "一次最多导出 \(SiteLimits.exportAlone) 条，请缩小范围",
                "at most \(SiteLimits.exportAlone) rows at once: narrow the list")
            return (try tx.withSnapshot { try answer(visit, $0, error: error, form.without("_csrf")) }, [])
        }
        try tx.note(visit, .export, area, detail: "\(found.items.count) \(purpose)")
        let text = csv(found.items, query, visit, Shown(codes: codes, language: visit.language, kind: pages.kind))
        let day = CalendarDay(milliseconds: visit.request.milliseconds).description
        return (.download("\(pages.path)-\(day).csv", "text/csv; charset=utf-8", text.utf8), [])
    }

    /// The same rows for paper, with who printed them and when.
    func print(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        try visit.need(.print, area)
        let codes = try visit.codes()
        let query = try self.query(visit, visit.request.query, codes)
        var search = query.search
        search.conditions = try conditions(query, visit)
        search.offset = 0
        search.limit = SiteLimits.exportAlone
        let shown = Shown(codes: codes, language: visit.language, kind: pages.kind)
        let found = try tx.withSnapshot { try Inquiry(visit.surroundings.charter).search(pages.kind, search, in: $0) }
        var context = try tx.withSnapshot {
            try frame.context(visit, $0, title: visit.say(pages.kind.label), current: "/\(pages.path)")
        }
        let columns = columns(query)
        context["heading"] = visit.say("\(pages.kind.label.zh)名册", "List of \(pages.kind.label.en)")
        context["number"] =
            found.total > found.items.count
            ? visit.say("共 \(found.total) 条，此为前 \(found.items.count) 条", "the first \(found.items.count) of \(found.total)")
            : visit.say("共 \(found.total) 条", "\(found.total) in all")
        context["rows"] = [Context]()
        context["tables"] = [
            [
                "caption": visit.say(pages.kind.label),
                "columns": columns.map { ["label": visit.say($0.label), "isNumber": $0.isNumber] as Context },
                "rows": found.items.map { item -> Context in
                    ["cells": columns.map { ["text": cell($0, item, visit, shown), "isNumber": $0.isNumber] as Context }]
                }, "hasRows": !found.items.isEmpty,
            ] as Context
        ]
        context["opinions"] = [Context]()
        context["printed"] = try visit.printed()
        context["back"] = "/\(pages.path)"
        try tx.note(visit, .print, area, detail: "\(found.items.count)")
        return (try frame.page("paper", context), [])
    }

    // MARK: Parts

    private func query(_ visit: Visit, _ form: Form, _ codes: CodeTables) throws -> ListQuery {
        ListQuery(pages, form, codes: codes, level: try visit.level(), visit)
    }

    private func conditions(_ query: ListQuery, _ visit: Visit) throws -> [RecordSearch.Condition] {
        query.conditions + (try visit.scope(.export, area).map { [$0] } ?? [])
    }

    private func columns(_ query: ListQuery) -> [FieldDefinition] {
        [pages.kind.key] + query.columns.filter { $0 != pages.kind.key }
    }

    private func csv(_ items: [Inquiry.Summary], _ query: ListQuery, _ visit: Visit, _ shown: Shown) -> String {
        let columns = columns(query)
        let head = columns.map { Spreadsheet.cell(visit.say($0.label)) }.joined(separator: ",")
        let rows = items.map { item in columns.map { Spreadsheet.cell(cell($0, item, visit, shown)) }.joined(separator: ",")
        }
        // The mark at the front makes Excel read UTF-8.
        return "\u{FEFF}" + ([head] + rows).joined(separator: "\r\n") + "\r\n"
    }

    private func cell(_ field: FieldDefinition, _ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown) -> String {
        if field == pages.kind.key { return item.key }
        if field == pages.kind.status { return shown.label(item.status, field.codeTable ?? "") }
        switch visit.fieldClass(field, pages.kind, at: .list) {
        case .hidden: return ""
        case .masked, .sealed:
            return shown.text(field, in: item.record.row).map { Showing.mask($0, field, of: pages.kind) } ?? ""
        case .plain: return shown.text(field, in: item.record.row, of: item.record) ?? ""
        }
    }
}

/// Cells of a CSV file (RFC 4180) that a spreadsheet takes for nothing but what they say.
enum Spreadsheet {
    /// What begins like a formula is made a text by the quote that spreadsheets know; long numbers stay texts.
    static func cell(_ text: String) -> String {
        let starts = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let isNumber = text.first == "-" && text.dropFirst().allSatisfy { $0.isNumber || $0 == "." || $0 == "," }
        let isLong = text.count > 11 && text.allSatisfy(\.isNumber)
        let safe = (starts && !isNumber) ? "'" + text : isLong ? "\t" + text : text
        guard safe.contains(where: { ",\"\n\r\t".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}

extension Visit {
    /// The foot of what goes on paper: who, when, for what office.
    func printed() throws -> String {
        let seat = surroundings.engine?.identity.seat.name ?? ""
        let when = Shown.time(request.milliseconds)
        return say("\(seat) \(try principal().name) 打印于 \(when)", "\(seat), printed by \(try principal().name) on \(when)")
    }
}

extension Transaction {
    /// A line of the audit about something that is no record.
    func note(_ visit: Visit, _ action: Action, _ area: Area, record: RecordID? = nil, detail: String) throws {
        try note(by: visit.principal(), action, area, record: record, detail: detail)
    }
}
