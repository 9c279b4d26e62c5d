import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct SectionsTests {
    private let kind = Fixtures.kind()
    private let today = Fixtures.day("2026-07-01")
    private let salt = [UInt8](repeating: 3, count: 16)

    private func sections(_ reaches: [Reach]) -> [Section] {
        Sections.make(Fixtures.record(), kind: kind, status: "60", reaches: reaches, today: today)
            .map { Section(reach: $0.0, bytes: $0.1[...], salt: salt) }
    }

    private func merged(_ sections: [Section]) throws -> Record { try TypedRows(sections, kind: kind).record(kind) }

    private func merged(_ bytes: CanonicalValue) throws -> Record {
        try merged([Section(reach: .nation, bytes: bytes.encoded[...], salt: salt)])
    }

    @Test func `all sections together say what the home shows, but for what stays at home`() throws {
        var expected = Sections.withDerived(Fixtures.record(), kind: kind, today: today)
        expected[Fixtures.account] = nil
        expected[Fixtures.note] = nil
        expected[Fixtures.status] = "60"
        #expect(try merged(sections([.nation, .reviewers, .city])) == expected)
    }

    @Test func `the nation's section holds derived forms and no original of another mark`() throws {
        let record = try merged(sections([.nation]))
        #expect(
            record[Fixtures.key] == "370285001" && record[Fixtures.hasCar] == false
                && record[Fixtures.causes] == ["01", "03"])
        for field in [Fixtures.name, Fixtures.phone, Fixtures.number, Fixtures.opinion, Fixtures.address, Fixtures.account] {
            #expect(record[field] == nil)
        }
        #expect(record[Fixtures.birth] == nil && record[Fixtures.income] == nil)
        #expect(record.row[Fixtures.name.definition.derivedTag] == .text("何*"))
        #expect(record.row[Fixtures.income.definition.derivedTag] == .integer(-50_000))
        #expect(record.row[Fixtures.illness.definition.derivedTag] == .integer(0))
        #expect(record[Fixtures.members].map(\.number) == [1, 4])
        #expect(record[Fixtures.members].allSatisfy { $0.row[Fixtures.memberName] == nil })
    }

    @Test func `a withheld section and the sealed numbers add nothing`() throws {
        var parts = sections([.nation, .reviewers])
        parts[1] = parts[1].withheld
        parts.append(Section(reach: .match, bytes: [0xFF], salt: salt))
        #expect(try merged(parts) == merged([parts[0]]))
    }

    @Test func `tags that this node does not know are ignored`() throws {
        let record = try merged(
            .map([
                .init(1, .text("370285001")), .init(90, .integer(5)), .init(500, .array([.null])),
                .init(1_000, .array([.map([.init(0, .integer(1)), .init(1, .text("何小宁")), .init(77, .bytes([1]))])])),
            ]))
        #expect(record.row.sorted.map(\.tag) == [1])
        #expect(record[Fixtures.members].map { $0.row.sorted.map(\.tag) } == [[1]])
    }

    @Test func `values of another type are refused, derived forms included`() {
        let name = Fixtures.name.definition.derivedTag
        let bad: [CanonicalValue] = [
            .map([.init(1, .integer(5))]), .map([.init(16, .text("3"))]), .map([.init(13, .integer(1))]),
            .map([.init(14, .text("01"))]),
            .map([.init(14, .array([.integer(1)]))]), .map([.init(4, .null)]), .map([.init(name, .integer(1))]),
            .map([.init(1, .bytes([1]))]),
            .map([.init(1_000, .map([]))]), .map([.init(1_000, .array([.integer(1)]))]),
            .map([.init(1_000, .array([.map([])]))]),
            .array([]), .text("x"),
        ]
        for value in bad {
            #expect(throws: ProtocolError(.schema, ""), "\(value)") { try merged(value) }
        }
    }

    @Test func `a list has at most its limit of lines, each number once and ascending`() throws {
        let lines = { (numbers: [Int64]) in
            CanonicalValue.map([.init(1_000, .array(numbers.map { .map([.init(0, .integer($0))]) }))])
        }
        #expect(
            try merged(lines(Array(1...Int64(NodeLimits.childrenPerList))))[Fixtures.members].count
                == NodeLimits.childrenPerList)
        for numbers in [Array(1...Int64(NodeLimits.childrenPerList + 1)), [1, 1], [2, 1]] {
            #expect(throws: ProtocolError(.schema, "")) { try merged(lines(numbers)) }
        }
    }

    @Test func `the home's own body holds every field of every mark`() throws {
        #expect(try Sections.readWhole(Sections.makeWhole(Fixtures.record()), kind: kind) == Fixtures.record())
    }

    @Test(arguments: [
        ("370285", Level.county, [Reach.nation]), ("370285", .city, [.nation, .reviewers, .city]),
        ("370285", .province, [.nation, .reviewers, .city]), ("370200", .city, [.nation]),
        ("370200", .province, [.nation, .reviewers]),
        ("110101", .province, [.nation, .reviewers]), ("110101", .county, [.nation]), ("370000", .province, [.nation]),
    ])
    func `a report has a section for reviewers and city only where there are such`(
        home: String, ceiling: Level, reaches: [Reach]
    ) throws {
        let seat = try #require(Fixtures.tree.seat(home))
        #expect(Disclosure.reaches(home: seat, ceiling: ceiling, tree: Fixtures.tree) == reaches)
    }

    @Test func `each level is shown what the review ceiling gives it`() {
        #expect(Disclosure.shown(at: .national, ceiling: .province) == [.nation, .match])
        #expect(Disclosure.shown(at: .province, ceiling: .province) == [.nation, .match, .reviewers])
        #expect(Disclosure.shown(at: .province, ceiling: .city) == [.nation, .match])
        #expect(Disclosure.shown(at: .city, ceiling: .province) == [.nation, .match, .reviewers, .city])
        #expect(Disclosure.shown(at: .city, ceiling: .city) == [.nation, .match, .reviewers, .city])
        #expect(Disclosure.shown(at: .city, ceiling: .county) == [.nation, .match])
    }
}

extension TypedRows {
    /// The rows as a record again: what the tables show when they are read.
    func record(_ kind: RecordKind) -> Record {
        var record = Record(row: row(head[...], kind.shape.head))
        for (index, list) in kind.lists.enumerated() {
            let (table, lines) = (kind.shape.lists[index], lists[index])
            let width = table.columns.count
            record[list] = lines.numbers.enumerated().map { line, number in
                Child(number: number, row: row(lines.cells[line * width..<(line + 1) * width], table))
            }
        }
        return record
    }

    private func row(_ cells: ArraySlice<Cell>, _ table: TypedShape.Table) -> Row {
        var row = Row()
        for (cell, column) in zip(cells, table.columns) { row[column.tag] = value(cell, column) }
        return row
    }

    private func value(_ cell: Cell, _ column: Column) -> Value? {
        switch (cell, column.form) {
        case (.empty, _): nil
        case (.integer(let number), .flag): .flag(number != 0)
        case (.integer(let number), _): .integer(number)
        case (.text, .list): .list(text(cell)?.split(separator: ";").map(String.init) ?? [])
        case (.text, _): .text(text(cell) ?? "")
        }
    }
}
