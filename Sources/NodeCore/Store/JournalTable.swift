internal import Foundation
internal import GRDB
internal import SyncProtocol

/// One row of the journal: a seal, and its packed body unless only the seal was relayed. The body is opened when it is
/// asked for: most who read a row want its seal.
struct JournalRow {
    let id: Int64
    let log: Int64
    let seal: Seal
    let unpackedSize: Int
    let milliseconds: Int64
    private let sealed: [UInt8]?
    private let ring: KeyRing

    init(_ row: GRDB.Row, _ ring: KeyRing) throws {
        let bytes: Data = row["seal"]
        let packed: Data? = row["packed"]
        id = row["id"]
        log = row["log"]
        seal = try Seal(decoding: [UInt8](bytes)[...])
        unpackedSize = row["unpacked_size"] ?? 0
        milliseconds = row["at_ms"]
        sealed = packed.map { [UInt8]($0) }
        self.ring = ring
    }

    /// Of the packed body; nil where only the seal is held.
    var packedCount: Int? { sealed.map { max(0, $0.count - KeyRing.overhead) } }

    func packed() throws -> [UInt8]? { try sealed.map { try ring.open($0, in: .journal, .number(id)) } }

    func body() throws -> Body {
        guard let packed = try packed() else {
            throw NodeError(.storeBroken, "此处只有封签，没有内容", "only the seal is held here, not its body")
        }
        return try Body(unpacking: packed[...], size: unpackedSize, of: seal)
    }
}

struct JournalTable {
    let ring: KeyRing
    var database: Database { ring.database }

    @discardableResult
    func append(log: Int64, seal: Seal, packed: ArraySlice<UInt8>?, unpackedSize: Int, at milliseconds: Int64) throws
        -> Int64
    {
        let id = (try Int64.fetchOne(database.cachedStatement(sql: "SELECT MAX(id) FROM journal")) ?? 0) + 1
        let sealed = try packed.map { Data(try ring.seal($0, in: .journal, .number(id))) }
        try database.cachedStatement(
            sql: """
                INSERT INTO journal (id, log, first, count, hash, seal, packed, unpacked_size, at_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id, log, Int64(clamping: seal.first), seal.count, seal.hash.data, Data(seal.message.encoded),
            sealed, packed == nil ? nil : unpackedSize, milliseconds,
        ])
        return id
    }

    func row(_ id: Int64) throws -> JournalRow? {
        try one("SELECT * FROM journal WHERE id = ?", [id])
    }

    /// The row whose seal begins at `first`.
    func row(log: Int64, first: UInt64) throws -> JournalRow? {
        try one("SELECT * FROM journal WHERE log = ? AND first = ?", [log, Int64(clamping: first)])
    }

    /// The row whose seal covers `seq`.
    func row(log: Int64, covering seq: UInt64) throws -> JournalRow? {
        let found = try one(
            "SELECT * FROM journal WHERE log = ? AND first <= ? ORDER BY first DESC LIMIT 1", [log, Int64(clamping: seq)])
        return found.flatMap { seq < $0.seal.next ? $0 : nil }
    }

    /// By the hash of its seal. There is no index over hashes: only for what is rare.
    func row(hash: Digest) throws -> JournalRow? { try one("SELECT * FROM journal WHERE hash = ?", [hash.data]) }

    /// Seals of one log from `first` on, in order, until their bodies exceed `budget` bytes; always at least one.
    func rows(log: Int64, from first: UInt64, budget: Int) throws -> [JournalRow] {
        let cursor = try GRDB.Row.fetchCursor(
            database.cachedStatement(sql: "SELECT * FROM journal WHERE log = ? AND first >= ? ORDER BY first"),
            arguments: [log, Int64(clamping: first)])
        return try rows(cursor, budget: budget)
    }

    private func rows(_ cursor: RowCursor, budget: Int) throws -> [JournalRow] {
        var rows = [JournalRow]()
        var size = 0
        while let row = try cursor.next() {
            let next = try JournalRow(row, ring)
            size += next.packedCount ?? 0
            if !rows.isEmpty && size > budget { break }
            rows.append(next)
        }
        return rows
    }

    /// Every row with a body, in the order in which it was written: what a rebuild plays again.
    func forEachBody(_ visit: (JournalRow) throws -> Void) throws {
        let cursor = try GRDB.Row.fetchCursor(database, sql: "SELECT * FROM journal WHERE packed IS NOT NULL ORDER BY id")
        while let row = try cursor.next() { try visit(JournalRow(row, ring)) }
    }

    /// The same page by page, until the bodies exceed `budget` bytes; at least one if there is any.
    func bodies(after id: Int64, budget: Int) throws -> [JournalRow] {
        let cursor = try GRDB.Row.fetchCursor(
            database, sql: "SELECT * FROM journal WHERE packed IS NOT NULL AND id > ? ORDER BY id", arguments: [id])
        return try rows(cursor, budget: budget)
    }

    func forEachSeal(_ visit: (JournalRow) throws -> Void) throws {
        let cursor = try GRDB.Row.fetchCursor(database, sql: "SELECT * FROM journal ORDER BY log, first")
        while let row = try cursor.next() { try visit(JournalRow(row, ring)) }
    }

    /// Puts a body with fewer sections in place of the one held: seal, hashes and positions stay.
    func repack(_ id: Int64, packed: [UInt8], unpackedSize: Int) throws {
        try database.execute(
            sql: "UPDATE journal SET packed = ?, unpacked_size = ? WHERE id = ?",
            arguments: [Data(try ring.seal(packed, in: .journal, .number(id))), unpackedSize, id])
    }

    func markRelayed(target: Int64, origin: Int64, first: UInt64) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO relayed (target, origin, first) VALUES (?, ?, ?)")
            .execute(arguments: [target, origin, Int64(clamping: first)])
    }

    func isRelayed(target: Int64, origin: Int64, first: UInt64) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM relayed WHERE target = ? AND origin = ? AND first = ?)"),
            arguments: [target, origin, Int64(clamping: first)]) ?? false
    }

    func postpone(journal: Int64, item: Int, reason: String, at milliseconds: Int64) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO deferred (journal, item, reason, tried_ms) VALUES (?, ?, ?, ?)",
            arguments: [journal, item, reason, milliseconds])
    }

    func settle(journal: Int64, item: Int) throws {
        try database.execute(sql: "DELETE FROM deferred WHERE journal = ? AND item = ?", arguments: [journal, item])
    }

    /// Those tried longest ago first, so that many that wait for ever cannot keep others from their turn.
    func postponed(limit: Int) throws -> [(journal: Int64, item: Int, reason: String)] {
        try GRDB.Row.fetchAll(
            database.cachedStatement(sql: "SELECT * FROM deferred ORDER BY tried_ms, journal, item LIMIT ?"),
            arguments: [limit]
        )
        .map { (journal: $0["journal"], item: $0["item"], reason: $0["reason"]) }
    }

    private func one(_ sql: String, _ arguments: StatementArguments) throws -> JournalRow? {
        try GRDB.Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments).map { try JournalRow($0, ring) }
    }
}
