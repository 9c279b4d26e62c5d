public import SyncProtocol

/// What a level decides about versions of records.
public struct Verdict: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable { case approve, `return`, reject }

    public let kind: Kind
    /// A code of `return_reason`; empty for an approval.
    public let code: String
    public let words: String
    /// Field codes that the home should look at.
    public let fields: [String]

    public init(_ kind: Kind, code: String = "", words: String = "", fields: [String] = []) {
        self.kind = kind
        self.code = code
        self.words = words
        self.fields = fields
    }
}

/// What comes in.
public enum Event: Sendable {
    /// The home reports these records (state: ready).
    case report([RecordID], by: Principal)
    /// The home takes its latest version back while it is pending.
    case withdraw([RecordID], by: Principal)
    /// This level decides about the versions pending here.
    case decide([RecordID], Verdict, by: Principal)
    /// A changeset of a neighbour whose signatures, digests and root were checked beside the writer.
    case changeset(Arrival)
    /// A neighbour holds nothing more of this node's earlier lives than this node itself.
    case settled(NodeID)
    /// A changeset of this node's own, of an earlier life, that a neighbour gives back.
    case returned(Arrival)
    case receipt(Receipt)
    /// A neighbour's hello: which life it lives, and how it holds the logs of the link.
    case met(NodeID, Incarnation, LinkPositions)
    case statements([TrustStatement], from: NodeID)
    /// The verified manifest of a bundle: what a hello says, without one.
    case bundle(BundleManifest)
    /// All that stood in that bundle was taken.
    case bundleTaken(BundleManifest)
    /// The program knows other declarations than the one before: what waited for them may be understood now.
    case upgraded
    /// This node sends an artefact down its channel.
    case publish(Artefact, by: Principal)
}

extension Event {
    /// Everything is written and nothing committed.
    var written: Failpoint? {
        switch self {
        case .report: .reportInTransaction
        case .decide: .decideInTransaction
        case .changeset(let arrival):
            arrival.changeset.seal.log.direction == .channel ? .activateInTransaction : .ingestInTransaction
        case .returned: .returnedInTransaction
        case .receipt: .receiptInTransaction
        case .publish: .publishInTransaction
        case .withdraw, .settled, .met, .statements, .bundle, .bundleTaken, .upgraded: nil
        }
    }
}

extension Effect {
    /// The act behind it is committed, and this is all that came of it so far.
    public var committed: Failpoint? {
        switch self {
        case .counted(.draft, _, _): .importCommitted
        case .counted(.report, _, _): .reportCommitted
        case .counted(.apply, _, _): .ingestCommitted
        case .counted(.decision, _, _): .decideCommitted
        case .trustChanged: .trustCommitted
        case .referenceChanged: .activateCommitted
        case .wake, .outcome, .counted: nil
        }
    }
}

/// What became of one record of a command.
public struct RecordOutcome: Sendable, Hashable {
    public let record: RecordID
    public let key: String
    /// Nil when it was done.
    public let refusal: NodeError.Code?
    public let message: Label?

    static func done(_ record: RecordID, _ key: String) -> RecordOutcome {
        RecordOutcome(record: record, key: key, refusal: nil, message: nil)
    }

    static func refused(_ record: RecordID, _ key: String, _ error: NodeError) -> RecordOutcome {
        RecordOutcome(record: record, key: key, refusal: error.code, message: error.message)
    }
}

extension NodeError: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

extension NodeError.Code: Codable {}

/// What goes out, after the commit.
public enum Effect: Sendable, Hashable {
    /// There is something in the log toward this neighbour.
    case wake(NodeID)
    case outcome(RecordOutcome)
    /// For metrics: a stage of the journey happened so many times.
    case counted(Stage, String, Int)
    /// Statements were admitted: whoever keeps the trust in memory loads it again.
    case trustChanged
    /// Codes or parameters changed: whoever keeps them in memory loads them again.
    case referenceChanged
}
