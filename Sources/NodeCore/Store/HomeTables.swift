internal import Foundation
internal import GRDB
internal import SyncProtocol

/// What only the home knows of a record. Version 0 is the working copy; a version's body is kept as it was reported.
struct HomeBody: Sendable {
    let version: UInt64
    let kind: UInt64
    let status: String
    let bytes: [UInt8]
    /// When it was saved: forms that depend on a person's age are derived as of this day, live and in a rebuild.
    let milliseconds: Int64
}

struct HomeTable {
    let ring: KeyRing
    var database: Database { ring.database }

    func put(_ uuid: RecordID, _ body: HomeBody) throws {
        let sealed = try ring.seal(body.bytes, in: .home, uuid.part, .number(Int64(clamping: body.version)))
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO home_body (uuid, version, kind, status, body, at_ms) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            uuid.data, Int64(clamping: body.version), Int64(clamping: body.kind), body.status, Data(sealed),
            body.milliseconds,
        ])
    }

    func find(_ uuid: RecordID, version: UInt64) throws -> HomeBody? {
        let sql = "SELECT * FROM home_body WHERE uuid = ? AND version = ?"
        return try GRDB.Row.fetchOne(
            database.cachedStatement(sql: sql), arguments: [uuid.data, Int64(clamping: version)]
        ).map(body)
    }

    func remove(_ uuid: RecordID, version: UInt64) throws {
        try database.cachedStatement(sql: "DELETE FROM home_body WHERE uuid = ? AND version = ?")
            .execute(arguments: [uuid.data, Int64(clamping: version)])
    }

    /// All working copies are from before this life.
    func ageWorkingCopies() throws { try database.execute(sql: "UPDATE home_body SET is_old = 1 WHERE version = 0") }

    /// The working copy, if nobody has changed it in this life.
    func oldWorkingCopy(_ uuid: RecordID) throws -> HomeBody? {
        let sql = "SELECT * FROM home_body WHERE uuid = ? AND version = 0 AND is_old = 1"
        return try GRDB.Row.fetchOne(database.cachedStatement(sql: sql), arguments: [uuid.data]).map(body)
    }

    func age(_ uuid: RecordID) throws {
        try database.cachedStatement(sql: "UPDATE home_body SET is_old = 1 WHERE uuid = ? AND version = 0")
            .execute(arguments: [uuid.data])
    }

    func forEachWorkingCopy(_ visit: (RecordID, HomeBody) throws -> Void) throws {
        let rows = try GRDB.Row.fetchCursor(database, sql: "SELECT * FROM home_body WHERE version = 0 ORDER BY uuid")
        while let row = try rows.next() { try visit(.stored(row["uuid"]), body(row)) }
    }

    /// Every body with its record.
    func forEach(_ visit: (RecordID, HomeBody) throws -> Void) throws {
        let rows = try GRDB.Row.fetchCursor(database, sql: "SELECT * FROM home_body ORDER BY uuid, version")
        while let row = try rows.next() { try visit(.stored(row["uuid"]), body(row)) }
    }

    private func body(_ row: GRDB.Row) throws -> HomeBody {
        let (uuid, version): (Data, Int64) = (row["uuid"], row["version"])
        let bytes: Data = row["body"]
        return HomeBody(
            version: UInt64(clamping: version), kind: UInt64(clamping: row["kind"] as Int64), status: row["status"],
            bytes: try ring.open(bytes, in: .home, .identifier([UInt8](uuid)), .number(version)),
            milliseconds: row["at_ms"])
    }
}

/// What was refused, with its reason: a peer that repeats itself raises a counter, not the number of rows.
struct QuarantineTable {
    let database: Database

    struct Item: Sendable {
        let milliseconds: Int64
        let peer: NodeID
        let code: String
        let reason: String
        let subject: String
        let times: Int
    }

