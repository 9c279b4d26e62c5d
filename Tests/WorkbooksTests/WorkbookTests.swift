import NodeCore
import Testing

@testable import Workbooks

@Suite struct WorkbookTests {
    private func round(_ cells: [[WorkbookCell]], _ titles: [String] = ["甲", "乙"]) throws -> [[String]] {
        let sheet = WorkbookSheet("名册", columns: titles.map { .init($0) }, rows: cells)
        return try WorkbookReader.tables(WorkbookWriter.bytes([sheet]))[0].rows
    }

    @Test func `what is written is read back, cell by cell`() throws {
        let rows = try round([
            [.text("370285197602299979"), .number("1234.50")], [.empty, .day(20_635)], [.text("<&\">'\n换行"), .number("-3")],
        ])
        #expect(rows == [["甲", "乙"], ["370285197602299979", "1234.5"], ["", "2026-07-01"], ["<&\">'\n换行", "-3"]])
    }

    @Test(arguments: [
        "=1+1", "+1", "@SUM(A1)", "-1+2", "\t=1", "=HYPERLINK(\"http://x\")", "_x0041_", "_x_x0041_", "_x005F_x0041_",
    ])
    func `a text that a spreadsheet could run stays a text`(_ text: String) throws {
        #expect(try round([[.text(text)]])[1] == [text])
        let sheet = WorkbookSheet("甲", columns: [.init("乙")], rows: [[.text(text)], [.number(text)]])
        var zip = try ZipReader(WorkbookWriter.bytes([sheet]), limits: WorkbookLimits())
        let part = try #require(try zip.part("xl/worksheets/sheet1.xml"))
        #expect(!String(decoding: part, as: UTF8.self).contains("<f"))
    }

    @Test func `days before the spreadsheets' calendar and numbers with too many digits are texts`() throws {
        let rows = try round([[.day(-26_000), .number("12345678901234567890")], [.number("1e5"), .number("")]])
        #expect(rows[1] == ["1898-10-25", "12345678901234567890"])
        #expect(rows[2] == ["1e5"])
    }

    @Test func `the same content is the same bytes, and sheets of one name get names of their own`() throws {
        let sheets = [WorkbookSheet("a/b", columns: [], rows: []), WorkbookSheet("ab", columns: [], rows: [])]
        #expect(try WorkbookWriter.bytes(sheets) == WorkbookWriter.bytes(sheets))
        #expect(try WorkbookReader.tables(WorkbookWriter.bytes(sheets)).map(\.name) == ["ab", "ab2"])
    }

    @Test(arguments: [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
    func `columns are called by letters`(_ index: Int, _ name: String) {
        #expect(WorkbookWriter.name(column: index) == name)
    }

    // MARK: What others write

    /// A workbook as a spreadsheet program might have made it, with these parts in place of the usual ones.
    private func book(_ sheet: String, shared: String? = nil, styles: String? = nil, workbook: String? = nil) throws
        -> [UInt8]
    {
        var zip = ZipWriter()
        let main = "<sheets><sheet name=\"名册\" sheetId=\"1\" r:id=\"rId7\"/></sheets>"
        try zip.add("xl/workbook.xml", workbook ?? "<workbook xmlns:r=\"x\">\(main)</workbook>")
        try zip.add(
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"rId7\" Target=\"/xl/worksheets/one.xml\"/></Relationships>")
        if let shared { try zip.add("xl/sharedStrings.xml", shared) }
        if let styles { try zip.add("xl/styles.xml", styles) }
        try zip.add("xl/worksheets/one.xml", sheet)
        return try zip.finished()
    }

    private func rows(_ cells: String, shared: String? = nil, styles: String? = nil) throws -> [[String]] {
        let sheet = "<worksheet><sheetData>\(cells)</sheetData></worksheet>"
        return try WorkbookReader.tables(book(sheet, shared: shared, styles: styles))[0].rows
    }

    @Test func `shared texts, rich texts, flags, kept values of formulas and days are read`() throws {
        let shared = """
            <?xml version="1.0" encoding="UTF-8"?><sst><si><t>张</t><rPh><t>zhang</t></rPh></si>\
            <si><r><t>富</t></r><r><t xml:space="preserve"> 文</t></r></si></sst>
            """
        let styles = """
            <styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m"/></numFmts>\
            <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>\
            <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>
            """
        let found = try rows(
            """
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>\
            <row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3"><f>1+1</f><v>2</v></c><c r="C3" s="1"><v>46204.5</v></c></row>\
            <row><c s="2"><v>46204</v></c><c t="str"><f>A1</f><v>文</v></c><c><v>0.30000000000000004</v></c></row>
            """, shared: shared, styles: styles)
        #expect(found == [["张", "", "富 文"], [], ["1", "2", "2026-07-01"], ["2026-07-01", "文", "0.3"]])
    }

    @Test(arguments: [
        "<row r=\"1\"><c r=\"A1\"><v>370285197602299979</v></c></row>",
        "<row r=\"1\"><c r=\"A1\" t=\"e\"><v>#REF!</v></c></row>", "<row r=\"1\"><c r=\"A1\"><v>zwölf</v></c></row>",
        "<row r=\"1\"><c r=\"A1\" t=\"q\"><v>1</v></c></row>", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>4</v></c></row>",
        "<row r=\"2\"/><row r=\"0\"/>", "<row r=\"1\"><c r=\"11\"/></row>",
        "<row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"A1\">", "<row r=\"1\"><c r=\"A1\"><v>&unknown;</v></c></row>",
    ])
    func `cells that hold no value, and sheets that no program wrote, are refused`(_ cells: String) throws {
        #expect(throws: NodeError(.invalid, "", "")) { try rows(cells) }
    }

    @Test(arguments: [
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><worksheet>&b;</worksheet>",
        "<?xml version=\"1.0\"?><!doctype x SYSTEM \"file:///etc/hostname\"><worksheet/>",
    ])
    func `a part with a document type is refused before it is parsed`(_ part: String) throws {
        #expect(throws: NodeError(.invalid, "", "")) { try WorkbookReader.tables(book(part)) }
        #expect(throws: NodeError(.invalid, "", "")) {
            try WorkbookReader.tables(book("<worksheet/>", shared: part))
        }
    }

    @Test func `an encoding that is named counts for nothing: only UTF-8 is read`() throws {
        let sheet =
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><worksheet><sheetData><row><c t=\"inlineStr\">"
            + "<is><t>字</t></is></c></row></sheetData></worksheet>"
        #expect(try WorkbookReader.tables(book(sheet))[0].rows == [["字"]])
    }
}
