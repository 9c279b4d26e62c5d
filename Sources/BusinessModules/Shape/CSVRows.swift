internal import SwiftCSV

/// A CSV text as rows of cells, as they stand: the reader's own tables fill short rows with blanks, which would hide them.
enum CSVRows {
    /// Throws what the reader throws: quotes that do not pair.
    static func read(_ text: String, limit: Int? = nil) throws -> [[String]] {
        var plain = Substring(text)
        if plain.unicodeScalars.first == "\u{FEFF}" { plain.unicodeScalars.removeFirst() }
        // The reader loses a last empty cell that no line break follows.
        let complete = plain.last?.isNewline ?? true ? String(plain) : plain + "\n"
        var rows = [[String]]()
        let table = try EnumeratedCSV(string: complete, delimiter: .comma, loadColumns: false, rowLimit: 0)
        try table.enumerateAsArray(startAt: 0, rowLimit: limit) { rows.append($0) }
        return rows
    }
}
