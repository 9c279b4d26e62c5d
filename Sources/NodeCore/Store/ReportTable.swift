internal import GRDB
internal import SyncProtocol

/// A record of this node as it stands before a report.
struct Reportable {
    let id: Int64
    let uuid: RecordID
    let kind: UInt64
    let home: NodeID
    let key: String
    /// 0 while nothing was reported.
    let version: UInt64
    /// The hash of that version's entry.
    let hash: Digest?
    let status: String
    /// Nil after a withdrawal: then what was reported is reported again.
    let workingCopy: HomeBody?
}

/// What a report changes in the home's own tables, a few statements for each record.
struct ReportTable {
    let ring: KeyRing
    var database: Database { ring.database }
    let held: HeldStatements

    func find(_ uuid: RecordID) throws -> Reportable? {
        let statement = try held.statement(.findReportable, in: database) {
            """
            SELECT r.id, r.kind, r.home, r.key, r.version, r.hash, r.status, h.status, h.body, h.at_ms
            FROM record r LEFT JOIN home_body h ON h.uuid = r.uuid AND h.version = 0 WHERE r.uuid = ?
            """
        }
        statement.bind(1, uuid)
        return try statement.first(in: database) { row in
            let kind = UInt64(clamping: row.integer(1))
            let copy =
                row.isNull(8)
                ? nil
                : HomeBody(
                    version: 0, kind: kind, status: row.text(7),
                    bytes: try ring.open(row.bytes(8), in: .home, uuid.part, .number(0)), milliseconds: row.integer(9))
            return Reportable(
                id: row.integer(0), uuid: uuid, kind: kind, home: try row.fixed(2), key: row.text(3),
                version: UInt64(clamping: row.integer(4)), hash: row.isNull(5) ? nil : try row.fixed(5),
                status: row.text(6), workingCopy: copy)
        }
    }

    /// The working copy, whose content is `bytes`, becomes what is known of `version`. False when there is none.
    func keep(_ uuid: RecordID, version: UInt64, _ bytes: [UInt8], status: String, at milliseconds: Int64) throws -> Bool {
        let statement = try held.statement(.keepReported, in: database) {
            "UPDATE home_body SET version = ?, status = ?, at_ms = ?, body = ? WHERE uuid = ? AND version = 0"
        }
        let sealed = try ring.seal(bytes, in: .home, uuid.part, .number(Int64(clamping: version)))
        statement.bind(1, Int64(clamping: version))
        statement.bind(2, status)
        statement.bind(3, milliseconds)
        statement.bind(5, uuid)
        return try sealed.withUnsafeBytes {
            statement.bind(4, stayingBlob: $0)
            return try statement.run(in: database) > 0
        }
    }

    /// The version that was just reported; the one before it moves to the others.
    func setNewest(
        _ record: Reportable, _ version: VersionState, _ standing: Standing, status: String, at milliseconds: Int64
    ) throws {
        if record.version > 0 {
            let older = try held.statement(.addOlder, in: database) { VersionTable.addOlder }
            older.bind(1, record.id)
            _ = try older.run(in: database)
        }
        let statement = try held.statement(.setNewest, in: database) {
            """
            UPDATE record SET version = ?, hash = ?, ceiling = ?, asked = ?, log = ?, seq = ?, carrier = NULL,
            sent_log = NULL, sent_seq = NULL, standing = ?, pending_level = ?, status = ?, changed_ms = ? WHERE id = ?
            """
        }
        statement.bind(1, Int64(clamping: version.number))
        statement.bind(2, version.hash)
        statement.bind(3, Int64(version.ceiling.rawValue))
        statement.bind(4, version.asked)
        statement.bind(5, version.place.log)
        statement.bind(6, Int64(clamping: version.place.seq))
        statement.bind(7, standing.name)
        statement.bind(8, standing.pendingLevel.map { Int64($0.rawValue) })
        statement.bind(9, status)
        statement.bind(10, milliseconds)
        statement.bind(11, record.id)
        _ = try statement.run(in: database)
    }
}
