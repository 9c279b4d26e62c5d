public import NodeCore

/// What the daemon adds to a request: what is not in the store.
public struct Surroundings: Sendable {
    /// Nil before enrolment.
    public let engine: SyncEngine?
    public let charter: Charter
    public let host: HostFacts
    /// Randomness for what is worked out outside of a transaction.
    public let entropy: @Sendable (Int) -> [UInt8]

    public init(
        engine: SyncEngine?, charter: Charter, host: HostFacts, entropy: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.engine = engine
        self.charter = charter
        self.host = host
        self.entropy = entropy
    }
}

/// One request with everything a page needs to know about it: who asks, in which language, about what.
struct Visit: Sendable {
    let request: WebRequest
    let surroundings: Surroundings
    /// Nil for somebody who has not signed in.
    let visitor: Visitor?
    let language: Language
    /// The values of the braces in the page's path.
    let path: [String: String]

    func say(_ zh: String, _ en: String) -> String { language.text(zh, en) }
    func say(_ label: Label) -> String { language.text(label) }

    /// Whoever is signed in; pages that need nobody do not ask.
    func principal() throws -> Principal {
        guard let visitor else { throw Visit.unknown }
        return visitor.principal
    }

    static let unknown = NodeError(.notAllowed, "请先登录", "sign in first")

    func engine() throws -> SyncEngine {
        guard let engine = surroundings.engine else {
            throw NodeError(
                .notEnrolled, "本节点尚未入网，请管理员先办理入网", "this node is not enrolled yet: its administrator has to join it first")
        }
        return engine
    }

    /// As they are in force; the engine keeps them in memory.
    func codes() throws -> CodeTables { try engine().draft.codes }

    func level() throws -> Level { try engine().identity.level }

    /// How this visitor sees a field of a kind; `list`: the lines that it belongs to.
    func fieldClass(
        _ field: FieldDefinition, _ kind: RecordKind, in list: ChildList? = nil, at place: Showing.Place = .record
    ) -> FieldClass {
        showing(kind)?.fieldClass(field, in: list, at: place) ?? .hidden
    }

    private func showing(_ kind: RecordKind) -> Showing? {
        guard let visitor, let level = surroundings.engine?.identity.level else { return nil }
        return Showing(visitor.principal, kind, surroundings.charter.permissions, at: level)
    }

    /// What a page says has just been done, from the address that led here.
    var flash: Context? {
        guard let done = request.query["done"], let label = Visit.done[done] else { return nil }
        return ["kind": "done", "text": say(label)]
    }

    private static let done: [String: Label] = [
        "saved": Label("已保存在本机。", "Saved on this node."), "step": Label("已办理。", "Done."),
        "accepted": Label("已采用建议。", "The proposal is taken over."),
        "report": Label("已上报；没有线路时保存在本机，联网后自动发出。", "Reported; without a line it is kept here and goes out by itself."),
        "withdraw": Label("已撤回。", "Withdrawn."), "approve": Label("已通过，下面是下一件。", "Approved; here is the next one."),
        "return": Label("已退回，下面是下一件。", "Returned; here is the next one."),
        "reject": Label("已否决，下面是下一件。", "Rejected; here is the next one."),
        "filter": Label("已存为常用查询。", "The filter is kept."), "removed": Label("已删除。", "Removed."),
        "asked": Label("已提交，等待安全管理员批准。", "Sent: the security administrator has to approve it."),
        "granted": Label("已批准，立即生效。", "Approved; it is in force."), "revoked": Label("已终止。", "Ended."),
        "locked": Label("已锁定，其登录全部失效。", "Locked; all its sessions ended."), "unlocked": Label("已解锁。", "Unlocked."),
        "read": Label("已标为已读。", "Marked as read."), "consent": Label("已记录。", "Noted."),
        "taken-back": Label("已撤回；等上级审核的上报也一并撤回了。", "Taken back; the report that waited above was withdrawn with it."),
        "correction": Label("已提交，我们会尽快答复。", "Sent; you will have an answer."),
        "correction-withdrawn": Label("已撤回这项更正。", "Taken back."),
        "linked": Label("账号已关联到这份档案。", "The account is linked to this file."),
        "unlinked": Label("已解除关联，该账号的登录已失效。", "Unlinked; the account's sessions ended."),
        "refused": Label("已办结，申请人查询时会看到理由。", "Refused; whoever asked sees the reason."),
        "answered": Label("已答复本人。", "Answered."),
        "published": published, "deleted": Label("已删除，30 天内可在回收站恢复。", "Deleted; for 30 days it can be brought back."),
        "restored": Label("已恢复为草稿。", "Back as a draft."),
        "export-asked": Label("已提交，等待第二人批准；批准后在此下载。", "Sent: once a second person has approved, fetch it here."),
        "export-approved": Label("已批准，申请人可以下载。", "Approved: the one who asked can fetch it."),
        "export-refused": Label("已退回，申请人会看到您的意见。", "Refused; the one who asked sees why."),
        "export-withdrawn": Label("已撤回。", "Taken back."),
    ]

    func may(_ action: Action, _ area: Area) -> Bool {
        guard let visitor, let level = surroundings.engine?.identity.level else { return false }
        return surroundings.charter.permissions.allows(visitor.principal, action, area, at: level)
    }

    func need(_ action: Action, _ area: Area) throws {
        guard may(action, area) else {
            throw NodeError(
                .notAllowed, "您的岗位没有此项权限（\(action.label.zh)）", "your role does not allow this (\(action.label.en))")
        }
    }

    /// About whose records the visitor may do this, as a condition of a search; nil for all that the node holds.
    func scope(_ action: Action, _ area: Area) throws -> RecordSearch.Condition? {
        switch surroundings.charter.permissions.scope(try principal(), action, area, at: try level()) {
        case .everything: nil
        case .nothing: .keyBegins([])
        case .below(let seats): .keyBegins(seats.map(Visit.start))
        }
    }

    /// Whether one record lies within what the visitor may do this with.
    func reaches(_ homeSeat: String, _ action: Action, _ area: Area) throws -> Bool {
        let engine = try engine()
        let scope = surroundings.charter.permissions.scope(try principal(), action, area, at: engine.identity.level)
        return scope.contains(homeSeat, in: engine.identity.tree)
    }

    /// The digits with which the numbers of a division and of all below it begin: 370200 is 3702.
    private static func start(_ division: String) -> String {
        var digits = Substring(division)
        while digits.count > 2, digits.hasSuffix("00") { digits = digits.dropLast(2) }
        return String(digits)
    }
}

extension FieldClass {
    /// Whether something else stands instead of the value.
    var isMasked: Bool { self == .masked || self == .sealed }
}
