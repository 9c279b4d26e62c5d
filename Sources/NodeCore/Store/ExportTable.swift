internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Exports that need a second person.
struct ExportTable {
    let database: Database

    /// All but the identifiers, which are many.
    private static let columns = """
        id, account, name, kind, query, words_zh, words_en, columns, format, row_count, homes, purpose, asked_ms,
        decision, decided_by, decided_account, reason, decided_ms, fetches, is_seen
        """

    func insert(
        _ wish: Exports.Wish, purpose: String, homes: [String], account: AccountID, name: String, at now: Int64
    ) throws -> Int64 {
        try database.execute(
            sql: """
                INSERT INTO export_request (account, name, kind, query, words_zh, words_en, columns, format, row_count,
                    records, homes, purpose, asked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                account.number, name, wish.kind.code, wish.query, wish.words.zh, wish.words.en,
                wish.columns.joined(separator: " "), wish.format.rawValue, wish.records.count,
                wish.records.reduce(into: Data()) { $0.append($1.data) }, homes.joined(separator: " "), purpose, now,
            ])
        return database.lastInsertedRowID
    }

    func find(_ id: Int64) throws -> ExportRequest? {
        try GRDB.Row.fetchOne(
            database, sql: "SELECT \(ExportTable.columns) FROM export_request WHERE id = ?", arguments: [id]
        ).map(request)
    }

    func own(_ account: AccountID, limit: Int) throws -> [ExportRequest] {
        try GRDB.Row.fetchAll(
            database,
            sql: "SELECT \(ExportTable.columns) FROM export_request WHERE account = ? ORDER BY id DESC LIMIT ?",
            arguments: [account.number, limit]
        ).map(request)
    }

    func undecided(since: Int64, limit: Int) throws -> [ExportRequest] {
        try GRDB.Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT \(ExportTable.columns) FROM export_request WHERE decision IS NULL AND asked_ms > ?
                    ORDER BY asked_ms, id LIMIT ?
                    """), arguments: [since, limit]
        ).map(request)
    }

    func unseen(_ account: AccountID) throws -> [ExportRequest] {
        try GRDB.Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT \(ExportTable.columns) FROM export_request
                    WHERE account = ? AND is_seen = 0 AND decision IN ('approved', 'refused') ORDER BY id DESC
                    """), arguments: [account.number]
        ).map(request)
    }

    func records(_ id: Int64) throws -> [RecordID] {
        let data = try Data.fetchOne(database, sql: "SELECT records FROM export_request WHERE id = ?", arguments: [id])
        let bytes = [UInt8](data ?? Data())
        let size = RecordID.size
        guard bytes.count % size == 0 else {
            throw NodeError(.storeBroken, "导出申请的记录已损坏", "the records of an export request are damaged")
        }
        return try stride(from: 0, to: bytes.count, by: size).map { try RecordID.stored(bytes: bytes[$0..<($0 + size)]) }
    }

    func decide(_ id: Int64, _ decision: ExportRequest.Decision) throws {
        try database.execute(
            sql: """
                UPDATE export_request SET decision = ?, decided_by = ?, decided_account = ?, reason = ?, decided_ms = ?
                WHERE id = ?
                """,
            arguments: [
                decision.kind.rawValue, decision.actor, decision.account?.number, decision.reason, decision.milliseconds, id,
            ])
    }

    func countFetch(_ id: Int64) throws {
        try database.execute(sql: "UPDATE export_request SET fetches = fetches + 1 WHERE id = ?", arguments: [id])
    }

    func markSeen(_ id: Int64) throws {
        try database.execute(sql: "UPDATE export_request SET is_seen = 1 WHERE id = ?", arguments: [id])
    }

    func tidy(askedBefore: Int64, waitingSince: Int64, fetchableSince: Int64) throws {
        try database.execute(sql: "DELETE FROM export_request WHERE asked_ms < ?", arguments: [askedBefore])
        try database.execute(
            sql: """
                UPDATE export_request SET records = x'' WHERE records <> x'' AND (decision IN ('refused', 'withdrawn')
                    OR decision IS NULL AND asked_ms <= ?
                    OR decision = 'approved' AND (decided_ms <= ? OR fetches >= ?))
                """, arguments: [waitingSince, fetchableSince, Exports.fetchesMax])
    }

    private func request(_ row: GRDB.Row) throws -> ExportRequest {
        guard let format = ExportFormat(rawValue: row["format"]) else {
            throw NodeError(.storeBroken, "导出申请的格式无法识别", "the format of an export request is unknown")
        }
        return ExportRequest(
            id: row["id"], account: AccountID(row["account"]), name: row["name"], kind: row["kind"], query: row["query"],
            words: Label(row["words_zh"], row["words_en"]), columns: ExportTable.words(row["columns"]), format: format,
            rows: row["row_count"], homes: ExportTable.words(row["homes"]), purpose: row["purpose"],
            askedMilliseconds: row["asked_ms"], decision: decision(row), fetches: row["fetches"], isSeen: row["is_seen"])
    }

    private func decision(_ row: GRDB.Row) -> ExportRequest.Decision? {
        guard let name = row["decision"] as String?, let kind = ExportRequest.Decision.Kind(rawValue: name) else {
            return nil
        }
        return .init(
            kind, by: row["decided_by"] ?? "", account: (row["decided_account"] as Int64?).map(AccountID.init),
            reason: row["reason"], milliseconds: row["decided_ms"] ?? 0)
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}

extension Snapshot {
    var exports: ExportTable { ExportTable(database: database) }
}

extension Transaction {
    var exports: ExportTable { ExportTable(database: database) }
}
