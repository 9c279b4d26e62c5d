internal import Foundation
internal import GRDB
internal import SyncProtocol

/// The newest version of each artefact by its publisher.
struct PublicationTable {
    let database: Database

    struct Line: Sendable {
        let author: NodeID
        let artefact: String
        let version: UInt64
        let milliseconds: Int64
    }

    /// 0 when nothing was published under this name.
    func version(_ author: NodeID, _ artefact: String) throws -> UInt64 {
        let sql = "SELECT version FROM publication WHERE author = ? AND artefact = ?"
        return UInt64(
            clamping: try Int64.fetchOne(database.cachedStatement(sql: sql), arguments: [author.data, artefact]) ?? 0)
    }

    func put(_ fact: Facts.Fact, name: String, version: UInt64, at milliseconds: Int64) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO publication (author, artefact, version, hash, log, seq, at_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                fact.author.node.data, name, Int64(clamping: version), fact.hash.data, fact.place.log,
                Int64(clamping: fact.place.seq), milliseconds,
            ])
    }

    func all() throws -> [Line] {
        try GRDB.Row.fetchAll(database, sql: "SELECT * FROM publication ORDER BY artefact, author").map {
            Line(
                author: try .stored($0["author"]), artefact: $0["artefact"],
                version: UInt64(clamping: $0["version"] as Int64), milliseconds: $0["at_ms"])
        }
    }
}

extension Snapshot {
    var publications: PublicationTable { PublicationTable(database: database) }
}

extension Transaction {
    var publications: PublicationTable { PublicationTable(database: database) }
}
