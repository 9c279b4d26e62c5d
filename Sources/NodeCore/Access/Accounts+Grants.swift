/// Rights: asked for by the system administrator, in force once the security administrator has approved them.
extension Accounts {
    /// What is asked for.
    public struct Wish: Sendable {
        public let account: AccountID
        public let role: Role
        public let scope: String?
        public let from: CalendarDay?
        public let to: CalendarDay?

        public init(
            _ account: AccountID, _ role: Role, scope: String? = nil, from: CalendarDay? = nil, to: CalendarDay? = nil
        ) {
            self.account = account
            self.role = role
            self.scope = scope
            self.from = from
            self.to = to
        }
    }

    /// Asks for a right. One that the node's owner gives is in force at once.
    public static func ask(_ wish: Wish, by principal: Principal, in tx: borrowing Transaction) throws -> RoleGrant {
        guard let account = try tx.accounts.find(wish.account) else { throw unknown }
        try checkNotSelf(account.id, principal)
        guard wish.role.isOutside == account.isOutside else {
            throw NodeError(
                .conflict, "外部用户只能有外部角色，工作人员只能有内部角色",
                "people from outside have roles for outside, staff have those of staff")
        }
        let from = wish.from ?? tx.moment.today
        guard wish.to.map({ $0 >= from }) ?? true else {
            throw NodeError(.badRequest, "止日不能早于起日", "a right does not end before it begins")
        }
        try checkScope(wish.scope, in: tx)
        let held = try tx.grants.open(account.id, on: tx.moment.today)
        guard !held.contains(where: { $0.role == wish.role && $0.scope == wish.scope }) else {
            throw NodeError(.conflict, "该账号已有或已申请此角色", "the account has this right, or it was asked for")
        }
        try Separation.check(wish.role, with: held.map(\.role))
        let id = try tx.grants.insert(wish, from: from, by: principal, at: tx.moment.milliseconds)
        try audit("ask", id, wish.role, account.id, by: principal, in: tx)
        if principal.isOperator { try tx.grants.approve(id, by: principal, at: tx.moment.milliseconds) }
        return try found(id, in: tx)
    }

    /// Puts a right in force. Not by who asked for it, nor for oneself.
    public static func approve(_ id: Int64, by principal: Principal, in tx: borrowing Transaction) throws -> RoleGrant {
        let grant = try found(id, in: tx)
        guard grant.state(on: tx.moment.today) == .asked else {
            throw NodeError(.conflict, "此授权不在待批状态", "this right does not wait for an approval")
        }
        try checkNotSelf(grant.account, principal)
        guard principal.isOperator || grant.askedByAccount != principal.account else {
            throw NodeError(.notAllowed, "申请授权的人不能批准", "who asked for a right does not approve it")
        }
        // Asked for side by side, two rights may exclude each other only now.
        let others = try tx.grants.open(grant.account, on: tx.moment.today).filter { $0.id != id && $0.approvedBy != nil }
        try Separation.check(grant.role, with: others.map(\.role))
        try tx.grants.approve(id, by: principal, at: tx.moment.milliseconds)
        try audit("approve", id, grant.role, grant.account, by: principal, in: tx)
        try Sessions.endAll(of: grant.account, by: principal, in: tx)
        return try found(id, in: tx)
    }

    /// Ends a right, or a wish for one, at once. Whoever has it signs in anew.
    public static func revoke(_ id: Int64, by principal: Principal, in tx: borrowing Transaction) throws -> RoleGrant {
        let grant = try found(id, in: tx)
        guard grant.endedMilliseconds == nil else {
            throw NodeError(.conflict, "此授权已终止", "this right has ended")
        }
        try checkNotSelf(grant.account, principal)
        try tx.grants.end(id, by: principal, at: tx.moment.milliseconds)
        try audit("revoke", id, grant.role, grant.account, by: principal, in: tx)
        try Sessions.endAll(of: grant.account, by: principal, in: tx)
        return try found(id, in: tx)
    }

    /// The first two people of a node: one keeps accounts, the other approves rights. Neither can do anything alone.
    public static func first(
        by principal: Principal, in tx: borrowing Transaction
    ) throws -> [(role: Role, login: String, link: Link)] {
        try [Role.sysadmin, .secadmin].map { role in
            let link = try invite(Invitation(login: role.rawValue, name: role.label.zh), by: principal, in: tx)
            _ = try ask(Wish(link.account, role), by: principal, in: tx)
            return (role: role, login: role.rawValue, link: link)
        }
    }

    private static func checkScope(_ scope: String?, in tx: borrowing Transaction) throws {
        guard let scope else { return }
        let tree = try tx.reference.tree()
        guard let own = try tx.withSnapshot({ try NodeSetup.place(in: $0) })?.seat,
            scope == own || tree.isBelow(scope, own)
        else {
            throw NodeError(.badRequest, "范围须为本单位或其下级", "the scope is this seat or one below it")
        }
    }

    private static func found(_ id: Int64, in tx: borrowing Transaction) throws -> RoleGrant {
        guard let grant = try tx.grants.find(id) else { throw NodeError(.notFound, "没有此授权", "there is no such right") }
        return grant
    }

    static func audit(
        _ what: String, _ id: Int64, _ role: Role, _ account: AccountID, by principal: Principal,
        in tx: borrowing Transaction
    ) throws {
        try tx.audit.append(
            tx.moment, by: principal, action: Action.grant.rawValue, area: .accounts, object: "account \(account)",
            detail: "\(what) \(id) \(role.rawValue)")
    }

    /// Of one account, the newest first; or of all that wait for an approval.
    public static func grants(of account: AccountID, in snapshot: borrowing Snapshot) throws -> [RoleGrant] {
        try snapshot.grants.all(account)
    }

    public static func asked(on day: CalendarDay, limit: Int, in snapshot: borrowing Snapshot) throws -> [RoleGrant] {
        try snapshot.grants.asked(on: day, limit: limit)
    }
}
