internal import BusinessModules
internal import NodeCore
internal import Workbooks

/// The import's files as one workbook: a sheet for the records and one for each of their lists, with labels where the CSV
/// files have codes. What comes back is put into those very files, so that one import reads both.
struct WorkbookFiles {
    let kind: RecordKind
    let codes: CodeTables
    let language: Language

    /// The sheet that explains the others; it is never read.
    static let guide = Label("填写说明", "How to fill in")
    /// Labels that the guide writes out for a field; longer tables are looked up in the program.
    private static let labelsShown = 60

    private struct Sheet {
        let code: String
        let label: Label
        let fields: [FieldDefinition]
        /// Columns in front of the fields: what binds a record and its lines together.
        let keys: [(code: String, label: Label)]
    }

    private var sheets: [Sheet] {
        let own = (code: "id", label: Label("行号", "row id"))
        let record = (code: kind.code + "_id", label: Label("所属\(kind.label.zh)行号", "row id of the \(kind.label.en)"))
        return [Sheet(code: kind.code, label: kind.label, fields: kind.fields, keys: [own])]
            + kind.lists.map { Sheet(code: $0.code, label: $0.label, fields: $0.fields, keys: [own, record]) }
    }

    // MARK: The template

    func template() throws -> [UInt8] {
        let tables = sheets.map { sheet in
            WorkbookSheet(
                language.text(sheet.label),
                columns: titles(sheet).map { title in
                    .init(title.text, width: title.field.map(ListFile.width) ?? 18, keepsText: true)
                }, rows: [])
        }
        return try WorkbookWriter.bytes(tables + [explanation()])
    }

    private func explanation() -> WorkbookSheet {
        let rows = sheets.flatMap { sheet in
            titles(sheet).map { title -> [WorkbookCell] in
                let field = title.field
                return [
                    .text(language.text(sheet.label)), .text(title.text), .text(title.code),
                    .text(field?.isRequired == true ? language.text("必填", "required") : ""), .text(meaning(title)),
                ]
            }
        }
        let heads = [
            (Label("工作表", "Sheet"), 18), (Label("列", "Column"), 24), (Label("代码", "Code"), 24), (Label("必填", "Required"), 8),
            (Label("填什么", "What goes in"), 80),
        ]
        return WorkbookSheet(
            language.text(WorkbookFiles.guide), columns: heads.map { .init(language.text($0.0), width: $0.1) }, rows: rows)
    }

    private func meaning(_ title: Title) -> String {
        guard let field = title.field else {
            return language.text("自编号，把户与其各行对应起来", "a number of your own that binds lines to their record")
        }
        switch field.type {
        case .text(let maximum): return language.text("最多 \(maximum) 字", "at most \(maximum) characters")
        case .integer: return language.text("整数", "a whole number")
        case .decimal(let digits, _): return language.text("数字，最多 \(digits) 位小数", "a number, \(digits) decimals")
        case .date: return "2026-06-30"
        case .flag: return language.text("是、否", "yes, no")
        case .child: return language.text("成员的行号", "row id of a member")
        case .code(let table), .codes(let table):
            let labels = codes.codes(of: table).map { language.text($0.label) }
            let shown = labels.prefix(WorkbookFiles.labelsShown).joined(separator: language.text("、", ", "))
            let isSeveral =
                if case .codes = field.type { language.text("可多项，用；分开：", "several, with ; between: ") } else { "" }
            return isSeveral + shown + (labels.count > WorkbookFiles.labelsShown ? "…" : "")
        }
    }

    private struct Title {
        let code: String
        let text: String
        let field: FieldDefinition?
    }

    /// A label that stands twice in a sheet is followed by its code.
    private func titles(_ sheet: Sheet) -> [Title] {
        let all =
            sheet.keys.map { (code: $0.code, label: $0.label, field: FieldDefinition?.none) }
            + sheet.fields.map { (code: $0.code, label: $0.label, field: FieldDefinition?.some($0)) }
        return all.map { item in
            let label = language.text(item.label)
            let isTwice = all.count { language.text($0.label) == label } > 1
            return Title(code: item.code, text: isTwice ? "\(label) (\(item.code))" : label, field: item.field)
        }
    }

