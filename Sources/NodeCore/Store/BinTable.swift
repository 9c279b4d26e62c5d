internal import Foundation
internal import GRDB
internal import SyncProtocol

extension Migrations {
    static let bin = """
        -- Drafts that were deleted. `body` is sealed, and gone after thirty days; the row stays: no number is used twice.
        CREATE TABLE deleted_draft (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB NOT NULL, kind INTEGER NOT NULL, key TEXT NOT NULL,
            account INTEGER, actor TEXT NOT NULL, body BLOB, at_ms INTEGER NOT NULL
        );
        CREATE INDEX deleted_draft_key ON deleted_draft (kind, key);
        CREATE INDEX deleted_draft_kept ON deleted_draft (at_ms) WHERE body IS NOT NULL;
        """
}

/// The recycle list of drafts.
struct BinTable {
    let ring: KeyRing
    private var database: Database { ring.database }

    init(ring: KeyRing) { self.ring = ring }

    /// The number of the row is authenticated with the content, so the row comes first.
    func put(_ uuid: RecordID, _ kind: RecordKind, key: String, by principal: Principal, _ body: [UInt8], at now: Int64)
        throws
    {
        try database.execute(
            sql: "INSERT INTO deleted_draft (uuid, kind, key, account, actor, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                uuid.data, Int64(clamping: kind.number), key, principal.account?.number, principal.name, now,
            ])
        let id = database.lastInsertedRowID
        let sealed = try ring.seal(body, in: .bin, .number(id))
        try database.execute(sql: "UPDATE deleted_draft SET body = ? WHERE id = ?", arguments: [Data(sealed), id])
    }

    func list(_ kind: RecordKind, of account: AccountID, since: Int64, limit: Int) throws -> [DeletedDraft] {
        try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT * FROM deleted_draft WHERE kind = ? AND account = ? AND at_ms > ? AND body IS NOT NULL
                ORDER BY id DESC LIMIT ?
                """, arguments: [Int64(clamping: kind.number), account.number, since, limit]
        ).map { try draft($0, kind) }
    }

    func find(_ id: Int64, _ kind: RecordKind, since: Int64) throws -> DeletedDraft? {
        try GRDB.Row.fetchOne(
            database, sql: "SELECT * FROM deleted_draft WHERE id = ? AND kind = ? AND at_ms > ? AND body IS NOT NULL",
            arguments: [id, Int64(clamping: kind.number), since]
        ).map { try draft($0, kind) }
    }

    /// The highest number that was ever taken and deleted.
    func lastKey(kind: UInt64, beginning start: String) throws -> String? {
        try String.fetchOne(
            database.cachedStatement(sql: "SELECT MAX(key) FROM deleted_draft WHERE kind = ? AND key >= ? AND key < ?"),
            arguments: [Int64(clamping: kind), start, start + ":"])
    }

    func remove(_ id: Int64) throws {
        try database.execute(sql: "DELETE FROM deleted_draft WHERE id = ?", arguments: [id])
    }

    func purge(before: Int64) throws -> Int {
        try database.execute(
            sql: "UPDATE deleted_draft SET body = NULL, actor = '' WHERE body IS NOT NULL AND at_ms <= ?",
            arguments: [before])
        return database.changesCount
    }

    private func draft(_ row: GRDB.Row, _ kind: RecordKind) throws -> DeletedDraft {
        let (id, sealed): (Int64, Data) = (row["id"], row["body"])
        let body = try ring.open([UInt8](sealed), in: .bin, .number(id))
        return DeletedDraft(
            id: id, record: try .stored(row["uuid"]), key: row["key"],
            account: (row["account"] as Int64?).map { AccountID($0) }, actor: row["actor"], milliseconds: row["at_ms"],
            content: try Sections.readWhole(body, kind: kind))
    }
}

extension Snapshot {
    var bin: BinTable { BinTable(ring: ring) }
}

extension Transaction {
    var bin: BinTable { BinTable(ring: ring) }
}
