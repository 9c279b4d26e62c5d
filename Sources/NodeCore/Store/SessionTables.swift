internal import Foundation
internal import GRDB

/// One row of the sessions.
struct SessionRow: Sendable {
    let id: SessionID
    let account: AccountID
    let isToken: Bool
    let label: String
    let duty: Session.Duty?
    let source: String
    let created: Int64
    let used: Int64
    /// How long it may stand unused; 0 for a token.
    let idle: Int64
    let expires: Int64

    /// What a new one is to be.
    struct Making {
        let isToken: Bool
        let label: String
        let duty: Session.Duty?
        let idle: Int64
        let life: Int64
    }
}

struct SessionTable {
    let database: Database

    func find(_ hash: [UInt8]) throws -> SessionRow? {
        try GRDB.Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM session WHERE hash = ?"), arguments: [Data(hash)]
        ).map(SessionTable.row)
    }

    func all(_ account: AccountID) throws -> [SessionRow] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM session WHERE account = ? ORDER BY id", arguments: [account.number]
        ).map(SessionTable.row)
    }

    private static func row(_ row: GRDB.Row) -> SessionRow {
        SessionRow(
            id: SessionID(row["id"]), account: AccountID(row["account"]), isToken: row["is_token"], label: row["label"],
            duty: (row["duty"] as String?).flatMap { Session.Duty(rawValue: $0) }, source: row["source"],
            created: row["created_ms"], used: row["used_ms"], idle: row["idle_ms"], expires: row["expires_ms"])
    }

    func insert(
        _ hash: [UInt8], _ account: AccountID, _ making: SessionRow.Making, source: String, at now: Int64
    ) throws -> SessionRow {
        try database.execute(
            sql: """
                INSERT INTO session (hash, account, is_token, label, duty, source, created_ms, used_ms, idle_ms, expires_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                Data(hash), account.number, making.isToken, making.label, making.duty?.rawValue, source, now, now,
                making.idle, now + making.life,
            ])
        return SessionRow(
            id: SessionID(database.lastInsertedRowID), account: account, isToken: making.isToken, label: making.label,
            duty: making.duty, source: source, created: now, used: now, idle: making.idle, expires: now + making.life)
    }

    func touch(_ id: SessionID, at now: Int64) throws {
        try database.cachedStatement(sql: "UPDATE session SET used_ms = MAX(used_ms, ?) WHERE id = ?")
            .execute(arguments: [now, id.number])
    }

    func end(_ id: SessionID) throws {
        try database.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id.number])
    }

    func endAll(_ account: AccountID, except kept: SessionID?) throws -> Int {
        try database.execute(
            sql: "DELETE FROM session WHERE account = ? AND id <> ?", arguments: [account.number, kept?.number ?? -1])
        return database.changesCount
    }

    /// Those that have run out.
    func clear(before now: Int64) throws {
        try database.execute(
            sql: "DELETE FROM session WHERE expires_ms <= ? OR (is_token = 0 AND used_ms + idle_ms <= ?)",
            arguments: [now, now])
    }

    // MARK: Failures by address

    func failures(_ source: String, since: Int64) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT failures FROM sign_in_source WHERE source = ? AND since_ms > ?",
            arguments: [source, since]
        ) ?? 0
    }

    func countFailure(_ source: String, at now: Int64, since: Int64) throws {
        try database.execute(sql: "DELETE FROM sign_in_source WHERE since_ms <= ?", arguments: [since])
        try database.execute(
            sql: """
                INSERT INTO sign_in_source (source, since_ms, failures) VALUES (?, ?, 1)
                ON CONFLICT (source) DO UPDATE SET failures = failures + 1
                """, arguments: [source, now])
    }
}

/// Roles that were asked for, are in force, or have ended.
struct GrantTable {
    let database: Database

    func insert(_ wish: Accounts.Wish, from: CalendarDay, by principal: Principal, at now: Int64) throws -> Int64 {
        try database.execute(
            sql: """
                INSERT INTO role_grant (account, role, scope, valid_from, valid_to, asked_by, asked_by_account, asked_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                wish.account.number, wish.role.rawValue, wish.scope, from.number, wish.to?.number, principal.name,
                principal.account?.number, now,
            ])
        return database.lastInsertedRowID
    }

    func approve(_ id: Int64, by principal: Principal, at now: Int64) throws {
        try database.execute(
            sql: "UPDATE role_grant SET approved_by = ?, approved_ms = ? WHERE id = ?", arguments: [principal.name, now, id])
    }

    func end(_ id: Int64, by principal: Principal, at now: Int64) throws {
        try database.execute(
            sql: "UPDATE role_grant SET ended_by = ?, ended_ms = ? WHERE id = ?", arguments: [principal.name, now, id])
    }

    func find(_ id: Int64) throws -> RoleGrant? {
        try GRDB.Row.fetchOne(database, sql: "SELECT * FROM role_grant WHERE id = ?", arguments: [id]).flatMap(grant)
    }

    func all(_ account: AccountID) throws -> [RoleGrant] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM role_grant WHERE account = ? ORDER BY id DESC", arguments: [account.number]
        ).compactMap(grant)
    }

    /// Asked for, approved or still to come.
    func open(_ account: AccountID, on day: CalendarDay) throws -> [RoleGrant] {
        try all(account).filter { $0.state(on: day) != .ended }
    }

    func inForce(_ account: AccountID, on day: CalendarDay) throws -> [Grant] {
        try GRDB.Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT role, scope FROM role_grant WHERE account = ? AND approved_ms IS NOT NULL AND ended_ms IS NULL
                        AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) ORDER BY role, scope
                    """), arguments: [account.number, day.number, day.number]
        ).compactMap { row in Role(rawValue: row[0]).map { Grant($0, scope: row[1]) } }
    }

    func asked(on day: CalendarDay, limit: Int) throws -> [RoleGrant] {
        try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT * FROM role_grant WHERE approved_ms IS NULL AND ended_ms IS NULL
                    AND (valid_to IS NULL OR valid_to >= ?) ORDER BY id LIMIT ?
                """, arguments: [day.number, limit]
        ).compactMap(grant)
    }

    func holders(_ role: Role, on day: CalendarDay) throws -> [AccountID] {
        try Int64.fetchAll(
            database,
            sql: """
                SELECT DISTINCT account FROM role_grant WHERE role = ? AND approved_ms IS NOT NULL AND ended_ms IS NULL
                    AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) ORDER BY account
                """, arguments: [role.rawValue, day.number, day.number]
        ).map { AccountID($0) }
    }

    /// Nil for a role that this program does not know: it gives no right.
    private func grant(_ row: GRDB.Row) -> RoleGrant? {
        Role(rawValue: row["role"]).map { role in
            RoleGrant(
                id: row["id"], account: AccountID(row["account"]), role: role, scope: row["scope"],
                from: CalendarDay(number: row["valid_from"]),
                to: (row["valid_to"] as Int64?).map { CalendarDay(number: $0) },
                askedBy: row["asked_by"], askedByAccount: (row["asked_by_account"] as Int64?).map { AccountID($0) },
                askedMilliseconds: row["asked_ms"], approvedBy: row["approved_by"],
                approvedMilliseconds: row["approved_ms"], endedBy: row["ended_by"], endedMilliseconds: row["ended_ms"])
        }
    }
}
