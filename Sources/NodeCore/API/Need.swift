/// The right that an endpoint or a page asks for, before it does anything.
public enum Need: Sendable, Hashable {
    /// This action in this area, by the declared table.
    case right(Action, Area)
    /// Whoever has signed in: for what is one's own account.
    case signedIn
    /// Whoever holds a session, also one with a duty: for what fulfils it.
    case session
    /// Everybody: for signing in itself.
    case open

    /// Refused without any work; nil when `principal` may go on. `kind` is the path's.
    public func refusal(
        of principal: Principal?, _ permissions: Permissions, at level: Level?, kind: String?, session: Session? = nil
    ) -> NodeError? {
        if self == .open || (self == .session && session != nil) { return nil }
        guard self != .session, let principal else { return session?.duty.map(Need.first) ?? Need.signInFirst }
        guard case .right(let action, var area) = self, !principal.isOperator else { return nil }
        if area == .kind { area = Area(kind ?? "") }
        if let level, permissions.allows(principal, action, area, at: level) { return nil }
        return Need.noRight(action, area)
    }

    /// What a session has to do before anything else.
    private static func first(_ duty: Session.Duty) -> NodeError {
        switch duty {
        case .code: NodeError(.signInFirst, "请先输入二次认证的验证码", "give the code of the second factor first")
        case .factor: NodeError(.signInFirst, "请先启用二次认证", "take a second factor into use first")
        case .password: NodeError(.signInFirst, "口令已满 90 天，请先修改", "the password is 90 days old: change it first")
        }
    }

    public static let signInFirst = NodeError(.signInFirst, "请先登录", "sign in first")

    public static func noRight(_ action: Action, _ area: Area) -> NodeError {
        NodeError(
            .notAllowed, "您的角色没有“\(action.label.zh)”的权限（\(area)）：请向系统管理员申请授权",
            "your roles have no right to \(action.label.en) (\(area)): ask the system administrator for a grant")
    }
}
