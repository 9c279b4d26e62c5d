internal import Foundation
internal import GRDB
internal import SyncProtocol

/// One record as this node knows it.
struct RecordState: Sendable {
    let id: Int64
    let uuid: RecordID
    let kind: UInt64
    let home: NodeID
    let homeSeat: String
    let key: String
    /// 0 while nothing was reported.
    let version: UInt64
    let standing: Standing
    let status: String
    let changedMilliseconds: Int64
}

/// One reported version and where its entry stands.
struct VersionState: Sendable {
    let number: UInt64
    let hash: Digest
    let ceiling: Level
    /// The state the report asked for.
    let asked: String
    let place: EntryPlace
    /// Where this node's own entry about it stands in its log toward the parent.
    var sent: EntryPlace?
}

/// Where an entry stands: its author's log and number there, and the journal row that brought it (nil: the log's own).
struct EntryPlace: Sendable, Hashable {
    let log: Int64
    let seq: UInt64
    let carrier: Int64?
}

/// One fact about a version: a decision of a level, or the home's withdrawal under the home's own level.
struct DecisionState: Sendable {
    let level: Int
    let type: EntryType
    let hash: Digest
    let code: String?
    let words: String?
    let fields: [String]
    let place: EntryPlace
}

struct RecordTable {
    let database: Database

    /// Read by position: looking a column up by its name would cost more than the row.
    private static let columns = """
        id, uuid, kind, home, home_seat, key, version, standing, pending_level, status, changed_ms
        """

    func find(_ uuid: RecordID) throws -> RecordState? {
        try one("SELECT \(RecordTable.columns) FROM record WHERE uuid = ?", [uuid.data])
    }

    func find(id: Int64) throws -> RecordState? { try one("SELECT \(RecordTable.columns) FROM record WHERE id = ?", [id]) }

