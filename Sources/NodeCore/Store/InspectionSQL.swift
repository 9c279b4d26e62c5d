internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Whole tables at once, for checkers that look after every step.
struct InspectionSQL {
    let database: Database

    func versions() throws -> [Inspection.Version] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT uuid, number, version.hash, version.ceiling, record.id FROM version
                JOIN record ON record.id = version.record
                UNION ALL SELECT uuid, version, hash, ceiling, id FROM record WHERE version > 0 ORDER BY 5, 2
                """)
        return try GRDB.Row.fetchAll(statement).map { row in
            Inspection.Version(
                record: try .stored(row[0]), number: UInt64(clamping: row[1] as Int64), hash: try .stored(row[2]),
                ceiling: Level(rawValue: row[3]) ?? .national)
        }
    }

    func decisions() throws -> [Inspection.Decision] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT uuid, decision.version, level, type, decision.hash, code FROM decision JOIN record
                ON record.id = decision.record ORDER BY decision.record, decision.version, level DESC
                """)
        return try GRDB.Row.fetchAll(statement).compactMap { row in
            guard let type = EntryType(rawValue: UInt64(clamping: row[3] as Int64)) else { return nil }
            return Inspection.Decision(
                record: try .stored(row[0]), version: UInt64(clamping: row[1] as Int64), level: row[2], type: type,
                hash: try .stored(row[4]), code: row[5])
        }
    }

    func lines(after number: Int64) throws -> [Inspection.Line] {
        let statement = try database.cachedStatement(
            sql: "SELECT id, seal, packed IS NOT NULL FROM journal WHERE id > ? ORDER BY id")
        return try GRDB.Row.fetchAll(statement, arguments: [number]).map { row in
            let bytes: Data = row[1]
            return Inspection.Line(number: row[0], seal: try Seal(decoding: [UInt8](bytes)[...]), hasBody: row[2])
        }
    }
}

extension Snapshot {
    var inspection: InspectionSQL { InspectionSQL(database: database) }
}
