internal import Foundation
internal import GRDB
internal import SyncProtocol

/// How far one log is held here, and how far its neighbour holds it.
struct LogState: Sendable {
    let id: Int64
    let log: LogID
    /// The next sequence number; what lies below is durable.
    let next: UInt64
    /// Hash of the last seal; nil at the beginning.
    let hash: Digest?
    let receipts: UInt64
    let peerDurable: UInt64
    let peerApplied: UInt64
    let peerReceipt: UInt64
    /// When the peer's last receipt came; display only.
    let peerMilliseconds: Int64?
    /// Why the link stands still; nil while it works.
    let frozen: String?
    /// Where an earlier life ended; seals behind it are late.
    let closed: UInt64?
    /// Who signed the last seal.
    let key: KeyID?

    var life: LogLife { LogLife(incarnation: log.incarnation, next: next, hash: hash) }

    var backlog: UInt64 { next >= peerDurable ? next - peerDurable : 0 }
}

struct LogTable {
    let database: Database

    func find(_ log: LogID) throws -> LogState? {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM log WHERE author = ? AND incarnation = ? AND direction = ? AND peer = ?")
        let row = try GRDB.Row.fetchOne(
            statement,
            arguments: [log.author.data, log.incarnation.data, Int64(log.direction.rawValue), log.peer.data])
        return try row.map(LogTable.state)
    }

    /// A log in all lives of its author, in the order in which they were first heard of.
    func lives(_ log: LogID) throws -> [LogState] {
        let sql = "SELECT * FROM log WHERE author = ? AND direction = ? AND peer = ? ORDER BY id"
        return try GRDB.Row.fetchAll(
            database.cachedStatement(sql: sql), arguments: [log.author.data, Int64(log.direction.rawValue), log.peer.data]
        ).map(LogTable.state)
    }

    func state(_ id: Int64) throws -> LogState? {
        try GRDB.Row.fetchOne(database.cachedStatement(sql: "SELECT * FROM log WHERE id = ?"), arguments: [id]).map(
            LogTable.state)
    }

    func all() throws -> [LogState] {
        try GRDB.Row.fetchAll(database.cachedStatement(sql: "SELECT * FROM log ORDER BY id")).map(LogTable.state)
    }

    func findOrCreate(_ log: LogID) throws -> LogState {
        if let state = try find(log) { return state }
        try database.execute(
            sql: "INSERT INTO log (author, incarnation, direction, peer) VALUES (?, ?, ?, ?)",
            arguments: [log.author.data, log.incarnation.data, Int64(log.direction.rawValue), log.peer.data])
        guard let state = try find(log) else { throw NodeError(.storeBroken, "数据库写入失败", "a new log did not appear") }
        return state
    }

    func advance(_ id: Int64, to seal: Seal) throws {
        try database.cachedStatement(sql: "UPDATE log SET next = ?, hash = ?, key = ? WHERE id = ?")
            .execute(arguments: [Int64(clamping: seal.next), seal.hash.data, seal.message.key.data, id])
    }

    /// Back to where a lost branch left the one that counts; `seal` is the last that stays.
    func turnBack(_ id: Int64, to seal: Seal?) throws {
        try database.execute(
            sql: "UPDATE log SET next = ?, hash = ?, key = ?, peer_durable = MIN(peer_durable, ?) WHERE id = ?",
            arguments: [
                Int64(clamping: seal?.next ?? 0), seal?.hash.data, seal?.message.key.data, Int64(clamping: seal?.next ?? 0),
                id,
            ])
    }

    /// The peer lives another life: its receipts are numbered anew.
    func meet(_ log: LogID, in life: Incarnation) throws {
        try database.cachedStatement(
            sql: """
                UPDATE log SET peer_receipt = 0, peer_life = :life
                WHERE author = :author AND direction = :direction AND peer = :peer AND peer_life IS NOT :life
                """
        ).execute(arguments: [
            "life": life.data, "author": log.author.data, "direction": Int64(log.direction.rawValue),
            "peer": log.peer.data,
        ])
    }

    func close(_ id: Int64, at position: UInt64) throws {
        try database.execute(
            sql: "UPDATE log SET closed = ? WHERE id = ?", arguments: [Int64(clamping: position), id])
    }

    /// Numbers this node's receipts for a log.
    func nextReceipt(_ id: Int64) throws -> UInt64 {
        try database.cachedStatement(sql: "UPDATE log SET receipts = receipts + 1 WHERE id = ?").execute(arguments: [id])
        return try state(id)?.receipts ?? 1
    }

    func setPeer(_ id: Int64, durable: UInt64, applied: UInt64, receipt: UInt64, at milliseconds: Int64) throws {
        try database.cachedStatement(
            sql: "UPDATE log SET peer_durable = ?, peer_applied = ?, peer_receipt = ?, peer_ms = ? WHERE id = ?"
        ).execute(arguments: [
            Int64(clamping: durable), Int64(clamping: applied), Int64(clamping: receipt), milliseconds, id,
        ])
    }

    func setDurable(_ id: Int64, _ durable: UInt64) throws {
        try database.cachedStatement(sql: "UPDATE log SET peer_durable = ? WHERE id = ?")
            .execute(arguments: [Int64(clamping: durable), id])
    }

    func freeze(_ id: Int64, _ reason: String) throws {
        try database.execute(sql: "UPDATE log SET frozen = ? WHERE id = ?", arguments: [reason, id])
    }

    /// A person has looked, or the author has begun a later life.
    func thaw(_ id: Int64) throws { try database.execute(sql: "UPDATE log SET frozen = NULL WHERE id = ?", arguments: [id]) }

    private static func state(_ row: GRDB.Row) throws -> LogState {
        let incarnation = try Incarnation.stored(row["incarnation"])
        guard let direction = Direction(rawValue: UInt8(clamping: row["direction"] as Int64)) else {
            throw NodeError(.storeBroken, "数据库内容损坏", "a log of the store has no direction")
        }
        let log = LogID(
            author: try .stored(row["author"]), incarnation: incarnation, direction: direction,
            peer: try .stored(row["peer"]))
        return LogState(
            id: row["id"], log: log, next: number(row["next"]), hash: try (row["hash"] as Data?).map(Digest.stored),
            receipts: number(row["receipts"]), peerDurable: number(row["peer_durable"]),
            peerApplied: number(row["peer_applied"]), peerReceipt: number(row["peer_receipt"]),
            peerMilliseconds: row["peer_ms"],
            frozen: row["frozen"], closed: (row["closed"] as Int64?).map(number),
            key: try (row["key"] as Data?).map(KeyID.stored))
    }

    private static func number(_ value: Int64) -> UInt64 { UInt64(clamping: value) }
}
