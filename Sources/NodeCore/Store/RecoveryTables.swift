internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Neighbours that may hold more of this node's earlier lives than it does itself.
struct CatchingUpTable {
    let database: Database

    func add(_ seat: String) throws {
        try database.execute(sql: "INSERT OR IGNORE INTO catching_up (seat) VALUES (?)", arguments: [seat])
    }

    func contains(_ seat: String) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM catching_up WHERE seat = ?)"), arguments: [seat])
            ?? false
    }

    func all() throws -> [String] { try String.fetchAll(database, sql: "SELECT seat FROM catching_up ORDER BY seat") }

    func remove(_ seat: String) throws {
        try database.execute(sql: "DELETE FROM catching_up WHERE seat = ?", arguments: [seat])
    }
}

/// Seals that do not count, with their bodies: people may look into them and report again what is true.
struct LateTable {
    let ring: KeyRing
    var database: Database { ring.database }

    /// Bodies beyond this are kept by their seal alone, and seals beyond that not at all, so that nobody fills the disk with
    /// what does not count.
    private static let bytesPerAuthor = 64 * 1_024 * 1_024
    private static let sealsPerAuthor = 10_000

    /// A seal that does not count, as it is kept.
    struct Kept {
        let number: Int64
        let seal: Seal
        let packed: [UInt8]?
        let unpackedSize: Int
        let reason: String
        let milliseconds: Int64

        /// Nil where only the seal was kept.
        func body() throws -> Body? { try packed.map { try Body(unpacking: $0[...], size: unpackedSize, of: seal) } }
    }

    func add(_ seal: Seal, packed: [UInt8]?, unpackedSize: Int, reason: String, at milliseconds: Int64) throws {
        let known = try GRDB.Row.fetchOne(
            database, sql: "SELECT COUNT(*) AS seals, SUM(LENGTH(packed)) AS bytes FROM late WHERE author = ?",
            arguments: [seal.log.author.data])
        guard known?["seals"] ?? 0 < LateTable.sealsPerAuthor else { return }
        let kept: Int = known?["bytes"] ?? 0
        let body = kept + (packed?.count ?? 0) <= LateTable.bytesPerAuthor ? packed : nil
        let id = (try Int64.fetchOne(database, sql: "SELECT MAX(id) FROM late") ?? 0) + 1
        let sealed = try body.map { Data(try ring.seal($0, in: .late, .number(id))) }
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO late
                (id, author, incarnation, direction, peer, first, hash, seal, packed, unpacked_size, reason, at_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, seal.log.author.data, seal.log.incarnation.data, Int64(seal.log.direction.rawValue), seal.log.peer.data,
                Int64(clamping: seal.first), seal.hash.data, Data(seal.message.encoded), sealed, unpackedSize,
                reason, milliseconds,
            ])
    }

    func holds(_ seal: Digest) throws -> Bool {
        try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM late WHERE hash = ?)", arguments: [seal.data])
            ?? false
    }

    func count() throws -> Int { try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM late") ?? 0 }

    /// The oldest first, those behind `number`.
    func page(after number: Int64, limit: Int) throws -> [Kept] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM late WHERE id > ? ORDER BY id LIMIT ?", arguments: [number, limit]
        ).map(kept)
    }

    func row(_ number: Int64) throws -> Kept? {
        try GRDB.Row.fetchOne(database, sql: "SELECT * FROM late WHERE id = ?", arguments: [number]).map(kept)
    }

    private func kept(_ row: GRDB.Row) throws -> Kept {
        let bytes: Data = row["seal"]
        let packed: Data? = row["packed"]
        return Kept(
            number: row["id"], seal: try Seal(decoding: [UInt8](bytes)[...]),
            packed: try packed.map { try ring.open($0, in: .late, .number(row["id"])) },
            unpackedSize: row["unpacked_size"] ?? 0, reason: row["reason"], milliseconds: row["at_ms"])
    }
}

