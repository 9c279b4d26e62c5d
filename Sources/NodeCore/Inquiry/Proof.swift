public import SyncProtocol

/// The whole way of a record as this node can prove it, offline and without trusting the relays: each version and decision
/// with the node that sealed it, every signature checked from the root down.
public struct ProofStep: Sendable, Hashable {
    public let version: UInt64
    /// report, approve, return, reject or withdraw.
    public let act: String
    public let seat: String
    public let node: NodeID
    public let position: UInt64
    public let entry: Digest
    /// Nil while this node's own entry waits to be sealed.
    public let seal: Digest?
    /// "seal" when the whole seal is here, "excerpt" when the entry came with a proof, "waiting" before it is sealed.
    public let evidence: String
    public let hashes: Int
    /// Seat codes from the root to the sealing node.
    public let certificates: [String]
    /// Who brought it here: the seat whose changeset carried the entry.
    public let broughtBy: String
    public let createdMilliseconds: Int64?
    /// Sections that are here, and those that are withheld from this level.
    public let shown: [String]
    public let withheld: [String]
    public let code: String?
    public let words: String?
    /// Codes of the fields that a return points at.
    public let fields: [String]
    /// Nil when everything holds.
    public let failure: String?
}

public struct ProofReader: Sendable {
    let engine: SyncEngine

    public init(_ engine: SyncEngine) { self.engine = engine }

    /// In the order of versions, and within one from the report upward.
    public func steps(_ record: RecordID, in snapshot: borrowing Snapshot) throws -> [ProofStep] {
        guard let state = try snapshot.records.find(record) else { return [] }
        var steps = [ProofStep]()
        for version in try snapshot.versions.all(state.id) {
            steps.append(try step(version.number, version.place, version.hash, nil, in: snapshot))
            for decision in try snapshot.decisions.all(state.id, version: version.number) {
                steps.append(try step(version.number, decision.place, decision.hash, decision, in: snapshot))
            }
        }
        return steps
    }

    private func step(
        _ version: UInt64, _ place: EntryPlace, _ hash: Digest, _ decision: DecisionState?, in snapshot: borrowing Snapshot
    ) throws -> ProofStep {
        guard let origin = try snapshot.journal.row(log: place.log, covering: place.seq) else {
            if let waiting = try waiting(version, place, hash, decision, in: snapshot) { return waiting }
            throw NodeError(.storeBroken, "日志缺行", "the journal lacks the seal of a fact")
        }
        let author = engine.trust.certificate(of: origin.seal.log.author)
        let carrier = try place.carrier.flatMap { try snapshot.journal.row($0) }
        var found: Evidence?
        var failure: String?
        do {
            found = try Evidence(index: Int(place.seq - origin.seal.first), origin: origin, carrier: carrier)
            try origin.seal.verify(engine.trust)
            try found?.check(hash)
            guard author != nil else { throw ProtocolError(.unknownKey, "the author's certificate is missing") }
        } catch let error as ProtocolError {
            failure = error.description
        }
        let entry = found?.entry
        return ProofStep(
            version: version, act: entry?.core.type.map { "\($0)" } ?? "?", seat: author?.seat.code ?? "?",
            node: origin.seal.log.author, position: place.seq, entry: hash, seal: origin.seal.hash,
            evidence: carrier == nil ? "seal" : "excerpt", hashes: found?.hashes ?? 0,
            certificates: author.map { engine.trust.path(to: $0).map(\.seat.code) } ?? [],
            broughtBy: carrier.flatMap { engine.trust.certificate(of: $0.seal.log.author)?.seat.code } ?? author?.seat.code
                ?? "?",
            createdMilliseconds: entry?.core.createdMilliseconds.flatMap(Int64.init(exactly:)),
            shown: entry?.sections.filter { $0.bytes != nil }.map { "\($0.reach)" } ?? [],
            withheld: entry?.sections.filter { $0.bytes == nil }.map { "\($0.reach)" } ?? [], code: decision?.code,
            words: decision?.words, fields: decision?.fields ?? [], failure: failure)
    }

    /// An entry of this node's own that is gathered until the line is free: nothing of it can be proved to others yet.
    private func waiting(
        _ version: UInt64, _ place: EntryPlace, _ hash: Digest, _ decision: DecisionState?, in snapshot: borrowing Snapshot
    ) throws -> ProofStep? {
        guard let state = try snapshot.logs.state(place.log), place.seq >= state.next,
            let own = engine.trust.certificate(of: state.log.author)
        else { return nil }
        let items = try snapshot.outbox.items(of: state)
        let index = Int(clamping: place.seq - state.next) - Int(engine.identity.reserved(state))
        guard items.indices.contains(index) else { return nil }
        let entry = items[index].entry
        let isRight = entry.hash(in: items[index].context) == hash
        return ProofStep(
            version: version, act: entry.core.type.map { "\($0)" } ?? "?", seat: own.seat.code, node: own.node,
            position: place.seq, entry: hash, seal: nil, evidence: "waiting", hashes: 0,
            certificates: engine.trust.path(to: own).map(\.seat.code), broughtBy: own.seat.code,
            createdMilliseconds: entry.core.createdMilliseconds.flatMap(Int64.init(exactly:)),
            shown: entry.sections.map { "\($0.reach)" }, withheld: [], code: decision?.code, words: decision?.words,
            fields: decision?.fields ?? [],
            failure: isRight ? nil : ProtocolError(.digestMismatch, "the waiting entry is another one").description)
    }

    /// What is wrong with the journal, if anything: every seal's signature and chain, every body against its root.
    public func verifyJournal(in snapshot: borrowing Snapshot) throws -> (seals: Int, entries: Int, failures: [String]) {
        var seals = 0
        var entries = 0
        var failures = [String]()
        var last: (log: Int64, next: UInt64, hash: Digest)?
        let trust = engine.trust
        let node = engine.identity.node
        try snapshot.journal.forEachSeal { row in
            seals += 1
            do {
                try row.seal.verify(trust)
                // Logs from above are held only in part, where they concern this path.
                let isWhole = row.seal.log.direction == .up || row.packedCount != nil || row.seal.log.author == node
                if isWhole, let last, last.log == row.log, row.seal.first != last.next || row.seal.previous != last.hash {
                    throw ProtocolError(.chainBroken, "the seal does not follow its predecessor")
                }
                if row.packedCount != nil { entries += try row.body().block.items.count }
            } catch let error as ProtocolError {
                failures.append("journal row \(row.id): \(error)")
            }
            last = (log: row.log, next: row.seal.next, hash: row.seal.hash)
        }
        return (seals: seals, entries: entries, failures: failures)
    }

    public struct SealLine: Sendable {
        public let seat: String
        public let direction: String
        public let life: Incarnation
        public let first: UInt64
        public let count: Int
        public let hash: Digest
        public let packedBytes: Int?
        public let unpackedBytes: Int
        public let milliseconds: Int64
    }

    public func seals(in snapshot: borrowing Snapshot) throws -> [SealLine] {
        var lines = [SealLine]()
        let trust = engine.trust
        try snapshot.journal.forEachSeal { row in
            lines.append(
                SealLine(
                    seat: trust.certificate(of: row.seal.log.author)?.seat.code ?? "?",
                    direction: "\(row.seal.log.direction)", life: row.seal.log.incarnation, first: row.seal.first,
                    count: row.seal.count,
                    hash: row.seal.hash, packedBytes: row.packedCount, unpackedBytes: row.unpackedSize,
                    milliseconds: row.milliseconds))
        }
        return lines
    }
}
