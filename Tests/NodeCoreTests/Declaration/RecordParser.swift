import SyncProtocol

@testable import NodeCore

/// Reads the sections of a stranger's report, both for the tables and as a record. Tests feed it the corpus; `scripts/fuzz`
/// lets a fuzzer look for bytes that end the process or break a property.
enum RecordParser {
    /// The first byte says which reaches have a section, a bit for each; the nation's stands alone when there is none.
    /// Each section but the last has its length before it, in two bytes. Returns, or throws the refusal.
    static func read(_ bytes: [UInt8]) throws {
        let sections = try split(bytes[...])
        let shown = sections.filter { $0.reach != .match }.compactMap(\.bytes)
        let read = Result { try TypedRows(sections, kind: kind) }
        let records = Result { try shown.map { try Sections.readWhole(Array($0), kind: kind) } }
        switch (read, records) {
        case (.success(let rows), .success(let records)):
            checkPlaces(rows)
            let whole = merged(records)
            expect(contents(rows) == contents(TypedRows(whole, kind: kind)), "tables and record differ")
            try checkReport(of: whole)
        case (.failure(let left), .failure(let right)):
            expect(shown.count > 1 || left as? ProtocolError == right as? ProtocolError, "\(left) here, \(right) there")
        case (.failure, .success(let records)):
            // Sections that are good one by one may name too many lines together.
            expect(isTooLong(merged(records)), "only the record is read")
        case (.success, .failure): expect(false, "only the tables are read")
        }
        _ = try read.get()
    }

    private static func split(_ bytes: ArraySlice<UInt8>) throws -> [Section] {
        let first = bytes.first ?? 0
        let named = Reach.allCases.filter { first >> $0.rawValue & 1 == 1 }
        let reaches = named.isEmpty ? [Reach.nation] : named
        var rest = bytes.dropFirst()
        return try reaches.enumerated().map { index, reach in
            var part = rest
            if index < reaches.count - 1 {
                guard rest.count >= 2 else { throw ProtocolError(.malformed, "a length is missing") }
                let count = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
                part = rest.dropFirst(2).prefix(count)
                rest = rest.dropFirst(2 + count)
            }
            return Section(reach: reach, bytes: part, salt: salt)
        }
    }

    // MARK: What must hold

    private static func expect(_ holds: Bool, _ what: @autoclosure () -> String) { precondition(holds, what()) }

    /// Every text lies inside its part and is found there both ways; every line has all its cells and its own number.
    private static func checkPlaces(_ rows: TypedRows) {
        for cell in rows.head + rows.lists.flatMap(\.cells) {
            guard case .text(let part, let start, let count) = cell else { continue }
            // An empty text points nowhere: nobody looks at its part.
            if count == 0 {
                expect(rows.text(cell) == "" && rows.withParts { $0.bytes(part, start, 0).isEmpty }, "an empty text is none")
                continue
            }
            expect(Int(part) < rows.parts.count, "no part \(part)")
            let bytes = rows.parts[Int(part)]
            let (low, high) = (Int(start), Int(start) + Int(count))
            expect(bytes.startIndex <= low && high <= bytes.endIndex, "\(low)..<\(high) of \(bytes.indices)")
            expect(rows.text(cell).map { Array($0.utf8) } == Array(bytes[low..<high]), "a text is not UTF-8")
            rows.withParts { parts in
                expect(parts.bytes(part, start, count).elementsEqual(bytes[low..<high]), "the part in memory differs")
            }
        }
        expect(rows.head.count == kind.shape.head.columns.count, "a cell for each column")
        for (table, lines) in zip(kind.shape.lists, rows.lists) {
            expect(lines.cells.count == lines.numbers.count * table.columns.count, "a cell for each column of a line")
            expect(lines.numbers.count <= NodeLimits.childrenPerList, "too many lines")
            expect(zip(lines.numbers, lines.numbers.dropFirst()).allSatisfy { $0 < $1 }, "lines out of order")
        }
    }

    /// What was read can be kept, and reported further with all that is derived from it.
    private static func checkReport(of record: Record) throws {
        guard !isTooLong(record) else { return }
        expect(try Sections.readWhole(Sections.makeWhole(record), kind: kind) == record, "written and read differ")
        let reaches: [Reach] = [.nation, .reviewers, .city]
        let made = Sections.make(record, kind: kind, status: "60", reaches: reaches, today: today)
        let sections = made.map { Section(reach: $0.0, bytes: $0.1[...], salt: salt) }
        checkPlaces(try TypedRows(sections, kind: kind))
        checkPlaces(TypedRows(Sections.withDerived(record, kind: kind, today: today), kind: kind))
    }

