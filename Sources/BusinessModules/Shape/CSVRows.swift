internal import SwiftCSV

/// A CSV text as rows of cells, as they stand: the reader's own tables fill short rows with blanks, which would hide them.
enum CSVRows {
    /// A comma or quote with a mark that joins it, so that no reader of characters sees it: cells and rows would run
    /// together.
    struct JoinedSign: Error {
        /// The line of the text, from 1.
        let line: Int
    }

    /// Throws `JoinedSign`, or what the reader throws: quotes that do not pair.
    static func read(_ text: String, limit: Int? = nil) throws -> [[String]] {
        var plain = Substring(text)
        if plain.unicodeScalars.first == "\u{FEFF}" { plain.unicodeScalars.removeFirst() }
        // The reader loses a last empty cell that no line break follows.
        let complete = plain.last?.isNewline ?? true ? String(plain) : plain + "\n"
        try checkSigns(complete)
        var rows = [[String]]()
        let table = try EnumeratedCSV(string: complete, delimiter: .comma, loadColumns: false, rowLimit: 0)
        try table.enumerateAsArray(startAt: 0, rowLimit: limit) { rows.append($0) }
        return rows
    }

    private static func checkSigns(_ text: String) throws {
        // A text without such marks is the rule, and quick to see.
        let signs: Set<Unicode.Scalar> = [",", "\""]
        guard text.unicodeScalars.count(where: { signs.contains($0) }) != text.count(where: { $0 == "," || $0 == "\"" })
        else {
            return
        }
        var line = 1
        for character in text {
            if character.isNewline { line += 1 }
            let scalars = character.unicodeScalars
            if scalars.count > 1 && scalars.contains(where: { signs.contains($0) }) { throw JoinedSign(line: line) }
        }
    }
}