    func find(key: String, kind: UInt64) throws -> [RecordState] {
        try GRDB.Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT \(RecordTable.columns) FROM record WHERE key = ? AND kind = ? ORDER BY id"),
            arguments: [key, Int64(clamping: kind)]
        ).map(RecordTable.state)
    }

    func insert(_ uuid: RecordID, kind: UInt64, home: NodeID, homeSeat: String, key: String, status: String, at: Int64)
        throws -> Int64
    {
        try database.cachedStatement(
            sql: """
                INSERT INTO record (uuid, kind, home, home_seat, key, version, standing, status, changed_ms)
                VALUES (?, ?, ?, ?, ?, 0, 'draft', ?, ?)
                """
        ).execute(arguments: [uuid.data, Int64(clamping: kind), home.data, homeSeat, key, status, at])
        return database.lastInsertedRowID
    }

    /// The highest key of a kind that begins with these digits.
    func lastKey(kind: UInt64, beginning start: String) throws -> String? {
        try String.fetchOne(
            database.cachedStatement(sql: "SELECT MAX(key) FROM record WHERE key >= ? AND key < ? AND kind = ?"),
            arguments: [start, start + ":", Int64(clamping: kind)])
    }

    /// Only of one that was never reported: nothing else refers to it.
    func remove(_ id: Int64) throws {
        try database.cachedStatement(sql: "DELETE FROM record WHERE id = ? AND version = 0").execute(arguments: [id])
    }

    func update(_ id: Int64, key: String, standing: Standing, status: String, at: Int64) throws {
        try database.cachedStatement(
            sql: """
                UPDATE record SET key = ?, standing = ?, pending_level = ?, status = ?, changed_ms = ? WHERE id = ?
                """
        ).execute(arguments: [key, standing.name, standing.pendingLevel?.rawValue, status, at, id])
    }

    /// Records of a kind in the order of their keys, after `key`.
    func page(
        kind: UInt64, status: String?, pending: Level?, homeSeat: String?, homes: [String]? = nil, after key: String,
        limit: Int
    ) throws -> [RecordState] {
        // Seats have six digits; whatever else a scope might hold does not reach the statement.
        let seats = homes?.filter { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }.map { "'\($0)'" }
        let within = seats.map { "AND home_seat IN (\($0.joined(separator: ", ")))" } ?? ""
        return try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT \(RecordTable.columns) FROM record WHERE kind = :kind AND key > :after
                AND (:status IS NULL OR status = :status) AND (:pending IS NULL OR pending_level = :pending)
                AND (:seat IS NULL OR home_seat = :seat) \(within) ORDER BY key, id LIMIT :limit
                """,
            arguments: [
                "kind": Int64(clamping: kind), "after": key, "status": status, "pending": pending?.rawValue,
                "seat": homeSeat,
                "limit": limit,
            ]
        ).map(RecordTable.state)
    }

    /// Reported records behind a row, in the order of their rows.
    func page(after id: Int64, limit: Int) throws -> [RecordState] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT \(RecordTable.columns) FROM record WHERE id > ? AND version > 0 ORDER BY id LIMIT ?",
            arguments: [id, limit]
        ).map(RecordTable.state)
    }

    func forEach(_ visit: (RecordState) throws -> Void) throws {
        let cursor = try GRDB.Row.fetchCursor(
            database.cachedStatement(
                sql: "SELECT \(RecordTable.columns) FROM record ORDER BY kind, key, home_seat, id"))
        while let row = try cursor.next() { try visit(RecordTable.state(row)) }
    }

    /// How many records stand in each status, by the home's seat.
    func counts(kind: UInt64) throws -> [(status: String, count: Int)] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT status, COUNT(*) AS n FROM record WHERE kind = ? GROUP BY status ORDER BY status",
            arguments: [Int64(clamping: kind)]
        ).map { (status: $0["status"], count: $0["n"]) }
    }

    private func one(_ sql: String, _ arguments: StatementArguments) throws -> RecordState? {
        try GRDB.Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments).map(RecordTable.state)
    }

    private static func state(_ row: GRDB.Row) throws -> RecordState {
        let level: Int? = row[8]
        return RecordState(
            id: row[0], uuid: try .stored(row[1]), kind: UInt64(clamping: row[2] as Int64), home: try .stored(row[3]),
            homeSeat: row[4], key: row[5], version: UInt64(clamping: row[6] as Int64),
            standing: Standing(name: row[7], pendingLevel: level.flatMap(Level.init(rawValue:))), status: row[9],
            changedMilliseconds: row[10])
    }
}

/// Versions by record and number: the newest stands in the record's own row, those before it in `version`.
struct VersionTable {
    let database: Database

    private static let columns = "hash, ceiling, asked, log, seq, carrier, sent_log, sent_seq"

    /// The newest version so far, as an older one.
    static let addOlder = """
        INSERT INTO version (record, number, \(columns))
        SELECT id, version, \(columns) FROM record WHERE id = ? AND version > 0
        """

    /// A version that is the newest known; the one before it moves to the others.
    func insertNewest(_ record: Int64, _ version: VersionState) throws {
        try database.cachedStatement(sql: VersionTable.addOlder).execute(arguments: [record])
        try database.cachedStatement(
            sql: """
                UPDATE record SET version = ?, hash = ?, ceiling = ?, asked = ?, log = ?, seq = ?, carrier = ?,
                sent_log = NULL, sent_seq = NULL WHERE id = ?
                """
        ).execute(arguments: VersionTable.arguments(version) + [record])
    }

    /// A version that came after a newer one.
    func insertOlder(_ record: Int64, _ version: VersionState) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO version (number, hash, ceiling, asked, log, seq, carrier, record)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: VersionTable.arguments(version) + [record])
    }

    func find(_ record: Int64, _ number: UInt64) throws -> VersionState? {
        let newest = """
            SELECT version AS number, \(VersionTable.columns) FROM record WHERE id = ? AND version = ? AND version > 0
            """
        let older = "SELECT number, \(VersionTable.columns) FROM version WHERE record = ? AND number = ?"
        let arguments: StatementArguments = [record, Int64(clamping: number)]
        let row =
            try GRDB.Row.fetchOne(database.cachedStatement(sql: newest), arguments: arguments)
            ?? GRDB.Row.fetchOne(database.cachedStatement(sql: older), arguments: arguments)
        return try row.map(VersionTable.state)
    }

    func all(_ record: Int64) throws -> [VersionState] {
        let sql = """
            SELECT number, \(VersionTable.columns) FROM version WHERE record = :record
            UNION ALL SELECT version, \(VersionTable.columns) FROM record WHERE id = :record AND version > 0
            ORDER BY number
            """
        return try GRDB.Row.fetchAll(database.cachedStatement(sql: sql), arguments: ["record": record])
            .map(VersionTable.state)
    }

    /// Notes where this node's own entry about a version stands in its log toward the parent.
    func setSent(_ record: Int64, _ number: UInt64, _ place: EntryPlace) throws {
        let arguments: StatementArguments = [place.log, Int64(clamping: place.seq), record, Int64(clamping: number)]
        for sql in [
            "UPDATE record SET sent_log = ?, sent_seq = ? WHERE id = ? AND version = ?",
            "UPDATE version SET sent_log = ?, sent_seq = ? WHERE record = ? AND number = ?",
        ] {
            try database.cachedStatement(sql: sql).execute(arguments: arguments)
            if database.changesCount > 0 { return }
        }
    }

    private static func arguments(_ version: VersionState) -> StatementArguments {
        [
            Int64(clamping: version.number), version.hash.data, version.ceiling.rawValue, version.asked, version.place.log,
            Int64(clamping: version.place.seq), version.place.carrier,
        ]
    }

    private static func state(_ row: GRDB.Row) throws -> VersionState {
        let sentLog: Int64? = row[7]
        let sentSeq: Int64? = row[8]
        let sent = sentLog.flatMap { log in
            sentSeq.map { EntryPlace(log: log, seq: UInt64(clamping: $0), carrier: nil) }
        }
        return VersionState(
            number: UInt64(clamping: row[0] as Int64), hash: try .stored(row[1]),
            ceiling: Level(rawValue: row[2]) ?? .national, asked: row[3],
            place: EntryPlace(log: row[4], seq: UInt64(clamping: row[5] as Int64), carrier: row[6]), sent: sent)
    }
}

struct DecisionTable {
    let ring: KeyRing
    var database: Database { ring.database }

    func insert(_ record: Int64, version: UInt64, _ decision: DecisionState) throws {
        let words = try decision.words.map {
            Data(
                try ring.seal(
                    $0.utf8, in: .words, .number(record), .number(Int64(clamping: version)), .number(Int64(decision.level))))
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO decision (record, version, level, type, hash, code, words, fields, log, seq, carrier)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            record, Int64(clamping: version), decision.level, Int64(clamping: decision.type.rawValue), decision.hash.data,
            decision.code, words, decision.fields.isEmpty ? nil : decision.fields.joined(separator: ";"),
            decision.place.log, Int64(clamping: decision.place.seq), decision.place.carrier,
        ])
    }

    func all(_ record: Int64, version: UInt64) throws -> [DecisionState] {
        try GRDB.Row.fetchAll(
            database.cachedStatement(sql: "SELECT * FROM decision WHERE record = ? AND version = ? ORDER BY level DESC"),
            arguments: [record, Int64(clamping: version)]
        ).compactMap(state)
    }

    private func state(_ row: GRDB.Row) throws -> DecisionState? {
        guard let type = EntryType(rawValue: UInt64(clamping: row["type"] as Int64)) else { return nil }
        let fields: String? = row["fields"]
        let sealed: Data? = row["words"]
        let words = try sealed.map {
            String(
                decoding: try ring.open(
                    $0, in: .words, .number(row["record"]), .number(row["version"]), .number(row["level"])),
                as: UTF8.self)
        }
        return DecisionState(
            level: row["level"], type: type, hash: try .stored(row["hash"]), code: row["code"], words: words,
            fields: fields?.split(separator: ";").map(String.init) ?? [], place: EntryPlace(row))
    }
}

extension EntryPlace {
    fileprivate init(_ row: GRDB.Row) {
        self.init(log: row["log"], seq: UInt64(clamping: row["seq"] as Int64), carrier: row["carrier"])
    }
}
