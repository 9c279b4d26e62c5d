internal import NodeCore

/// Reads the sheets of a workbook that somebody sends in (ECMA-376, Office Open XML). Formulas are not worked out: what a
/// spreadsheet program kept as their value is taken, and an error is refused with its cell.
public enum WorkbookReader {
    /// Whether a file begins like an archive: then it is no CSV.
    public static func isWorkbook(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    public static func tables(_ bytes: [UInt8], limits: WorkbookLimits = WorkbookLimits()) throws -> [WorkbookTable] {
        var zip = try ZipReader(bytes, limits: limits)
        guard let main = try zip.part("xl/workbook.xml") else { throw ZipReader.noArchive }
        let outline = Outline()
        try XMLPart.read(main, limits: limits, into: outline)
        let links = Links()
        if let part = try zip.part("xl/_rels/workbook.xml.rels") { try XMLPart.read(part, limits: limits, into: links) }
        guard outline.sheets.count <= limits.sheets else { throw tooLarge }
        let styles = Styles()
        if let part = try zip.part("xl/styles.xml") { try XMLPart.read(part, limits: limits, into: styles) }
        let shared = SharedStrings(limits)
        if let part = try zip.part("xl/sharedStrings.xml") { try XMLPart.read(part, limits: limits, into: shared) }
        var cells = limits.cells
        return try outline.sheets.map { sheet in
            guard let target = links.targets[sheet.id], let path = path(target), let part = try zip.part(path) else {
                throw ZipReader.damaged
            }
            let grid = Grid(
                sheet.name, limits, cells: cells, strings: shared.strings, days: styles.days,
                epoch: outline.is1904 ? WorkbookText.epoch1904 : WorkbookText.epoch)
            try XMLPart.read(part, limits: limits, into: grid)
            cells -= grid.cellCount
            return WorkbookTable(name: sheet.name, rows: grid.rows)
        }
    }

    /// Targets are given from `xl/` on, or from the top; never outside of the archive.
    private static func path(_ target: String) -> String? {
        guard !target.contains(".."), !target.contains(":"), !target.contains("\\") else { return nil }
        return target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
    }

    static let tooLarge = NodeError(
        .tooLarge, "表格过大：解开后超过允许的大小、行数或列数，请分成几个文件",
        "the workbook is too large: its unpacked size, rows or columns are over the limit; split it")

    // MARK: Its parts

    /// The sheets in their order.
    private final class Outline: XMLPart.Reading {
        var sheets: [(name: String, id: String)] = []
        var is1904 = false

        func began(_ element: String, _ attributes: [String: String]) {
            if element == "workbookPr" { is1904 = ["1", "true"].contains(attributes["date1904"] ?? "") }
            guard element == "sheet", let name = attributes["name"] else { return }
            let id = attributes.first { $0.key == "id" || $0.key.hasSuffix(":id") }?.value ?? ""
            sheets.append((name: name, id: id))
        }
        func said(_ text: String) {}
        func ended(_ element: String) {}
    }

    private final class Links: XMLPart.Reading {
        var targets: [String: String] = [:]

        func began(_ element: String, _ attributes: [String: String]) {
            guard element == "Relationship", attributes["TargetMode"] != "External", let id = attributes["Id"] else {
                return
            }
            targets[id] = attributes["Target"]
        }
        func said(_ text: String) {}
        func ended(_ element: String) {}
    }

    /// Which styles show a number as a day.
    private final class Styles: XMLPart.Reading {
        private(set) var days: [Bool] = []
        private var formats: [Int: String] = [:]
        private var isCells = false

        func began(_ element: String, _ attributes: [String: String]) {
            switch element {
            case "numFmt":
                if let id = attributes["numFmtId"].flatMap({ Int($0) }) { formats[id] = attributes["formatCode"] }
            case "cellXfs": isCells = true
            case "xf" where isCells:
                let id = attributes["numFmtId"].flatMap { Int($0) } ?? 0
                days.append(WorkbookText.isDay(format: id, formats[id]))
            default: break
            }
        }
        func said(_ text: String) {}
        func ended(_ element: String) { if element == "cellXfs" { isCells = false } }
    }

    /// Texts that cells name by number; what says how a word is pronounced is left out.
    private final class SharedStrings: XMLPart.Reading {
        private(set) var strings: [String] = []
        private let limits: WorkbookLimits
        private var text = ""
        private var isText = false
        private var isSound = false

        init(_ limits: WorkbookLimits) { self.limits = limits }

        func began(_ element: String, _ attributes: [String: String]) throws {
            switch element {
            case "si":
                guard strings.count < limits.cells else { throw WorkbookReader.tooLarge }
                text = ""
            case "rPh": isSound = true
            case "t": isText = !isSound
            default: break
            }
        }

        func said(_ string: String) { if isText { text += string } }

        func ended(_ element: String) throws {
            switch element {
            case "si":
                let plain = WorkbookText.unmarked(text)
                guard plain.count <= limits.cellCharacters else { throw WorkbookReader.tooLarge }
                strings.append(plain)
            case "rPh": isSound = false
            case "t": isText = false
            default: break
            }
        }
    }
}