/// How far the thread of hellos with a neighbour goes.
struct ThreadState: Sendable {
    let number: UInt64
    /// Of the last answer; nil when none was accepted (child) or given (parent).
    let digest: Digest?
    /// Of the answer before.
    let previous: Digest?
    /// Parent only: whether a request came under the last answer, so that it was surely received.
    let isUsed: Bool
    /// Parent: the question that the last answer was for. Child: the last question sent.
    let question: [UInt8]?
}

struct ThreadTable {
    let database: Database

    func find(_ peer: NodeID, child: Incarnation, parent: Incarnation) throws -> ThreadState? {
        try GRDB.Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT * FROM thread WHERE peer = ? AND child_life = ? AND parent_life = ?"),
            arguments: [peer.data, child.data, parent.data]
        ).map { row in
            let question: Data? = row["question"]
            return ThreadState(
                number: UInt64(clamping: row["number"] as Int64), digest: try (row["digest"] as Data?).map(Digest.stored),
                previous: try (row["previous"] as Data?).map(Digest.stored), isUsed: row["is_used"],
                question: question.map { [UInt8]($0) })
        }
    }

    /// Of the parent's lives the one met last.
    func latest(_ peer: NodeID, child: Incarnation) throws -> (parent: Incarnation, state: ThreadState)? {
        let sql = "SELECT parent_life FROM thread WHERE peer = ? AND child_life = ? ORDER BY rowid DESC LIMIT 1"
        let found = try Data.fetchOne(database.cachedStatement(sql: sql), arguments: [peer.data, child.data])
        guard let life = found else { return nil }
        let parent = try Incarnation.stored(life)
        return try find(peer, child: child, parent: parent).map { (parent: parent, state: $0) }
    }

    func put(_ state: ThreadState, _ peer: NodeID, child: Incarnation, parent: Incarnation) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO thread (peer, child_life, parent_life, number, digest, previous, is_used, question)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            peer.data, child.data, parent.data, Int64(clamping: state.number), state.digest?.data, state.previous?.data,
            state.isUsed, state.question.map { Data($0) },
        ])
    }
}

/// What has to be known of facts to take them back.
struct TakeBackTable {
    let database: Database

    /// Records with a version or a decision that stands in these journal rows, or was brought by one of them.
    func records(log: Int64, from position: UInt64) throws -> [Int64] {
        try Int64.fetchAll(
            database,
            sql: """
                WITH gone AS (SELECT id FROM journal WHERE log = :log AND first >= :from)
                SELECT id FROM record WHERE (log = :log AND seq >= :from) OR carrier IN gone
                UNION SELECT record FROM version WHERE (log = :log AND seq >= :from) OR carrier IN gone
                UNION SELECT record FROM decision WHERE (log = :log AND seq >= :from) OR carrier IN gone
                ORDER BY 1
                """,
            arguments: ["log": log, "from": Int64(clamping: position)])
    }

    /// The versions and decisions of a record leave; the record itself stays for what will be folded again.
    func clear(record: Int64) throws {
        for sql in [
            "DELETE FROM decision WHERE record = ?", "DELETE FROM version WHERE record = ?",
            """
            UPDATE record SET version = 0, hash = NULL, ceiling = NULL, asked = NULL, log = NULL, seq = NULL, carrier = NULL,
            sent_log = NULL, sent_seq = NULL, standing = 'draft', pending_level = NULL WHERE id = ?
            """,
        ] {
            try database.execute(sql: sql, arguments: [record])
        }
    }

    func remove(record: Int64) throws {
        try database.execute(sql: "DELETE FROM record WHERE id = ?", arguments: [record])
    }

    /// The rows of a log behind a position, first to last.
    func rows(log: Int64, from position: UInt64) throws -> [Int64] {
        try Int64.fetchAll(
            database, sql: "SELECT id FROM journal WHERE log = ? AND first >= ? ORDER BY first",
            arguments: [log, Int64(clamping: position)])
    }

    func removeRow(_ id: Int64) throws {
        try database.execute(sql: "DELETE FROM deferred WHERE journal = ?", arguments: [id])
        try database.execute(sql: "DELETE FROM journal WHERE id = ?", arguments: [id])
    }

