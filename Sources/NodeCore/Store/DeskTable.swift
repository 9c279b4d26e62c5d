internal import Foundation
internal import GRDB

struct DeskTable {
    let ring: KeyRing
    var database: Database { ring.database }

    func draft(_ account: Int64, _ kind: String, _ record: String) throws -> Desk.FormDraft? {
        let sql = "SELECT id, form, at_ms FROM form_draft WHERE account = ? AND kind = ? AND record = ?"
        return try GRDB.Row.fetchOne(database, sql: sql, arguments: [account, kind, record]).map { row in
            let sealed: Data = row["form"]
            let plain = try ring.open(sealed, in: .form, .number(row["id"]))
            return Desk.FormDraft(form: String(decoding: plain, as: UTF8.self), milliseconds: row["at_ms"])
        }
    }

    /// The number of the row is authenticated with the content, so the row comes first.
    func keep(_ account: Int64, _ kind: String, _ record: String, _ form: String, at milliseconds: Int64) throws {
        try forget(account, kind, record)
        try database.execute(
            sql: "INSERT INTO form_draft (account, kind, record, form, at_ms) VALUES (?, ?, ?, x'', ?)",
            arguments: [account, kind, record, milliseconds])
        let id = database.lastInsertedRowID
        let sealed = try ring.seal(form.utf8, in: .form, .number(id))
        try database.execute(sql: "UPDATE form_draft SET form = ? WHERE id = ?", arguments: [Data(sealed), id])
    }

    func forget(_ account: Int64, _ kind: String, _ record: String) throws {
        try database.execute(
            sql: "DELETE FROM form_draft WHERE account = ? AND kind = ? AND record = ?", arguments: [account, kind, record])
    }

    /// What anybody has half filled in of a record that leaves.
    func forgetAll(_ kind: String, _ record: String) throws {
        try database.execute(
            sql: "DELETE FROM form_draft WHERE kind = ? AND record = ?", arguments: [kind, record])
    }

    func dropOldest(_ account: Int64, beyond count: Int) throws {
        try database.execute(
            sql: """
                DELETE FROM form_draft WHERE account = ? AND id NOT IN (
                    SELECT id FROM form_draft WHERE account = ? ORDER BY id DESC LIMIT ?)
                """, arguments: [account, account, count])
    }

    func filters(_ account: Int64, _ kind: String) throws -> [Desk.SavedFilter] {
        try GRDB.Row.fetchAll(
            database,
            sql: "SELECT * FROM saved_filter WHERE kind = ? AND (account = ? OR is_shared = 1) ORDER BY name, id",
            arguments: [kind, account]
        ).map { row in
            let owner: Int64 = row["account"]
            return Desk.SavedFilter(
                id: row["id"], kind: row["kind"], name: row["name"], query: row["query"],
                isShared: (row["is_shared"] as Int64) != 0, isOwn: owner == account)
        }
    }

    func count(_ account: Int64) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM saved_filter WHERE account = ?", arguments: [account]) ?? 0
    }

    /// A name means one filter: the later one.
    func save(_ account: Int64, _ kind: String, _ name: String, _ query: String, _ isShared: Bool) throws {
        try database.execute(
            sql: """
                INSERT INTO saved_filter (account, kind, name, query, is_shared) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (account, kind, name) DO UPDATE SET query = excluded.query, is_shared = excluded.is_shared
                """, arguments: [account, kind, name, query, isShared ? 1 : 0])
    }

    func remove(_ id: Int64, _ account: Int64) throws {
        try database.execute(sql: "DELETE FROM saved_filter WHERE id = ? AND account = ?", arguments: [id, account])
    }
}

extension Snapshot {
    var desk: DeskTable { DeskTable(ring: ring) }
}

extension Transaction {
    var desk: DeskTable { DeskTable(ring: ring) }
}
