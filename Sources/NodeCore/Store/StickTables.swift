internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Which lives of a neighbour were met, by line or on a stick, in their order: the last is the present one. What was made in
/// an earlier one and comes late must not be taken for news.
struct MetTable {
    let database: Database

    func latest(_ peer: NodeID) throws -> Incarnation? {
        try Data.fetchOne(
            database.cachedStatement(sql: "SELECT life FROM met WHERE peer = ? ORDER BY number DESC LIMIT 1"),
            arguments: [peer.data]
        ).map(Incarnation.stored)
    }

    func count(_ peer: NodeID) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT COUNT(*) FROM met WHERE peer = ?"), arguments: [peer.data]) ?? 0
    }

    func contains(_ peer: NodeID, _ life: Incarnation) throws -> Bool {
        try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM met WHERE peer = ? AND life = ?)",
            arguments: [peer.data, life.data]) ?? false
    }

    /// A life that is known already keeps its place.
    func note(_ peer: NodeID, _ life: Incarnation) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO met (peer, life) VALUES (?, ?)")
            .execute(arguments: [peer.data, life.data])
    }
}

/// What a neighbour said last on a stick.
struct StickTable {
    let database: Database

    func put(_ manifest: BundleManifest, at milliseconds: Int64) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO stick (peer, manifest, at_ms) VALUES (?, ?, ?)",
            arguments: [manifest.content.sender.data, Data(manifest.message.encoded), milliseconds])
    }

    func latest(_ peer: NodeID) throws -> (content: BundleManifest.Content, milliseconds: Int64)? {
        try GRDB.Row.fetchOne(database, sql: "SELECT * FROM stick WHERE peer = ?", arguments: [peer.data]).map { row in
            let bytes: Data = row["manifest"]
            return (
                content: try BundleManifest(decoding: [UInt8](bytes)[...]).content, milliseconds: row["at_ms"]
            )
        }
    }
}

extension JournalTable {
    /// The seals of a log in [`from`, `next`) with the bytes that each takes as a changeset, seal and body alone.
    func forEachSize(
        log: Int64, from: UInt64, next: UInt64, _ visit: (_ first: UInt64, _ bytes: Int) throws -> Void
    ) throws {
        let cursor = try GRDB.Row.fetchCursor(
            database,
            sql: """
                SELECT first, LENGTH(seal) + COALESCE(LENGTH(packed) - \(KeyRing.overhead), 0) AS bytes FROM journal
                WHERE log = ? AND first >= ? AND first < ? ORDER BY first
                """, arguments: [log, Int64(clamping: from), Int64(clamping: next)])
        while let row = try cursor.next() { try visit(UInt64(clamping: row["first"] as Int64), row["bytes"]) }
    }
}

extension Snapshot {
    var met: MetTable { MetTable(database: database) }
    var sticks: StickTable { StickTable(database: database) }
}

extension Transaction {
    var met: MetTable { MetTable(database: database) }
    var sticks: StickTable { StickTable(database: database) }
}
