import Testing

@testable import Site

@Suite struct FormTests {
    @Test func `what a form sends is read back, in order and with names that stand twice`() throws {
        let form = try #require(Form(encoded: "name=%E7%8E%8B+%E6%A2%85&kind=01&kind=02&empty="))
        #expect(form["name"] == "王 梅")
        #expect(form.all("kind") == ["01", "02"])
        #expect(form["empty"] == "" && form.filled("empty") == nil)
        #expect(try #require(Form(encoded: form.encoded)) == form)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "a=%ff%fe", "a=%00", "a=%1b"])
    func `broken escapes, broken UTF-8 and control signs are refused`(_ text: String) {
        #expect(Form(encoded: text) == nil)
    }

    @Test func `more items than a form may have are refused`() {
        #expect(Form(encoded: String(repeating: "a=1&", count: SiteLimits.formItems + 1)) == nil)
    }

    @Test(arguments: ["//elsewhere.example", "https://elsewhere.example", "/a\\b", "javascript:1", "/a b", "/\u{7f}"])
    func `a way back leads nowhere but into this site`(_ path: String) {
        #expect(Switches.back(path) == "/")
    }

    @Test(arguments: [
        (1_795_768_380_000 as Int64, "2026-11-27 16:33"), (1_795_795_200_000, "2026-11-28 00:00"),
        (1_795_795_199_999, "2026-11-27 23:59"), (1_795_708_800_000, "2026-11-27 00:00"),
    ])
    func `a moment is shown by the clock and the day of China`(milliseconds: Int64, text: String) {
        #expect(Shown.time(milliseconds) == text)
    }

    @Test func `cells that a spreadsheet would run are texts`() {
        #expect(Spreadsheet.cell("=HYPERLINK(\"x\")") == "\"'=HYPERLINK(\"\"x\"\")\"")
        #expect(Spreadsheet.cell("@SUM(1)") == "'@SUM(1)")
        #expect(Spreadsheet.cell("-12.50") == "-12.50")
        #expect(Spreadsheet.cell("3702852026000001") == "\"\t3702852026000001\"")
    }
}
