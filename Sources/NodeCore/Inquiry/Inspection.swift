package import SyncProtocol

/// What the simulator's checkers may look at beyond the questions people ask: the facts themselves, read and never changed.
package enum Inspection {
    /// How far one log is held.
    package struct Head: Sendable, Hashable {
        package let log: LogID
        package let next: UInt64
        package let hash: Digest?
        package let peerDurable: UInt64
        package let frozen: String?
        /// Where an earlier life ended.
        package let closed: UInt64?

        init(_ state: LogState) {
            log = state.log
            next = state.next
            hash = state.hash
            peerDurable = state.peerDurable
            frozen = state.frozen
            closed = state.closed
        }
    }

    package struct Version: Sendable, Hashable {
        package let record: RecordID
        package let number: UInt64
        package let hash: Digest
        package let ceiling: Level
    }

    package struct Decision: Sendable, Hashable {
        package let record: RecordID
        package let version: UInt64
        package let level: Int
        package let type: EntryType
        package let hash: Digest
        package let code: String?
    }

    package struct Record: Sendable, Hashable {
        package let id: RecordID
        package let home: NodeID
        package let homeSeat: String
        package let key: String
        package let version: UInt64
        package let standing: Standing
        package let status: String
    }

    /// A row of the journal; the body is nil where only the seal was relayed.
    package struct Line: Sendable {
        package let number: Int64
        package let seal: Seal
        package let hasBody: Bool
    }

    package static func heads(in snapshot: borrowing Snapshot) throws -> [Head] {
        try snapshot.logs.all().map(Head.init)
    }

    package static func head(of log: LogID, in snapshot: borrowing Snapshot) throws -> Head? {
        try snapshot.logs.find(log).map(Head.init)
    }

    package static func records(in snapshot: borrowing Snapshot) throws -> [Record] {
        var records = [Record]()
        try snapshot.records.forEach {
            records.append(
                Record(
                    id: $0.uuid, home: $0.home, homeSeat: $0.homeSeat, key: $0.key, version: $0.version,
                    standing: $0.standing, status: $0.status))
        }
        return records
    }

    package static func versions(in snapshot: borrowing Snapshot) throws -> [Version] {
        try snapshot.inspection.versions()
    }

    package static func decisions(in snapshot: borrowing Snapshot) throws -> [Decision] {
        try snapshot.inspection.decisions()
    }

    /// Rows behind `number`, in the order in which they were written.
    package static func lines(after number: Int64, in snapshot: borrowing Snapshot) throws -> [Line] {
        try snapshot.inspection.lines(after: number)
    }

    package static func body(of line: Line, in snapshot: borrowing Snapshot) throws -> Body? {
        guard line.hasBody else { return nil }
        return try snapshot.journal.row(line.number)?.body()
    }

    /// Entries that wait for something, by the journal row that brought them.
    package static func postponed(in snapshot: borrowing Snapshot) throws -> [(line: Int64, item: Int, reason: String)] {
        try snapshot.journal.postponed(limit: 10_000).map { (line: $0.journal, item: $0.item, reason: $0.reason) }
    }

    /// Seals that do not count and are kept as evidence.
    package static func late(in snapshot: borrowing Snapshot) throws -> [Digest] {
        try snapshot.late.page(after: 0, limit: 10_000).map(\.seal.hash)
    }

    /// Neighbours that may hold more of this node's earlier lives than it does.
    package static func catchingUp(in snapshot: borrowing Snapshot) throws -> [String] { try snapshot.catchingUp.all() }

    /// How many of this node's own logs have entries that are not sealed yet.
    package static func gathering(in snapshot: borrowing Snapshot) throws -> Int { try snapshot.outbox.logs().count }

    /// The newest version of each artefact by its publisher.
    package static func publications(in snapshot: borrowing Snapshot) throws -> [(author: NodeID, version: UInt64)] {
        try snapshot.publications.all().map { (author: $0.author, version: $0.version) }
    }

    /// The fold over a version's decisions, taken in the order given.
    package static func fold(
        _ decisions: [Decision], reviewLevels: [Level], planted: PlantedBugs
    ) -> Standing {
        let states = decisions.map {
            DecisionState(
                level: $0.level, type: $0.type, hash: $0.hash, code: $0.code, words: nil, fields: [],
                place: EntryPlace(log: 0, seq: 0, carrier: nil))
        }
        return Standing.fold(reviewLevels: reviewLevels, decisions: states, planted: planted)
    }
}
