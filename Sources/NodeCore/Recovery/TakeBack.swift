internal import SyncProtocol

/// Entries that count no more are taken back: the records they concern are folded again from what remains, as if those
/// entries had never come.
struct TakeBack {
    let identity: NodeIdentity
    let trust: Trust

    init(_ engine: SyncEngine) {
        identity = engine.identity
        trust = engine.trust
    }

    init(identity: NodeIdentity, trust: Trust) {
        self.identity = identity
        self.trust = trust
    }

    /// What stands behind `position` of a log does not count: its rows leave the journal and are kept apart, for
    /// people to look into and for `reason`.
    func branch(_ state: LogState, from position: UInt64, reason: String, in tx: borrowing Transaction) throws {
        let records = try tx.takeBack.records(log: state.id, from: position)
        let rows = try tx.takeBack.rows(log: state.id, from: position)
        if !identity.planted.contains(.keepRevokedFolds) {
            try fold(records, without: Gone(log: state.id, from: position, carriers: Set(rows)), in: tx)
        }
        for id in rows {
            guard let row = try tx.journal.row(id) else { continue }
            if !identity.planted.contains(.forgetEvidence) {
                try tx.late.add(
                    row.seal, packed: row.packed(), unpackedSize: row.unpackedSize, reason: reason,
                    at: tx.moment.milliseconds)
            }
            try tx.takeBack.removeRow(id)
        }
        try reconsider(records, in: tx)
        try tx.takeBack.forgetRelays(target: state.id)
        let last = position == 0 ? nil : try tx.journal.row(log: state.id, covering: position - 1)?.seal
        try tx.logs.turnBack(state.id, to: last)
    }

    /// What a revocation excludes; the log ends there.
    func revoked(_ state: LogState, from position: UInt64, in tx: borrowing Transaction) throws {
        try branch(state, from: position, reason: "revoked", in: tx)
        try tx.logs.close(state.id, at: position)
    }

    /// Entries of an own log that wait to be sealed and will not be. Returns how many there were.
    func unsealed(_ state: LogState, in tx: borrowing Transaction) throws -> Int {
        let count = try tx.outbox.size(log: state.id).entries
        let records = try tx.takeBack.records(log: state.id, from: state.next)
        try fold(records, without: Gone(log: state.id, from: state.next, carriers: []), in: tx)
        try reconsider(records, in: tx)
        for item in try tx.outbox.items(of: state) where item.entry.core.type == .relay {
            guard let bytes = item.entry.section(.nation)?.bytes else { continue }
            let seal = try Seal(decoding: bytes)
            try tx.takeBack.forgetRelay(target: state.id, origin: tx.logs.findOrCreate(seal.log).id, first: seal.first)
        }
        try tx.outbox.clear(log: state.id)
        return count
    }

    private struct Gone {
        let log: Int64
        let from: UInt64
        let carriers: Set<Int64>

        func contains(_ place: EntryPlace) -> Bool {
            (place.log == log && place.seq >= from) || place.carrier.map(carriers.contains) == true
        }
    }

    /// A decision that came when a newer version stood was refused. Where that version is taken back the decision is about
    /// the current one again, as it is wherever it came first: it waits to be tried once more.
    private func reconsider(_ records: [Int64], in tx: borrowing Transaction) throws {
        var current: [RecordID: UInt64] = [:]
        for id in records {
            guard let record = try tx.records.find(id: id), record.version > 0 else { continue }
            current[record.uuid] = record.version
        }
        if current.isEmpty { return }
        for refusal in try tx.quarantine.refusals(.superseded) {
            // "entry HASH of seal HASH", as the applier wrote it.
            let words = refusal.subject.split(separator: " ")
            guard words.count == 5, words[0] == "entry", let hash = Digest(hex: String(words[1])),
                let seal = Digest(hex: String(words[4])), let row = try tx.journal.row(hash: seal), row.packedCount != nil
            else { continue }
            let body = try row.body()
            guard let item = body.leaves.firstIndex(of: hash), let record = body.block.items[item].entry.core.record,
                let version = current[record], version == body.block.items[item].entry.core.version
            else { continue }
            try tx.quarantine.remove(refusal.id)
            try tx.journal.postpone(
                journal: row.id, item: item, reason: "what superseded it was taken back", at: tx.moment.milliseconds)
        }
    }

