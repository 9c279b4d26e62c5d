internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Single values: who this node is.
struct MetaTable {
    let database: Database

    func value(_ key: String) throws -> [UInt8]? {
        try Data.fetchOne(database.cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key]).map {
            [UInt8]($0)
        }
    }

    func text(_ key: String) throws -> String? { try value(key).map { String(decoding: $0, as: UTF8.self) } }

    func set(_ key: String, _ value: some Sequence<UInt8>) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", arguments: [key, Data(Array(value))])
    }

    func remove(_ key: String) throws { try database.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [key]) }

    /// The public key that ID numbers are sealed to; nil until the national node has published one.
    func matchingKey() throws -> MatchingKey? {
        guard let bytes = try value("matching_key"), let number = bytes.first else { return nil }
        return try MatchingKey(suite: Suite(number: UInt64(number)), bytes: Array(bytes.dropFirst()))
    }

    func setMatchingKey(_ key: MatchingKey) throws { try set("matching_key", [key.suite.rawValue] + key.bytes) }
}

/// The topology, code tables and parameters as loaded.
struct ReferenceTable {
    let database: Database

    func replaceSeats(_ seats: [TreeSeat]) throws {
        try database.execute(sql: "DELETE FROM seat")
        for (position, seat) in seats.enumerated() {
            try database.cachedStatement(
                sql: """
                    INSERT INTO seat (code, position, name, level, parent, address, review_chain, is_relay)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                seat.code, position, seat.name, seat.level.rawValue, seat.parent, seat.address,
                seat.reviewChain.joined(separator: ";"), seat.isRelay,
            ])
        }
    }

    func tree() throws -> NodeTree {
        NodeTree(
            try GRDB.Row.fetchAll(database, sql: "SELECT * FROM seat ORDER BY position").map { row in
                let chain: String = row["review_chain"]
                return TreeSeat(
                    code: row["code"], name: row["name"], level: Level(rawValue: row["level"]) ?? .county,
                    parent: row["parent"],
                    address: row["address"], reviewChain: chain.split(separator: ";").map(String.init),
                    isRelay: row["is_relay"])
            })
    }

    func replaceCodes(_ tables: [String: [Code]]) throws {
        try database.execute(sql: "DELETE FROM code")
        for (list, codes) in tables.sorted(by: { $0.key < $1.key }) { try replace(list, codes) }
    }

    /// One table as a whole.
    func replace(_ list: String, _ codes: [Code]) throws {
        try database.cachedStatement(sql: "DELETE FROM code WHERE list = ?").execute(arguments: [list])
        for (position, code) in codes.enumerated() {
            try database.cachedStatement(sql: "INSERT INTO code (list, position, code, zh, en) VALUES (?, ?, ?, ?, ?)")
                .execute(arguments: [list, position, code.code, code.label.zh, code.label.en])
        }
    }

    /// The tables with what was added to them below the nation.
    func codes() throws -> CodeTables {
        let rows = try GRDB.Row.fetchAll(database, sql: "SELECT * FROM code ORDER BY list, position")
        return CodeTables(
            Dictionary(grouping: rows, by: { $0["list"] as String }).mapValues { rows in
                rows.map { Code($0["code"], Label($0["zh"], $0["en"])) }
            }, locals: try localCodes())
    }
}

/// The trust log, the one-time codes of enrolment, and who asked with one.
struct TrustTable {
    let database: Database

    /// Adds what is new, and marks what a revocation has taken out: its bytes stay, as evidence.
    func keep(_ trust: Trust) throws {
        let held = try Set(Data.fetchAll(database, sql: "SELECT hash FROM statement WHERE is_admitted = 1"))
        var admitted = Set<Data>()
        for statement in trust.statements {
            let hash = statement.hash.data
            admitted.insert(hash)
            guard !held.contains(hash) else { continue }
            try database.cachedStatement(
                sql: """
                    INSERT INTO statement (hash, bytes) VALUES (?, ?)
                    ON CONFLICT (hash) DO UPDATE SET is_admitted = 1
                    """
            ).execute(arguments: [hash, Data(statement.message.encoded)])
        }
        for hash in held.subtracting(admitted) {
            try database.execute(sql: "UPDATE statement SET is_admitted = 0 WHERE hash = ?", arguments: [hash])
        }
    }

    /// What is admitted, in an order in which it can be admitted again.
    func all() throws -> [TrustStatement] {
        try Data.fetchAll(database, sql: "SELECT bytes FROM statement WHERE is_admitted = 1 ORDER BY position").map {
            try TrustStatement(decoding: [UInt8]($0)[...])
        }
    }

    /// Which seat a node holds, as its latest certificate says.
    func seat(of node: NodeID) throws -> String? {
        try all().compactMap { statement -> String? in
            guard case .certificate(let certificate) = statement, certificate.node == node else { return nil }
            return certificate.seat.code
        }.last
    }

    func invite(hash: Digest, seat: String, expires: Int64) throws {
        try database.execute(
            sql: "INSERT INTO invitation (code_hash, seat, expires_ms) VALUES (?, ?, ?)",
            arguments: [hash.data, seat, expires])
    }

    /// Takes the code for `node`; the seat when it is the first use and in time. A repeat by the same node is the same use.
    func redeem(hash: Digest, node: NodeID, at milliseconds: Int64) throws -> String? {
        try database.execute(
            sql: """
                UPDATE invitation SET used_by = ?, used_ms = ?
                WHERE code_hash = ? AND expires_ms > ? AND (used_by IS NULL OR used_by = ?)
                """,
            arguments: [node.data, milliseconds, hash.data, milliseconds, node.data])
        guard database.changesCount == 1 else { return nil }
        return try String.fetchOne(database, sql: "SELECT seat FROM invitation WHERE code_hash = ?", arguments: [hash.data])
    }

    /// Who asked to be enrolled and waits for a person: one request a seat, the latest.
    func ask(_ request: EnrolmentRequest, at milliseconds: Int64) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO enrolment (seat, request, at_ms) VALUES (?, ?, ?)",
            arguments: [request.seat, Data(request.message.encoded), milliseconds])
    }

    func asked(seat: String) throws -> [UInt8]? {
        try Data.fetchOne(database, sql: "SELECT request FROM enrolment WHERE seat = ?", arguments: [seat])
            .map { [UInt8]($0) }
    }

    func allAsked() throws -> [(bytes: [UInt8], milliseconds: Int64)] {
        try GRDB.Row.fetchAll(database, sql: "SELECT * FROM enrolment ORDER BY seat").map { row in
            let bytes: Data = row["request"]
            return (bytes: [UInt8](bytes), milliseconds: row["at_ms"])
        }
    }

    func settle(seat: String) throws {
        try database.execute(sql: "DELETE FROM enrolment WHERE seat = ?", arguments: [seat])
    }

    func invitations() throws -> [(seat: String, expires: Int64, used: Int64?)] {
        try GRDB.Row.fetchAll(database, sql: "SELECT * FROM invitation ORDER BY expires_ms")
            .map { (seat: $0["seat"], expires: $0["expires_ms"], used: $0["used_ms"]) }
    }
}

extension Snapshot {
    var meta: MetaTable { MetaTable(database: database) }
    var reference: ReferenceTable { ReferenceTable(database: database) }
    var trust: TrustTable { TrustTable(database: database) }
    var logs: LogTable { LogTable(database: database) }
    var journal: JournalTable { JournalTable(ring: ring) }
    var records: RecordTable { RecordTable(database: database) }
    var versions: VersionTable { VersionTable(database: database) }
    var decisions: DecisionTable { DecisionTable(ring: ring) }
    var home: HomeTable { HomeTable(ring: ring) }
    var audit: AuditTable { AuditTable(database: database, suite: ring.suite) }
    var auditHeads: AuditHeadTable { AuditHeadTable(database: database) }
    var accounts: AccountTable { AccountTable(ring: ring) }
    var grants: GrantTable { GrantTable(database: database) }
    var sessions: SessionTable { SessionTable(database: database) }
    var lastEdits: LastEditTable { LastEditTable(database: database) }
    var quarantine: QuarantineTable { QuarantineTable(database: database) }
    var persons: PersonTable { PersonTable(ring: ring) }
    func typed(_ kind: RecordKind) -> TypedTable { TypedTable(ring: ring, kind: kind) }
}

extension Transaction {
    /// The same tables for reading within this transaction.
    public func withSnapshot<Result>(_ body: (borrowing Snapshot) throws -> Result) rethrows -> Result {
        try body(Snapshot(ring: ring))
    }

    var meta: MetaTable { MetaTable(database: database) }
    var reference: ReferenceTable { ReferenceTable(database: database) }
    var trust: TrustTable { TrustTable(database: database) }
    var logs: LogTable { LogTable(database: database) }
    var journal: JournalTable { JournalTable(ring: ring) }
    var records: RecordTable { RecordTable(database: database) }
    var versions: VersionTable { VersionTable(database: database) }
    var decisions: DecisionTable { DecisionTable(ring: ring) }
    var home: HomeTable { HomeTable(ring: ring) }
    var audit: AuditTable { AuditTable(database: database, suite: ring.suite, held: held) }
    var auditHeads: AuditHeadTable { AuditHeadTable(database: database) }
    var accounts: AccountTable { AccountTable(ring: ring) }
    var grants: GrantTable { GrantTable(database: database) }
    var sessions: SessionTable { SessionTable(database: database) }
    var lastEdits: LastEditTable { LastEditTable(database: database) }
    var reports: ReportTable { ReportTable(ring: ring, held: held) }
    var quarantine: QuarantineTable { QuarantineTable(database: database) }
    var persons: PersonTable { PersonTable(ring: ring) }
    func typed(_ kind: RecordKind) -> TypedTable { TypedTable(ring: ring, kind: kind, held: held) }
}
