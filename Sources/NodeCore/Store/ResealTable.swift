internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Walks every sealed value of the store in the order of primary keys, a few at a time, and seals anew what lies under a key
/// that is out of use. How far it has come stands in the store, so a crash loses a step and no more.
struct ResealTable {
    let ring: KeyRing

    /// Where a walk stands: in a table, behind a row.
    struct Place: Equatable {
        let table: String
        let after: [SealedColumn.Part]

        init(_ table: String, after: [SealedColumn.Part] = []) {
            self.table = table
            self.after = after
        }

        init?(_ text: String) {
            let words = text.split(separator: " ").map(String.init)
            guard let table = words.first else { return nil }
            self.table = table
            after = words.dropFirst().compactMap { word in
                if let number = Int64(word) { return .number(number) }
                return Hex.decode(String(word.dropFirst())).map(SealedColumn.Part.identifier)
            }
        }

        var text: String {
            ([table]
                + after.map { part in
                    switch part {
                    case .number(let number): String(number)
                    case .identifier(let bytes): "x" + Hex.encode(bytes)
                    }
                }).joined(separator: " ")
        }
    }

    /// What one transaction opens at most: bodies of the journal are large.
    private static let bytesPerStep = 4 * 1_024 * 1_024

    /// Looks at the next `limit` rows behind `after`. Nil for `last` at the table's end.
    func reseal(_ column: SealedColumn, _ table: TypedShape.Table?, after: [SealedColumn.Part], limit: Int) throws -> (
        seen: Int, last: [SealedColumn.Part]?
    ) {
        let keys = column.keys.joined(separator: ", ")
        let cursor = try GRDB.Row.fetchCursor(
            ring.database,
            sql: """
                SELECT \(column.column), \(keys) FROM \(column.table)\(ResealTable.condition(column, after)) ORDER BY \(keys)
                LIMIT \(limit)
                """, arguments: ResealTable.arguments(after))
        var rows = [GRDB.Row]()
        var bytes = 0
        var isCut = false
        while let row = try cursor.next() {
            rows.append(row.copy())
            bytes += (row[0] as Data?)?.count ?? 0
            isCut = bytes >= ResealTable.bytesPerStep
            if isCut { break }
        }
        for row in rows { try reseal(column, table, row) }
        return (seen: rows.count, last: isCut || rows.count == limit ? rows.last.map(column.parts) : nil)
    }

    private func reseal(_ column: SealedColumn, _ table: TypedShape.Table?, _ row: GRDB.Row) throws {
        guard let sealed: Data = row[0] else { return }
        let bytes = [UInt8](sealed)
        guard try !ring.isCurrent(bytes, column.purpose) else { return }
        let parts = column.parts(row)
        let plain = try ring.open(bytes, in: column, parts)
        try column.put(ring.seal(plain, in: column, parts), row, in: ring.database)
        guard let table, !table.lookedUp.isEmpty else { return }
        let values = try ring.openCell(bytes, table, row: parts)
        for (place, name) in table.lookedUp {
            guard case .text(let text)? = values.first(where: { $0.tag == table.columns[place].tag })?.value, !text.isEmpty
            else { continue }
            let value = Array(text.utf8)
            let digest = try value.withUnsafeBytes { try ring.lookup(name, $0) }
            try SealedColumn(column.table, table.columns[place].lookupName, keys: column.keys, .lookup)
                .put(Array(digest.bytes.prefix(KeyRing.lookupSize)), row, in: ring.database)
        }
    }

    /// Typed tables that have a sealed cell.
    func sealedTables() throws -> [String] {
        try String.fetchAll(
            ring.database.cachedStatement(
                sql: """
                    SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND c.name = '\(TypedShape.sealed)' ORDER BY m.name
                    """))
    }

    /// Values behind a place, those that are sealed anew already among them.
    func count(_ column: SealedColumn, after: [SealedColumn.Part]) throws -> Int {
        try Int.fetchOne(
            ring.database,
            sql: "SELECT COUNT(\(column.column)) FROM \(column.table)\(ResealTable.condition(column, after))",
            arguments: ResealTable.arguments(after)) ?? 0
    }

    private static func condition(_ column: SealedColumn, _ after: [SealedColumn.Part]) -> String {
        guard !after.isEmpty else { return "" }
        let marks = after.map { _ in "?" }.joined(separator: ", ")
        return " WHERE (\(column.keys.joined(separator: ", "))) > (\(marks))"
    }

    private static func arguments(_ parts: [SealedColumn.Part]) -> StatementArguments {
        StatementArguments(
            parts.map { part -> DatabaseValue in
                switch part {
                case .number(let number): number.databaseValue
                case .identifier(let bytes): Data(bytes).databaseValue
                }
            })
    }
}
