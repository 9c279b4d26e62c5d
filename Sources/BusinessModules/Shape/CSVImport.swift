public import NodeCore

/// Takes records from CSV files: one file for the records, one for each of their lists. Pure: it reads texts and returns
/// a plan, which the node carries out or a person looks at first.
public enum CSVImport {
    /// What of `files` can be taken. A record is taken whole or not at all, and no record is refused because of another
    /// one's mistakes. `divisionPath`: the home and those above it, nearest first.
    public static func plan(
        kind: RecordKind, files: [ImportFile], codes: CodeTables, parameters: Parameters, divisionPath: [String],
        today: CalendarDay
    ) -> ImportPlan {
        let brought = broughtParameters(files)
        let surroundings = RuleSurroundings(
            today: today, parameters: parameters, brought: Parameters(brought.entries), codes: codes)
        let tables = readTables(kind, files)
        guard let heads = tables.heads else {
            return ImportPlan(
                total: 0, records: [], refused: [], problems: tables.problems + brought.problems,
                parameters: brought.entries)
        }
        let unreadable = tables.problems.filter { $0.isError && $0.file != heads.file }
        if let first = unreadable.first {
            // Without one of its lists no record is whole, so none can be taken.
            let problem = ImportProblem(
                wholeFile: heads.file, "\(first.file)无法读取，档案不完整，因此全部未导入",
                "\(first.file) cannot be read, so no record is whole and none is taken")
            let keys = heads.lines.map { ImportAssembly.key(kind, heads, $0) }
            return ImportPlan(
                total: heads.lines.count, records: [], refused: keys,
                problems: tables.problems + [problem] + brought.problems, parameters: brought.entries)
        }
        var assembly = ImportAssembly(
            kind: kind, heads: heads, lists: tables.lists, surroundings: surroundings, home: divisionPath.first)
        assembly.run()
        return ImportPlan(
            total: heads.lines.count, records: assembly.records, refused: assembly.refused,
            problems: tables.problems + assembly.problems + brought.problems, parameters: brought.entries)
    }

    /// The head of the file of a kind.
    public static func columns(of kind: RecordKind) -> [String] { ["id"] + kind.fields.map(\.code) }

    /// The head of the file of one of its lists.
    public static func columns(of list: ChildList, in kind: RecordKind) -> [String] {
        ["id", kind.code + "_id"] + list.fields.map(\.code)
    }

    private struct Tables {
        var heads: CSVTable?
        var lists: [String: CSVTable] = [:]
        var problems: [ImportProblem] = []
    }

    private static func readTables(_ kind: RecordKind, _ files: [ImportFile]) -> Tables {
        var tables = Tables()
        switch find(kind.code, files, columns(of: kind)) {
        case nil:
            let name = kind.code + ".csv"
            tables.problems.append(ImportProblem(wholeFile: name, "没有\(name)，请一并提供", "there is no \(name): add it"))
        case .table(let table): tables.heads = table
        case .refused(let problems): tables.problems += problems
        }
        for list in kind.lists {
            let name = list.code + ".csv"
            switch find(list.code, files, columns(of: list, in: kind)) {
            case nil:
                tables.problems.append(
                    ImportProblem(
                        file: name, row: 1, key: "", field: "", rule: "R-03", severity: Severity.hint.rawValue,
                        zh: "没有\(name)，按没有\(list.label.zh)处理",
                        en: "there is no \(name): taken as having no \(list.label.en)"))
            case .table(let table): tables.lists[list.code] = table
            case .refused(let problems): tables.problems += problems
            }
        }
        return tables
    }

    /// Nil when the import has no such file.
    static func find(_ code: String, _ files: [ImportFile], _ columns: [String]) -> CSVTable.Reading? {
        let named = files.filter { CSVTable.fileName($0) == code + ".csv" }
        guard let file = named.first else { return nil }
        if named.count == 1 { return CSVTable.read(file, columns: columns) }
        let name = CSVTable.fileName(file)
        return .refused([ImportProblem(wholeFile: name, "\(name)提供了两次，请只保留一个", "\(name) was given twice: keep one")])
    }
}
