internal import BusinessModules
internal import NodeCore
internal import Workbooks

/// The rows of a list as a file: what the screen hides or masks is hidden and masked here too.
struct ListFile {
    let query: ListQuery
    let visit: Visit
    let shown: Shown

    private var kind: RecordKind { query.pages.kind }

    init(_ query: ListQuery, _ visit: Visit, _ shown: Shown) {
        self.query = query
        self.visit = visit
        self.shown = shown
    }

    init(_ query: ListQuery, _ visit: Visit) throws {
        self.init(query, visit, Shown(codes: try visit.codes(), language: visit.language, kind: query.pages.kind))
    }

    static func columns(_ query: ListQuery) -> [FieldDefinition] {
        [query.pages.kind.key] + query.columns.filter { $0 != query.pages.kind.key }
    }

    func reply(_ items: [Inquiry.Summary], as format: ExportFormat) throws -> WebReply {
        let day = CalendarDay(milliseconds: visit.request.milliseconds).description
        let name = "\(query.pages.path)-\(day).\(format.rawValue)"
        switch format {
        case .csv: return .download(name, "text/csv; charset=utf-8", csv(items).utf8)
        case .xlsx: return .download(name, WorkbookWriter.type, try workbook(items))
        }
    }

    private func csv(_ items: [Inquiry.Summary]) -> String {
        let columns = ListFile.columns(query)
        let head = columns.map { Spreadsheet.cell(visit.say($0.label)) }.joined(separator: ",")
        let rows = items.map { item in columns.map { Spreadsheet.cell(text($0, item)) }.joined(separator: ",") }
        // The mark at the front makes Excel read UTF-8.
        return "\u{FEFF}" + ([head] + rows).joined(separator: "\r\n") + "\r\n"
    }

    private func workbook(_ items: [Inquiry.Summary]) throws -> [UInt8] {
        let columns = ListFile.columns(query)
        return try WorkbookWriter.bytes([
            WorkbookSheet(
                visit.say(kind.label),
                columns: columns.map { .init(visit.say($0.label), width: ListFile.width($0)) },
                rows: items.map { item in columns.map { cell($0, item) } }, foot: try visit.printed())
        ])
    }

    /// What stands in a cell, as a text.
    func text(_ field: FieldDefinition, _ item: Inquiry.Summary) -> String {
        if field == kind.key { return item.key }
        if field == kind.status { return shown.label(item.status, field.codeTable ?? "") }
        return shown.listed(field, item, visit.fieldClass(field, kind, at: .list))
    }

    /// The same for a spreadsheet: amounts and days as what they are, everything else as a text.
    private func cell(_ field: FieldDefinition, _ item: Inquiry.Summary) -> WorkbookCell {
        if field != kind.key, field != kind.status, visit.fieldClass(field, kind, at: .list) == .plain,
            let value = item.record.row[field.tag]
        {
            switch (field.type, value) {
            case (.integer, .integer), (.decimal, .integer): return .number(field.text(value))
            case (.date, .integer(let day)): return .day(day)
            default: break
            }
        }
        let text = text(field, item)
        return text.isEmpty ? .empty : .text(text)
    }

    static func width(_ field: FieldDefinition) -> Int {
        switch field.type {
        case .text(let maximum): min(max(maximum, 10), 30)
        case .code, .codes: 16
        case .decimal, .date, .integer, .child: 12
        case .flag: 8
        }
    }
}

extension ExportFormat {
    var label: Label {
        switch self {
        case .xlsx: Label("Excel（.xlsx）", "Excel (.xlsx)")
        case .csv: Label("CSV（.csv）", "CSV (.csv)")
        }
    }
}
