public import SyncProtocol

/// One node's mind: events in, effects out, everything that must survive in the transaction. No clock, no randomness, no
/// network; daemon and simulator turn the same crank.
public struct SyncEngine: Sendable {
    public private(set) var identity: NodeIdentity
    public private(set) var trust: Trust
    public private(set) var draft: Draft
    /// Why this node writes nothing; nil while it works.
    public private(set) var standstill: Label?

    public init(
        identity: NodeIdentity, trust: Trust, codes: CodeTables, parameters: Parameters,
        calendar: WorkCalendar = WorkCalendar([]), standstill: Label? = nil
    ) {
        self.standstill = standstill
        self.identity = identity
        self.trust = trust
        draft = Draft(identity: identity, codes: codes, parameters: parameters, calendar: calendar)
    }

    /// For the simulator's own tests only.
    package mutating func plant(_ bugs: PlantedBugs) { identity.planted = bugs }

    /// A later program of the simulator.
    package mutating func understand(_ types: Set<UInt64>) { identity.laterTypes = types }

    /// Reads again what changes while a node runs: certificates, codes, parameters and the calendar.
    public mutating func reload(from snapshot: borrowing Snapshot) throws {
        trust = try SyncEngine.loadTrust(identity.federation, snapshot)
        draft = Draft(
            identity: identity, codes: try snapshot.reference.codes(),
            parameters: try snapshot.reference.parameters(identity.charter.parameters, in: identity.tree),
            calendar: try snapshot.reference.calendar())
    }

    /// Refusals of single records come back as effects; a refused changeset or receipt is thrown as `ProtocolError`, and
    /// the transaction must not be committed then.
    public func handle(_ event: Event, in tx: borrowing Transaction) throws -> [Effect] {
        var outgoing = Outgoing(identity)
        var effects = [Effect]()
        if let standstill {
            // Whom to believe may be learned all the same.
            guard case .statements = event else { throw Standstill.refusal(standstill) }
        }
        switch event {
        case .report(let records, let principal):
            try checkCaughtUp(with: identity.seat.parent, in: tx)
            let report = Report(identity: identity, trust: trust, draft: draft)
            effects += outcomes(try report.run(records, by: principal, &outgoing, in: tx), .report, "reported")
        case .withdraw(let records, let principal):
            try checkCaughtUp(with: identity.seat.parent, in: tx)
            let withdrawal = Withdrawal(identity: identity, trust: trust)
            effects += outcomes(try withdrawal.run(records, by: principal, &outgoing, in: tx), .report, "withdrawn")
        case .decide(let records, let verdict, let principal):
            try checkCaughtUp(with: identity.seat.parent, in: tx)
            let review = Review(identity: identity, trust: trust)
            effects += outcomes(
                try review.run(records, verdict, by: principal, &outgoing, in: tx), .decision, verdict.kind.rawValue)
        case .changeset(let arrival): effects += try ingest(arrival, &outgoing, in: tx)
        case .settled(let peer): try settle(peer, &outgoing, in: tx)
        case .returned(let arrival): effects += try Regaining(engine: self).take(arrival, &outgoing, in: tx)
        case .receipt(let receipt): effects += try take(receipt, &outgoing, in: tx)
        case .met(let peer, let life, let positions): try meet(peer, life, positions, &outgoing, in: tx)
        case .statements(let statements, _): effects += try admit(statements, &outgoing, in: tx)
        case .bundle(let manifest): try meet(manifest, &outgoing, in: tx)
        case .bundleTaken(let manifest): try taken(manifest, &outgoing, in: tx)
        case .upgraded: try retryDeferred(&outgoing, isReplay: false, in: tx)
        case .publish(let artefact, let principal):
            for seat in below { try checkCaughtUp(with: seat, in: tx) }
            guard let own = trust.certificate(of: identity.node) else {
                throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet")
            }
            try Publishing(identity: identity).publish(artefact, by: principal, own: own, &outgoing, in: tx)
            effects += publicationEffects
        }
        effects += try outgoing.seal(in: tx)
        event.written?.reach()
        return effects
    }

