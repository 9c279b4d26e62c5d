internal import SyncProtocol

/// Writes one verified changeset down: every entry ends as applied, deferred or rejected, and one bad entry delays only
/// what rests on it.
struct Applier {
    let identity: NodeIdentity
    let trust: Trust
    let seal: Seal
    let body: Body
    let sender: Certificate
    let logID: Int64
    let journalID: Int64
    /// A rebuild plays facts again and writes nothing new of its own.
    let isReplay: Bool
    private let contents: [ReportOutcome]
    private let carriedBy: [RecordID: [(excerpt: Int, item: Int)]]
    /// Excerpts whose proof was checked before anything was written.
    private let proved: Set<Int>
    private var checked: [Int: Result<Seal, ProtocolError>] = [:]
    private(set) var outcomes: [(code: String, count: Int)] = []
    /// For the people here.
    private var news = News()

    init(
        identity: NodeIdentity, trust: Trust, seal: Seal, body: Body, sender: Certificate, logID: Int64, journalID: Int64,
        isReplay: Bool, proved: Set<Int> = [], contents: [ReportOutcome] = []
    ) {
        self.proved = proved
        self.contents = contents
        self.identity = identity
        self.trust = trust
        self.seal = seal
        self.body = body
        self.sender = sender
        self.logID = logID
        self.journalID = journalID
        self.isReplay = isReplay
        var carried = [RecordID: [(excerpt: Int, item: Int)]]()
        for (index, excerpt) in body.excerpts.enumerated() {
            for (position, item) in excerpt.block.items.enumerated() {
                if let record = item.entry.core.record {
                    carried[record, default: []].append((excerpt: index, item: position))
                }
            }
        }
        carriedBy = carried
    }

    private var isUp: Bool { seal.log.direction == .up }
    private var facts: Facts { Facts(identity: identity, trust: trust) }
    private var forwarding: Forwarding { Forwarding(identity: identity, trust: trust) }

    mutating func run(_ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        var arrivals = ArrivalTable(home: sender, at: identity.seat)
        for index in body.block.items.indices {
            if try isNewAndPendingHere(index, &arrivals, in: tx) { continue }
            try apply(index, &outgoing, in: tx)
        }
        try tell(in: tx)
    }

    /// To be called when all entries are applied; a rebuild tells nothing.
    func tell(in tx: borrowing Transaction) throws {
        if !isReplay { try news.tell(identity, in: tx) }
    }

    /// Most reports are of records that are new here and wait for people at this level: nothing else follows from them.
    private mutating func isNewAndPendingHere(
        _ index: Int, _ arrivals: inout ArrivalTable, in tx: borrowing Transaction
    ) throws -> Bool {
        guard index < contents.count, case .read(let content) = contents[index],
            content.standing.pendingLevel == identity.level, sender.node != identity.node
        else { return false }
        let place = EntryPlace(log: logID, seq: seal.first + UInt64(index), carrier: nil)
        guard try arrivals.insert(content, body.leaves[index], place, in: tx) else { return false }
        count(.applied)
        news.arrived(kind: content.kind.number, from: sender.seat.code)
        return true
    }

    /// One entry; what came of it is counted, postponed or quarantined here.
    mutating func apply(_ index: Int, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        let item = body.block.items[index]
        let fact = Facts.Fact(
            entry: item.entry, hash: body.leaves[index], context: seal.contexts[item.context], author: sender,
            place: EntryPlace(log: logID, seq: seal.first + UInt64(index), carrier: nil))
        let outcome = try outcome(of: fact, at: index, &outgoing, in: tx)
        switch outcome {
        case .applied, .repeated: break
        case .deferred where identity.planted.contains(.forgetOutcome): break
        case .deferred(let reason):
            try tx.journal.postpone(journal: journalID, item: index, reason: reason, at: tx.moment.milliseconds)
        case .rejected(let error):
            guard !isReplay else { break }
            try tx.quarantine.add(
                tx.moment, peer: sender.node, code: error.code.rawValue, reason: error.reason,
                subject: "entry \(fact.hash) of seal \(seal.hash)")
            if identity.planted.contains(.keepRejection) { break }
            // A rejection of a rejection would go on forever; a publisher is no neighbour, so its faults are told here.
            if fact.entry.core.type != .reject && seal.log.direction != .channel {
                try forwarding.reject(fact, error, toward: sender.node, isUp ? .down : .up, &outgoing, in: tx)
            }
        }
        count(outcome)
    }

