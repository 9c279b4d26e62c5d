internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Reading over whole tables: statistics, digests and searches.
struct InquirySQL {
    let ring: KeyRing
    var database: Database { ring.database }

    /// Counts of records by the given columns of a kind's table, or by `division` (the home's seat).
    func count(_ kind: RecordKind, by dimensions: [String], statuses: [String]) throws -> [(values: [String], count: Int)] {
        let columns = dimensions.map { $0 == "division" ? "record.home_seat" : "\(kind.code).\($0)" }
        let grouped =
            columns.isEmpty ? "" : " GROUP BY \(columns.joined(separator: ", ")) ORDER BY \(columns.joined(separator: ", "))"
        let marks = statuses.map { _ in "?" }.joined(separator: ", ")
        let filter = statuses.isEmpty ? "" : " WHERE record.status IN (\(marks))"
        let rows = try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT \((columns + ["COUNT(*)"]).joined(separator: ", "))
                FROM record JOIN \(kind.code) ON \(kind.code).record = record.id\(filter)\(grouped)
                """,
            arguments: StatementArguments(statuses))
        return rows.map { row in
            let values = columns.indices.map { index -> String in
                let value: DatabaseValue = row[index]
                return String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map(String.init) ?? ""
            }
            return (values: values, count: row[columns.count])
        }
    }

    /// Which homes' records are here, how many, and when one of them last changed.
    func homes(kind: UInt64) throws -> [(seat: String, count: Int, changed: Int64)] {
        try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT home_seat, COUNT(*) AS n, MAX(changed_ms) AS t FROM record WHERE kind = ? AND version > 0
                GROUP BY home_seat ORDER BY home_seat
                """,
            arguments: [Int64(clamping: kind)]
        ).map { (seat: $0["home_seat"], count: $0["n"], changed: $0["t"]) }
    }

    /// Every stored value as bytes with the place where it stands, what is sealed opened; bodies of the journal are left to
    /// the caller.
    func forEachValue(_ visit: (String, [UInt8]) throws -> Void) throws {
        let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for table in tables {
            let sealed = try sealedColumn(of: table)
            let rows = try GRDB.Row.fetchCursor(database, sql: "SELECT * FROM \"\(table)\"")
            var number = 0
            while let row = try rows.next() {
                number += 1
                for (column, value) in row where !(table == "journal" && column == "packed") {
                    switch value.storage {
                    case .blob(let data):
                        let bytes = try sealed?.column == column ? open(data, sealed, row) : [UInt8](data)
                        try visit("\(table).\(column) row \(number)", bytes)
                    case .string(let text): try visit("\(table).\(column) row \(number)", Array(text.utf8))
                    case .int64(let integer): try visit("\(table).\(column) row \(number)", Array(String(integer).utf8))
                    case .null, .double: continue
                    }
                }
            }
        }
    }

    private func sealedColumn(of table: String) throws -> SealedColumn? {
        if let own = SealedColumn.own.first(where: { $0.table == table }) { return own }
        let names = try database.columns(in: table).map(\.name)
        guard names.contains(TypedShape.sealed) else { return nil }
        return .cell(table, isList: names.contains("number"))
    }

    private func open(_ sealed: Data, _ column: SealedColumn?, _ row: GRDB.Row) throws -> [UInt8] {
        guard let column else { return [] }
        return try ring.open([UInt8](sealed), in: column, column.parts(row))
    }

    func integrity() throws -> [String] { try String.fetchAll(database, sql: "PRAGMA quick_check") }

    /// The projection of one record as values in the order of its declaration, without internal numbers.
    func content(_ kind: RecordKind, id: Int64) throws -> [UInt8] {
        var values = [CanonicalValue]()
        for table in [kind.shape.head] + kind.shape.lists { try append(table, id, kind, to: &values) }
        return CanonicalValue.array(values).encoded
    }

    private func append(_ table: TypedShape.Table, _ id: Int64, _ kind: RecordKind, to values: inout [CanonicalValue]) throws
    {
        for line in try TypedTable(ring: ring, kind: kind).lines(table, id: id) {
            values.append(
                .array(
                    line.values.map { value in
                        switch value {
                        case .integer(let number): .integer(number)
                        case .text(let text): .text(text)
                        case .flag, .list, nil: .null
                        }
                    }))
        }
    }
}

extension Snapshot {
    var inquiry: InquirySQL { InquirySQL(ring: ring) }
}
