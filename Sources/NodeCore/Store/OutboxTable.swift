internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Entries of this node's own logs that wait for the neighbour to have what was sealed before them. Their places are
/// settled: they are sealed in this order behind the log's last seal. Nothing of them has left the node.
struct OutboxTable {
    let ring: KeyRing
    var database: Database { ring.database }

    func append(_ item: Outgoing.Item, log: Int64) throws {
        var writer = CanonicalWriter()
        EntryBlock([.init(context: 0, entry: item.entry)]).write(to: &writer)
        let id = (try Int64.fetchOne(database.cachedStatement(sql: "SELECT MAX(id) FROM outbox")) ?? 0) + 1
        let sealed = try ring.seal(writer.bytes, in: .outbox, .number(id))
        try database.cachedStatement(
            sql: "INSERT INTO outbox (id, log, kind, schema, placement, entry, carries) VALUES (?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            id, log, Int64(clamping: item.context.kind), Int64(clamping: item.context.schema),
            Int64(clamping: item.context.placement), Data(sealed), OutboxTable.text(item.carries),
        ])
    }

    /// How many entries wait, and their bytes.
    func size(log: Int64) throws -> (entries: Int, bytes: Int) {
        let statement = try database.cachedStatement(
            sql: """
                SELECT COUNT(*) AS n, COALESCE(SUM(LENGTH(entry) - \(KeyRing.overhead)), 0) AS bytes
                FROM outbox WHERE log = ?
                """)
        let row = try GRDB.Row.fetchOne(statement, arguments: [log])
        return (entries: row?["n"] ?? 0, bytes: row?["bytes"] ?? 0)
    }

    /// In the order in which they will be sealed.
    func items(of state: LogState) throws -> [Outgoing.Item] {
        try GRDB.Row.fetchAll(database, sql: "SELECT * FROM outbox WHERE log = ? ORDER BY id", arguments: [state.id]).map {
            try item($0, state.log)
        }
    }

    func clear(log: Int64) throws {
        try database.cachedStatement(sql: "DELETE FROM outbox WHERE log = ?").execute(arguments: [log])
    }

    /// Every log that has entries waiting, oldest log first.
    func logs() throws -> [Int64] {
        try Int64.fetchAll(database.cachedStatement(sql: "SELECT DISTINCT log FROM outbox ORDER BY log"))
    }

    private func item(_ row: GRDB.Row, _ log: LogID) throws -> Outgoing.Item {
        let context = EntryContext(
            author: log.author, incarnation: log.incarnation, kind: UInt64(clamping: row["kind"] as Int64),
            schema: UInt64(clamping: row["schema"] as Int64), placement: UInt64(clamping: row["placement"] as Int64))
        let bytes: Data = row["entry"]
        var reader = CanonicalReader(try ring.open(bytes, in: .outbox, .number(row["id"])))
        guard let item = try EntryBlock(from: &reader, contexts: 1).items.first else {
            throw NodeError(.storeBroken, "待签封的条目损坏", "an entry that waits to be sealed is not readable")
        }
        return Outgoing.Item(context: context, entry: item.entry, carries: OutboxTable.places(row["carries"]))
    }

    /// `log:seq:carrier` of each place, the carrier empty where there is none.
    private static func text(_ places: [EntryPlace]) -> String {
        places.map { "\($0.log):\($0.seq):\($0.carrier.map(String.init) ?? "")" }.joined(separator: ";")
    }

    private static func places(_ text: String) -> [EntryPlace] {
        text.split(separator: ";").compactMap { place in
            let parts = place.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, let log = Int64(parts[0]), let seq = UInt64(parts[1]) else { return nil }
            return EntryPlace(log: log, seq: seq, carrier: Int64(parts[2]))
        }
    }
}

extension Snapshot {
    var outbox: OutboxTable { OutboxTable(ring: ring) }
}

extension Transaction {
    var outbox: OutboxTable { OutboxTable(ring: ring) }
}
