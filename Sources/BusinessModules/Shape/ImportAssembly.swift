internal import NodeCore

/// Puts records together from their rows and decides which can be taken.
struct ImportAssembly {
    let kind: RecordKind
    let heads: CSVTable
    let lists: [String: CSVTable]
    let surroundings: RuleSurroundings
    /// The division whose records these must be; nil to take those of any.
    let home: String?

    private(set) var records: [ImportRecord] = []
    private(set) var refused: [String] = []
    private(set) var problems: [ImportProblem] = []

    /// Rows of each list by the `id` of their record, in file order.
    private var lines: [String: [String: [CSVTable.Line]]] = [:]
    private var people: ImportPeople

    init(kind: RecordKind, heads: CSVTable, lists: [String: CSVTable], surroundings: RuleSurroundings, home: String?) {
        self.kind = kind
        self.heads = heads
        self.lists = lists
        self.surroundings = surroundings
        self.home = home
        people = ImportPeople(kind, heads)
    }

    /// What people know the record of a row by; its `id` where that is missing.
    static func key(_ kind: RecordKind, _ heads: CSVTable, _ line: CSVTable.Line) -> String {
        let key = PlainText.compact(heads.cell(kind.key.code, line))
        return key.isEmpty ? line.id : key
    }

    mutating func run() {
        let known = Set(heads.lines.map(\.id))
        var orphans = [ImportProblem]()
        for list in kind.lists {
            guard let table = lists[list.code] else { continue }
            for line in table.lines {
                let parent = PlainText.trimmed(table.cell(kind.code + "_id", line))
                if !parent.isEmpty && known.contains(parent) {
                    lines[list.code, default: [:]][parent, default: []].append(line)
                } else {
                    orphans.append(
                        misfit(
                            table, line, kind.code + "_id", "\(heads.file)中没有这个档案，请核对编号",
                            "no such file in \(heads.file): check the number"))
                }
            }
        }
        var keys = Set<String>()
        var ids = Set<String>()
        for line in heads.lines {
            let key = ImportAssembly.key(kind, heads, line)
            let isNew = (keys.insert(key).inserted, ids.insert(line.id).inserted)
            let (record, found) =
                isNew == (true, true) ? assemble(line) : (nil, [twice(line, isNew.0 ? "id" : kind.key.code)])
            problems += found
            if let record, !found.contains(where: \.isError) {
                records.append(ImportRecord(key: key, record: record, row: line.row))
            } else {
                refused.append(key)
                problems += pointers(found, line)
            }
        }
        problems += orphans
    }

    private func twice(_ line: CSVTable.Line, _ column: String) -> ImportProblem {
        misfit(
            heads, line, column, "编号在本文件中已出现过，前一行已处理，请核对或删除本行",
            "this number stood in the file before, that row counts: check this one or delete it")
    }

    /// The mistakes that refuse a record may stand in another file: its own row says where.
    private func pointers(_ found: [ImportProblem], _ line: CSVTable.Line) -> [ImportProblem] {
        found.filter { $0.isError && $0.file != heads.file }.map { problem in
            ImportProblem(
                file: heads.file, row: line.row, key: line.id, field: problem.field, rule: problem.rule,
                severity: problem.severity,
                zh: "因\(problem.file)第\(problem.row)行“\(problem.field)”有误，本档案未导入：\(problem.zh)",
                en: "not taken because of \(problem.file), row \(problem.row), \(problem.field): \(problem.en)")
        }
    }

    // MARK: One record

    private func assemble(_ line: CSVTable.Line) -> (Record?, [ImportProblem]) {
        guard line.isWhole else { return (nil, [cellCount(heads, line)]) }
        guard !line.id.isEmpty else {
            return (nil, [misfit(heads, line, "id", "请填写id", "fill in the id")])
        }
        var problems = [ImportProblem]()
        var findings = [Finding]()
        var record = Record()
        record.row = row(kind.fields, heads, line, numbers: [:], &problems, &findings)
        var numbers = [String: [String: Int64]]()
        for list in kind.lists {
            let own = lines[list.code]?[line.id] ?? []
            numbers[list.code] = Dictionary(
                own.enumerated().map { ($0.element.id, Int64($0.offset + 1)) }, uniquingKeysWith: { first, _ in first })
        }
        for list in kind.lists {
            guard let table = lists[list.code], let own = lines[list.code]?[line.id] else { continue }
            record[list] = children(list, table, own, numbers, &problems, &findings)
        }
        enter(&record)
        problems += self.problems(findings, record, line)
        problems += homeOf(line) + people.problems(heads, line) + members(line)
        // What cannot be read was said; the rules would only say it again in other words.
        if !problems.contains(where: \.isError) {
            problems += self.problems(kind.rules(record, surroundings), record, line)
        }
        return (record, problems)
    }

