internal import SyncProtocol

/// What becomes of one entry.
enum EntryOutcome: Equatable {
    case applied
    /// Known already: the same bytes came before.
    case repeated
    /// Names what is missing; tried again when it may have come.
    case deferred(String)
    case rejected(ProtocolError)
}

/// Signed facts become rows here and nowhere else: live, from a neighbour, or played again by a rebuild.
struct Facts {
    let identity: NodeIdentity
    let trust: Trust

    struct Fact {
        let entry: Entry
        let hash: Digest
        let context: EntryContext
        let author: Certificate
        let place: EntryPlace
    }

    // MARK: Report

    /// A version of a record by its home, as `content` read it.
    func report(_ fact: Fact, _ content: ReportContent, in tx: borrowing Transaction) throws -> EntryOutcome {
        do { return try store(fact, content, in: tx) } catch let error as ProtocolError { return .rejected(error) }
    }

    /// The same of an entry that stands alone.
    func report(_ fact: Fact, in tx: borrowing Transaction) throws -> EntryOutcome {
        var reader = ReportReader(identity, author: fact.author)
        do {
            guard let content = try reader.read(fact.entry, fact.context) else {
                return .deferred("record kind \(fact.context.kind) is not known to this node")
            }
            return try store(fact, content, in: tx)
        } catch let error as ProtocolError {
            return .rejected(error)
        }
    }

    private func store(_ fact: Fact, _ content: ReportContent, in tx: borrowing Transaction) throws -> EntryOutcome {
        var arrivals = ArrivalTable(home: fact.author, at: identity.seat)
        if fact.author.node != identity.node, try arrivals.insert(content, fact.hash, fact.place, in: tx) { return .applied }
        let version = VersionState(
            number: content.version, hash: fact.hash, ceiling: content.ceiling, asked: content.asked, place: fact.place)
        let known = try tx.records.find(content.uuid)
        // Less than its ceiling shows is lawful only under a later version with a lower one, and waits for that.
        if !content.isWhole, try !isNarrowed(content.uuid, known, since: content.version, in: tx) {
            return .deferred("a later version of record \(content.uuid) with a lower review ceiling")
        }
        if let known, let outcome = try compare(fact, content, known, in: tx) { return outcome }
        let kind = content.kind
        let id =
            try known?.id
            ?? tx.records.insert(
                content.uuid, kind: kind.number, home: fact.author.node, homeSeat: fact.author.seat.code,
                key: content.keyText,
                status: kind.workflow.pending, at: tx.moment.milliseconds)
        guard content.version > known?.version ?? 0 else {
            try tx.versions.insertOlder(id, version)
            try narrow(id, in: tx)
            return .applied
        }
        try tx.versions.insertNewest(id, version)
        if let known, known.version > 0 { try narrow(id, in: tx) }
        try tx.records.update(
            id, key: content.keyText, standing: .draft, status: kind.workflow.pending, at: tx.moment.milliseconds)
        // A collective seat has no readers: what it passes on stays in its journal.
        if !identity.seat.isRelay {
            try Projection(identity: identity).put(content.rows, kind: kind, id: id, uuid: content.uuid, in: tx)
        }
        try Projection(identity: identity).refresh(id, in: tx)
        return .applied
    }

    /// What a report is beside the versions held of its record; nil when it is a new one.
    private func compare(_ fact: Fact, _ content: ReportContent, _ known: RecordState, in tx: borrowing Transaction) throws
        -> EntryOutcome?
    {
        guard known.home == fact.author.node, known.kind == content.kind.number else {
            throw ProtocolError(.foreignAuthor, "the record belongs to another home")
        }
        if let same = try tx.versions.find(known.id, content.version) {
            guard same.hash == fact.hash else { throw ProtocolError(.fork, "another version with this number is held") }
            return .repeated
        }
        if let before = try tx.versions.find(known.id, content.version - 1), before.hash != fact.entry.core.previous {
            throw ProtocolError(.chainBroken, "the version does not follow the one held")
        }
        return nil
    }

    /// Newer versions with a lower ceiling take the wider sections of the older ones away from this level, where they came
    /// in. A later rise gives nothing back.
    private func narrow(_ id: Int64, in tx: borrowing Transaction) throws {
        guard let known = try tx.records.find(id: id), known.home != identity.node else { return }
        let versions = try tx.versions.all(id)
        for version in versions {
            guard let lowest = Facts.lowestCeiling(after: version.number, in: versions), lowest > version.ceiling,
                identity.level < lowest
            else { continue }
            let place = version.place
            // Without a carrier the entry came in its author's own changeset, as the city has it from the county.
            guard let row = try place.carrier ?? tx.journal.row(log: place.log, covering: place.seq)?.id else { continue }
            let own = Disclosure.shown(at: identity.level, ceiling: lowest)
            let isLess = try Reduction.reduce(in: row, tx) { $0 == known.uuid && $1 == version.number ? own : nil }
            if isLess { try tx.narrowed.note(known.uuid, version.number) }
        }
    }

