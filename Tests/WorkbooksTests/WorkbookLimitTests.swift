import NodeCore
import Testing

@testable import Workbooks

/// Workbooks that somebody made to do harm: each ends in a refusal with a code, none in a dead process or a full memory.
@Suite struct WorkbookLimitTests {
    private func limits(_ change: (inout WorkbookLimits) -> Void) -> WorkbookLimits {
        var limits = WorkbookLimits()
        change(&limits)
        return limits
    }

    private func book(rows: Int = 3, columns: Int = 3) throws -> [UInt8] {
        try WorkbookWriter.bytes([
            WorkbookSheet(
                "a", columns: (0..<columns).map { .init("c\($0)") },
                rows: (0..<rows).map { row in (0..<columns).map { .text("\(row) \($0)") } })
        ])
    }

    @Test func `more rows, columns, cells, characters or sheets than the limits say are refused`() throws {
        let bytes = try book()
        for limits in [
            limits { $0.rows = 3 }, limits { $0.columns = 2 }, limits { $0.cells = 11 }, limits { $0.cellCharacters = 2 },
            limits { $0.sheets = 0 }, limits { $0.parts = 5 }, limits { $0.depth = 3 }, limits { $0.unpackedBytes = 3_000 },
        ] {
            #expect(throws: NodeError(.tooLarge, "", "")) { try WorkbookReader.tables(bytes, limits: limits) }
        }
        #expect(try WorkbookReader.tables(bytes, limits: limits { $0.rows = 4 })[0].rows.count == 4)
    }

    @Test func `a part that unpacks to more than it promises is never unpacked`() throws {
        // A thousandfold: a megabyte of blanks in a kilobyte. Its directory then says that it is small.
        var zip = ZipWriter()
        try zip.add("xl/workbook.xml", String(repeating: " ", count: 1_000_000))
        var bytes = try zip.finished()
        #expect(bytes.count < 3_000)
        #expect(throws: NodeError(.tooLarge, "", "")) {
            try WorkbookReader.tables(bytes, limits: limits { $0.unpackedBytes = 999_999 })
        }
        let end = bytes.count - 22
        let directory = Int(bytes[end + 16]) | Int(bytes[end + 17]) << 8
        for place in 24..<28 { bytes[directory + place] = place == 24 ? 100 : 0 }
        #expect(throws: NodeError(.invalid, "", "")) { try WorkbookReader.tables(bytes) }
    }

    @Test func `a row number or a count beyond all measure makes no memory`() throws {
        for cells in [
            "<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>", "<row r=\"9223372036854775807\"/>",
            "<row r=\"1\"><c r=\"XFD1\"/></row>",
        ] {
            var zip = ZipWriter()
            try zip.add("xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" id=\"r\"/></sheets></workbook>")
            try zip.add("xl/_rels/workbook.xml.rels", "<R><Relationship Id=\"r\" Target=\"s.xml\"/></R>")
            try zip.add("xl/s.xml", "<worksheet><sheetData>\(cells)</sheetData></worksheet>")
            let bytes = try zip.finished()
            #expect(throws: NodeError(.tooLarge, "", "")) { try WorkbookReader.tables(bytes) }
        }
    }

    @Test(arguments: ["../../etc/hostname", "file:///etc/hostname", "..\\x", "http://elsewhere.example/x", "missing.xml"])
    func `a sheet is looked for nowhere but in the archive`(_ target: String) throws {
        var zip = ZipWriter()
        try zip.add("xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" id=\"r\"/></sheets></workbook>")
        try zip.add("xl/_rels/workbook.xml.rels", "<R><Relationship Id=\"r\" Target=\"\(target)\"/></R>")
        let bytes = try zip.finished()
        #expect(throws: NodeError(.invalid, "", "")) { try WorkbookReader.tables(bytes) }
    }

    @Test func `whatever is cut off or changed is refused, or read for what it says`() throws {
        let bytes = try book()
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: NodeError(.invalid, "", "")) { try WorkbookReader.tables(Array(bytes[..<count])) }
        }
        for place in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[place] ^= 0x5A
            // No byte traps: what is left is a table or a refusal.
            do { _ = try WorkbookReader.tables(changed) } catch let error as NodeError {
                #expect([.invalid, .tooLarge].contains(error.code))
            }
        }
    }

    @Test func `a password and a file of another kind are named as what they are`() throws {
        var bytes = try book()
        let end = bytes.count - 22
        let directory = Int(bytes[end + 16]) | Int(bytes[end + 17]) << 8
        bytes[directory + 8] |= 1
        #expect(throws: NodeError(.invalid, "", "")) { try WorkbookReader.tables(bytes) }
        #expect(throws: NodeError(.invalid, "", "")) { try WorkbookReader.tables(Array("a,b\r\n1,2\r\n".utf8)) }
        #expect(!WorkbookReader.isWorkbook(Array("a,b".utf8)))
        #expect(try WorkbookReader.isWorkbook(book()))
    }
}