    private func outcomes(_ outcomes: [RecordOutcome], _ stage: Stage, _ name: String) -> [Effect] {
        let done = outcomes.count { $0.refusal == nil }
        return outcomes.map(Effect.outcome) + [.counted(stage, name, done)]
    }

    // MARK: Changesets

    /// What the order of checks asks before unpacking: position and previous seal.
    public func admission(of seal: Seal, in snapshot: borrowing Snapshot) throws -> Admission {
        let state = try snapshot.logs.find(seal.log)
        let journal = snapshot.journal
        return try Admission.check(seal, held: state, trust) { first in
            try state.flatMap { try journal.row(log: $0.id, first: first)?.seal }
        }
    }

    /// The seal held of a log at one position.
    public func heldSeal(at first: UInt64, of log: LogID, in snapshot: borrowing Snapshot) throws -> Seal? {
        guard let state = try snapshot.logs.find(log) else { return nil }
        return try snapshot.journal.row(log: state.id, first: first)?.seal
    }

    private func ingest(_ arrival: Arrival, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws -> [Effect] {
        let (changeset, body) = (arrival.changeset, arrival.body)
        let seal = changeset.seal
        guard let sender = trust.certificate(of: changeset.cover.sender) else {
            throw ProtocolError(.unknownKey, "the sender is not certified here")
        }
        let author = try self.author(of: seal.log, from: sender)
        let state = try tx.logs.findOrCreate(seal.log)
        let journal = tx.journal
        let admission = try Admission.check(seal, held: state, trust) { try journal.row(log: state.id, first: $0)?.seal }
        if admission == .repeated && identity.planted.contains(.applyTwice) {
            return try applyAgain(changeset, body, state, &outgoing, in: tx)
        }
        if admission == .repeated { return [.counted(.apply, "repeated", seal.count)] }
        try LifeEnd.check(body, of: seal, in: tx)
        if !identity.planted.contains(.showEverything) {
            try Admission.checkDisclosure(body, direction: seal.log.direction, at: identity.level)
        }
        let logs = tx.logs
        let proved = try Admission.checkProofs(body, planted: identity.planted) { log, first in
            try logs.find(log).flatMap { try journal.row(log: $0.id, first: first)?.seal }
        }
        let row = try tx.journal.append(
            log: state.id, seal: seal, packed: changeset.packed, unpackedSize: changeset.cover.unpackedSize,
            at: tx.moment.milliseconds)
        try tx.logs.advance(state.id, to: seal)
        if seal.log.direction == .up {
            try Forwarding(identity: identity, trust: trust).relayUp(seal, origin: state.id, &outgoing, in: tx)
        }
        var applier = Applier(
            identity: identity, trust: trust, seal: seal, body: body, sender: author, logID: state.id, journalID: row,
            isReplay: false, proved: proved, contents: arrival.author == author ? arrival.contents : [])
        try applier.run(&outgoing, in: tx)
        try retryDeferred(&outgoing, isReplay: false, in: tx)
        let counts = applier.outcomes.map { Effect.counted(.apply, $0.code, $0.count) }
        return seal.log.direction == .channel ? counts + publicationEffects : counts
    }

    /// Whoever keeps codes and parameters in memory reads them again, and those below come to fetch what is new.
    private var publicationEffects: [Effect] {
        let below = identity.tree.seats.filter { $0.parent == identity.seat.code }
        return [.referenceChanged] + below.compactMap { trust.certificate(ofSeat: $0.code).map { .wake($0.node) } }
    }

    /// Up logs come from the seats directly below, the down log from the one above, and through it the channels of all
    /// that stand above it.
    private func author(of log: LogID, from sender: Certificate) throws -> Certificate {
        let isNeighbour =
            log.direction == .up ? sender.seat.parent == identity.seat.code : sender.seat.code == identity.seat.parent
        guard isNeighbour, let author = trust.certificate(of: log.author),
            author.node == sender.node || (log.direction == .channel && trust.isBelow(sender, author.node))
        else { throw ProtocolError(.notEntitled, "seat \(sender.seat.code) is no neighbour in this direction") }
        return author
    }

    /// Entries that waited for a seal, a certificate or a version: what they name may be here now.
    func retryDeferred(_ outgoing: inout Outgoing, isReplay: Bool, in tx: borrowing Transaction) throws {
        var cache = BodyCache()
        var regained = [VersionReference]()
        for item in try tx.journal.postponed(limit: 1_000) {
            let (row, body) = try cache.load(item.journal, in: tx)
            guard let sender = trust.certificate(of: row.seal.log.author), trust.admits(row.seal) else { continue }
            if sender.node == identity.node {
                if let decided = try playAgain(row, body, item.item, isReplay, in: tx) { regained.append(decided) }
                continue
            }
            var applier = Applier(
                identity: identity, trust: trust, seal: row.seal, body: body, sender: sender, logID: row.log,
                journalID: item.journal, isReplay: isReplay)
            // Taken off the list first: an entry that still waits puts itself back.
            try tx.journal.settle(journal: item.journal, item: item.item)
            try applier.apply(item.item, &outgoing, in: tx)
            try applier.tell(in: tx)
        }
        if !isReplay { try Resumption(self).run(regained, &outgoing, in: tx) }
    }

    /// The same of an entry of this node's own that came back before what it names. Returns what it decides about.
    private func playAgain(_ row: JournalRow, _ body: Body, _ index: Int, _ isReplay: Bool, in tx: borrowing Transaction)
        throws -> VersionReference?
    {
        guard body.block.items.indices.contains(index) else { return nil }
        let item = body.block.items[index]
        try tx.journal.settle(journal: row.id, item: index)
        try OwnEntries(self).play(
            item.entry, row.seal.contexts[item.context],
            EntryPlace(log: row.log, seq: row.seal.first + UInt64(index), carrier: nil), row: row.id, isReplay: isReplay,
            in: tx)
        return item.entry.core.type?.isDecision == true ? item.entry.core.subjectReference : nil
    }

    // MARK: Receipts and trust

    private func take(_ receipt: Receipt, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws -> [Effect] {
        guard receipt.log.author == identity.node, receipt.log.peer == receipt.issuer else {
            throw ProtocolError(.notEntitled, "a receipt for a log that is not between these two nodes")
        }
        let known = try tx.logs.find(receipt.log)
        // A neighbour may say that it holds nothing before anything was written.
        guard let state = known else {
            guard receipt.durable == 0 else {
                throw ProtocolError(.position, "the other end holds a log that this node does not know: recover first")
            }
            return []
        }
        if receipt.durable > state.next {
            throw ProtocolError(.position, "the other end holds more than this node wrote: recover first")
        }
        if let hash = receipt.durableHash, receipt.durable > 0 {
            let seal = try tx.journal.row(log: state.id, covering: receipt.durable - 1)?.seal
            guard let seal, seal.next == receipt.durable, seal.hash == hash else {
                try tx.logs.freeze(state.id, "the other end holds another seal at \(receipt.durable)")
                return [.counted(.changeset, "frozen", 1)]
            }
        }
        guard receipt.number >= state.peerReceipt else { return [] }
        // One on a stick may be older than what a hello said since. What was held once is held, unless it was restored.
        let isRestored = try tx.met.count(receipt.issuer) > 1
        let durable = isRestored ? receipt.durable : max(receipt.durable, state.peerDurable)
        try MatchReduction(identity: identity).run(state, upTo: durable, in: tx)
        try tx.logs.setPeer(
            state.id, durable: durable, applied: receipt.applied, receipt: receipt.number, at: tx.moment.milliseconds)
        try outgoing.consider(receipt.log, in: tx)
        return []
    }

    /// A receipt may have been lost on the way; the hello says the same. What it says of the past changes nothing.
    func meet(
        _ peer: NodeID, _ life: Incarnation, _ positions: LinkPositions, _ outgoing: inout Outgoing,
        in tx: borrowing Transaction
    ) throws {
        guard let link = Link(self, peer: peer) else {
            throw ProtocolError(.notEntitled, "the peer is no neighbour of this node")
        }
        let meeting = try tx.withSnapshot { try link.compare(positions, life, in: $0) }
        // Only then: a log that began since was numbered in this very life, and an old receipt must stay old.
        if try tx.met.latest(peer) != life { try tx.logs.meet(link.outgoing, in: life) }
        for earlier in link.isToParent ? positions.down : positions.up { try tx.met.note(peer, earlier.incarnation) }
        try tx.met.note(peer, life)
        try thawEarlier(link, than: life, in: tx)
        for run in meeting.send where run.log != link.outgoing {
            guard let state = try tx.logs.find(run.log), run.from > state.peerDurable else { continue }
            try tx.logs.setDurable(state.id, run.from)
        }
        if let state = try tx.logs.find(link.outgoing), meeting.position > state.peerDurable {
            try MatchReduction(identity: identity).run(state, upTo: meeting.position, in: tx)
            try tx.logs.setDurable(state.id, meeting.position)
        }
        try outgoing.consider(link.outgoing, in: tx)
    }

    /// What this node once said to the peer is back: what waited for that goes on, behind the entry that opens this life.
    func settle(_ peer: NodeID, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        guard let link = Link(self, peer: peer) else {
            throw ProtocolError(.notEntitled, "the peer is no neighbour of this node")
        }
        guard try tx.catchingUp.contains(link.peer.seat.code) else { return }
        try tx.catchingUp.remove(link.peer.seat.code)
        try outgoing.consider(link.outgoing, in: tx)
        try outgoing.consider(.channel(of: identity.node, in: identity.incarnation), in: tx)
        // What was taken back when the life before ended may have let something count again.
        try retryDeferred(&outgoing, isReplay: false, in: tx)
        try Resumption(self).run(with: link, &outgoing, in: tx)
    }

    /// Statements of the issuers that this link shares, in order. One that cannot stand yet or any more is passed over: each
    /// proves itself, whoever brought it.
    private func admit(_ statements: [TrustStatement], _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws
        -> [Effect]
    {
        var known = trust
        var added = 0
        for statement in statements {
            do { if try known.admit(statement) { added += 1 } } catch let error as ProtocolError {
                if error.code == .fork, try keepFork(of: statement, known, error, in: tx) { continue }
                guard error.code != .position, error.code != .unknownKey, error.code != .revoked else { continue }
                throw error
            }
        }
        return added > 0 ? try activate(known, &outgoing, in: tx) : []
    }

    /// An issuer that signed two statements under one number has contradicted itself: both are kept as the proof, people are
    /// called, and the one held goes on to count. False when the second one's signature proves nothing.
    private func keepFork(
        of statement: TrustStatement, _ known: Trust, _ error: ProtocolError, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let issuer = known.certificate(of: statement.message.key),
            let held = known.statement(of: issuer.node, number: statement.place.number)
        else { return false }
        do { try statement.message.verify(as: .certificate, in: identity.federation, with: issuer.key) } catch {
            return false
        }
        let proof = CanonicalValue.array([.bytes(held.message.encoded), .bytes(statement.message.encoded)])
        try tx.quarantine.add(
            tx.moment, peer: issuer.node, code: error.code.rawValue, reason: error.reason,
            subject: "statement \(statement.hash) beside \(held.hash)", evidence: proof.encoded)
        return true
    }

    /// A statement of this node itself.
    func admit(own statement: TrustStatement, in tx: borrowing Transaction) throws -> [Effect] {
        var known = trust
        try known.admit(statement)
        var outgoing = Outgoing(identity)
        return try activate(known, &outgoing, in: tx) + outgoing.seal(in: tx)
    }

    private func activate(_ known: Trust, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws -> [Effect] {
        try tx.trust.keep(known)
        try takeBack(excludedBy: known, in: tx)
        // What waited for one of these goes on now: the next changeset may be weeks away.
        var renewed = self
        renewed.trust = known
        try renewed.retryDeferred(&outgoing, isReplay: false, in: tx)
        Failpoint.trustInTransaction.reach()
        return [.trustChanged]
    }

    static func loadTrust(_ federation: FederationID, _ snapshot: borrowing Snapshot) throws -> Trust {
        let all = try snapshot.trust.all()
        guard case .certificate(let root)? = all.first else {
            throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet")
        }
        var trust = try Trust(federation: federation, root: root)
        for statement in all.dropFirst() { try trust.admit(statement) }
        return trust
    }
}
