internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Accounts with what proves that somebody is theirs.
struct AccountTable {
    let ring: KeyRing
    private var database: Database { ring.database }

    init(ring: KeyRing) { self.ring = ring }

    func find(_ id: AccountID) throws -> Account? {
        try GRDB.Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT a.*,
                        EXISTS (SELECT 1 FROM second_factor f WHERE f.account = a.id AND f.is_offer = 0) AS has_factor
                    FROM account a WHERE id = ?
                    """), arguments: [id.number]
        ).map(account)
    }

    func find(login: String) throws -> Account? {
        let id = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM account WHERE login = ?"), arguments: [login])
        return try id.flatMap { try find(AccountID($0)) }
    }

    func list(after: String, limit: Int) throws -> [Account] {
        try Int64.fetchAll(
            database, sql: "SELECT id FROM account WHERE login > ? ORDER BY login LIMIT ?", arguments: [after, limit]
        ).compactMap { try find(AccountID($0)) }
    }

    func count() throws -> Int { try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM account") ?? 0 }

    private func account(_ row: GRDB.Row) throws -> Account {
        Account(
            id: AccountID(row["id"]), login: row["login"], name: row["name"], isOutside: row["is_outside"],
            isAccepted: row["password"] as String? != nil, hasFactor: row["has_factor"],
            passwordMilliseconds: row["password_ms"], failures: row["failed"],
            lockedUntilMilliseconds: row["locked_until_ms"], isLocked: row["is_locked"],
            validUntil: (row["valid_until"] as Int64?).map { CalendarDay(number: $0) },
            record: try (row["record"] as Data?).map(RecordID.stored), createdMilliseconds: row["created_ms"],
            lastMilliseconds: row["last_ms"])
    }

    func insert(_ login: String, _ name: String, _ invitation: Accounts.Invitation, at now: Int64) throws -> AccountID {
        try database.execute(
            sql: """
                INSERT INTO account (login, name, is_outside, valid_until, record, created_ms) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                login, name, invitation.isOutside, invitation.validUntil?.number, invitation.record?.data, now,
            ])
        return AccountID(database.lastInsertedRowID)
    }

    /// The account of a record's head.
    func linked(to record: RecordID) throws -> Account? {
        try Int64.fetchOne(
            database, sql: "SELECT id FROM account WHERE record = ? ORDER BY id LIMIT 1", arguments: [record.data]
        ).flatMap { try find(AccountID($0)) }
    }

    func setRecord(_ record: RecordID?, of id: AccountID) throws {
        try database.execute(sql: "UPDATE account SET record = ? WHERE id = ?", arguments: [record?.data, id.number])
    }

    func setLocked(_ isLocked: Bool, _ id: AccountID) throws {
        try database.execute(
            sql: "UPDATE account SET is_locked = ?, failed = 0, locked_until_ms = NULL WHERE id = ?",
            arguments: [isLocked, id.number])
    }

    // MARK: Passwords

    func password(_ id: AccountID) throws -> String? {
        try String.fetchOne(
            database, sql: "SELECT password FROM account WHERE id = ? AND password IS NOT NULL", arguments: [id.number])
    }

    func setPassword(_ encoded: String, of id: AccountID, at now: Int64) throws {
        try database.execute(
            sql: """
                UPDATE account SET password = ?, password_ms = ?, failed = 0, locked_until_ms = NULL WHERE id = ?
                """, arguments: [encoded, now, id.number])
    }

    /// One failure more; at the limit the account is locked for a while and the count begins anew.
    func failed(_ account: Account, at now: Int64) throws {
        let count = account.failures + 1
        let isLocked = count >= Account.failuresMax
        try database.execute(
            sql: "UPDATE account SET failed = ?, locked_until_ms = ? WHERE id = ?",
            arguments: [
                isLocked ? 0 : count, isLocked ? now + Account.lockMilliseconds : account.lockedUntilMilliseconds,
                account.id.number,
            ])
    }

    func succeeded(_ id: AccountID, at now: Int64) throws {
        try database.execute(
            sql: "UPDATE account SET failed = 0, locked_until_ms = NULL, last_ms = ? WHERE id = ?",
            arguments: [now, id.number])
    }

    // MARK: Links

    /// The newest link is the only one.
    func putLink(_ hash: [UInt8], of id: AccountID, expires: Int64) throws {
        try database.execute(sql: "DELETE FROM account_link WHERE account = ?", arguments: [id.number])
        try database.execute(
            sql: "INSERT INTO account_link (hash, account, expires_ms) VALUES (?, ?, ?)",
            arguments: [Data(hash), id.number, expires])
    }

    func link(_ hash: [UInt8], at now: Int64) throws -> AccountID? {
        try Int64.fetchOne(
            database, sql: "SELECT account FROM account_link WHERE hash = ? AND used_ms IS NULL AND expires_ms > ?",
            arguments: [Data(hash), now]
        ).map { AccountID($0) }
    }

    func useLinks(of id: AccountID, at now: Int64) throws {
        try database.execute(
            sql: "UPDATE account_link SET used_ms = ? WHERE account = ? AND used_ms IS NULL", arguments: [now, id.number])
    }

    // MARK: Second factor

    private func secret(_ id: AccountID, isOffer: Bool) throws -> (secret: [UInt8], step: Int64)? {
        try GRDB.Row.fetchOne(
            database, sql: "SELECT secret, step FROM second_factor WHERE account = ? AND is_offer = ?",
            arguments: [id.number, isOffer]
        ).map { row in
            let sealed: Data = row[0]
            return (
                secret: try ring.open(
                    [UInt8](sealed), in: .factor, .number(id.number), .number(isOffer ? 1 : 0)), step: row[1]
            )
        }
    }

    /// As it lies there.
    func rawFactor(_ id: AccountID) throws -> [UInt8] {
        [UInt8](
            try Data.fetchOne(database, sql: "SELECT secret FROM second_factor WHERE account = ?", arguments: [id.number])
                ?? Data())
    }

    private func put(_ secret: [UInt8], of id: AccountID, isOffer: Bool, step: Int64, at now: Int64) throws {
        let sealed = try ring.seal(secret, in: .factor, .number(id.number), .number(isOffer ? 1 : 0))
        try database.execute(
            sql: "INSERT OR REPLACE INTO second_factor (account, is_offer, secret, step, at_ms) VALUES (?, ?, ?, ?, ?)",
            arguments: [id.number, isOffer, Data(sealed), step, now])
    }

    func factor(_ id: AccountID) throws -> (secret: [UInt8], step: Int64)? { try secret(id, isOffer: false) }

    func offeredFactor(_ id: AccountID) throws -> [UInt8]? { try secret(id, isOffer: true)?.secret }

    func offerFactor(_ secret: [UInt8], to id: AccountID) throws { try put(secret, of: id, isOffer: true, step: 0, at: 0) }

    func setFactor(_ secret: [UInt8], step: Int64, of id: AccountID, at now: Int64) throws {
        try removeFactor(id)
        try put(secret, of: id, isOffer: false, step: step, at: now)
    }

    func setStep(_ step: Int64, of id: AccountID) throws {
        try database.execute(
            sql: "UPDATE second_factor SET step = ? WHERE account = ? AND is_offer = 0", arguments: [step, id.number])
    }

    func removeFactor(_ id: AccountID) throws {
        try database.execute(sql: "DELETE FROM second_factor WHERE account = ?", arguments: [id.number])
        try database.execute(sql: "DELETE FROM recovery_code WHERE account = ?", arguments: [id.number])
    }

    func setRecovery(_ hashes: [[UInt8]], of id: AccountID) throws {
        try database.execute(sql: "DELETE FROM recovery_code WHERE account = ?", arguments: [id.number])
        for hash in hashes {
            try database.execute(
                sql: "INSERT INTO recovery_code (account, hash) VALUES (?, ?)", arguments: [id.number, Data(hash)])
        }
    }

    func useRecovery(_ hash: [UInt8], of id: AccountID, at now: Int64) throws -> Bool {
        try database.execute(
            sql: "UPDATE recovery_code SET used_ms = ? WHERE account = ? AND hash = ? AND used_ms IS NULL",
            arguments: [now, id.number, Data(hash)])
        return database.changesCount == 1
    }
}

/// Which account wrote a working copy last.
struct LastEditTable {
    let database: Database

    /// The node's owner, and acts by rule, leave no account.
    func note(_ record: RecordID, by principal: Principal, isNew: Bool) throws {
        guard let account = principal.account else {
            if isNew { return }
            try database.cachedStatement(sql: "DELETE FROM last_edit WHERE uuid = ?").execute(arguments: [record.data])
            return
        }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO last_edit (uuid, account) VALUES (?, ?)")
            .execute(arguments: [record.data, account.number])
    }

    func forget(_ record: RecordID) throws {
        try database.execute(sql: "DELETE FROM last_edit WHERE uuid = ?", arguments: [record.data])
    }

    func account(_ record: RecordID) throws -> AccountID? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT account FROM last_edit WHERE uuid = ?"), arguments: [record.data]
        ).map { AccountID($0) }
    }
}
