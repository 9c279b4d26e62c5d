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

    package static let all: [(name: String, bug: PlantedBugs)] = [
        ("acknowledge-before-commit", .acknowledgeBeforeCommit), ("ignore-peer-hash", .ignorePeerHash),
        ("apply-twice", .applyTwice), ("decide-superseded", .decideSuperseded), ("pass-unapproved", .passUnapproved),
        ("order-dependent-fold", .orderDependentFold), ("skip-section-digest", .skipSectionDigest),
        ("forget-outcome", .forgetOutcome), ("show-everything", .showEverything), ("keep-rejection", .keepRejection),
        ("trust-the-stick", .trustTheStick),
        ("acknowledge-unstored", .acknowledgeUnstored),
    ]
}

extension SyncEngine {
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
