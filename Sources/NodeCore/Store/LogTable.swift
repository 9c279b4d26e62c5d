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
        let statement = try select("WHERE author = ? AND incarnation = ? AND direction = ? AND peer = ?")
        statement.bind(1, log.author)
        statement.bind(2, log.incarnation)
        statement.bind(3, Int64(log.direction.rawValue))
        statement.bind(4, log.peer)
        return try statement.first(in: database, LogTable.state)
    }

    /// A log in all lives of its author, in the order in which they were first heard of.
    func lives(_ log: LogID) throws -> [LogState] {
        let statement = try select("WHERE author = ? AND direction = ? AND peer = ? ORDER BY id")
        statement.bind(1, log.author)
        statement.bind(2, Int64(log.direction.rawValue))
        statement.bind(3, log.peer)
        return try statement.rows(in: database, LogTable.state)
    }

    func state(_ id: Int64) throws -> LogState? {
        let statement = try select("WHERE id = ?")
        statement.bind(1, id)
        return try statement.first(in: database, LogTable.state)
    }

    func all() throws -> [LogState] { try select("ORDER BY id").rows(in: database, LogTable.state) }

    /// Asked for at every step of a line: the columns are read by their places.
    private func select(_ condition: String) throws -> HeldStatement {
        HeldStatement(
            try database.cachedStatement(
                sql: """
                    /* held */ SELECT id, author, incarnation, direction, peer, next, hash, receipts, peer_durable,
                    peer_applied, peer_receipt, peer_ms, frozen, closed, key FROM log \(condition)
                    """))
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

    private static func state(_ row: HeldRow) throws -> LogState {
        guard let direction = Direction(rawValue: UInt8(clamping: row.integer(3))) else {
            throw NodeError(.storeBroken, "数据库内容损坏", "a log of the store has no direction")
        }
        let log = LogID(
            author: try row.fixed(1), incarnation: try row.fixed(2), direction: direction, peer: try row.fixed(4))
        return LogState(
            id: row.integer(0), log: log, next: number(row.integer(5)), hash: row.isNull(6) ? nil : try row.fixed(6),
            receipts: number(row.integer(7)), peerDurable: number(row.integer(8)), peerApplied: number(row.integer(9)),
            peerReceipt: number(row.integer(10)), peerMilliseconds: row.isNull(11) ? nil : row.integer(11),
            frozen: row.isNull(12) ? nil : row.text(12), closed: row.isNull(13) ? nil : number(row.integer(13)),
            key: row.isNull(14) ? nil : try row.fixed(14))
    }

    private static func number(_ value: Int64) -> UInt64 { UInt64(clamping: value) }
}
