internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Requests for accounts from outside.
struct SignUpTable {
    let ring: KeyRing
    private var database: Database { ring.database }

    init(ring: KeyRing) { self.ring = ring }

    /// The number of the row is authenticated with what it says, so the row comes first.
    func insert(_ asking: SignUps.Asking, code: [UInt8], textVersion: String, source: String, at now: Int64) throws -> Int64
    {
        try database.execute(
            sql: "INSERT INTO sign_up (code, source, said, text_version, at_ms) VALUES (?, ?, x'', ?, ?)",
            arguments: [Data(code), source, textVersion, now])
        let id = database.lastInsertedRowID
        let sealed = try ring.seal(SealedTexts.packed([asking.name, asking.phone]), in: .signUp, .number(id))
        try database.execute(sql: "UPDATE sign_up SET said = ? WHERE id = ?", arguments: [Data(sealed), id])
        return id
    }

    func clear(before start: Int64) throws {
        try database.execute(sql: "DELETE FROM sign_up WHERE at_ms <= ?", arguments: [start])
    }

    func count(source: String, since start: Int64) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM sign_up WHERE source = ? AND at_ms > ?", arguments: [source, start]) ?? 0
    }

    func waiting() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sign_up WHERE state = 'waiting'") ?? 0
    }

    func waiting(since start: Int64, limit: Int) throws -> [SignUp] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM sign_up WHERE state = 'waiting' AND at_ms > ? ORDER BY at_ms, id LIMIT ?",
            arguments: [start, limit]
        ).map(signUp)
    }

    func find(code: [UInt8], since start: Int64) throws -> SignUp? {
        try GRDB.Row.fetchOne(
            database, sql: "SELECT * FROM sign_up WHERE code = ? AND at_ms > ?", arguments: [Data(code), start]
        ).map(signUp)
    }

    func find(_ id: Int64, since start: Int64) throws -> SignUp? {
        try GRDB.Row.fetchOne(
            database, sql: "SELECT * FROM sign_up WHERE id = ? AND at_ms > ?", arguments: [id, start]
        ).map(signUp)
    }

    /// As it lies there.
    func raw(_ id: Int64) throws -> [UInt8] {
        [UInt8](try Data.fetchOne(database, sql: "SELECT said FROM sign_up WHERE id = ?", arguments: [id]) ?? Data())
    }

    func decide(
        _ id: Int64, _ state: SignUp.State, _ reason: SignUp.Reason?, by principal: Principal, at now: Int64
    ) throws {
        try database.execute(
            sql: "UPDATE sign_up SET state = ?, reason = ?, decided_by = ?, decided_ms = ? WHERE id = ?",
            arguments: [state.rawValue, reason?.rawValue, principal.name, now, id])
    }

    private func signUp(_ row: GRDB.Row) throws -> SignUp {
        let id: Int64 = row["id"]
        let sealed: Data = row["said"]
        let texts = try SealedTexts.unpacked(ring.open(sealed, in: .signUp, .number(id)), count: 2)
        return SignUp(
            id: id, name: texts[0], phone: texts[1], milliseconds: row["at_ms"],
            state: try StoredCode.read(row["state"], in: "sign_up.state"),
            reason: (row["reason"] as String?).flatMap { SignUp.Reason(rawValue: $0) },
            decidedMilliseconds: row["decided_ms"])
    }
}

/// What people say is wrong in their own records.
struct CorrectionTable {
    let ring: KeyRing
    private var database: Database { ring.database }

    init(ring: KeyRing) { self.ring = ring }

    func insert(_ asking: Corrections.Asking, by account: AccountID, due: CalendarDay, at now: Int64) throws -> Int64 {
        try database.execute(
            sql: "INSERT INTO correction (account, uuid, kind, field, said, at_ms, due) VALUES (?, ?, ?, ?, x'', ?, ?)",
            arguments: [account.number, asking.record.data, asking.kind.code, asking.field, now, due.number])
        let id = database.lastInsertedRowID
        try put([asking.wish, asking.reason, ""], of: id)
        return id
    }

    private func put(_ texts: [String], of id: Int64) throws {
        let sealed = try ring.seal(SealedTexts.packed(texts), in: .correction, .number(id))
        try database.execute(sql: "UPDATE correction SET said = ? WHERE id = ?", arguments: [Data(sealed), id])
    }

    func of(_ account: AccountID, limit: Int) throws -> [Correction] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM correction WHERE account = ? ORDER BY at_ms DESC, id DESC LIMIT ?",
            arguments: [account.number, limit]
        ).map(correction)
    }

    private static let isOpen = "state IN ('waiting', 'taken')"

    func open(limit: Int) throws -> [Correction] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM correction WHERE \(CorrectionTable.isOpen) ORDER BY due, id LIMIT ?",
            arguments: [limit]
        ).map(correction)
    }

    func open(about record: RecordID) throws -> [Correction] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM correction WHERE uuid = ? AND \(CorrectionTable.isOpen) ORDER BY due, id",
            arguments: [record.data]
        ).map(correction)
    }

    func find(_ id: Int64) throws -> Correction? {
        try GRDB.Row.fetchOne(database, sql: "SELECT * FROM correction WHERE id = ?", arguments: [id]).map(correction)
    }

    func settle(
        _ found: Correction, _ state: Correction.State, _ answer: String, by principal: Principal, at now: Int64
    ) throws {
        try database.execute(
            sql: "UPDATE correction SET state = ?, decided_by = ?, decided_ms = ? WHERE id = ?",
            arguments: [state.rawValue, principal.name, now, found.id])
        try put([found.wish, found.reason, answer], of: found.id)
    }

    private func correction(_ row: GRDB.Row) throws -> Correction {
        let id: Int64 = row["id"]
        let sealed: Data = row["said"]
        let texts = try SealedTexts.unpacked(ring.open(sealed, in: .correction, .number(id)), count: 3)
        return Correction(
            id: id, account: AccountID(row["account"]), record: try .stored(row["uuid"]), kind: row["kind"],
            field: row["field"], wish: texts[0], reason: texts[1], milliseconds: row["at_ms"],
            due: CalendarDay(number: row["due"]), state: try StoredCode.read(row["state"], in: "correction.state"),
            answer: texts[2], decidedBy: row["decided_by"], decidedMilliseconds: row["decided_ms"])
    }
}

/// Several texts as one sealed value.
private enum SealedTexts {
    static func packed(_ texts: [String]) -> [UInt8] {
        var writer = CanonicalWriter(reserving: 256)
        writer.array(texts.count)
        for text in texts { writer.text(text) }
        return Array(writer.bytes)
    }

    static func unpacked(_ bytes: [UInt8], count: Int) throws -> [String] {
        var reader = CanonicalReader(bytes)
        try reader.array(exactly: count)
        return try (0..<count).map { _ in try reader.text() }
    }
}

/// A word of a closed set as it stands in a column.
private enum StoredCode {
    static func read<Code: RawRepresentable<String>>(_ text: String, in place: String) throws -> Code {
        guard let code = Code(rawValue: text) else {
            throw NodeError(
                .storeBroken, "数据库 \(place) 的内容无法识别：请由备份恢复", "\(place) of the store holds an unknown word: restore a backup")
        }
        return code
    }
}

extension Snapshot {
    var signUps: SignUpTable { SignUpTable(ring: ring) }
    var corrections: CorrectionTable { CorrectionTable(ring: ring) }
}

extension Transaction {
    var signUps: SignUpTable { SignUpTable(ring: ring) }
    var corrections: CorrectionTable { CorrectionTable(ring: ring) }
}
