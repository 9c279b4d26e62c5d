internal import Foundation
internal import GRDB
internal import SyncProtocol

/// The rows of the ledger, in the order in which they were written down.
struct ConsentTable {
    let database: Database

    func add(_ entry: ConsentEntry, at milliseconds: Int64) throws {
        try database.execute(
            sql: """
                INSERT INTO consent (uuid, purpose, act, basis, text_version, given_by, guardian, method, given_ms, expires,
                    attachment, actor, at_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                entry.record.data, entry.purpose, entry.act.rawValue, entry.basis, entry.textVersion, entry.givenBy,
                entry.guardian, entry.method.rawValue, entry.milliseconds, entry.expires?.number, entry.attachment,
                entry.actor, milliseconds,
            ])
    }

    func all(_ record: RecordID) throws -> [ConsentEntry] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM consent WHERE uuid = ? ORDER BY number", arguments: [record.data]
        ).compactMap(ConsentTable.entry)
    }

    /// What people took back themselves since a time, the newest first.
    func takenBack(since start: Int64, limit: Int) throws -> [ConsentEntry] {
        try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT * FROM consent WHERE act = 'withdrawn' AND method = 'app' AND at_ms > ? ORDER BY number DESC LIMIT ?
                """, arguments: [start, limit]
        ).compactMap(ConsentTable.entry)
    }

    private static func entry(_ row: GRDB.Row) throws -> ConsentEntry? {
        guard let act = ConsentEntry.Act(rawValue: row["act"]), let method = ConsentEntry.Method(rawValue: row["method"])
        else { return nil }
        let expires: Int64? = row["expires"]
        return ConsentEntry(
            number: row["number"], record: try .stored(row["uuid"]), purpose: row["purpose"], act: act, basis: row["basis"],
            textVersion: row["text_version"], givenBy: row["given_by"], guardian: row["guardian"], method: method,
            milliseconds: row["given_ms"], expires: expires.map(CalendarDay.init(number:)),
            attachment: row["attachment"], actor: row["actor"])
    }

    /// Records of which this purpose was ever withdrawn, by the index of those.
    func withdrawn(_ purpose: String) throws -> [RecordID] {
        let sql = "SELECT DISTINCT uuid FROM consent WHERE act = 'withdrawn' AND purpose = ? ORDER BY uuid"
        return try GRDB.Row.fetchAll(database, sql: sql, arguments: [purpose]).map { try .stored($0[0]) }
    }
}

extension Snapshot {
    var consents: ConsentTable { ConsentTable(database: database) }
}

extension Transaction {
    var consents: ConsentTable { ConsentTable(database: database) }
}
