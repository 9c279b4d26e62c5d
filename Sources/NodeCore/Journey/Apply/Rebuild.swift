public import SyncProtocol

/// Makes every projection again from the journal and the home's own bodies, in a new file.
public enum Rebuild {
    /// `path` must not exist. `source` is only read. Returns how many journal rows were played.
    /// `key`: the source's, which is the target's too.
    public static func run(from source: String, into path: String, engine: SyncEngine, key: StoreKey, at moment: Moment)
        throws -> Int
    {
        let target = try Store(path: path, charter: engine.identity.charter, key: key)
        try target.copyTruth(from: source, at: moment)
        Failpoint.rebuildCopied.reach()
        let rows = try target.write(moment) { tx in try play(engine, in: tx) }
        try target.close()
        Failpoint.rebuildPlayed.reach()
        return rows
    }

    /// The same from a store that an earlier program wrote, or that shows in the open what its declarations seal now.
    public static func takeOver(
        from source: String, into path: String, charter: Charter, key: StoreKey, node: SigningKey, at moment: Moment
    ) throws {
        let target = try Store(path: path, charter: charter, key: key)
        try target.copyTruth(from: source, at: moment)
        if let engine = try target.read({ try NodeSetup.engine(charter: charter, key: node, in: $0) }) {
            _ = try target.write(moment) { tx in try play(engine, in: tx) }
        }
        try target.close()
        try Store.foldLog(of: path)
    }

    static func play(_ engine: SyncEngine, in tx: borrowing Transaction) throws -> Int {
        var ids = [Int64]()
        try tx.journal.forEachBody { ids.append($0.id) }
        for id in ids {
            guard let row = try tx.journal.row(id) else { continue }
            if row.seal.log.author == engine.identity.node {
                try playOwn(row, engine, in: tx)
            } else {
                try playReceived(row, engine, in: tx)
            }
        }
        try playOutbox(engine, in: tx)
        try playWorkingCopies(engine, in: tx)
        return ids.count
    }

    private static func playReceived(_ row: JournalRow, _ engine: SyncEngine, in tx: borrowing Transaction) throws {
        guard let sender = engine.trust.certificate(of: row.seal.log.author) else {
            throw NodeError(.storeBroken, "缺少证书", "the certificate of a journal row's author is missing")
        }
        var outgoing = Outgoing(engine.identity)
        var applier = Applier(
            identity: engine.identity, trust: engine.trust, seal: row.seal, body: try row.body(), sender: sender,
            logID: row.log,
            journalID: row.id, isReplay: true)
        try applier.run(&outgoing, in: tx)
        try engine.retryDeferred(&outgoing, isReplay: true, in: tx)
    }

    /// This node's own entries: its reports, its decisions, and what it relayed.
    private static func playOwn(_ row: JournalRow, _ engine: SyncEngine, in tx: borrowing Transaction) throws {
        for (index, item) in try row.body().block.items.enumerated() {
            let place = EntryPlace(log: row.log, seq: row.seal.first + UInt64(index), carrier: nil)
            try OwnEntries(engine).play(
                item.entry, row.seal.contexts[item.context], place, row: row.id, isReplay: true, in: tx)
        }
        var outgoing = Outgoing(engine.identity)
        try engine.retryDeferred(&outgoing, isReplay: true, in: tx)
    }

    /// What is not sealed yet counts at this node all the same.
    private static func playOutbox(_ engine: SyncEngine, in tx: borrowing Transaction) throws {
        for id in try tx.outbox.logs() {
            guard let state = try tx.logs.state(id) else { continue }
            for (index, item) in try tx.outbox.items(of: state).enumerated() {
                let first = state.next + engine.identity.reserved(state)
                let place = EntryPlace(log: id, seq: first + UInt64(index), carrier: nil)
                try OwnEntries(engine).play(item.entry, item.context, place, row: nil, isReplay: true, in: tx)
            }
        }
    }

    private static func playWorkingCopies(_ engine: SyncEngine, in tx: borrowing Transaction) throws {
        let projection = Projection(identity: engine.identity)
        var copies = [(RecordID, HomeBody)]()
        try tx.home.forEachWorkingCopy { copies.append(($0, $1)) }
        for (uuid, body) in copies {
            guard let kind = engine.identity.charter.kind(number: body.kind) else { continue }
            let record = try Sections.readWhole(body.bytes, kind: kind)
            let id =
                try tx.records.find(uuid)?.id
                ?? tx.records.insert(
                    uuid, kind: kind.number, home: engine.identity.node, homeSeat: engine.identity.seat.code,
                    key: record.row[kind.key.tag]?.text ?? "", status: body.status, at: tx.moment.milliseconds)
            try projection.put(TypedRows(record, kind: kind), kind: kind, id: id, uuid: uuid, in: tx)
            try projection.refresh(id, in: tx)
        }
    }
}