    /// The cells of a row as values, with what their fields find wrong in them.
    private func row(
        _ fields: [FieldDefinition], _ table: CSVTable, _ line: CSVTable.Line, numbers: [String: [String: Int64]],
        _ problems: inout [ImportProblem], _ findings: inout [Finding]
    ) -> Row {
        var row = Row()
        for field in fields {
            let cell = table.cell(field.code, line)
            if FieldDefinition.isBlank(cell) { continue }
            if case .child(let list) = field.type {
                guard let number = numbers[list]?[PlainText.trimmed(cell)] else {
                    problems.append(
                        misfit(
                            table, line, field.code, "\(list).csv中本档案没有这个编号，请核对",
                            "this file has no such row in \(list).csv: check it"))
                    continue
                }
                row[field.tag] = .integer(number)
                continue
            }
            switch field.parse(cell, codes: surroundings.codes) {
            case .success(let value):
                row[field.tag] = value
                findings += field.check(value, today: surroundings.today)
            case .failure(let finding):
                problems.append(ImportProblem(finding, file: table.file, row: line.row, key: line.id))
            }
        }
        return row
    }

    private func children(
        _ list: ChildList, _ table: CSVTable, _ own: [CSVTable.Line], _ numbers: [String: [String: Int64]],
        _ problems: inout [ImportProblem], _ findings: inout [Finding]
    ) -> [Child] {
        if let first = own.first, own.count > NodeLimits.childrenPerList {
            let most = NodeLimits.childrenPerList
            problems.append(
                misfit(
                    table, first, "id", "一个档案的\(list.label.zh)最多\(most)行",
                    "one file has at most \(most) rows of \(list.label.en)"))
            return []
        }
        var seen = Set<String>()
        return own.enumerated().map { index, line in
            var row = Row()
            if !line.isWhole {
                problems.append(cellCount(table, line))
            } else if line.id.isEmpty || !seen.insert(line.id).inserted {
                problems.append(misfit(table, line, "id", "id为空或重复，请改正", "the id is empty or stands twice: correct it"))
            } else {
                var own = [Finding]()
                row = self.row(list.fields, table, line, numbers: numbers, &problems, &own)
                findings += own.map { $0.at(list: list.code, child: Int64(index + 1)) }
            }
            return Child(number: Int64(index + 1), row: row)
        }
    }

    /// An imported record waits to be reported, whatever it was; what it was is kept.
    private func enter(_ record: inout Record) {
        if let legacy = kind.field("legacy_status"), record.row[legacy.tag] == nil {
            record.row[legacy.tag] = record.row[kind.status.tag]
        }
        record.row[kind.status.tag] = .text(kind.workflow.ready)
    }

    private func homeOf(_ line: CSVTable.Line) -> [ImportProblem] {
        let key = PlainText.compact(heads.cell(kind.key.code, line))
        guard let home, !key.isEmpty, !key.hasPrefix(home) else { return [] }
        return [
            misfit(
                heads, line, kind.key.code, "\(kind.key.label.zh)须以本单位区划代码\(home)开头；请在所属单位导入",
                "the \(kind.key.label.en) must begin with the division of this unit, \(home): import it where it belongs")
        ]
    }

    private func members(_ line: CSVTable.Line) -> [ImportProblem] {
        guard let member = kind.persons?.member, let table = lists[member.list.code] else { return [] }
        return people.problems(table, lines[member.list.code]?[line.id] ?? [], of: line, member.field)
    }

    /// Findings where a person finds them in the files, with what could stand there instead.
    private func problems(_ findings: [Finding], _ record: Record, _ line: CSVTable.Line) -> [ImportProblem] {
        if findings.isEmpty { return [] }
        let propose = kind.proposals(record, surroundings)
        return findings.map { finding in
            let texts = propose(finding).map { proposal in
                proposal.field.code == finding.field ? proposal.text : "\(proposal.field.code) \(proposal.text)"
            }
            return problem(finding, line, proposals: texts)
        }
    }

    private func problem(_ finding: Finding, _ line: CSVTable.Line, proposals: [String]) -> ImportProblem {
        guard let list = finding.list, let child = finding.child, let table = lists[list],
            let own = lines[list]?[line.id], own.indices.contains(Int(child) - 1)
        else {
            return ImportProblem(finding, file: heads.file, row: line.row, key: line.id, proposals: proposals)
        }
        let place = own[Int(child) - 1]
        return ImportProblem(finding, file: table.file, row: place.row, key: place.id, proposals: proposals)
    }

    // MARK: Words

    private func cellCount(_ table: CSVTable, _ line: CSVTable.Line) -> ImportProblem {
        misfit(
            table, line, "", "本行有\(line.cells.count)格，与列数不符，请核对逗号和引号",
            "this row has \(line.cells.count) cells, not as many as the header: check commas and quotes")
    }

    private func misfit(
        _ table: CSVTable, _ line: CSVTable.Line, _ field: String, _ zh: String, _ en: String
    ) -> ImportProblem {
        ImportProblem(
            file: table.file, row: line.row, key: line.id, field: field, rule: "R-03",
            severity: Severity.error.rawValue, zh: zh, en: en)
    }
}
