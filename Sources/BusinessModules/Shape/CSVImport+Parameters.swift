internal import NodeCore

/// `parameter.csv` and `local_standard.csv`: amounts, multiples and periods that come with the records they are needed for.
extension CSVImport {
    private static let standards = [
        "minimum_living_monthly", "rural_minimum_monthly", "minimum_wage_monthly", "relative_multiple", "accident_multiple",
        "work_cost_monthly",
    ]

    private static let period = ["division_code", "effective_from", "effective_to"]
    private static let parameterColumns = ["id", "key", "value", "value_type"] + period + ["basis"]

    /// What a folder that is imported brings in files of these names.
    static func broughtParameters(_ files: [ImportFile]) -> (entries: [Parameters.Entry], problems: [ImportProblem]) {
        let standardColumns = ["id"] + period + standards + ["document_no"]
        let (given, amounts) = (find("parameter", files, parameterColumns), find("local_standard", files, standardColumns))
        let read = [given.map { parameters($0, areStandards: false) }, amounts.map { parameters($0, areStandards: true) }]
            .compactMap { $0 }
        return (read.flatMap(\.entries), read.flatMap(\.problems))
    }

    /// A file of parameters, whatever it is called.
    static func parameters(_ file: ImportFile) -> (entries: [Parameters.Entry], problems: [ImportProblem]) {
        parameters(CSVTable.read(file, columns: parameterColumns), areStandards: false)
    }

    private static func parameters(_ reading: CSVTable.Reading, areStandards: Bool) -> (
        entries: [Parameters.Entry], problems: [ImportProblem]
    ) {
        switch reading {
        case .refused(let found): return ([], found)
        case .table(let table):
            var (entries, problems) = ([Parameters.Entry](), [ImportProblem]())
            for line in table.lines {
                let values =
                    areStandards
                    ? standards.map { ($0, table.cell($0, line)) } : [(table.cell("key", line), table.cell("value", line))]
                let basis = table.cell(areStandards ? "document_no" : "basis", line)
                // The columns of a local standard are amounts and multiples; a parameter names its form.
                let form =
                    areStandards ? ParameterKey.Form.decimal : ParameterKey.Form(rawValue: table.cell("value_type", line))
                let read = form.flatMap {
                    line.isWhole ? self.entries(values, $0, basis: PlainText.trimmed(basis), table, line) : nil
                }
                entries += read ?? []
                if read == nil { problems.append(unreadable(table, line)) }
            }
            return (entries, problems)
        }
    }

    /// Nil when the row cannot be read; an empty cell is no value.
    private static func entries(
        _ values: [(key: String, value: String)], _ form: ParameterKey.Form, basis: String, _ table: CSVTable,
        _ line: CSVTable.Line
    ) -> [Parameters.Entry]? {
        let cell = { (column: String) in PlainText.compact(table.cell(column, line)) }
        let (division, until) = (cell("division_code"), cell("effective_to"))
        guard let from = CalendarDay(cell("effective_from")), until.isEmpty || CalendarDay(until) != nil,
            division.utf8.count == 6, basis.count <= 200
        else { return nil }
        let plain = values.map { (key: PlainText.trimmed($0.key), value: PlainText.compact($0.value)) }
        let filled = plain.filter { !$0.value.isEmpty }
        guard filled.allSatisfy({ !$0.key.isEmpty && ($0.value.utf8.count <= 100) }) else { return nil }
        guard filled.allSatisfy({ form.fault($0.value) == nil }) else { return nil }
        return filled.map {
            Parameters.Entry(
                key: $0.key, division: division, from: from, to: CalendarDay(until), value: $0.value, basis: basis)
        }
    }

    private static func unreadable(_ table: CSVTable, _ line: CSVTable.Line) -> ImportProblem {
        ImportProblem(
            file: table.file, row: line.row, key: line.id, field: "", rule: "R-03", severity: Severity.error.rawValue,
            zh: "这一行的区划、日期、类型（int、dec、date、bool、text、json）或数值无法识别，未采用，请更正",
            en: """
                division, dates, type (int, dec, date, bool, text, json) or values of this row cannot be read, it is left \
                out: correct it
                """)
    }
}
