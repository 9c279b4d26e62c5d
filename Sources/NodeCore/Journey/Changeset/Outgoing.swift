internal import SyncProtocol

/// The entries that one transaction adds to this node's own logs. While the neighbour still lacks sealed entries of a log,
/// new ones are gathered in the outbox and sealed together later: one seal for a day without a line, not one for each
/// report. Positions exist only at the borders of seals, so nothing of an unsealed entry ever leaves.
struct Outgoing {
    struct Item {
        let context: EntryContext
        let entry: Entry
        /// Entries of other logs that this one rests on; they travel as excerpts beside it.
        let carries: [EntryPlace]
    }

    /// One log as it stood when this transaction first touched it.
    private struct Run {
        let state: LogState
        let waiting: (entries: Int, bytes: Int)
        /// Whether the entry that opens a later life stands before everything else.
        let isOpening: Bool
        /// Whether the neighbour has yet to give back what this node once said: nothing is sealed before.
        let isCatchingUp: Bool
        /// Whether somebody takes the log along now, on a stick: the neighbour's answer may be weeks away.
        var isPressed = false
        var items: [Item] = []

        /// Sealed at once when the neighbour has everything, or when a seal's worth has gathered.
        var isDue: Bool {
            if isCatchingUp { return false }
            if isPressed { return true }
            // A channel has many readers and waits for none of them.
            if state.backlog == 0 || state.log.direction == .channel { return true }
            let bytes = items.reduce(waiting.bytes) { $0 + $1.entry.size }
            return waiting.entries + items.count >= Limits.entriesPerSeal || bytes >= Limits.sealPackedBytes
        }
    }

    let identity: NodeIdentity
    private var runs: [LogID: Run] = [:]

    init(_ identity: NodeIdentity) { self.identity = identity }

    /// Adds an entry and says where it will stand.
    mutating func append(_ item: Item, to log: LogID, in tx: borrowing Transaction) throws -> EntryPlace {
        let (state, index) = try open(log, in: tx)
        if state.closed != nil {
            throw NodeError(
                .notAllowed, "本节点的密钥已被吊销：请向上级申请重新入网", "the key of this node was taken away: have it enrolled again")
        }
        if let reason = state.frozen { throw NodeError(.conflict, "链路已冻结：\(reason)", "the link is frozen: \(reason)") }
        // In place: a run of ten thousand reports must not be copied for each of them.
        runs[log]?.items.append(item)
        return EntryPlace(log: state.id, seq: state.next + UInt64(index), carrier: nil)
    }

    /// The neighbour may have caught up: what was gathered for it is sealed at the end if so.
    mutating func consider(_ log: LogID, in tx: borrowing Transaction) throws { _ = try open(log, in: tx) }

    /// What was gathered is sealed at the end, whatever the neighbour holds.
    mutating func press(_ log: LogID, in tx: borrowing Transaction) throws {
        _ = try open(log, in: tx)
        runs[log]?.isPressed = true
    }

    /// The log as it stood at first, and how many unsealed entries it has by now.
    private mutating func open(_ log: LogID, in tx: borrowing Transaction) throws -> (state: LogState, count: Int) {
        let reserved = { (run: Run) in (run.isOpening ? 1 : 0) + run.waiting.entries + run.items.count }
        if let run = runs[log] { return (run.state, reserved(run)) }
        let state = try tx.logs.findOrCreate(log)
        let run = Run(
            state: state, waiting: try tx.outbox.size(log: state.id), isOpening: identity.reserved(state) > 0,
            isCatchingUp: try isCatchingUp(log, in: tx))
        runs[log] = run
        return (state, reserved(run))
    }

    private func isCatchingUp(_ log: LogID, in tx: borrowing Transaction) throws -> Bool {
        if identity.isFirstLife || identity.planted.contains(.openBeforeSettled) { return false }
        let seats = try tx.catchingUp.all()
        // A later life is for good; to look the peer's seat up would cost every transaction of it.
        if seats.isEmpty { return false }
        switch log.direction {
        case .up: return seats.contains { $0 == identity.seat.parent }
        case .down: return try tx.trust.seat(of: log.peer).map(seats.contains) ?? false
        // Everybody below reads the same channel: anyone of them may know of its last publication.
        case .channel: return seats.contains { identity.tree.seat($0)?.parent == identity.seat.code }
        }
    }