    private static func isTooLong(_ record: Record) -> Bool {
        kind.lists.contains { record[$0].count > NodeLimits.childrenPerList }
    }

    /// All records in one; of two values for one field the later one stays.
    private static func merged(_ records: [Record]) -> Record {
        records.reduce(into: Record()) { whole, record in
            whole.row.merge(record.row)
            for list in kind.lists {
                var lines = Dictionary(uniqueKeysWithValues: whole[list].map { ($0.number, $0.row) })
                for child in record[list] { lines[child.number, default: Row()].merge(child.row) }
                whole[list] = lines.sorted { $0.key < $1.key }.map { Child(number: $0.key, row: $0.value) }
            }
        }
    }

    private enum Content: Equatable {
        case empty
        case number(Int64)
        case text(String?)
    }

    /// What the cells say, wherever their texts stand.
    private static func contents(_ rows: TypedRows) -> [[Content]] {
        ([rows.head] + rows.lists.flatMap { [$0.numbers.map(TypedRows.Cell.integer), $0.cells] }).map { cells in
            cells.map { cell in
                switch cell {
                case .empty: .empty
                case .integer(let number): .number(number)
                case .text: .text(rows.text(cell))
                }
            }
        }
    }

    // MARK: A record

    private static let salt = [UInt8](repeating: 3, count: 16)

    private static let today = CalendarDay(year: 2026, month: 7, day: 1) ?? CalendarDay(number: 0)

    private static let key = Field<String>.text("pet_no", 1, "编号", "number", maximum: 20, .kept, required: true)
    private static let standard = Field<String>.code("standard", 2, "标准", "standard", of: "standard", .kept)
    private static let status = Field<String>.code("status", 3, "状态", "status", of: "status", .kept)

    private static let members = ChildList(
        "pet_member", 1_000, Label("成员", "members"),
        [
            Field<String>.text("name", 1, "姓名", "name", maximum: 30, .maskedCity).definition,
            Field<String>.text("id_number", 2, "证件号", "ID number", maximum: 18, .hiddenCity).definition,
            Field<Int64>.date("birth_date", 3, "出生日期", "date of birth", .banded).definition,
            Field<[String]>.codes("illness", 4, "疾病", "illness", of: "illness", .kept).definition,
            Field<Bool>.flag("is_working", 5, "在业", "is working", .kept).definition,
        ])

    /// A field of every type and every mark, and a list.
    private static let kind = RecordKind(
        number: 7, code: "pet", label: Label("样例", "samples"), schema: 1,
        fields: [
            key.definition, standard.definition, status.definition,
            Field<String>.text("phone", 4, "手机", "phone", maximum: 11, .masked, form: .mobile).definition,
            Field<String>.text("id_number", 5, "证件号", "ID number", maximum: 18, .hidden).definition,
            Field<Int64>.date("birth_date", 6, "出生日期", "date of birth", .banded).definition,
            Field<Int64>.money("income", 7, "收入", "income", .banded, banding: .step(50_000)).definition,
            Field<String>.text("opinion", 8, "意见", "opinion", maximum: 300, .reviewers).definition,
            Field<String>.text("address", 9, "住址", "address", maximum: 200, .city).definition,
            Field<String>.text("account", 10, "账号", "account", maximum: 30, .home).definition,
            Field<String>.text("note", 11, "便笺", "note", maximum: 30, .local).definition,
            Field<Bool>.flag("has_car", 12, "有车", "has a car", .kept).definition,
            Field<[String]>.codes("causes", 13, "原因", "causes", of: "cause", .kept).definition,
            Field<[String]>.codes("illness", 14, "疾病", "illness", of: "illness", .banded, banding: .present).definition,
            Field<Int64>.integer("rooms", 15, "房间数", "rooms", .kept).definition,
            Field<Int64>.child("eldest", 16, "长子女", "eldest child", of: "pet_member", .kept).definition,
            Field<String>.code("grade", 17, "等级", "grade", of: "grade", .banded, banding: .group(["1"])).definition,
        ],
        lists: [members], key: key.definition, status: status.definition,
        authority: .standard(field: standard.definition, levels: [:]),
        workflow: Workflow(
            draft: "10", ready: "40", pending: "50", returned: "55", approved: "60", active: [], editable: [], steps: []),
        statistics: [], rules: { _, _ in [] })
}
