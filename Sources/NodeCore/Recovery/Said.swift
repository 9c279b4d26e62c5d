internal import SyncProtocol

/// Decisions that stand in this node's logs toward its neighbours, of whatever life: by whom, and where, in order. Read
/// when it is first asked for; most recoveries find nothing that has to be looked up.
struct Said {
    struct Key: Hashable {
        let subject: VersionReference
        let level: Int
    }

    private static let bytesAtOnce = 1 << 20
    private let identity: NodeIdentity
    private let trust: Trust
    private var known: [LogID: [Key: [EntryPlace]]] = [:]

    init(_ identity: NodeIdentity, _ trust: Trust) {
        self.identity = identity
        self.trust = trust
    }

    mutating func upward(in tx: borrowing Transaction) throws -> [Key: [EntryPlace]] {
        guard let parent = identity.seat.parent.flatMap({ trust.certificate(ofSeat: $0) }) else { return [:] }
        return try read(identity.log(.up, toward: parent.node), in: tx)
    }

    mutating func downward(to peer: NodeID, in tx: borrowing Transaction) throws -> [Key: [EntryPlace]] {
        try read(identity.log(.down, toward: peer), in: tx)
    }

    /// Where this node's own decision about a version of a record stands, upward or on the way to its home.
    mutating func own(_ subject: VersionReference, home: String, in tx: borrowing Transaction) throws -> [EntryPlace] {
        let key = Key(subject: subject, level: identity.level.rawValue)
        let child = identity.childSeat(toward: home).flatMap { trust.certificate(ofSeat: $0.code) }
        let down = try child.map { try downward(to: $0.node, in: tx)[key] ?? [] } ?? []
        return try (upward(in: tx)[key] ?? []) + down
    }

    private mutating func read(_ log: LogID, in tx: borrowing Transaction) throws -> [Key: [EntryPlace]] {
        if let found = known[log] { return found }
        var found = [Key: [EntryPlace]]()
        for state in try tx.logs.lives(log) {
            var position: UInt64 = 0
            while true {
                let rows = try tx.journal.rows(log: state.id, from: position, budget: Said.bytesAtOnce)
                for row in rows where row.packedCount != nil { try note(row, &found) }
                guard let last = rows.last else { break }
                position = last.seal.next
            }
        }
        known[log] = found
        return found
    }

    private func note(_ row: JournalRow, _ found: inout [Key: [EntryPlace]]) throws {
        let body = try row.body()
        for (index, item) in body.block.items.enumerated() where item.entry.core.type?.isDecision == true {
            let place = EntryPlace(log: row.log, seq: row.seal.first + UInt64(index), carrier: nil)
            note(item.entry, identity.level.rawValue, place, &found)
        }
        for excerpt in body.excerpts {
            guard let level = trust.certificate(of: excerpt.log.author)?.seat.level else { continue }
            for (position, item) in excerpt.block.items.enumerated() where item.entry.core.type?.isDecision == true {
                let seq = excerpt.first + UInt64(excerpt.indexes[position])
                note(item.entry, level, EntryPlace(log: row.log, seq: seq, carrier: row.id), &found)
            }
        }
    }

    private func note(_ entry: Entry, _ level: Int, _ place: EntryPlace, _ found: inout [Key: [EntryPlace]]) {
        guard let subject = entry.core.subjectReference else { return }
        found[Key(subject: subject, level: level), default: []].append(place)
    }
}
