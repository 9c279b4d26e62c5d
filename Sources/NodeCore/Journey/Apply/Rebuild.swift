internal import SyncProtocol

/// Makes every projection again from the journal and the home's own bodies, in a new file.
public enum Rebuild {
    /// `path` must not exist. `source` is only read. Returns how many journal rows were played.
    public static func run(from source: String, into path: String, engine: SyncEngine, at moment: Moment) throws -> Int {
        let target = try Store(path: path, charter: engine.identity.charter)
        try target.copyTruth(from: source)
        let rows = try target.write(moment) { tx in try play(engine, in: tx) }
        try target.close()
        return rows
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
            try playOwn(item.entry, row.seal.contexts[item.context], place, engine, in: tx)
        }
    }

    /// What is not sealed yet counts at this node all the same.
    private static func playOutbox(_ engine: SyncEngine, in tx: borrowing Transaction) throws {
        for id in try tx.outbox.logs() {
            guard let state = try tx.logs.state(id) else { continue }
            for (index, item) in try tx.outbox.items(of: state).enumerated() {
                let place = EntryPlace(log: id, seq: state.next + UInt64(index), carrier: nil)
                try playOwn(item.entry, item.context, place, engine, in: tx)
            }
        }
    }

    private static func playOwn(
        _ entry: Entry, _ context: EntryContext, _ place: EntryPlace, _ engine: SyncEngine, in tx: borrowing Transaction
    ) throws {
        guard let own = engine.trust.certificate(of: context.author) else { return }
        let facts = Facts(identity: engine.identity, trust: engine.trust)
        let fact = Facts.Fact(
            entry: entry, hash: entry.hash(in: context), context: context, author: own, place: place)
        switch entry.core.type {
        case .report: _ = try facts.report(fact, in: tx)
        case .approve, .return, .reject, .withdraw: _ = try facts.decision(fact, in: tx)
        case .relay: try markRelayed(entry, target: place.log, in: tx)
        case .publish: _ = try Publishing(identity: engine.identity).apply(fact, isReplay: true, in: tx)
        case .pass, nil: break
        }
        try markSent(entry, place, in: tx)
    }

    /// Approvals and passes in the log toward the parent say where a version was passed on.
    private static func markSent(_ entry: Entry, _ place: EntryPlace, in tx: borrowing Transaction) throws {
        guard entry.core.type == .approve || entry.core.type == .pass, let subject = entry.core.subjectReference,
            try tx.logs.state(place.log)?.log.direction == .up, let record = try tx.records.find(subject.record)
        else { return }
        try tx.versions.setSent(record.id, subject.version, place)
    }

    private static func markRelayed(_ entry: Entry, target: Int64, in tx: borrowing Transaction) throws {
        guard let bytes = entry.section(.nation)?.bytes else { return }
        let seal = try Seal(decoding: bytes)
        try tx.journal.markRelayed(target: target, origin: tx.logs.findOrCreate(seal.log).id, first: seal.first)
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
