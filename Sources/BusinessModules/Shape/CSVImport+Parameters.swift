internal import NodeCore

/// `parameter.csv` and `local_standard.csv`: amounts, multiples and periods that come with the records they are needed for.
extension CSVImport {
    private static let standards = [
        "minimum_living_monthly", "rural_minimum_monthly", "minimum_wage_monthly", "relative_multiple", "accident_multiple",
        "work_cost_monthly",
    ]

    static func broughtParameters(_ files: [ImportFile]) -> (entries: [Parameters.Entry], problems: [ImportProblem]) {
        var (entries, problems) = (([Parameters.Entry](), [ImportProblem]()))
        let period = ["division_code", "effective_from", "effective_to"]
        let sources: [(String, [String])] = [
            ("parameter", ["id", "key", "value", "value_type"] + period + ["basis"]),
            ("local_standard", ["id"] + period + standards + ["document_no"]),
        ]
        for (code, columns) in sources {
            switch find(code, files, columns) {
            case nil: continue
            case .refused(let found): problems += found
            case .table(let table):
                for line in table.lines {
                    let values =
                        code == "parameter"
                        ? [(table.cell("key", line), table.cell("value", line))]
                        : standards.map { ($0, table.cell($0, line)) }
                    let basis = table.cell(code == "parameter" ? "basis" : "document_no", line)
                    let read = line.isWhole ? self.entries(values, basis: PlainText.trimmed(basis), table, line) : nil
                    entries += read ?? []
                    if read == nil { problems.append(unreadable(table, line)) }
                }
            }
        }
        return (entries, problems)
    }

    /// Nil when the row cannot be read; an empty cell is no value.
    private static func entries(
        _ values: [(key: String, value: String)], basis: String, _ table: CSVTable, _ line: CSVTable.Line
    ) -> [Parameters.Entry]? {
        let cell = { (column: String) in PlainText.compact(table.cell(column, line)) }
        let (division, until) = (cell("division_code"), cell("effective_to"))
        guard let from = CalendarDay(cell("effective_from")), until.isEmpty || CalendarDay(until) != nil,
            division.utf8.count == 6, basis.count <= 200
        else { return nil }
        let plain = values.map { (key: PlainText.trimmed($0.key), value: PlainText.compact($0.value)) }
        let filled = plain.filter { !$0.value.isEmpty }
        guard filled.allSatisfy({ !$0.key.isEmpty && ($0.value.utf8.count <= 100) }) else { return nil }
        // The columns of a local standard are amounts and multiples; a parameter may also be a list or a text.
        let areNumbers = filled.allSatisfy { FieldDefinition.scaled($0.value, digits: 2) != nil }
        guard table.file == "parameter.csv" || areNumbers else { return nil }
        return filled.map {
            Parameters.Entry(
                key: $0.key, division: division, from: from, to: CalendarDay(until), value: $0.value, basis: basis)
        }
    }

    private static func unreadable(_ table: CSVTable, _ line: CSVTable.Line) -> ImportProblem {
        ImportProblem(
            file: table.file, row: line.row, key: line.id, field: "", rule: "R-03", severity: Severity.error.rawValue,
            zh: "这一行的区划、日期或数值无法识别，未采用，请更正",
            en: "division, dates or values of this row cannot be read, it is left out: correct it")
    }
}