    private mutating func outcome(
        of fact: Facts.Fact, at index: Int, _ outgoing: inout Outgoing, in tx: borrowing Transaction
    ) throws -> EntryOutcome {
        guard let type = fact.entry.core.type else {
            if identity.laterTypes.contains(fact.entry.core.typeNumber) { return .applied }
            return fact.entry.core.isMustUnderstand ? .deferred("entry type \(fact.entry.core.typeNumber)") : .applied
        }
        guard (type == .publish) == (seal.log.direction == .channel) || type == .open else {
            return .rejected(ProtocolError(.notEntitled, "artefacts go down channels, and nothing else does"))
        }
        switch type {
        case .publish:
            let outcome = try Publishing(identity: identity).apply(fact, isReplay: isReplay, in: tx)
            if outcome == .applied, let name = Artefact.name(of: fact.entry) { news.published(name) }
            return outcome
        case .open: return try opened(fact, in: tx)
        case .relay: return try relayed(fact.entry, &outgoing, in: tx)
        case .report:
            guard isUp else { return .rejected(ProtocolError(.notEntitled, "reports go up, never down")) }
            return try reported(fact, at: index, &outgoing, in: tx)
        case .withdraw:
            let outcome = try facts.decision(fact, in: tx)
            if outcome == .applied { try decideByRule(fact.entry, &outgoing, in: tx) }
            return outcome
        case .approve, .pass: return isUp ? try passed(fact, &outgoing, in: tx) : try descended(fact, &outgoing, in: tx)
        case .return, .reject:
            if isUp { return noted(fact) }
            return try descended(fact, &outgoing, in: tx)
        }
    }

    /// The author's life before is closed where it says, which is where this node holds it: `LifeEnd.check` saw to that.
    private func opened(_ fact: Facts.Fact, in tx: borrowing Transaction) throws -> EntryOutcome {
        guard fact.place.seq == 0, let end = LifeEnd(fact.entry) else {
            return .rejected(ProtocolError(.schema, "only the first entry of a log opens it"))
        }
        if let life = end.life, !identity.planted.contains(.beginUnclosed),
            let state = try tx.logs.find(seal.log.in(life.incarnation))
        {
            try tx.logs.close(state.id, at: life.next)
        }
        return .applied
    }

    // MARK: From below

    private mutating func reported(
        _ fact: Facts.Fact, at index: Int, _ outgoing: inout Outgoing, in tx: borrowing Transaction
    ) throws -> EntryOutcome {
        let outcome =
            switch index < contents.count ? contents[index] : .none {
            case .read(let content): try facts.report(fact, content, in: tx)
            case .refused(let error): EntryOutcome.rejected(error)
            case .none: try facts.report(fact, in: tx)
            }
        if outcome == .applied { try decideByRule(fact.entry, &outgoing, in: tx) }
        return outcome
    }

