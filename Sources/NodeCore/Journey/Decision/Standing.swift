internal import SyncProtocol

/// Where a version stands, as follows from the signed facts about it.
public enum Standing: Sendable, Hashable {
    /// Nothing was reported yet.
    case draft
    /// This level has to decide next.
    case pending(Level)
    /// Every level that reviews has approved; also when none above the home does.
    case approved
    case returned(Level)
    case rejected(Level)
    /// Taken back by the home before it was decided.
    case withdrawn

    public var name: String {
        switch self {
        case .draft: "draft"
        case .pending: "pending"
        case .approved: "approved"
        case .returned: "returned"
        case .rejected: "rejected"
        case .withdrawn: "withdrawn"
        }
    }

    public var pendingLevel: Level? { if case .pending(let level) = self { level } else { nil } }

    /// From the store; the level of a return is in its decision row.
    init(name: String, pendingLevel: Level?) {
        switch name {
        case "pending": self = .pending(pendingLevel ?? .national)
        case "approved": self = .approved
        case "returned": self = .returned(pendingLevel ?? .national)
        case "rejected": self = .rejected(pendingLevel ?? .national)
        case "withdrawn": self = .withdrawn
        default: self = .draft
        }
    }

    /// The code of the return by which a level lets a withdrawal take effect.
    static let withdrawalCode = "withdrawn"

    /// The fold: the same result whatever the order, repetition or path in which the facts arrived.
    /// `reviewLevels`: who decides, nearest to the home first. `decisions`: at most one a level.
    static func fold(reviewLevels: [Level], decisions: [DecisionState], planted: PlantedBugs = []) -> Standing {
        let decisions = planted.contains(.orderDependentFold) ? decisions.suffix(1) : decisions
        let byLevel = Dictionary(decisions.map { ($0.level, $0) }, uniquingKeysWith: { first, _ in first })
        for level in Level.allCases.reversed() {
            guard let decision = byLevel[level.rawValue] else { continue }
            switch decision.type {
            case .return: return decision.code == withdrawalCode ? .withdrawn : .returned(level)
            case .reject: return .rejected(level)
            default: continue
            }
        }
        for level in reviewLevels where byLevel[level.rawValue]?.type != .approve { return .pending(level) }
        return .approved
    }

    /// The state code people see.
    func status(_ workflow: Workflow, asked: String, draft: String) -> String {
        switch self {
        case .draft: draft
        case .pending: workflow.pending
        case .approved: asked
        case .returned, .rejected: workflow.returned
        case .withdrawn: workflow.ready
        }
    }
}
