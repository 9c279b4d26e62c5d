internal import SyncProtocol

/// What a node passes on by rule: seals upward, versions for the record, decisions down the path to the home.
struct Forwarding {
    let identity: NodeIdentity
    let trust: Trust

    private var parent: Certificate? { identity.seat.parent.flatMap { trust.certificate(ofSeat: $0) } }

    /// Every seal of a log from below goes up, once, before the entries that rest on it.
    func relayUp(_ seal: Seal, origin: Int64, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        guard let parent else { return }
        try relay(seal, origin: origin, to: identity.log(.up, toward: parent.node), &outgoing, in: tx)
    }

    /// Above the review ceiling a version passes for the record: no decision, and no way to hold it back.
    func passUp(_ record: RecordState, _ version: VersionState, _ outgoing: inout Outgoing, in tx: borrowing Transaction)
        throws
    {
        guard let parent else { return }
        // What this level decided itself went up when it was decided, and its place is in the log down to the home.
        let decisions = try tx.decisions.all(record.id, version: version.number).filter { decision in
            decision.level != identity.level.rawValue && (decision.type == .approve || decision.type == .withdraw)
        }
        let carried = [version.place] + decisions.map(\.place)
        let sent = try pass(
            record, version, carrying: carried, to: identity.log(.up, toward: parent.node), &outgoing, in: tx)
        try tx.versions.setSent(record.id, version.number, sent)
        if version.number > 1 { try Facts(identity: identity, trust: trust).narrowSent(record, in: tx) }
    }

    /// A decision from above goes on to the next seat toward the home, with the seal that proves it.
    func passDown(
        _ record: RecordState, _ version: VersionState, _ place: EntryPlace, _ outgoing: inout Outgoing,
        in tx: borrowing Transaction
    ) throws {
        guard record.home != identity.node,
            let child = identity.childSeat(toward: record.homeSeat).flatMap({ trust.certificate(ofSeat: $0.code) }),
            let origin = try tx.journal.row(log: place.log, covering: place.seq)
        else { return }
        let log = identity.log(.down, toward: child.node)
        try relay(origin.seal, origin: place.log, to: log, &outgoing, in: tx)
        _ = try pass(record, version, carrying: [place], to: log, &outgoing, in: tx)
    }

    /// Tells the author's side that an entry was not accepted, and why.
    func reject(
        _ fact: Facts.Fact, _ error: ProtocolError, toward sender: NodeID, _ direction: Direction,
        _ outgoing: inout Outgoing, in tx: borrowing Transaction
    ) throws {
        let words = DecisionWords(code: error.code.rawValue, text: error.reason, fields: [])
        let entry = Entry(
            core: EntryCore(
                suite: identity.suite, type: .reject, record: fact.entry.core.record, version: fact.entry.core.version,
                reaches: [.path],
                subject: fact.hash, createdMilliseconds: tx.moment.milliseconds),
            seed: tx.moment.entropy(16), sections: [(.path, words.encoded)])
        let item = Outgoing.Item(
            context: identity.context(kind: identity.charter.kind(number: fact.context.kind)), entry: entry, carries: [])
        _ = try outgoing.append(item, to: identity.log(direction, toward: sender), in: tx)
    }

    private func relay(_ seal: Seal, origin: Int64, to log: LogID, _ outgoing: inout Outgoing, in tx: borrowing Transaction)
        throws
    {
        let target = try tx.logs.findOrCreate(log)
        guard try !tx.journal.isRelayed(target: target.id, origin: origin, first: seal.first) else { return }
        let entry = Entry(
            core: EntryCore(suite: identity.suite, type: .relay, reaches: [.nation]), seed: tx.moment.entropy(16),
            sections: [(.nation, seal.message.encoded)])
        _ = try outgoing.append(.init(context: identity.context(kind: nil), entry: entry, carries: []), to: log, in: tx)
        try tx.journal.markRelayed(target: target.id, origin: origin, first: seal.first)
    }

    private func pass(
        _ record: RecordState, _ version: VersionState, carrying places: [EntryPlace], to log: LogID,
        _ outgoing: inout Outgoing, in tx: borrowing Transaction
    ) throws -> EntryPlace {
        let entry = Entry(
            core: EntryCore(
                suite: identity.suite, type: .pass, record: record.uuid, version: version.number, subject: version.hash),
            seed: tx.moment.entropy(16), sections: [])
        let context = identity.context(kind: identity.charter.kind(number: record.kind))
        return try outgoing.append(.init(context: context, entry: entry, carries: places), to: log, in: tx)
    }
}
