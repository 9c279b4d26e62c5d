/// Office Open XML (ECMA-376) with the parts that a list needs: one sheet or several, a heading that stays in sight and is
/// repeated on paper, texts, numbers and days. Texts stand in the cells themselves.
public enum WorkbookWriter {
    /// The media type of what is made.
    public static let type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    public static func bytes(_ sheets: [WorkbookSheet]) throws -> [UInt8] {
        var zip = ZipWriter()
        let names = titles(sheets.map(\.name))
        try zip.add("[Content_Types].xml", contentTypes(sheets.count))
        try zip.add("_rels/.rels", relationships([("officeDocument", "xl/workbook.xml")]))
        try zip.add("xl/workbook.xml", workbook(names))
        let parts = sheets.indices.map { ("worksheet", "worksheets/sheet\($0 + 1).xml") }
        try zip.add("xl/_rels/workbook.xml.rels", relationships(parts + [("styles", "styles.xml")]))
        try zip.add("xl/styles.xml", styles)
        for (index, sheet) in sheets.enumerated() { try zip.add("xl/worksheets/sheet\(index + 1).xml", part(sheet)) }
        return try zip.finished()
    }

    private static let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006"
    private static let media = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    private static func contentTypes(_ sheets: Int) -> String {
        let parts = (1...max(sheets, 1)).map {
            "<Override PartName=\"/xl/worksheets/sheet\($0).xml\" ContentType=\"\(media).worksheet+xml\"/>"
        }
        return """
            \(head)<Types xmlns="\(package)/content-types">\
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
            <Default Extension="xml" ContentType="application/xml"/>\
            <Override PartName="/xl/workbook.xml" ContentType="\(media).sheet.main+xml"/>\
            <Override PartName="/xl/styles.xml" ContentType="\(media).styles+xml"/>\(parts.joined())</Types>
            """
    }

    private static func relationships(_ targets: [(kind: String, path: String)]) -> String {
        let lines = targets.enumerated().map { index, target in
            "<Relationship Id=\"rId\(index + 1)\" Type=\"\(document)/\(target.kind)\" Target=\"\(target.path)\"/>"
        }
        return "\(head)<Relationships xmlns=\"\(package)/relationships\">\(lines.joined())</Relationships>"
    }

    private static func workbook(_ names: [String]) -> String {
        let sheets = names.enumerated().map { index, name in
            "<sheet name=\"\(escaped(name))\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\"/>"
        }
        let titles = names.enumerated().map { index, name in
            "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"\(index)\">'\(escaped(name))'!$1:$1</definedName>"
        }
        return """
            \(head)<workbook xmlns="\(main)" xmlns:r="\(document)"><sheets>\(sheets.joined())</sheets>\
            <definedNames>\(titles.joined())</definedNames></workbook>
            """
    }

    /// Styles by number: 0 plain, 1 heading, 2 text, 3 amount, 4 day.
    private static let styles = """
        \(head)<styleSheet xmlns="\(main)">\
        <numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>\
        <fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font></fonts>\
        <fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
        <fill><patternFill patternType="solid"><fgColor rgb="FFEEF0F3"/><bgColor indexed="64"/></patternFill></fill></fills>\
        <borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>\
        <border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border>\
        </borders>\
        <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
        <cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
        <xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" \
        applyBorder="1"/>\
        <xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>\
        <xf numFmtId="4" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>\
        <xf numFmtId="164" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/></cellXfs>\
        <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>
        """

    // MARK: A sheet

