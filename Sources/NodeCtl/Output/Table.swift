import Foundation
import NodeCore

/// Rows with named columns, for a person or a spreadsheet.
struct Table: Sendable {
    struct Column: Sendable {
        enum Kind: Sendable { case text, number, time, flag, fingerprint }

        /// The heading in CSV, and the key in JSON.
        let key: String
        let label: Label
        let kind: Kind

        init(_ key: String, _ zh: String, _ en: String, _ kind: Kind = .text) {
            self.key = key
            label = Label(zh, en)
            self.kind = kind
        }
    }

    let columns: [Column]
    let rows: [[String]]

    init(_ columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }

    /// One row for each JSON object, by the columns' keys.
    init(_ columns: [Column], objects: [JSONValue]) {
        self.init(columns, rows: objects.map { object in columns.map { Table.cell(object[$0.key], $0.kind) } })
    }

    private static func cell(_ value: JSONValue, _ kind: Column.Kind) -> String {
        switch kind {
        case .time: value.integer.map(time) ?? value.plain
        case .fingerprint: grouped(value.plain)
        case .text, .number, .flag: value.plain
        }
    }

    /// A fingerprint in groups of four, to be read out over the telephone.
    static func grouped(_ fingerprint: String) -> String {
        stride(from: 0, to: fingerprint.count, by: 4).map {
            String(fingerprint.dropFirst($0).prefix(4))
        }.joined(separator: " ")
    }

    /// Local time with its zone.
    static func time(_ milliseconds: Int64) -> String {
        let style = Date.ISO8601FormatStyle(timeZone: .current)
        return Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(style)
    }

    // MARK: For a person

    /// Columns side by side, wide enough for their widest cell.
    func text(_ language: Language) -> String {
        let headings = columns.map { language.pick($0.label) }
        let cells = rows.map { row in
            zip(columns, row).map { column, cell in column.kind == .flag ? Table.yes(cell, language) : Table.printable(cell)
            }
        }
        let widths = headings.indices.map { index in
            cells.reduce(TextWidth.of(headings[index])) { max($0, TextWidth.of($1[index])) }
        }
        let lines = [line(headings, widths), line(widths.map { String(repeating: "-", count: $0) }, widths)]
        return (lines + cells.map { line($0, widths) }).map { $0 + "\n" }.joined()
    }

    private static func yes(_ cell: String, _ language: Language) -> String {
        switch cell {
        case "true": language.pick(Label("是", "yes"))
        case "false": language.pick(Label("否", "no"))
        default: cell
        }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: max(widths[index] - TextWidth.of(cell), 0))
            line += columns[index].kind == .number ? padding + cell : cell + padding
            line += "  "
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// Control characters of a text from elsewhere must not reach the terminal.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    // MARK: For a spreadsheet

    /// RFC 4180 with line feeds.
    var csv: String {
        ([columns.map(\.key)] + rows).map { $0.map(Table.quoted).joined(separator: ",") + "\n" }.joined()
    }

    static func quoted(_ cell: String) -> String {
        let needsQuotes =
            cell.unicodeScalars.contains { ["\"", ",", "\n", "\r"].contains($0) }
            || cell.first == " " || cell.last == " "
        return needsQuotes ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
    }

    // MARK: For a program

    /// For data that did not come as JSON: an array of objects, every value a text.
    func json() throws -> [UInt8] {
        try rows.map { row in Dictionary(zip(columns.map(\.key), row), uniquingKeysWith: { first, _ in first }) }.json()
    }
}
