internal import SyncProtocol

/// What follows from the facts held here and stands in no log toward a neighbour. It waited unsealed when the life before
/// ended, or it stood in two logs and came back with one of them. When both ends hold the same of the earlier lives, it
/// goes on its way in this one.
struct Resumption {
    let engine: SyncEngine
    private var identity: NodeIdentity { engine.identity }
    private var trust: Trust { engine.trust }
    private var forwarding: Forwarding { Forwarding(identity: identity, trust: trust) }

    init(_ engine: SyncEngine) { self.engine = engine }

    /// Everything about one neighbour, and what its logs brought for the others that have settled before it.
    func run(with link: Link, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        let waiting = try Set(tx.catchingUp.all())
        if let parent = identity.seat.parent, !waiting.contains(parent) {
            try up(from: link.isToParent ? nil : link.peer.seat.code, &outgoing, in: tx)
        }
        let children = link.isToParent ? engine.below : [link.peer.seat.code]
        for child in children where !waiting.contains(child) { try down(to: child, &outgoing, in: tx) }
    }

    /// The same for decisions of this node that came back before the versions they are about.
    func run(_ decided: [VersionReference], _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        if decided.isEmpty { return }
        let waiting = try Set(tx.catchingUp.all())
        var said = Said(identity, trust)
        for subject in decided {
            guard let record = try tx.records.find(subject.record) else { continue }
            if let parent = identity.seat.parent, !waiting.contains(parent) {
                try sendUp(record, subject.version, &said, &outgoing, in: tx)
            }
            if let child = identity.childSeat(toward: record.homeSeat)?.code, !waiting.contains(child) {
                try sendDown(record, subject.version, to: child, &said, &outgoing, in: tx)
            }
        }
    }

    // MARK: To the parent

    /// `child`: whose records it is about; nil for all.
    private func up(from child: String?, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        guard let parent = identity.seat.parent.flatMap({ trust.certificate(ofSeat: $0) }) else { return }
        let own = try tx.logs.lives(identity.log(.up, toward: parent.node)).map(\.id)
        for id in try tx.resumption.unrelayed(own, by: identity.node) {
            guard let row = try tx.journal.row(id) else { continue }
            try forwarding.relayUp(row.seal, origin: row.log, &outgoing, in: tx)
        }
        var said = Said(identity, trust)
        for (id, number) in try tx.resumption.unsent(by: identity.node) {
            guard let record = try tx.records.find(id: id),
                child == nil || identity.childSeat(toward: record.homeSeat)?.code == child
            else { continue }
            try sendUp(record, number, &said, &outgoing, in: tx)
        }
    }

    /// A version that every level up to this one lets through, unless it went up, or a later one did.
    private func sendUp(
        _ record: RecordState, _ number: UInt64, _ said: inout Said, _ outgoing: inout Outgoing,
        in tx: borrowing Transaction
    ) throws {
        let versions = try tx.versions.all(record.id)
        guard record.home != identity.node, let version = versions.first(where: { $0.number == number }),
            !versions.contains(where: { $0.number >= number && $0.sent != nil })
        else { return }
        let decisions = try tx.decisions.all(record.id, version: number)
        let levels = identity.tree.reviewLevels(home: record.homeSeat, ceiling: version.ceiling)
        let approved = Set(decisions.filter { $0.type == .approve }.map(\.level))
        guard levels.allSatisfy({ $0 < identity.level || approved.contains($0.rawValue) }) else { return }
        guard levels.contains(identity.level) else { return try forwarding.passUp(record, version, &outgoing, in: tx) }
        let subject = VersionReference(record: record.uuid, version: number, hash: version.hash)
        let place = Said.Key(subject: subject, level: identity.level.rawValue)
        if let sent = try said.upward(in: tx)[place]?.last {
            try tx.versions.setSent(record.id, number, sent)
        } else if let own = decisions.first(where: { $0.level == identity.level.rawValue }) {
            let item = try again(own, record, version, in: tx)
            try Decider(identity: identity, trust: trust)
                .sendUp(item.entry, item.context, record, version, &outgoing, in: tx)
        }
        // Withdrawn behind the approval, while a level above had it.
        if decisions.contains(where: { $0.type == .withdraw }), record.standing.pendingLevel != nil {
            try forwarding.passUp(record, version, &outgoing, in: tx)
        }
    }

    // MARK: To a child

    private func down(to child: String, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        var said = Said(identity, trust)
        for (id, number) in try tx.resumption.decided(upTo: identity.level, by: identity.node) {
            guard let record = try tx.records.find(id: id) else { continue }
            try sendDown(record, number, to: child, &said, &outgoing, in: tx)
        }
        for id in try tx.resumption.withdrawn(at: identity.level) {
            guard let record = try tx.records.find(id: id), identity.childSeat(toward: record.homeSeat)?.code == child,
                let version = try tx.versions.find(id, record.version)
            else { continue }
            try Decider(identity: identity, trust: trust).letGo(record, version, &outgoing, in: tx)
        }
    }

    /// What this level and those above it decided about a version.
    private func sendDown(
        _ record: RecordState, _ number: UInt64, to child: String, _ said: inout Said, _ outgoing: inout Outgoing,
        in tx: borrowing Transaction
    ) throws {
        guard identity.childSeat(toward: record.homeSeat)?.code == child,
            let peer = trust.certificate(ofSeat: child)?.node, let version = try tx.versions.find(record.id, number)
        else { return }
        let subject = VersionReference(record: record.uuid, version: number, hash: version.hash)
        for decision in try tx.decisions.all(record.id, version: number) where decision.level <= identity.level.rawValue {
            let place = Said.Key(subject: subject, level: decision.level)
            if try said.downward(to: peer, in: tx)[place] != nil { continue }
            if decision.level < identity.level.rawValue {
                try forwarding.passDown(record, version, decision.place, &outgoing, in: tx)
                continue
            }
            let item = try again(decision, record, version, in: tx)
            _ = try outgoing.append(item, to: identity.log(.down, toward: peer), in: tx)
        }
    }

    /// This node's own decision once more, as an entry of this life: a log holds entries of one life.
    private func again(
        _ decision: DecisionState, _ record: RecordState, _ version: VersionState, in tx: borrowing Transaction
    ) throws -> Outgoing.Item {
        let before = try TakeBack(engine).fact(at: decision.place, in: tx).entry
        let entry = Entry(
            core: EntryCore(
                suite: identity.suite, type: decision.type, record: record.uuid, version: version.number,
                reaches: before.core.reaches, subject: version.hash,
                createdMilliseconds: before.core.createdMilliseconds.flatMap(Int64.init(exactly:))),
            seed: tx.moment.entropy(16),
            sections: before.sections.compactMap { section in section.bytes.map { (section.reach, Array($0)) } })
        let context = identity.context(kind: identity.charter.kind(number: record.kind))
        return .init(context: context, entry: entry, carries: [])
    }
}

extension EntryType {
    /// Whether a level says by it what becomes of a version.
    var isDecision: Bool { self == .approve || self == .return || self == .reject }
}
