@testable import BusinessModules
@testable import NodeCore

/// Reads the files of an import. Tests feed it the corpus; `scripts/fuzz` lets a fuzzer look for texts that end the process
/// or break a property.
enum ImportParser {
    /// A group separator parts the files from each other. Returns, or throws the first finding when nothing is taken.
    static func read(_ bytes: [UInt8]) throws {
        let parts = bytes.split(separator: 0x1D, omittingEmptySubsequences: false)
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        try texts.forEach(checkRows)
        let files = zip(["pet.csv", "pet_member.csv", "parameter.csv", "local_standard.csv"], texts).map(ImportFile.init)
        let plan = CSVImport.plan(
            kind: kind, files: files, codes: codes, parameters: Parameters([]), divisionPath: path, today: today)
        try check(plan)
        guard plan.records.isEmpty, let problem = plan.problems.first(where: \.isError) else { return }
        throw Finding(problem.rule, .error, problem.field, problem.zh, problem.en)
    }

    // MARK: What must hold

    private static func expect(_ holds: Bool, _ what: @autoclosure () -> String) { precondition(holds, what()) }

    /// A limit only ends the reading, and rows written with every cell in quotes are read as they were.
    private static func checkRows(_ text: String) throws {
        guard case .success(let rows) = Result(catching: { try CSVRows.read(text) }) else { return }
        expect(rows.allSatisfy { !$0.isEmpty }, "a row without a cell")
        expect(try same(CSVRows.read(text, limit: 2), Array(rows.prefix(2))), "more or less than two rows")
        guard rows.allSatisfy({ $0.allSatisfy(standsInQuotes) }) else { return }
        let again = rows.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
        expect(try same(CSVRows.read(again), rows), "written and read differ: \(rows)")
    }

    /// A cell at whose end stands what joins with the quote beside it is no cell any more.
    private static func standsInQuotes(_ cell: String) -> Bool { Array("\"\(cell)\"") == ["\""] + Array(cell) + ["\""] }

    private static func quoted(_ cell: String) -> String {
        "\"" + cell.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }

    /// Byte by byte: texts count as equal when they only look alike.
    private static func same(_ left: [[String]], _ right: [[String]]) -> Bool {
        left.elementsEqual(right) { $0.elementsEqual($1) { $0.utf8.elementsEqual($1.utf8) } }
    }

    /// Each record is taken or refused, whoever is refused finds the reason in the head file, and what is taken can be kept.
    private static func check(_ plan: ImportPlan) throws {
        expect(plan.records.count + plan.refused.count == plan.total, "\(plan.total) rows")
        expect(zip(plan.records, plan.records.dropFirst()).allSatisfy { $0.row < $1.row }, "rows out of order")
        let errors = Set(plan.problems.filter { $0.isError && $0.file == "pet.csv" }.map(\.row))
        expect(plan.refused.isEmpty || errors.contains(1) || errors.count == plan.refused.count, "refused without a word")
        for taken in plan.records {
            expect(!errors.contains(taken.row), "row \(taken.row) is taken with its mistakes")
            try check(taken.record)
        }
    }

    private static func check(_ record: Record) throws {
        expect(try Sections.readWhole(Sections.makeWhole(record), kind: kind) == record, "what was taken cannot be kept")
        check(record.row, kind.fields)
        for list in kind.lists { for child in record[list] { check(child.row, list.fields) } }
    }

    /// A value that is shown is read again as it was.
    private static func check(_ row: Row, _ fields: [FieldDefinition]) {
        for field in fields {
            guard let value = row[field.tag] else { continue }
            expect(!field.check(value, today: today).contains { $0.severity == .error }, "\(field.code): \(value)")
            if case .child = field.type { continue }
            expect(field.parse(field.text(value), codes: codes) == .success(value), "\(field.code): \(value)")
        }
    }

    // MARK: A record

    private static let today = CalendarDay(year: 2026, month: 7, day: 1) ?? CalendarDay(number: 0)

    private static let path = ["370285", "370200", "370000", "000000"]

    private static let codes = CodeTables([
        "standard": ["2", "3", "5"].map { Code($0, Label($0, $0)) },
        "status": ["10", "40", "50", "60"].map { Code($0, Label($0, $0)) },
        "cause": ["01", "02", "03"].map { Code($0, Label($0, $0)) },
    ])

    private static let key = Field<String>.text("no", 1, "编号", "number", maximum: 20, .kept, required: true)
    private static let standard = Field<String>.code("standard", 2, "标准", "standard", of: "standard", .kept)
    private static let status = Field<String>.code("status", 3, "状态", "status", of: "status", .kept)
    private static let number = Field<String>.text(
        "id_number", 4, "证件号", "ID number", maximum: 18, .hidden, form: .citizenNumber)
    private static let legacy = Field<String>.code("legacy_status", 5, "原状态", "former status", of: "status", .kept)

    private static let memberName = Field<String>.text(
        "name", 1, "姓名", "name", maximum: 30, .maskedCity, form: .personName)
    private static let memberNumber = Field<String>.text(
        "id_number", 2, "证件号", "ID number", maximum: 18, .hiddenCity, form: .citizenNumber)
    private static let members = ChildList(
        "pet_member", 1_000, Label("成员", "members"),
        [
            memberName.definition, memberNumber.definition,
            Field<Int64>.child("parent", 3, "父母", "parent", of: "pet_member", .kept).definition,
        ])

    /// A field of every type and of every form that a text can have, and a list. Only lines refer to lines.
    private static let kind = RecordKind(
        number: 7, code: "pet", label: Label("样例", "samples"), schema: 1,
        fields: [
            key.definition, standard.definition, status.definition, number.definition, legacy.definition,
            Field<String>.text("phone", 6, "手机", "phone", maximum: 11, .masked, form: .mobile).definition,
            Field<String>.text("postcode", 7, "邮编", "postcode", maximum: 6, .kept, form: .digits(6)).definition,
            Field<String>.text("employer", 8, "单位", "employer", maximum: 18, .kept, form: .creditCode).definition,
            Field<String>.text("address", 9, "住址", "address", maximum: 200, .city).definition,
            Field<Int64>.date("birth_date", 10, "出生日期", "date of birth", .banded).definition,
            Field<Int64>.money("income", 11, "收入", "income", .kept, range: -1_000_000...1_000_000).definition,
            Field<Bool>.flag("has_car", 12, "有车", "has a car", .kept).definition,
            Field<[String]>.codes("causes", 13, "原因", "causes", of: "cause", .kept).definition,
            Field<Int64>.integer("rooms", 14, "房间数", "rooms", .kept).definition,
        ],
        lists: [members], key: key.definition, status: status.definition,
        authority: .standard(field: standard.definition, levels: [:]),
        workflow: Workflow(
            draft: "10", ready: "40", pending: "50", returned: "55", approved: "60", active: ["40", "50", "60"],
            editable: [], steps: []),
        statistics: [],
        persons: Persons(head: number.definition, member: .init(list: members, field: memberNumber.definition)),
        rules: { record, surroundings in
            let most = surroundings.parameter("most_members", path: path, on: today).flatMap(Int64.init) ?? .max
            return record[members].filter { $0.number > most || $0.row[memberName] == nil }.map {
                Finding("F-01", .error, "name", list: members.code, child: $0.number, "请核对成员", "check the member")
            }
        })
}
