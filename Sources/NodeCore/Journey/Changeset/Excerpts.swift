internal import SyncProtocol

/// Takes entries of other logs out of the journal, with proofs, showing the receiver just what its charter shows.
enum Excerpts {
    /// One excerpt for each origin seal, in the canonical order of a body.
    static func make(
        _ places: [EntryPlace], shownAt level: Level, _ identity: NodeIdentity, _ cache: inout BodyCache,
        in tx: borrowing Transaction
    ) throws -> [Excerpt] {
        var bySeal: [SealName: Parts] = [:]
        for place in Set(places).sorted(by: { ($0.log, $0.seq, $0.carrier ?? 0) < ($1.log, $1.seq, $1.carrier ?? 0) }) {
            // Gathered before what it rests on was taken back: the receiver rejects the entry, and says so.
            if let closed = try tx.logs.state(place.log)?.closed, place.seq >= closed { continue }
            guard let origin = try tx.journal.row(log: place.log, covering: place.seq) else {
                throw NodeError(.storeBroken, "缺少来源封签", "the seal of an entry to pass on is missing")
            }
            let name = SealName(log: origin.seal.log, first: origin.seal.first)
            var parts = bySeal[name] ?? Parts(seal: origin.seal)
            let (row, body) = try cache.load(place.carrier ?? origin.id, in: tx)
            try parts.add(Int(place.seq - origin.seal.first), from: row, body)
            bySeal[name] = parts
        }
        return try bySeal.sorted { ($0.key.log, $0.key.first) < ($1.key.log, $1.key.first) }.map { entry in
            var parts = entry.value
            if identity.planted.contains(.dropUnknownField) {
                parts.items = try parts.items.mapValues {
                    try PlantedBugs.withoutUnknown($0, parts.seal, identity.charter)
                }
            }
            return try parts.excerpt { try shown($0, identity, level) }
        }
    }

    private struct SealName: Hashable {
        let log: LogID
        let first: UInt64
    }

    /// What is known of one seal's tree, and the entries to show of it.
    private struct Parts {
        let seal: Seal
        var tree: PartialTree
        var items: [Int: EntryBlock.Item] = [:]
        private var sources = Set<Int64>()

        init(seal: Seal) {
            self.seal = seal
            tree = PartialTree(of: seal)
        }

        mutating func add(_ index: Int, from row: JournalRow, _ body: Body) throws {
            if row.seal.hash == seal.hash {
                if sources.insert(row.id).inserted {
                    tree.insert(
                        Array(body.leaves.enumerated()).map { (index: $0.offset, leaf: $0.element) },
                        proof: [])
                }
                items[index] = body.block.items[index]
                return
            }
            guard let excerpt = body.excerpts.first(where: { $0.log == seal.log && $0.first == seal.first }),
                let position = excerpt.indexes.firstIndex(of: index)
            else { throw NodeError(.storeBroken, "缺少要转报的条目", "an entry to pass on is not in the changeset that brought it") }
            if sources.insert(row.id).inserted {
                let present = Array(zip(excerpt.indexes, excerpt.block.leaves(seal.contexts))).map {
                    (index: $0.0, leaf: $0.1)
                }
                tree.insert(present, proof: excerpt.proof)
            }
            items[index] = excerpt.block.items[position]
        }

        func excerpt(_ shown: (Entry) throws -> Set<Reach>) throws -> Excerpt {
            let indexes = items.keys.sorted()
            let shownItems = try indexes.compactMap { items[$0] }.map {
                EntryBlock.Item(context: $0.context, entry: $0.entry.reduced(to: try shown($0.entry)))
            }
            guard let proof = tree.proof(present: indexes) else {
                throw NodeError(.storeBroken, "证明不完整", "the proof of an entry cannot be made from what is held")
            }
            return Excerpt(seal: seal, indexes: indexes, items: shownItems, proof: proof)
        }
    }

    /// Reports show what the level may read; words of decisions go to the seats below the decider only.
    private static func shown(_ entry: Entry, _ identity: NodeIdentity, _ level: Level) throws -> Set<Reach> {
        guard entry.core.type == .report else { return [.path] }
        guard let ceiling = entry.core.ceiling.flatMap({ Int(exactly: $0) }).flatMap(Level.init(rawValue:)) else {
            return [.nation]
        }
        if identity.planted.contains(.showEverything) { return Set(Reach.allCases) }
        return Disclosure.shown(at: level, ceiling: ceiling)
    }
}