    /// `evidence`: signed bytes that prove what the peer did, such as the second seal of a fork.
    func add(
        _ moment: Moment, peer: NodeID, code: String, reason: String, subject: String, evidence: [UInt8]? = nil
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO quarantine (at_ms, peer, code, reason, subject, evidence) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (peer, subject, code) DO UPDATE SET times = times + 1, at_ms = excluded.at_ms,
                    settled_ms = NULL, evidence = COALESCE(excluded.evidence, evidence)
                """,
            arguments: [moment.milliseconds, peer.data, code, reason, subject, evidence.map { Data($0) }])
        try database.execute(
            sql: """
                INSERT INTO refusal (peer, code, times) VALUES (?, ?, 1)
                ON CONFLICT (peer, code) DO UPDATE SET times = times + 1
                """,
            arguments: [peer.data, code])
        // Each neighbour has its own share of rows: one that goes on sending rubbish pushes out its own only.
        try database.execute(
            sql: """
                DELETE FROM quarantine WHERE id IN (
                    SELECT id FROM quarantine WHERE peer = ? ORDER BY id DESC LIMIT -1 OFFSET ?)
                """,
            arguments: [peer.data, NodeLimits.quarantineRowsPerPeer])
    }

    /// The newest first. `settled`: also what somebody has looked at.
    func all(limit: Int, settled: Bool = false) throws -> [Item] {
        let sql = "SELECT * FROM quarantine\(settled ? "" : " WHERE settled_ms IS NULL") ORDER BY id DESC LIMIT ?"
        return try GRDB.Row.fetchAll(database, sql: sql, arguments: [limit]).map {
            Item(
                milliseconds: $0["at_ms"], peer: try .stored($0["peer"]), code: $0["code"], reason: $0["reason"],
                subject: $0["subject"], times: $0["times"])
        }
    }

    /// The latest signed proof of this kind about a neighbour.
    func evidence(of peer: NodeID, code: String) throws -> [UInt8]? {
        try Data.fetchOne(
            database,
            sql: """
                SELECT evidence FROM quarantine WHERE peer = ? AND code = ? AND evidence IS NOT NULL
                ORDER BY at_ms DESC, id DESC LIMIT 1
                """,
            arguments: [peer.data, code]
        ).map { [UInt8]($0) }
    }

    /// The newest first.
    func allEvidence(limit: Int) throws -> [(
        milliseconds: Int64, peer: NodeID, code: String, subject: String, evidence: [UInt8]
    )] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM quarantine WHERE evidence IS NOT NULL ORDER BY id DESC LIMIT ?", arguments: [limit]
        ).map { row in
            let bytes: Data = row["evidence"]
            return (
                milliseconds: row["at_ms"], peer: try .stored(row["peer"]), code: row["code"], subject: row["subject"],
                evidence: [UInt8](bytes)
            )
        }
    }

    /// Refusals by one code.
    func refusals(_ code: ProtocolError.Code) throws -> [(id: Int64, subject: String)] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT id, subject FROM quarantine WHERE code = ? ORDER BY id", arguments: [code.rawValue]
        ).map { (id: $0["id"], subject: $0["subject"]) }
    }

    func remove(_ id: Int64) throws { try database.execute(sql: "DELETE FROM quarantine WHERE id = ?", arguments: [id]) }

    /// What a person has looked at and settled leaves the list; how often it happened stays counted.
    func forget(_ peer: NodeID, code: String) throws {
        try database.execute(sql: "DELETE FROM quarantine WHERE peer = ? AND code = ?", arguments: [peer.data, code])
    }

    /// Somebody has looked: the row stays, for what may still come of it, and is open again when it happens once more.
    func settle(code: String, peer: NodeID?, at milliseconds: Int64) throws -> Int {
        try database.execute(
            sql: "UPDATE quarantine SET settled_ms = ? WHERE settled_ms IS NULL AND code = ? AND (? IS NULL OR peer = ?)",
            arguments: [milliseconds, code, peer?.data, peer?.data])
        return database.changesCount
    }

    /// How many rows nobody has looked at.
    func open() throws -> [(code: String, count: Int)] {
        let sql = "SELECT code, COUNT(*) AS n FROM quarantine WHERE settled_ms IS NULL GROUP BY code ORDER BY code"
        return try GRDB.Row.fetchAll(database, sql: sql).map { (code: $0["code"], count: $0["n"]) }
    }

    func counts() throws -> [(code: String, count: Int)] {
        try GRDB.Row.fetchAll(database, sql: "SELECT code, SUM(times) AS n FROM refusal GROUP BY code ORDER BY code")
            .map { (code: $0["code"], count: $0["n"]) }
    }
}

/// Which records of a kind concern a person, by number: at the home and at its reviewers.
struct PersonTable {
    let ring: KeyRing

    /// Records whose head has this number.
    func heads(_ number: String, kind: RecordKind) throws -> [Int64] {
        guard let persons = kind.persons else { return [] }
        return try records(kind.code, persons.head, number)
    }

    /// Records in which somebody with this number is a member.
    func members(_ number: String, kind: RecordKind) throws -> [Int64] {
        guard let member = kind.persons?.member else { return [] }
        return try records(member.list.code, member.field, number)
    }

    /// Records by the exact value of a field that is looked up, in a record's own table or that of one of its lists.
    func records(_ table: String, _ field: FieldDefinition, _ value: String) throws -> [Int64] {
        guard field.isLookedUp, let column = field.columns.first else { return [] }
        let digests = try ring.lookups(TypedShape.Table.lookupName(table, column.name), value)
        let statement = try ring.database.cachedStatement(
            sql: "SELECT record FROM \(table) WHERE \(column.lookupName) = ? ORDER BY record")
        return try digests.flatMap { try Int64.fetchAll(statement, arguments: [Data($0)]) }
    }
}
