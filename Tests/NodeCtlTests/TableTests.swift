import NodeCore
import Testing

@testable import NodeCtl

@Suite struct TableTests {
    private let columns = [
        Table.Column("name", "姓名", "name"), Table.Column("count", "数量", "count", .number),
        Table.Column("good", "正常", "good", .flag),
    ]

    @Test func `a Chinese character takes two columns`() {
        #expect(TextWidth.of("王a") == 3)
        #expect(TextWidth.of("（全角）") == 8)
        #expect(TextWidth.of("e\u{301}") == 1)
        #expect(TextWidth.of("") == 0)
    }

    @Test func `columns stand below each other`() {
        let table = Table(columns, rows: [["王小明", "7", "true"], ["Li", "1200", "false"]])
        #expect(
            table.text(.chinese) == """
                姓名    数量  正常
                ------  ----  ----
                王小明     7  是
                Li      1200  否

                """)
        #expect(table.text(.english).hasPrefix("name    count  good\n"))
    }

    @Test func `control characters do not reach the terminal`() {
        let table = Table([Table.Column("a", "a", "a")], rows: [["x\u{1B}[2Jy\nz"]])
        #expect(!table.text(.english).contains("\u{1B}"))
        #expect(table.text(.english).split(separator: "\n").count == 3)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"a\"", "\"say \"\"a\"\"\""), ("a\nb", "\"a\nb\""),
        ("a\r\nb", "\"a\r\nb\""), (" a", "\" a\""), ("", ""), ("王", "王"),
    ]) func `a cell of a CSV file is quoted where it must be`(_ cell: String, _ quoted: String) {
        #expect(Table.quoted(cell) == quoted)
    }

    @Test func `CSV has keys as headings and no words in its flags`() {
        let table = Table(columns, rows: [["王", "1", "true"]])
        #expect(table.csv == "name,count,good\n王,1,true\n")
    }

    @Test func `rows are read from JSON by key`() throws {
        let value = try JSONValue(Array(#"[{"name":"王","count":3,"good":true},{"count":null}]"#.utf8))
        #expect(Table(columns, objects: value.items).rows == [["王", "3", "true"], ["", "", ""]])
        #expect(try JSONValue(value.json()) == value)
    }
}
