package import SyncProtocol

/// Bugs that the simulator must find: each takes away one rule of the engine. Nothing outside this package can set them,
/// neither the API nor a file; a node that runs has none.
package struct PlantedBugs: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Of the simulator's own driver: the receipt leaves while its transaction is still open.
    package static let acknowledgeBeforeCommit = PlantedBugs(rawValue: 1 << 0)
    /// Positions count, the hashes at them do not.
    package static let ignorePeerHash = PlantedBugs(rawValue: 1 << 1)
    /// A changeset that is held already is applied again.
    package static let applyTwice = PlantedBugs(rawValue: 1 << 2)
    /// A decision about a version that a newer one replaced takes effect.
    package static let decideSuperseded = PlantedBugs(rawValue: 1 << 3)
    /// A version goes up before this level has decided about it.
    package static let passUnapproved = PlantedBugs(rawValue: 1 << 4)
    /// The last decision in the list decides, whatever the others say.
    package static let orderDependentFold = PlantedBugs(rawValue: 1 << 5)
    /// The sections of an excerpt are not held against its seal.
    package static let skipSectionDigest = PlantedBugs(rawValue: 1 << 6)
    /// An entry that waits for something is not put on the list of those that wait.
    package static let forgetOutcome = PlantedBugs(rawValue: 1 << 7)
    /// An excerpt shows every level everything, and nobody looks whether it does.
    package static let showEverything = PlantedBugs(rawValue: 1 << 8)
    /// A rejection is noted here and not sent to the author.
    package static let keepRejection = PlantedBugs(rawValue: 1 << 9)
    /// What was put on a stick counts as held by the other end.
    package static let trustTheStick = PlantedBugs(rawValue: 1 << 24)
    /// Of the simulator's own driver: a full disk takes back what its receipt says.
    package static let acknowledgeUnstored = PlantedBugs(rawValue: 1 << 20)
    /// A revocation is kept, and nothing that it excludes is taken back.
    package static let forgetRevocation = PlantedBugs(rawValue: 1 << 10)
    /// What is excluded leaves the journal; the records stay as they were folded with it.
    package static let keepRevokedFolds = PlantedBugs(rawValue: 1 << 11)
    /// What was taken back is thrown away.
    package static let forgetEvidence = PlantedBugs(rawValue: 1 << 12)
    /// A later life's logs are opened before the neighbour has given back what it holds.
    package static let openBeforeSettled = PlantedBugs(rawValue: 1 << 13)
    /// A hello is answered wherever in the thread it stands.
    package static let followStaleThread = PlantedBugs(rawValue: 1 << 14)
    /// A new life begins and the one before stays open.
    package static let beginUnclosed = PlantedBugs(rawValue: 1 << 15)
    /// A later program's new columns stay empty for what arrived before it.
    package static let keepOldColumns = PlantedBugs(rawValue: 1 << 16)
    /// A later program does not look again at what waited for it.
    package static let forgetUpgrade = PlantedBugs(rawValue: 1 << 17)
    /// What is passed on is written anew, without the fields that this program does not know.
    package static let dropUnknownField = PlantedBugs(rawValue: 1 << 18)

    /// An earlier seal of a log from above, passed down late, turns its position back.
    package static let turnPositionBack = PlantedBugs(rawValue: 1 << 21)

    package static let all: [(name: String, bug: PlantedBugs)] = [
        ("acknowledge-before-commit", .acknowledgeBeforeCommit), ("ignore-peer-hash", .ignorePeerHash),
        ("apply-twice", .applyTwice), ("decide-superseded", .decideSuperseded), ("pass-unapproved", .passUnapproved),
        ("order-dependent-fold", .orderDependentFold), ("skip-section-digest", .skipSectionDigest),
        ("forget-outcome", .forgetOutcome), ("show-everything", .showEverything), ("keep-rejection", .keepRejection),
        ("trust-the-stick", .trustTheStick),
        ("acknowledge-unstored", .acknowledgeUnstored),
        ("forget-revocation", .forgetRevocation), ("keep-revoked-folds", .keepRevokedFolds),
        ("forget-evidence", .forgetEvidence), ("open-before-settled", .openBeforeSettled),
        ("follow-stale-thread", .followStaleThread), ("begin-unclosed", .beginUnclosed),
        ("keep-old-columns", .keepOldColumns), ("forget-upgrade", .forgetUpgrade),
        ("drop-unknown-field", .dropUnknownField), ("turn-position-back", .turnPositionBack),
    ]
}