    /// An approval or pass of the child, with the entries of lower logs it rests on.
    private mutating func passed(_ fact: Facts.Fact, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws
        -> EntryOutcome
    {
        if let outcome = try applyCarried(fact, in: tx) { return outcome }
        if fact.entry.core.type == .approve {
            let outcome = try facts.decision(fact, in: tx)
            if case .deferred = outcome {
                return .rejected(ProtocolError(.bodyIncomplete, "the version that is approved is not with it"))
            }
            guard outcome == .applied || outcome == .repeated else { return outcome }
        }
        guard let subject = fact.entry.core.subjectReference, let record = try tx.records.find(subject.record),
            let version = try tx.versions.find(record.id, subject.version), version.hash == subject.hash
        else { return .rejected(ProtocolError(.bodyIncomplete, "the version that is passed on is not with it")) }
        if let level = record.standing.pendingLevel, level > identity.level, record.version == version.number {
            return .rejected(ProtocolError(.notEntitled, "passed on before level \(level.rawValue) had decided"))
        }
        try decideByRule(fact.entry, &outgoing, in: tx)
        return .applied
    }

    /// Nil when everything carried for the record is applied now.
    private mutating func applyCarried(_ fact: Facts.Fact, in tx: borrowing Transaction) throws -> EntryOutcome? {
        guard let record = fact.entry.core.record else { return .rejected(ProtocolError(.schema, "a pass names a record")) }
        let order: [EntryType: Int] = [.report: 0, .withdraw: 1]
        let carried = (carriedBy[record] ?? []).sorted { left, right in
            let (a, b) = (entry(left).core, entry(right).core)
            let (rankA, rankB) = (a.type.flatMap { order[$0] } ?? 2, b.type.flatMap { order[$0] } ?? 2)
            return (rankA, left.excerpt, left.item) < (rankB, right.excerpt, right.item)
        }
        for position in carried where entry(position).core.version == fact.entry.core.version {
            switch try applyCarried(position, in: tx) {
            case .applied, .repeated: continue
            case let outcome: return outcome
            }
        }
        return nil
    }

    private func entry(_ position: (excerpt: Int, item: Int)) -> Entry {
        body.excerpts[position.excerpt].block.items[position.item].entry
    }

    private mutating func applyCarried(_ position: (excerpt: Int, item: Int), in tx: borrowing Transaction) throws
        -> EntryOutcome
    {
        let excerpt = body.excerpts[position.excerpt]
        guard let origin = try tx.logs.find(excerpt.log), let row = try tx.journal.row(log: origin.id, first: excerpt.first)
        else {
            if trust.ends(excerpt.log, before: excerpt.first) {
                return .rejected(ProtocolError(.revoked, "the seal it rests on stands behind the end of its log"))
            }
            return .deferred("seal \(excerpt.sealHash)")
        }
        let result =
            checked[position.excerpt]
            ?? Result {
                guard proved.contains(position.excerpt), row.seal.hash == excerpt.sealHash else {
                    return try excerpt.verify(against: row.seal)
                }
            }
            .map { row.seal }.mapError { $0 as? ProtocolError ?? ProtocolError(.proofMismatch, "the proof does not hold") }
        checked[position.excerpt] = result
        if case .failure(let error) = result { return .rejected(error) }
        guard let author = trust.certificate(of: excerpt.log.author) else {
            return .deferred("certificate of \(excerpt.log.author)")
        }
        guard excerpt.log.direction == seal.log.direction, isPlausible(author) else {
            return .rejected(
                ProtocolError(.outOfScope, "seat \(sender.seat.code) may not pass on a log of seat \(author.seat.code)"))
        }
        let item = excerpt.block.items[position.item]
        guard item.context < row.seal.contexts.count else { return .rejected(ProtocolError(.malformed, "no such context")) }
        let context = row.seal.contexts[item.context]
        let fact = Facts.Fact(
            entry: item.entry, hash: item.entry.hash(in: context), context: context, author: author,
            place: EntryPlace(
                log: origin.id, seq: excerpt.first + UInt64(excerpt.indexes[position.item]), carrier: journalID))
        return fact.entry.core.type == .report ? try facts.report(fact, in: tx) : try facts.decision(fact, in: tx)
    }

    /// What follows for this level: a version that ends its review below goes on for the record, a withdrawal is let go.
    private mutating func decideByRule(_ entry: Entry, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        guard !isReplay, let uuid = entry.core.record, let record = try tx.records.find(uuid),
            let version = try tx.versions.find(record.id, record.version), version.number == entry.core.version
        else { return }
        let decisions = try tx.decisions.all(record.id, version: version.number)
        let isWithdrawn = decisions.contains { $0.type == .withdraw }
        if record.standing.pendingLevel == identity.level {
            guard isWithdrawn else { return news.arrived(kind: record.kind, from: record.homeSeat, key: record.key) }
            news.withdrawn(record)
            return try Decider(identity: identity, trust: trust).letGo(record, version, &outgoing, in: tx)
        }
        let reviews = identity.tree.reviewLevels(home: record.homeSeat, ceiling: version.ceiling).contains(identity.level)
        // A level that reviews passes a withdrawal on; its approval went up when it was given.
        if reviews && !identity.planted.contains(.passUnapproved)
            && !(isWithdrawn && entry.core.type != .report && record.standing.pendingLevel != nil)
        {
            return
        }
        try forwarding.passUp(record, version, &outgoing, in: tx)
    }

    // MARK: From above

    /// A decision by the parent, or one of a higher level that it passes on.
    private mutating func descended(_ fact: Facts.Fact, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws
        -> EntryOutcome
    {
        if fact.entry.core.type != .pass {
            let outcome = try facts.decision(fact, in: tx)
            if case .deferred = outcome, fact.entry.core.type == .reject { return noted(fact) }
            if case .rejected(let error) = outcome, error.code == .fork, fact.entry.core.type == .reject {
                return noted(fact)
            }
            if outcome == .applied { try passDown(fact.entry, fact.place, &outgoing, in: tx) }
            return outcome
        }
        for position in carriedBy[fact.entry.core.record ?? RecordID(words: [0, 0])] ?? [] {
            let outcome = try applyCarried(position, in: tx)
            guard outcome == .applied else {
                if outcome == .repeated { continue }
                return outcome
            }
            let excerpt = body.excerpts[position.excerpt]
            guard let origin = try tx.logs.find(excerpt.log) else { continue }
            let place = EntryPlace(
                log: origin.id, seq: excerpt.first + UInt64(excerpt.indexes[position.item]), carrier: journalID)
            try passDown(entry(position), place, &outgoing, in: tx)
        }
        return .applied
    }

    private mutating func passDown(
        _ entry: Entry, _ place: EntryPlace, _ outgoing: inout Outgoing, in tx: borrowing Transaction
    )
        throws
    {
        guard !isReplay, let subject = entry.core.subjectReference, let record = try tx.records.find(subject.record),
            let version = try tx.versions.find(record.id, subject.version)
        else { return }
        if record.home == identity.node { news.decided(record) }
        try forwarding.passDown(record, version, place, &outgoing, in: tx)
    }

    /// The other end rejected an entry of ours that is no version of a record: kept where people look.
    private func noted(_ fact: Facts.Fact) -> EntryOutcome {
        let words = DecisionWords(fact.entry)
        let code = words.flatMap { ProtocolError.Code(rawValue: $0.code) } ?? .schema
        return .rejected(ProtocolError(code, "rejected by the other end: \(words?.text ?? "no reason given")"))
    }

    // MARK: Seals of other logs

    private func relayed(_ entry: Entry, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws -> EntryOutcome {
        do {
            guard let bytes = entry.section(.nation)?.bytes else {
                throw ProtocolError(.bodyIncomplete, "a relay carries a seal")
            }
            let origin = try Seal(decoding: bytes)
            guard let author = trust.certificate(of: origin.log.author) else {
                return .deferred("certificate of \(origin.log.author)")
            }
            // A node that was enrolled again or changed its key: its new certificate may come later than what it signed.
            guard trust.certificate(of: origin.message.key) != nil else {
                return .deferred("certificate of key \(origin.message.key)")
            }
            try origin.verify(trust)
            guard origin.log.direction == seal.log.direction, isPlausible(author) else {
                throw ProtocolError(.outOfScope, "seat \(sender.seat.code) may not relay a log of seat \(author.seat.code)")
            }
            let state = try tx.logs.findOrCreate(origin.log)
            if let held = try tx.journal.row(log: state.id, first: origin.first) {
                guard held.seal.hash == origin.hash else { throw ProtocolError(.fork, "two seals with one position") }
                if isUp && !isReplay { try forwarding.relayUp(origin, origin: state.id, &outgoing, in: tx) }
                return .repeated
            }
            // Upward every seal comes; downward only those that concern this path, so gaps are no fault there.
            if isUp && origin.first > state.next { return .deferred("seal of \(author.seat.code) at \(state.next)") }
            if isUp, origin.first != state.next || origin.previous != state.hash {
                throw ProtocolError(.chainBroken, "a seal of a lower log does not follow the one held")
            }
            try tx.journal.append(log: state.id, seal: origin, packed: nil, unpackedSize: 0, at: tx.moment.milliseconds)
            // Behind a level that lost its disk an earlier seal may come after a later one.
            if origin.next > state.next || identity.planted.contains(.turnPositionBack) {
                try tx.logs.advance(state.id, to: origin)
            }
            if isUp && !isReplay { try forwarding.relayUp(origin, origin: state.id, &outgoing, in: tx) }
            return .applied
        } catch let error as ProtocolError {
            return .rejected(error)
        }
    }

    /// Up: a log from below the sender. Down: a log of a seat above the sender.
    private func isPlausible(_ author: Certificate) -> Bool {
        isUp ? trust.isBelow(author, sender.node) : trust.isBelow(sender, author.node)
    }

    private mutating func count(_ outcome: EntryOutcome) {
        let code =
            switch outcome {
            case .applied: "applied"
            case .repeated: "repeated"
            case .deferred: "deferred"
            case .rejected: "rejected"
            }
        if let index = outcomes.firstIndex(where: { $0.code == code }) {
            outcomes[index].count += 1
        } else {
            outcomes.append((code: code, count: 1))
        }
    }
}