    /// The same of one that waited unsealed.
    func forgetRelay(target: Int64, origin: Int64, first: UInt64) throws {
        try database.execute(
            sql: "DELETE FROM relayed WHERE target = ? AND origin = ? AND first = ?",
            arguments: [target, origin, Int64(clamping: first)])
    }

    /// Seals that were relayed in rows that are gone may be relayed again.
    func forgetRelays(target: Int64) throws {
        try database.execute(sql: "DELETE FROM relayed WHERE target = ?", arguments: [target])
    }
}

/// Versions of which this node holds less than it once did, since a newer one had a lower ceiling. It stays so when that
/// one is taken back.
struct NarrowedTable {
    let database: Database

    func note(_ record: RecordID, _ version: UInt64) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO narrowed (uuid, version) VALUES (?, ?)")
            .execute(arguments: [record.data, Int64(clamping: version)])
    }

    func contains(_ record: RecordID, _ version: UInt64) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM narrowed WHERE uuid = ? AND version = ?)"),
            arguments: [record.data, Int64(clamping: version)]) ?? false
    }
}

/// What a level would have passed on and has not, for all that its logs say.
struct ResumptionTable {
    let database: Database

    /// Rows with seals of lower logs, in the order in which they came, that went into none of the logs `own` of `node`.
    func unrelayed(_ own: [Int64], by node: NodeID) throws -> [Int64] {
        try Int64.fetchAll(
            database,
            sql: """
                SELECT journal.id FROM journal JOIN log ON log.id = journal.log
                WHERE log.direction = ? AND log.author <> ? AND NOT EXISTS (
                    SELECT 1 FROM relayed WHERE target IN (\(own.map(String.init).joined(separator: ", ")))
                    AND origin = journal.log AND first = journal.first)
                ORDER BY journal.id
                """,
            arguments: [Int64(Direction.up.rawValue), node.data])
    }

    /// Versions of others that no entry of this node stands for in its log toward the parent.
    func unsent(by node: NodeID) throws -> [(record: Int64, version: UInt64)] {
        try pairs(
            """
            SELECT id AS record, version AS number FROM record WHERE sent_log IS NULL AND version > 0 AND home <> :node
            UNION ALL SELECT record, number FROM version JOIN record ON record.id = version.record
            WHERE version.sent_log IS NULL AND home <> :node
            ORDER BY 1, 2
            """, ["node": node.data])
    }

    /// Versions of others that `level` or one above it decided about.
    func decided(upTo level: Level, by node: NodeID) throws -> [(record: Int64, version: UInt64)] {
        try pairs(
            """
            SELECT DISTINCT decision.record, decision.version FROM decision JOIN record ON record.id = decision.record
            WHERE decision.level <= :level AND home <> :node ORDER BY 1, 2
            """, ["level": level.rawValue, "node": node.data])
    }

    /// Records that wait at `level` and were withdrawn.
    func withdrawn(at level: Level) throws -> [Int64] {
        try Int64.fetchAll(
            database,
            sql: """
                SELECT record.id FROM record JOIN decision ON decision.record = record.id
                AND decision.version = record.version
                WHERE pending_level = ? AND type = ? ORDER BY 1
                """,
            arguments: [level.rawValue, Int64(clamping: EntryType.withdraw.rawValue)])
    }

    private func pairs(_ sql: String, _ arguments: StatementArguments) throws -> [(record: Int64, version: UInt64)] {
        try GRDB.Row.fetchAll(database, sql: sql, arguments: arguments).map {
            (record: $0[0], version: UInt64(clamping: $0[1] as Int64))
        }
    }
}

extension Snapshot {
    var catchingUp: CatchingUpTable { CatchingUpTable(database: database) }
    var late: LateTable { LateTable(ring: ring) }
    var threads: ThreadTable { ThreadTable(database: database) }
}

extension Transaction {
    var catchingUp: CatchingUpTable { CatchingUpTable(database: database) }
    var late: LateTable { LateTable(ring: ring) }
    var threads: ThreadTable { ThreadTable(database: database) }
    var takeBack: TakeBackTable { TakeBackTable(database: database) }
    var narrowed: NarrowedTable { NarrowedTable(database: database) }
    var resumption: ResumptionTable { ResumptionTable(database: database) }
}
