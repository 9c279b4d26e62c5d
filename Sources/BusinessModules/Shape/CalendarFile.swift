internal import NodeCore

/// Days of the calendar as a file: `id, day, day_kind, note, basis, adjusted_by`.
enum CalendarFile {
    private static let columns = ["id", "day", "day_kind", "note", "basis", "adjusted_by"]

    /// `seat`: the publisher, whose days they are where `adjusted_by` is empty.
    static func read(_ file: ImportFile, seat: String) -> (days: [WorkCalendar.Entry], problems: [ImportProblem]) {
        switch CSVTable.read(file, columns: columns) {
        case .refused(let problems): return ([], problems)
        case .table(let table):
            var (days, problems, seen) = ([WorkCalendar.Entry](), [ImportProblem](), Set<CalendarDay>())
            for line in table.lines {
                let cell = { (column: String) in PlainText.trimmed(table.cell(column, line)) }
                let (note, basis) = (cell("note"), cell("basis"))
                guard line.isWhole, let day = CalendarDay(cell("day")), let kind = DayKind(rawValue: cell("day_kind")) else {
                    problems.append(
                        problem(
                            table, line, "day", "日期须如2026-10-01、日类型须为1至4，请更正",
                            "a day is written like 2026-10-01 and its kind is 1 to 4: correct it"))
                    continue
                }
                guard !basis.isEmpty, basis.count <= 200, note.count <= 60 else {
                    problems.append(
                        problem(
                            table, line, "basis", "须写明依据（放假通知），依据最多200字、说明最多60字",
                            "name the notice it rests on; at most 200 characters, and 60 for the note"))
                    continue
                }
                guard seen.insert(day).inserted else {
                    problems.append(problem(table, line, "day", "同一天出现两次，请删去一行", "the day stands twice: delete one"))
                    continue
                }
                let division = cell("adjusted_by").isEmpty ? seat : cell("adjusted_by")
                days.append(WorkCalendar.Entry(day: day, kind: kind, note: note, basis: basis, division: division))
            }
            return (days, problems)
        }
    }

    private static func problem(
        _ table: CSVTable, _ line: CSVTable.Line, _ field: String, _ zh: String, _ en: String
    ) -> ImportProblem {
        ImportProblem(
            file: table.file, row: line.row, key: line.id, field: field, rule: "R-03", severity: Severity.error.rawValue,
            zh: zh, en: en)
    }
}
