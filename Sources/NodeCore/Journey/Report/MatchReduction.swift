internal import SyncProtocol

/// Sealed ID numbers are for the national node. Once the level above holds one on its disk, a level on the way needs it no
/// more: there its section becomes its digest, where it came in and where it was passed on.
struct MatchReduction {
    let identity: NodeIdentity

    private static let rest = Set(Reach.allCases).subtracting([.match])

    /// The parent holds this node's log `state` up to `durable` now, and did so up to `state.peerDurable` before.
    func run(_ state: LogState, upTo durable: UInt64, in tx: borrowing Transaction) throws {
        // Who has nobody below passes nothing on, and its own bodies need not be opened for each receipt.
        guard state.log.direction == .up, state.log.author == identity.node,
            identity.tree.seats.contains(where: { $0.parent == identity.seat.code })
        else { return }
        var next = state.peerDurable
        while next < durable, let row = try tx.journal.row(log: state.id, covering: next), row.seal.next <= durable {
            try reduce(row, in: tx)
            next = row.seal.next
        }
    }

    private func reduce(_ row: JournalRow, in tx: borrowing Transaction) throws {
        let passed = try row.body().excerpts.flatMap(\.block.items).map(\.entry).filter {
            $0.core.type == .report && $0.section(.match)?.bytes != nil
        }
        guard !passed.isEmpty else { return }
        var carriers = [Int64: [RecordID: Set<UInt64>]]()
        for core in passed.map(\.core) {
            guard let uuid = core.record, let number = core.version else { continue }
            carriers[row.id, default: [:]][uuid, default: []].insert(number)
            guard let record = try tx.records.find(uuid), let version = try tx.versions.find(record.id, number),
                let carrier = try version.place.carrier
                    ?? tx.journal.row(log: version.place.log, covering: version.place.seq)?.id
            else { continue }
            carriers[carrier, default: [:]][uuid, default: []].insert(number)
        }
        for (carrier, versions) in carriers.sorted(by: { $0.key < $1.key }) {
            try Reduction.reduce(in: carrier, tx) { versions[$0]?.contains($1) == true ? MatchReduction.rest : nil }
        }
    }
}