    /// Writes the seals and bodies of everything that is due; the rest is gathered.
    consuming func seal(in tx: borrowing Transaction) throws -> [Effect] {
        var effects = [Effect]()
        for (log, run) in runs.sorted(by: { $0.key < $1.key }) {
            let isBeginning = run.isOpening && log.direction != .channel
            guard run.waiting.entries + run.items.count > 0 || isBeginning else { continue }
            // A closed log has seals that were taken back: no position is signed twice.
            if run.state.closed != nil { continue }
            guard run.isDue, run.state.frozen == nil else {
                for item in run.items { try tx.outbox.append(item, log: run.state.id) }
                continue
            }
            var items = run.items
            if run.waiting.entries > 0 {
                items = try tx.outbox.items(of: run.state) + items
                try tx.outbox.clear(log: run.state.id)
            }
            if run.isOpening { items.insert(try opening(log, in: tx), at: 0) }
            try Sealer(identity: identity, log: log).seal(items, in: tx)
            effects.append(.wake(log.peer))
            effects.append(.counted(.changeset, "\(log.direction)", items.count))
        }
        return effects
    }
}

extension Outgoing {
    /// Says where this log's life before ended, as both ends hold it by now.
    private func opening(_ log: LogID, in tx: borrowing Transaction) throws -> Item {
        let before = try tx.logs.lives(log).last { $0.log.incarnation != log.incarnation && $0.next > 0 }
        return LifeEnd(before?.life).entry(identity, tx.moment)
    }
}

/// Cuts the new entries of one log into seals.
struct Sealer {
    let identity: NodeIdentity
    let log: LogID

    func seal(_ items: [Outgoing.Item], in tx: borrowing Transaction) throws {
        var cache = BodyCache()
        var rest = items[...]
        while !rest.isEmpty {
            var count = prefix(rest)
            // A run that packs to more than a seal may hold is halved until it fits; one entry always goes.
            while try !sealRun(rest.prefix(count), &cache, force: count == 1, in: tx) { count = max(1, count / 2) }
            rest = rest.dropFirst(count)
        }
    }

    /// As many entries as one seal takes, with those they carry, and within a guess of the packed size.
    private func prefix(_ items: ArraySlice<Outgoing.Item>) -> Int {
        var entries = 0
        var bytes = 0
        var contexts = Set<EntryContext>()
        var count = 0
        for item in items {
            entries += 1 + item.carries.count
            bytes += item.entry.size
            contexts.insert(item.context)
            let isFull =
                entries > Limits.entriesPerSeal || bytes > 3 * Limits.sealPackedBytes
                || contexts.count > Limits.contextsPerSeal
            if isFull { break }
            count += 1
        }
        return max(1, count)
    }

    private func sealRun(
        _ items: ArraySlice<Outgoing.Item>, _ cache: inout BodyCache, force: Bool, in tx: borrowing Transaction
    ) throws -> Bool {
        var contexts = [EntryContext]()
        let block = EntryBlock(
            items.map { item in
                if let index = contexts.firstIndex(of: item.context) { return .init(context: index, entry: item.entry) }
                contexts.append(item.context)
                return .init(context: contexts.count - 1, entry: item.entry)
            })
        let excerpts = try Excerpts.make(items.flatMap(\.carries), shownAt: receiverLevel(), identity, &cache, in: tx)
        let unpacked = Body(block: block, excerpts: excerpts).encoded
        let packed = try Packing.pack(unpacked, level: identity.isLineSlow ? Packing.slowLine : 0)
        if packed.count > Limits.sealPackedBytes && !force { return false }
        let state = try tx.logs.findOrCreate(log)
        let seal = try Seal(
            log: log, first: state.next, contexts: contexts, leaves: block.leaves(contexts), previous: state.hash,
            federation: identity.federation, key: identity.key)
        try tx.journal.append(
            log: state.id, seal: seal, packed: packed[...], unpackedSize: unpacked.count, at: tx.moment.milliseconds)
        try tx.logs.advance(state.id, to: seal)
        return true
    }

    /// The level that reads this log; a seat that is no more in the tree counts as the one above.
    private func receiverLevel() -> Level {
        if log.direction == .down { return .county }
        return identity.seat.parent.flatMap { identity.tree.seat($0)?.level } ?? .national
    }
}

/// Bodies of the journal that one transaction needs several times.
struct BodyCache {
    private var bodies: [Int64: (row: JournalRow, body: Body)] = [:]

    mutating func load(_ id: Int64, in tx: borrowing Transaction) throws -> (row: JournalRow, body: Body) {
        if let known = bodies[id] { return known }
        guard let row = try tx.journal.row(id) else {
            throw NodeError(.storeBroken, "日志缺行", "the journal lacks a row it refers to")
        }
        if bodies.count > 64 { bodies.removeAll(keepingCapacity: true) }
        let loaded = (row: row, body: try row.body())
        bodies[id] = loaded
        return loaded
    }
}
