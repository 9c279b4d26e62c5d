internal import GRDB
internal import SyncProtocol

/// The way of most reports: a record that is new here, written with one row for itself and its rows in the typed tables.
/// Made for the reports of one home.
struct ArrivalTable {
    private let home: Certificate
    /// A collective seat has no readers: what it passes on stays in its journal.
    private let isKept: Bool
    private var statement: HeldStatement?

    init(home: Certificate, at seat: TreeSeat) {
        self.home = home
        isKept = !seat.isRelay
    }

    /// False when a record with this id is here already, or when the report does not show all it should: nothing is
    /// written then.
    mutating func insert(_ content: ReportContent, _ hash: Digest, _ place: EntryPlace, in tx: borrowing Transaction) throws
        -> Bool
    {
        guard content.isWhole else { return false }
        let statement = try prepared(in: tx)
        let workflow = content.kind.workflow
        let status = content.standing.status(workflow, asked: content.asked, draft: workflow.draft)
        statement.bind(2, Int64(clamping: content.kind.number))
        statement.bind(4, repeating: home.seat.code)
        statement.bind(6, Int64(clamping: content.version))
        statement.bind(7, repeating: content.standing.name)
        statement.bind(8, content.standing.pendingLevel.map { Int64($0.rawValue) })
        statement.bind(9, repeating: status)
        statement.bind(10, tx.moment.milliseconds)
        statement.bind(12, Int64(content.ceiling.rawValue))
        statement.bind(13, repeating: content.asked)
        statement.bind(14, place.log)
        statement.bind(15, Int64(clamping: place.seq))
        statement.bind(16, place.carrier)
        return try content.rows.withParts { parts in
            statement.bind(5, content.key, parts)
            guard try run(statement, content.uuid, hash, in: tx) else { return false }
            guard isKept else { return true }
            let typed = TypedTable(ring: tx.ring, kind: content.kind, held: tx.held)
            try typed.insert(content.rows, parts, id: tx.database.lastInsertedRowID, status: status)
            return true
        }
    }

    /// With the three identifiers where they stand, not copied.
    private func run(_ statement: HeldStatement, _ uuid: RecordID, _ hash: Digest, in tx: borrowing Transaction) throws
        -> Bool
    {
        try uuid.withBytes { uuid in
            try home.node.withBytes { node in
                try hash.withBytes { hash in
                    statement.bind(1, stayingBlob: uuid)
                    statement.bind(3, stayingBlob: node)
                    statement.bind(11, stayingBlob: hash)
                    return try statement.run(in: tx.database) > 0
                }
            }
        }
    }

    private mutating func prepared(in tx: borrowing Transaction) throws -> HeldStatement {
        if let statement { return statement }
        let made = try tx.held.statement(.insertRecord, in: tx.database) {
            """
            INSERT INTO record (
                uuid, kind, home, home_seat, key, version, standing, pending_level, status, changed_ms,
                hash, ceiling, asked, log, seq, carrier)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO NOTHING
            """
        }
        statement = made
        return made
    }
}