extension PlantedBugs {
    /// Only with its bug planted: a section as a relay would write it that keeps what it understands.
    static func withoutUnknown(_ item: EntryBlock.Item, _ seal: Seal, _ charter: Charter) throws -> EntryBlock.Item {
        guard item.entry.core.type == .report, let kind = charter.kind(number: seal.contexts[item.context].kind),
            let bytes = item.entry.section(.nation)?.bytes, case .map(let fields) = try CanonicalValue(decoding: bytes)
        else { return item }
        let known = fields.filter { field in kind.shape.head.place(field.key) != nil || field.key >= 1_000 }
        guard known.count < fields.count else { return item }
        let sections = item.entry.sections.map { section in
            let isNation = section.reach == .nation
            return (section.reach, isNation ? CanonicalValue.map(known).encoded : Array(section.bytes ?? []))
        }
        let shown = Set(item.entry.sections.filter { $0.bytes != nil }.map(\.reach))
        let made = Entry(core: item.entry.core, seed: [UInt8](repeating: 0, count: 16), sections: sections)
        return .init(context: item.context, entry: made.reduced(to: shown))
    }
}

extension SyncEngine {
    /// For the simulator's later programs: an entry of a type that earlier ones do not know, in the log toward the parent.
    package func writeLater(_ type: UInt64, in tx: borrowing Transaction) throws -> [Effect] {
        guard let parent = identity.seat.parent.flatMap({ trust.certificate(ofSeat: $0) }) else { return [] }
        var core = EntryCore(suite: identity.suite, type: .open, createdMilliseconds: tx.moment.milliseconds)
        core.typeNumber = type
        var outgoing = Outgoing(identity)
        let entry = Entry(core: core, seed: tx.moment.entropy(16), sections: [])
        _ = try outgoing.append(
            .init(context: identity.context(kind: nil), entry: entry, carries: []),
            to: identity.log(.up, toward: parent.node), in: tx)
        return try outgoing.seal(in: tx)
    }

    /// For the simulator's crooked reviewer: a decision that this node's own rules forbid, in its log toward the home. Its
    /// own tables stay as they are; whoever receives it has to refuse it.
    package func misdecide(_ type: EntryType, _ uuid: RecordID, version number: UInt64, in tx: borrowing Transaction) throws
        -> [Effect]
    {
        guard let record = try tx.records.find(uuid), let version = try tx.versions.find(record.id, number),
            let child = identity.childSeat(toward: record.homeSeat).flatMap({ trust.certificate(ofSeat: $0.code) })
        else { return [] }
        var outgoing = Outgoing(identity)
        let words = DecisionWords(code: "99", text: "a decision that must not count", fields: [])
        let entry = Entry(
            core: EntryCore(
                suite: identity.suite, type: type, record: uuid, version: number, reaches: [.path],
                subject: version.hash,
                createdMilliseconds: tx.moment.milliseconds),
            seed: tx.moment.entropy(16), sections: [(.path, words.encoded)])
        let context = identity.context(kind: identity.charter.kind(number: record.kind))
        _ = try outgoing.append(
            .init(context: context, entry: entry, carries: []), to: identity.log(.down, toward: child.node), in: tx)
        return try outgoing.seal(in: tx)
    }

    /// Only with its bug planted: what was applied when the changeset came first is applied again.
    func applyAgain(
        _ changeset: Changeset, _ body: Body, _ state: LogState, _ outgoing: inout Outgoing, in tx: borrowing Transaction
    ) throws -> [Effect] {
        guard let sender = trust.certificate(of: changeset.seal.log.author),
            let row = try tx.journal.row(log: state.id, first: changeset.seal.first)
        else { return [] }
        var applier = Applier(
            identity: identity, trust: trust, seal: changeset.seal, body: body, sender: sender, logID: state.id,
            journalID: row.id, isReplay: false)
        try applier.run(&outgoing, in: tx)
        return applier.outcomes.map { .counted(.apply, $0.code, $0.count) }
    }
}
