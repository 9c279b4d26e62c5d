internal import Foundation
internal import GRDB
public import SyncProtocol

extension Inquiry {
    /// Bytes of changesets that are held of each author: what its quota is about. Reads the whole journal's sizes.
    public static func storedBytes(in snapshot: borrowing Snapshot) throws -> [NodeID: UInt64] {
        let rows = try GRDB.Row.fetchAll(
            snapshot.database,
            sql: """
                SELECT log.author AS author, SUM(LENGTH(journal.packed)) AS bytes
                FROM journal JOIN log ON log.id = journal.log GROUP BY log.author
                """)
        var stored = [NodeID: UInt64]()
        for row in rows { stored[try .stored(row["author"])] = UInt64(clamping: row["bytes"] as Int64? ?? 0) }
        return stored
    }
}