    private static func part(_ sheet: WorkbookSheet) -> String {
        var text = "\(head)<worksheet xmlns=\"\(main)\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>"
        text += "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" "
        text += "activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
        if !sheet.columns.isEmpty {
            let columns = sheet.columns.enumerated().map { index, column in
                let style = column.keepsText ? " style=\"2\"" : ""
                return "<col min=\"\(index + 1)\" max=\"\(index + 1)\" width=\"\(column.width)\"\(style) customWidth=\"1\"/>"
            }
            text += "<cols>\(columns.joined())</cols>"
        }
        text += "<sheetData>" + row(1, sheet.columns.map { (.text($0.title), 1) })
        for (index, cells) in sheet.rows.enumerated() { text += row(index + 2, cells.map { ($0, style($0)) }) }
        text +=
            "</sheetData><pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>"
        text += "<pageSetup paperSize=\"9\" orientation=\"landscape\" fitToWidth=\"1\" fitToHeight=\"0\"/>"
        let foot = sheet.foot.replacing("&", with: "&&")
        text += "<headerFooter><oddFooter>\(escaped("&L\(foot)&R&P / &N"))</oddFooter></headerFooter></worksheet>"
        return text
    }

    private static func style(_ cell: WorkbookCell) -> Int {
        switch cell {
        case .empty, .text: 2
        case .number(let digits): isNumber(digits) ? (digits.contains(".") ? 3 : 2) : 2
        case .day(let day): serial(day) == nil ? 2 : 4
        }
    }

    private static func row(_ number: Int, _ cells: [(cell: WorkbookCell, style: Int)]) -> String {
        let parts = cells.enumerated().map { index, item in
            let place = "<c r=\"\(name(column: index))\(number)\" s=\"\(item.style)\""
            switch item.cell {
            case .empty: return place + "/>"
            case .text(let text): return place + inline(text)
            case .number(let digits): return isNumber(digits) ? place + "><v>\(digits)</v></c>" : place + inline(digits)
            case .day(let day):
                guard let serial = serial(day) else { return place + inline(dayText(day)) }
                return place + "><v>\(serial)</v></c>"
            }
        }
        return "<row r=\"\(number)\">\(parts.joined())</row>"
    }

    private static func inline(_ text: String) -> String {
        " t=\"inlineStr\"><is><t xml:space=\"preserve\">\(escaped(WorkbookText.marked(text)))</t></is></c>"
    }

    /// At most fifteen digits: a spreadsheet keeps no more.
    private static func isNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            && digits.utf8.count <= 16
    }

    /// The number of a day in a spreadsheet; nil before March 1900, where those numbers are off by one.
    private static func serial(_ day: Int64) -> Int64? {
        let (serial, overflow) = day.addingReportingOverflow(WorkbookText.epoch)
        return overflow || serial < 61 || serial > WorkbookText.lastSerial ? nil : serial
    }

    private static func dayText(_ day: Int64) -> String { WorkbookText.day(day) }

    /// A, B ... Z, AA.
    static func name(column index: Int) -> String {
        var (rest, letters) = (index + 1, "")
        while rest > 0 {
            letters = String(UnicodeScalar(UInt8(65 + (rest - 1) % 26))) + letters
            rest = (rest - 1) / 26
        }
        return letters
    }

    /// Names of sheets: at most 31 characters without the signs that are forbidden there, each once.
    private static func titles(_ names: [String]) -> [String] {
        var taken = Set<String>()
        return names.enumerated().map { index, name in
            let plain = String(name.filter { !"[]:*?/\\'".contains($0) }.prefix(28))
            let title = plain.isEmpty || !taken.insert(plain.lowercased()).inserted ? "\(plain)\(index + 1)" : plain
            taken.insert(title.lowercased())
            return title
        }
    }

    /// As XML 1.0 takes it: what it knows no way to say is left out.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: result.append(contentsOf: "&amp;".unicodeScalars)
            case 0x3C: result.append(contentsOf: "&lt;".unicodeScalars)
            case 0x3E: result.append(contentsOf: "&gt;".unicodeScalars)
            case 0x22: result.append(contentsOf: "&quot;".unicodeScalars)
            case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...0x10FFFF: result.append(scalar)
            default: continue
            }
        }
        return String(result)
    }
}
