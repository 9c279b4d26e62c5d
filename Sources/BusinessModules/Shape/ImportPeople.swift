internal import NodeCore

/// Who heads which record of an import: one person, one file (U-01, U-02), as far as the import itself shows it.
struct ImportPeople {
    private let persons: Persons?
    /// Row of the first open record by the ID number of its head. Records with mistakes count too: the person has a file
    /// all the same.
    private var rows: [String: Int] = [:]
    private var open: Set<Int> = []

    init(_ kind: RecordKind, _ heads: CSVTable) {
        persons = kind.persons
        guard let persons else { return }
        for line in heads.lines where line.isWhole {
            let legacy = PlainText.compact(heads.cell("legacy_status", line))
            let status = legacy.isEmpty ? PlainText.compact(heads.cell(kind.status.code, line)) : legacy
            let number = CitizenNumber.normal(heads.cell(persons.head.code, line))
            guard kind.workflow.active.contains(status), !number.isEmpty else { continue }
            open.insert(line.row)
            if rows[number] == nil { rows[number] = line.row }
        }
    }

    /// U-01 for the head in this row.
    func problems(_ heads: CSVTable, _ line: CSVTable.Line) -> [ImportProblem] {
        guard let field = persons?.head.code, open.contains(line.row),
            let first = rows[CitizenNumber.normal(heads.cell(field, line))], first != line.row
        else { return [] }
        return [
            ImportProblem(
                file: heads.file, row: line.row, key: line.id, field: field, rule: "U-01", severity: Severity.error.rawValue,
                zh: "此人在第\(first)行已有在档档案，一人只能有一个，请合并或注销其一",
                en: "this person has an active file in row \(first); one person has one: merge them or deregister one")
        ]
    }

    /// U-02 for the members of the record in row `head`.
    func problems(
        _ table: CSVTable, _ members: [CSVTable.Line], of head: CSVTable.Line, _ field: FieldDefinition
    ) -> [ImportProblem] {
        guard open.contains(head.row) else { return [] }
        return members.compactMap { line in
            guard let first = rows[CitizenNumber.normal(table.cell(field.code, line))], first != head.row else { return nil }
            return ImportProblem(
                file: table.file, row: line.row, key: line.id, field: field.code, rule: "U-02",
                severity: Severity.error.rawValue,
                zh: "该成员是第\(first)行在档档案的本人，两人同住时请只保留一个档案",
                en: "this member is the head of the active file in row \(first): a household has one file")
        }
    }
}
