internal import SyncProtocol

/// This node's own entries become rows: in a rebuild, and when they come back from a neighbour.
struct OwnEntries {
    let engine: SyncEngine

    init(_ engine: SyncEngine) { self.engine = engine }

    /// `row`: the journal row in which an entry stands, nil while it waits unsealed; one that names what is not here yet is
    /// noted there. `isReplay`: a rebuild, which has taken over what is no projection.
    func play(
        _ entry: Entry, _ context: EntryContext, _ place: EntryPlace, row: Int64?, isReplay: Bool,
        in tx: borrowing Transaction
    ) throws {
        guard let own = engine.trust.certificate(of: context.author) else { return }
        let facts = Facts(identity: engine.identity, trust: engine.trust)
        let fact = Facts.Fact(entry: entry, hash: entry.hash(in: context), context: context, author: own, place: place)
        var outcome = EntryOutcome.applied
        switch entry.core.type {
        case .report:
            if !isReplay { try know(entry, context, in: tx) }
            outcome = try facts.report(fact, in: tx)
        case .approve, .return, .reject, .withdraw: outcome = try facts.decision(fact, in: tx)
        case .relay: try markRelayed(entry, target: place.log, in: tx)
        case .publish:
            outcome = try Publishing(identity: engine.identity).apply(fact, isReplay: isReplay, in: tx)
        case .pass, .open, nil: break
        }
        if let row, case .deferred(let reason) = outcome, let first = try tx.journal.row(row)?.seal.first {
            return try tx.journal.postpone(
                journal: row, item: Int(place.seq - first), reason: reason, at: tx.moment.milliseconds)
        }
        try markSent(entry, place, in: tx)
    }

    /// What the home knew of a version that comes back: what the report says of it, over what was known of the one before.
    private func know(_ entry: Entry, _ context: EntryContext, in tx: borrowing Transaction) throws {
        guard let uuid = entry.core.record, let number = entry.core.version,
            let kind = engine.identity.charter.kind(number: context.kind),
            try tx.home.find(uuid, version: number) == nil
        else { return }
        let version = try tx.records.find(uuid)?.version ?? 0
        let copy = try tx.home.oldWorkingCopy(uuid)
        let before = try copy ?? (version > 0 ? tx.home.find(uuid, version: version) : nil)
        var record = try before.map { try Sections.readWhole($0.bytes, kind: kind) } ?? Record()
        for section in entry.sections where section.reach != .match {
            guard let bytes = section.bytes else { continue }
            record = Sections.join(record, try Sections.readWhole(Array(bytes), kind: kind), kind: kind)
        }
        try tx.home.put(
            uuid,
            HomeBody(
                version: number, kind: kind.number, status: record.row[kind.status.tag]?.text ?? kind.workflow.approved,
                bytes: Sections.makeWhole(record),
                milliseconds: entry.core.createdMilliseconds.flatMap(Int64.init(exactly:)) ?? tx.moment.milliseconds))
        if copy != nil { try tx.home.remove(uuid, version: 0) }
    }

    /// Approvals and passes in the log toward the parent say where a version was passed on.
    private func markSent(_ entry: Entry, _ place: EntryPlace, in tx: borrowing Transaction) throws {
        guard entry.core.type == .approve || entry.core.type == .pass, let subject = entry.core.subjectReference,
            try tx.logs.state(place.log)?.log.direction == .up, let record = try tx.records.find(subject.record)
        else { return }
        try tx.versions.setSent(record.id, subject.version, place)
    }

    private func markRelayed(_ entry: Entry, target: Int64, in tx: borrowing Transaction) throws {
        guard let bytes = entry.section(.nation)?.bytes else { return }
        let seal = try Seal(decoding: bytes)
        try tx.journal.markRelayed(target: target, origin: tx.logs.findOrCreate(seal.log).id, first: seal.first)
    }
}