    /// The same where this node passed them on, as soon as the newer version goes there too: before that, the level above
    /// could not know why there is less.
    func narrowSent(_ record: RecordState, in tx: borrowing Transaction) throws {
        guard let parent = identity.seat.parent.flatMap({ identity.tree.seat($0) }) else { return }
        let sent = try tx.versions.all(record.id).filter { $0.sent != nil }
        for version in sent {
            guard let lowest = Facts.lowestCeiling(after: version.number, in: sent), lowest > version.ceiling,
                let place = version.sent, let row = try tx.journal.row(log: place.log, covering: place.seq)?.id
            else { continue }
            let above = Disclosure.shown(at: parent.level, ceiling: lowest)
            try Reduction.reduce(in: row, tx) { $0 == record.uuid && $1 == version.number ? above : nil }
        }
    }

    /// Whether a version newer than `number` takes the reviewers' sections away from this level, or did before it was taken
    /// back itself. Of an own record that comes back: from the level above, which gives it back.
    private func isNarrowed(
        _ uuid: RecordID, _ known: RecordState?, since number: UInt64, in tx: borrowing Transaction
    ) throws -> Bool {
        if try tx.narrowed.contains(uuid, number) { return true }
        guard let known, let lowest = Facts.lowestCeiling(after: number, in: try tx.versions.all(known.id)) else {
            return false
        }
        let above = identity.seat.parent.flatMap { identity.tree.seat($0)?.level } ?? identity.level
        let level = known.home == identity.node ? above : identity.level
        return !Disclosure.shown(at: level, ceiling: lowest).contains(.reviewers)
    }

    private static func lowestCeiling(after number: UInt64, in versions: [VersionState]) -> Level? {
        versions.filter { $0.number > number }.map(\.ceiling).max()
    }

    // MARK: Decision

    /// An approval, return or rejection by a level on the record's path.
    func decision(_ fact: Fact, in tx: borrowing Transaction) throws -> EntryOutcome {
        guard let type = fact.entry.core.type, let subject = fact.entry.core.subjectReference else {
            return .rejected(ProtocolError(.schema, "a decision names record, version and hash"))
        }
        guard let record = try tx.records.find(subject.record),
            let version = try tx.versions.find(record.id, subject.version)
        else { return .deferred("record \(subject.record) version \(subject.version)") }
        guard version.hash == subject.hash else {
            return .rejected(ProtocolError(.fork, "the decision names another version"))
        }
        let level = fact.author.seat.level
        let decisions = try tx.decisions.all(record.id, version: version.number)
        if let same = decisions.first(where: { $0.level == level }) {
            return same.hash == fact.hash
                ? .repeated : .rejected(ProtocolError(.alreadyDecided, "that level has decided about this version"))
        }
        guard isRightful(type, by: fact.author, record, version) else {
            return .rejected(ProtocolError(.notEntitled, "seat \(fact.author.seat.code) does not decide about this record"))
        }
        guard version.number == record.version || identity.planted.contains(.decideSuperseded) else {
            return .rejected(ProtocolError(.superseded, "a newer version of the record is held"))
        }
        let words = DecisionWords(fact.entry)
        try tx.decisions.insert(
            record.id, version: version.number,
            DecisionState(
                level: level, type: type, hash: fact.hash, code: words?.code, words: words?.text,
                fields: words?.fields ?? [],
                place: fact.place))
        try Projection(identity: identity).refresh(record.id, in: tx)
        return .applied
    }

    /// Withdrawals are the home's; approvals and returns the reviewing levels'; a rejection any level's on the path.
    private func isRightful(_ type: EntryType, by author: Certificate, _ record: RecordState, _ version: VersionState)
        -> Bool
    {
        if type == .withdraw { return author.node == record.home }
        guard identity.tree.isBelow(record.homeSeat, author.seat.code) else { return false }
        if type == .reject { return true }
        return identity.tree.reviewLevels(home: record.homeSeat, ceiling: version.ceiling).contains {
            $0.rawValue == author.seat.level
        }
    }
}

/// What a return or rejection says: `{1: code, 2: words, 3: [field codes]}` in the section `path`.
struct DecisionWords {
    let code: String
    let text: String
    let fields: [String]

    init(code: String, text: String, fields: [String]) {
        self.code = code
        self.text = text
        self.fields = fields
    }

    /// Nil when there are none, or none that can be read: then the decision stands without words.
    init?(_ entry: Entry) {
        guard let bytes = entry.section(.path)?.bytes else { return nil }
        let values: CanonicalValue
        do { values = try CanonicalValue(decoding: bytes) } catch { return nil }
        guard case .text(let code)? = values[1] else { return nil }
        self.code = code
        if case .text(let text)? = values[2] { self.text = text } else { text = "" }
        if case .array(let items)? = values[3] {
            fields = items.compactMap { if case .text(let field) = $0 { field } else { nil } }
        } else {
            fields = []
        }
    }

    var encoded: [UInt8] {
        var fields: [CanonicalValue.Field] = [.init(1, .text(code))]
        if !text.isEmpty { fields.append(.init(2, .text(text))) }
        if !self.fields.isEmpty { fields.append(.init(3, .array(self.fields.map(CanonicalValue.text)))) }
        return CanonicalValue.map(fields).encoded
    }
}