    // MARK: What comes back

    /// The files of an import that the sheets stand for. `name`: of the workbook, for what cannot be read.
    func files(_ tables: [WorkbookTable], _ name: String) throws -> [ImportFile] {
        let files = tables.compactMap { table -> ImportFile? in
            let title = PlainText.trimmed(table.name)
            if let sheet = sheets.first(where: { WorkbookFiles.isNamed(title, $0.code, $0.label) }) {
                return ImportFile(name: sheet.code + ".csv", text: csv(table.rows, sheet))
            }
            // Standards and parameters come along under their own names, with codes.
            guard ["parameter", "local_standard"].contains(title) else { return nil }
            return ImportFile(name: title + ".csv", text: WorkbookFiles.text(table.rows))
        }
        guard !files.isEmpty else {
            let expected = sheets.map { $0.label.zh }.joined(separator: "、")
            throw NodeError(
                .invalid, "\(name) 中没有名为 \(expected) 的工作表，请使用下载的模板",
                "\(name) has no sheet called \(sheets.map(\.code).joined(separator: ", ")): use the template")
        }
        return files
    }

    private static func isNamed(_ title: String, _ code: String, _ label: Label) -> Bool {
        // Names of sheets have at most 31 characters, without some signs.
        let names = [code, label.zh, label.en].map { $0.filter { !"[]:*?/\\'".contains($0) }.prefix(28).lowercased() }
        return names.contains(String(title.prefix(28)).lowercased())
    }

    private func csv(_ rows: [[String]], _ sheet: Sheet) -> String {
        let columns = (rows.first ?? []).map { column($0, sheet) }
        let labels = columns.map { column in
            sheet.fields.first { $0.code == column }.flatMap { LabelReader($0, codes) }
        }
        let body = rows.dropFirst().map { row -> [String] in
            let cells = row.enumerated().map { place, text in
                (labels.indices.contains(place) ? labels[place]?.code(text) : nil) ?? text
            }
            // Short rows are whole: a sheet does not keep the empty cells at their ends.
            return cells + Array(repeating: "", count: max(0, columns.count - cells.count))
        }
        return WorkbookFiles.text([columns] + body)
    }

    /// The code of a column that is called by its code, by its label, or by both.
    private func column(_ title: String, _ sheet: Sheet) -> String {
        let title = PlainText.trimmed(title)
        let all = sheet.keys + sheet.fields.map { (code: $0.code, label: $0.label) }
        if let named = all.first(where: { title == $0.code || title.hasSuffix("(\($0.code))") }) { return named.code }
        let fitting = all.filter { title == $0.label.zh || title == $0.label.en }
        return fitting.count == 1 ? fitting[0].code : title
    }

    private static func text(_ rows: [[String]]) -> String {
        rows.map { $0.map(cell).joined(separator: ",") }.joined(separator: "\r\n") + "\r\n"
    }

    private static func cell(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

/// From what stands in a cell to the code that the import reads: the code itself, or its label when only one has it.
private struct LabelReader {
    private let byLabel: [String: String]
    private let isSeveral: Bool

    init?(_ field: FieldDefinition, _ codes: CodeTables) {
        switch field.type {
        case .flag: byLabel = ["是": "1", "否": "0", "yes": "1", "no": "0"]
        case .code(let table), .codes(let table):
            let pairs = codes.codes(of: table).flatMap { code in
                [(code.label.zh, code.code), (code.label.en.lowercased(), code.code)]
            }
            // Two codes with one label: neither is meant by it.
            byLabel = Dictionary(pairs, uniquingKeysWith: { $0 == $1 ? $0 : "" })
        default: return nil
        }
        if case .codes = field.type { isSeveral = true } else { isSeveral = false }
    }

    func code(_ text: String) -> String {
        guard isSeveral else { return one(text) }
        let signs: Set<Character> = [";", "；", "、"]
        return text.split(whereSeparator: signs.contains).map { one(String($0)) }.joined(separator: ";")
    }

    private func one(_ text: String) -> String {
        let plain = PlainText.trimmed(text)
        guard let code = byLabel[plain] ?? byLabel[plain.lowercased()], !code.isEmpty else { return plain }
        return code
    }
}
