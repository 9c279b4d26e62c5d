internal import GRDB
internal import SyncProtocol

/// The way of most reports: a record that is new here, written with one row for itself and its rows in the typed tables.
struct ArrivalTable {
    let database: Database
    let held: HeldStatements

    /// False when a record with this id is here already; nothing is written then. `isKept`: this seat has readers.
    func insert(_ content: ReportContent, _ version: VersionState, home: Certificate, isKept: Bool, at moment: Moment) throws
        -> Bool
    {
        let statement = try held.statement(.insertRecord, in: database) {
            """
            INSERT INTO record (
                uuid, kind, home, home_seat, key, version, standing, pending_level, status, changed_ms,
                hash, ceiling, asked, log, seq, carrier)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO NOTHING
            """
        }
        let workflow = content.kind.workflow
        let status = content.standing.status(workflow, asked: content.asked, draft: workflow.draft)
        statement.bind(1, content.uuid)
        statement.bind(2, Int64(clamping: content.kind.number))
        statement.bind(3, home.node)
        statement.bind(4, home.seat.code)
        statement.bind(5, content.key)
        statement.bind(6, Int64(clamping: version.number))
        statement.bind(7, content.standing.name)
        statement.bind(8, content.standing.pendingLevel.map { Int64($0.rawValue) })
        statement.bind(9, status)
        statement.bind(10, moment.milliseconds)
        statement.bind(11, version.hash)
        statement.bind(12, Int64(version.ceiling.rawValue))
        statement.bind(13, version.asked)
        statement.bind(14, version.place.log)
        statement.bind(15, Int64(clamping: version.place.seq))
        statement.bind(16, version.place.carrier)
        guard try statement.run(in: database) > 0 else { return false }
        guard isKept else { return true }
        try TypedTable(database: database, kind: content.kind, held: held)
            .insert(content.rows, id: database.lastInsertedRowID, status: status)
        return true
    }
}