    private func fold(_ records: [Int64], without gone: Gone, in tx: borrowing Transaction) throws {
        var said = Said(identity, trust)
        for id in records { try fold(id, without: gone, &said, in: tx) }
    }

    private func fold(_ id: Int64, without gone: Gone, _ said: inout Said, in tx: borrowing Transaction) throws {
        guard let record = try tx.records.find(id: id), let kind = identity.charter.kind(number: record.kind) else { return }
        let versions = try tx.versions.all(id)
        var places = [EntryPlace]()
        let kept = versions.filter { !gone.contains($0.place) }
        // A decision goes with its version, and comes before the next one, under which it would be too late.
        for version in kept {
            places.append(version.place)
            for decision in try tx.decisions.all(id, version: version.number) {
                if !gone.contains(decision.place) {
                    places.append(decision.place)
                } else if decision.level == identity.level.rawValue {
                    // A level's own decision may stand in two of its logs: what is left of it counts.
                    let subject = VersionReference(record: record.uuid, version: version.number, hash: version.hash)
                    let others = try said.own(subject, home: record.homeSeat, in: tx)
                    if let other = others.first(where: { !gone.contains($0) }) { places.append(other) }
                }
            }
        }
        let lost = versions.filter { gone.contains($0.place) }.map(\.number)
        // Read before the rows go that they stand in.
        let facts = try places.map { try fact(at: $0, in: tx) }
        try tx.takeBack.clear(record: id)
        let isOwn = record.home == identity.node
        if isOwn { for number in lost { try reopen(record.uuid, version: number, kind, in: tx) } }
        if facts.isEmpty && !isOwn {
            try tx.typed(kind).remove(id: id)
            return try tx.takeBack.remove(record: id)
        }
        let applier = Facts(identity: identity, trust: trust)
        for fact in facts {
            _ =
                fact.entry.core.type == .report
                ? try applier.report(fact, in: tx) : try applier.decision(fact, in: tx)
        }
        for version in kept {
            guard let sent = version.sent, !gone.contains(sent) else { continue }
            try tx.versions.setSent(id, version.number, sent)
        }
        guard isOwn, let body = try Projection(identity: identity).working(record.uuid, kind, in: tx) else { return }
        try Projection(identity: identity).put(
            TypedRows(body.record, kind: kind), kind: kind, id: id, uuid: record.uuid, in: tx)
        try Projection(identity: identity).refresh(id, in: tx)
    }

    /// What was reported and does not count is a working copy again, unless the home has gone on since.
    private func reopen(_ uuid: RecordID, version: UInt64, _ kind: RecordKind, in tx: borrowing Transaction) throws {
        guard let body = try tx.home.find(uuid, version: version) else { return }
        if try tx.home.find(uuid, version: 0) == nil {
            try tx.home.put(
                uuid,
                HomeBody(
                    version: 0, kind: body.kind, status: kind.workflow.draft, bytes: body.bytes,
                    milliseconds: body.milliseconds))
        }
        try tx.home.remove(uuid, version: version)
    }

    /// The entry that a version or decision in the tables was made from.
    func fact(at place: EntryPlace, in tx: borrowing Transaction) throws -> Facts.Fact {
        guard let state = try tx.logs.state(place.log), let author = trust.certificate(of: state.log.author) else {
            throw NodeError(.storeBroken, "缺少证书", "the certificate of a fact's author is missing")
        }
        if state.log.author == identity.node, place.seq >= state.next {
            let items = try tx.outbox.items(of: state)
            let index = Int(clamping: place.seq - state.next) - Int(identity.reserved(state))
            guard items.indices.contains(index) else { throw TakeBack.missing }
            let item = items[index]
            return .init(
                entry: item.entry, hash: item.entry.hash(in: item.context), context: item.context, author: author,
                place: place)
        }
        guard let origin = try tx.journal.row(log: place.log, covering: place.seq) else { throw TakeBack.missing }
        let carrier = try place.carrier.flatMap { try tx.journal.row($0) }
        let evidence = try Evidence(index: Int(place.seq - origin.seal.first), origin: origin, carrier: carrier)
        return .init(
            entry: evidence.entry, hash: evidence.entry.hash(in: evidence.context), context: evidence.context,
            author: author, place: place)
    }

    private static let missing = NodeError(.storeBroken, "日志缺行", "the journal lacks an entry that a fact rests on")
}
