public import SyncProtocol

/// What this node said in an earlier life comes back from the neighbour it was said to: it counts as if this database had
/// written it.
public struct Regaining {
    let engine: SyncEngine

    /// Whether what comes back does not follow what is held here because the neighbour holds another branch, whose seals may
    /// begin elsewhere: then its own is asked for from the beginning.
    public static func isOtherBranch(_ error: ProtocolError) -> Bool {
        error.code == .chainBroken || error.code == .position
    }

    private var identity: NodeIdentity { engine.identity }

    /// Takes one of this node's own seals back. Where the neighbour holds another branch than this database, the neighbour's
    /// counts: it is the one that others have built on.
    func take(_ arrival: Arrival, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws -> [Effect] {
        let seal = arrival.changeset.seal
        guard seal.log.author == identity.node, seal.log.incarnation != identity.incarnation else {
            throw ProtocolError(.recoverFirst, "a seal of this node's present life that it did not write: it runs twice")
        }
        var state = try tx.logs.findOrCreate(seal.log)
        if seal.first < state.next {
            if try tx.journal.row(log: state.id, first: seal.first)?.seal.hash == seal.hash {
                return [.counted(.apply, "repeated", seal.count)]
            }
            guard let before = try border(state, seal, in: tx) else {
                throw ProtocolError(.position, "this node does not hold the seal before the one given back")
            }
            try TakeBack(engine).branch(state, from: before, reason: "lost branch", in: tx)
            state = try tx.logs.findOrCreate(seal.log)
        }
        guard seal.first == state.next else {
            throw ProtocolError(.position, "the seal given back begins at \(seal.first); this node holds \(state.next)")
        }
        guard seal.previous == state.hash else {
            throw ProtocolError(.chainBroken, "the seal given back does not follow the last one held")
        }
        let row = try tx.journal.append(
            log: state.id, seal: seal, packed: arrival.changeset.packed,
            unpackedSize: arrival.changeset.cover.unpackedSize, at: tx.moment.milliseconds)
        try tx.logs.advance(state.id, to: seal)
        try tx.logs.setDurable(state.id, seal.next)
        for index in arrival.body.block.items.indices {
            let place = EntryPlace(log: state.id, seq: seal.first + UInt64(index), carrier: nil)
            let item = arrival.body.block.items[index]
            try OwnEntries(engine).play(
                item.entry, seal.contexts[item.context], place, row: row, isReplay: false, in: tx)
        }
        try engine.retryDeferred(&outgoing, isReplay: false, in: tx)
        return [.counted(.apply, "regained", seal.count)]
    }

    /// Where the neighbour's branch leaves this database's: the seal before is the same.
    private func border(_ state: LogState, _ seal: Seal, in tx: borrowing Transaction) throws -> UInt64? {
        guard seal.first > 0 else { return 0 }
        let before = try tx.journal.row(log: state.id, covering: seal.first - 1)?.seal
        return before?.next == seal.first && before?.hash == seal.previous ? seal.first : nil
    }
}
