/// The right that an endpoint or a page asks for, before it does anything.
public enum Need: Sendable, Hashable {
    /// This action in this area, by the declared table.
    case right(Action, Area)
    /// Whoever has signed in: for what is one's own account.
    case signedIn
    /// Everybody: for signing in itself.
    case open

    /// Refused without any work; nil when `principal` may go on. `kind` is the path's.
    public func refusal(
        of principal: Principal?, _ permissions: Permissions, at level: Level?, kind: String?
    ) -> NodeError? {
        if self == .open { return nil }
        guard let principal else { return Need.signInFirst }
        guard case .right(let action, var area) = self, !principal.isOperator else { return nil }
        if area == .kind { area = Area(kind ?? "") }
        if let level, permissions.allows(principal, action, area, at: level) { return nil }
        return Need.noRight(action, area)
    }

    public static let signInFirst = NodeError(.signInFirst, "请先登录", "sign in first")

    public static func noRight(_ action: Action, _ area: Area) -> NodeError {
        NodeError(
            .notAllowed, "您的角色没有“\(action.label.zh)”的权限（\(area)）：请向系统管理员申请授权",
            "your roles have no right to \(action.label.en) (\(area)): ask the system administrator for a grant")
    }
}
