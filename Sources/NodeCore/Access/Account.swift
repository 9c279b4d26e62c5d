public import SyncProtocol

/// A login of one person, or of nobody yet who has only been invited. Logins are never shared.
public struct Account: Sendable, Hashable {
    public let id: AccountID
    /// Small letters; unique at this node.
    public let login: String
    /// As it is shown and audited.
    public let name: String
    /// People from outside sign in at the portal and may do without a second factor.
    public let isOutside: Bool
    /// Whether a password was set: the invitation was taken.
    public let isAccepted: Bool
    public let hasFactor: Bool
    public let passwordMilliseconds: Int64?
    /// Wrong passwords or codes in a row.
    public let failures: Int
    /// Until when it is locked because of them.
    public let lockedUntilMilliseconds: Int64?
    /// By an administrator, until one unlocks it.
    public let isLocked: Bool
    /// The last day on which it may be used.
    public let validUntil: CalendarDay?
    /// A worker's own file.
    public let record: RecordID?
    public let createdMilliseconds: Int64
    public let lastMilliseconds: Int64?

    /// Whether nobody may use it: sessions that are open end too.
    public func isBlocked(at now: Int64) -> Bool {
        isLocked || !isAccepted || (validUntil.map { $0 < CalendarDay(milliseconds: now) } ?? false)
    }

    /// Whether nobody may sign in with it now. Who is at work already goes on, so that a stranger who tries passwords does
    /// not throw anybody out.
    public func isClosed(at now: Int64) -> Bool {
        isBlocked(at: now) || (lockedUntilMilliseconds.map { $0 > now } ?? false)
    }

    static let loginMax = 50
    static let nameMax = 30
    /// Wrong passwords or codes in a row that lock an account for a while.
    static let failuresMax = 5
    static let lockMilliseconds: Int64 = 15 * 60_000
    /// How long an invitation or a reset is good.
    public static let linkMilliseconds: Int64 = 72 * 3_600_000
}

/// A role that somebody has, or is to have.
public struct RoleGrant: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Waits for the security administrator.
        case asked
        case inForce = "in_force"
        /// Approved, and its first day is still to come.
        case later
        case ended
    }

    public let id: Int64
    public let account: AccountID
    public let role: Role
    /// The division whose records it is about, with those below; nil for all that this node holds.
    public let scope: String?
    public let from: CalendarDay
    /// The last day; nil for good.
    public let to: CalendarDay?
    public let askedBy: String
    public let askedByAccount: AccountID?
    public let askedMilliseconds: Int64
    public let approvedBy: String?
    public let approvedMilliseconds: Int64?
    public let endedBy: String?
    public let endedMilliseconds: Int64?

    public func state(on day: CalendarDay) -> State {
        if endedMilliseconds != nil || (to.map { $0 < day } ?? false) { return .ended }
        if approvedMilliseconds == nil { return .asked }
        return from <= day ? .inForce : .later
    }
}

/// Which roles one person may not have together.
public enum Separation {
    /// Why these exclude each other; nil when they do not.
    public static func conflict(_ role: Role, with other: Role) -> Label? {
        if role == other { return nil }
        let pair = [role, other]
        if pair.contains(where: \.isAdministrative) {
            return Label(
                "系统、安全、审计三员互斥，也不得兼任业务角色", "system, security and audit exclude each other and every other role")
        }
        if role.isOutside != other.isOutside {
            return Label("工作人员与外部用户须用不同账号", "staff and people from outside have accounts of their own")
        }
        let deciders = Role.reviewers + [.approver, .unitHead]
        if pair.contains(.finance) && pair.contains(where: deciders.contains) {
            return Label("付款的人不得审核或审批", "who pays neither reviews nor approves")
        }
        if pair.contains(.matchingJob) {
            return Label("匹配任务是系统账号", "the matching job is an account of its own")
        }
        return nil
    }

    static func check(_ role: Role, with others: [Role]) throws {
        for other in others {
            guard let reason = conflict(role, with: other) else { continue }
            throw NodeError(
                .conflict, "\(role.label.zh)与\(other.label.zh)不能由一人兼任：\(reason.zh)",
                "\(role.rawValue) and \(other.rawValue) exclude each other: \(reason.en)")
        }
    }
}
