internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// A list as a file for a spreadsheet, and as a page for paper (S.6): codes by their labels, numbers as text, what is
/// masked on the screen masked here too. Many rows need a second person: they are asked for (`ExportPages`).
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
        let needsSecond = count > Exports.aloneRows
        var context = try frame.context(
            visit, snapshot, title: visit.say("导出\(pages.noun.zh)", "Export"), current: "/\(pages.path)",
            crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (visit.say("导出", "Export"), nil)])
        context["heading"] = visit.say("导出\(pages.noun.zh)", "Export")
        context["text"] =
            needsSecond
            ? visit.say(
                "共 \(count) 条，超过 \(Exports.aloneRows) 条须由第二人批准。提交后请等待批准，批准后 72 小时内下载。",
                "\(count) rows: over \(Exports.aloneRows) a second person approves; then fetch it within 72 hours."
            )
            : visit.say(
                "将导出 \(count) 条。导出的数据由您负责保管，用后销毁。",
                "\(count) rows. You answer for the file: destroy it after use.")
        context["action"] = "/\(pages.path)/export"
        context["hidden"] = filters.without("_csrf", "purpose", "format").items.map {
            ["name": $0.name, "value": $0.value]
        }
        context["fields"] = fields(visit, filters, error).map(\.context)
        context["buttons"] = [
            Button.submit(needsSecond ? visit.say("申请导出", "Ask for it") : visit.say("导出", "Export"), isPrimary: true)
                .context
        ]
        context["hasFacts"] = false
        context["cancel"] = "/\(pages.path)"
        return try frame.page("ask", context, status: error == nil ? 200 : 422)
    }

    private func fields(_ visit: Visit, _ filters: Form, _ error: Label?) -> [FieldView] {
        var purpose = FieldView("purpose", visit.say("用途", "Purpose"), value: filters["purpose"])
        purpose.isRequired = true
        purpose.maximum = Exports.purposeRange.upperBound
        purpose.isWide = true
        purpose.error = error.map(visit.say)
        var format = FieldView("format", visit.say("文件格式", "Format"), widget: "field/select")
        format.isRequired = true
        format.options = ExportFormat.allCases.map {
            .init(
                value: $0.rawValue, label: visit.say($0.label),
                isSelected: $0.rawValue == filters["format"] ?? ExportFormat.xlsx.rawValue)
        }
        return [purpose, format]
    }

    func export(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        try visit.need(.export, area)
        let form = try visit.form()
        do {
            let purpose = try Exports.purpose(form["purpose"] ?? "")
            let format = form.filled("format").map(ExportFormat.init) ?? .csv
            guard let format else { throw NodeError(.badRequest, "请选择文件格式", "choose a format") }
            let query = try self.query(visit, form.without("_csrf", "purpose", "format"), visit.codes())
            var search = query.search
            search.conditions = try conditions(query, visit)
            let inquiry = Inquiry(visit.surroundings.charter)
            let total = try tx.withSnapshot { try inquiry.count(pages.kind, search.conditions, in: $0) }
            guard total <= Exports.rowsMax else { throw Exports.tooLarge }
            (search.offset, search.limit) = (0, max(total, 1))
            if total > Exports.aloneRows {
                let id = try request(query, search, format, purpose, visit, tx)
                return (.see("/exports?done=export-asked#export-\(id)"), [])
            }
            let wish = search
            let columns = ListFile.columns(query)
            let found = try tx.withSnapshot { try inquiry.search(pages.kind, wish, showing: columns, in: $0) }
            try tx.note(visit, .export, area, detail: "\(found.items.count) \(format.rawValue) \(purpose)")
            return (try ListFile(query, visit).reply(found.items, as: format), [])
        } catch let error as NodeError where [.badRequest, .tooLarge, .tooMany, .invalid].contains(error.code) {
            return (try tx.withSnapshot { try answer(visit, $0, error: error.message, form.without("_csrf")) }, [])
        }
    }

    /// Leaves the wish with a second person. The records are those of this moment; what they say is what they say when the
    /// file is fetched.
    private func request(
        _ query: ListQuery, _ search: RecordSearch, _ format: ExportFormat, _ purpose: String, _ visit: Visit,
        _ tx: borrowing Transaction
    ) throws -> Int64 {
        let records = try tx.withSnapshot {
            try Inquiry(visit.surroundings.charter).selection(pages.kind, search, in: $0)
        }
        let codes = try visit.codes()
        func words(_ language: Language) throws -> String {
            let shown = Shown(codes: codes, language: language, kind: pages.kind)
            let chosen = ListQuery.chosen(query, pages.filters, shown).map(\.label)
            return chosen.isEmpty
                ? language.text("没有条件（全部）", "no filter: all") : chosen.joined(separator: language.text("；", "; "))
        }
        let wish = Exports.Wish(
            pages.kind, query: query.form.encoded, words: Label(try words(.chinese), try words(.english)),
            columns: ListFile.columns(query).map(\.code), format: format, records: records, purpose: purpose)
        return try Exports.ask(wish, by: visit.principal(), in: tx)
    }

    /// The same rows for paper, with who printed them and when.
    func print(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        try visit.need(.print, area)
        let codes = try visit.codes()
        let query = try self.query(visit, visit.request.query, codes)
        var search = query.search
        search.conditions = try conditions(query, visit, .print)
        search.offset = 0
        search.limit = Exports.aloneRows
        let shown = Shown(codes: codes, language: visit.language, kind: pages.kind)
        let columns = ListFile.columns(query)
        let found = try tx.withSnapshot {
            try Inquiry(visit.surroundings.charter).search(pages.kind, search, showing: columns, in: $0)
        }
        var context = try tx.withSnapshot {
            try frame.context(visit, $0, title: visit.say(pages.kind.label), current: "/\(pages.path)")
        }
        let file = ListFile(query, visit, shown)
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
                    ["cells": columns.map { ["text": file.text($0, item), "isNumber": $0.isNumber] as Context }]
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

    /// What is asked for, of those records with which the visitor may do this.
    private func conditions(_ query: ListQuery, _ visit: Visit, _ action: Action = .export) throws
        -> [RecordSearch.Condition]
    {
        query.conditions + (try visit.scope(action, area).map { [$0] } ?? [])
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
