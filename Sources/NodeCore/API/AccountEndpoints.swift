internal import SyncProtocol

/// Accounts of a node: invited and locked by the system administrator, given rights that the security administrator
/// approves.
public enum AccountEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "accounts", Label("账号列表", "List accounts"), needs: .right(.view, .accounts),
            query: [("after", "login to go on behind"), ("limit", "1 to 1000, 100 by default")], .read(list)),
        Endpoint(
            "POST", "accounts", Label("邀请开通账号", "Invite somebody to an account"), needs: .right(.create, .accounts),
            body: "{login, name, isOutside: bool, validUntil: day, record: id of a worker's own file}", .write(invite)),
        Endpoint(
            "GET", "accounts/{account}", Label("查看账号", "Show an account with its rights and sessions"),
            needs: .right(.view, .accounts), .read(show)),
        Endpoint(
            "POST", "accounts/{account}/links", Label("重新发放链接", "A new link: password and second factor anew"),
            needs: .right(.update, .accounts), .write(reset)),
        Endpoint(
            "POST", "accounts/{account}/locks", Label("锁定账号", "Lock an account"), needs: .right(.update, .accounts),
            .write(lock)),
        Endpoint(
            "DELETE", "accounts/{account}/locks", Label("解锁账号", "Unlock an account"), needs: .right(.update, .accounts),
            .write(unlock)),
        Endpoint(
            "DELETE", "accounts/{account}/sessions", Label("结束账号的所有登录", "End all sessions of an account"),
            needs: .right(.update, .accounts), .write(endSessions)),
        Endpoint(
            "POST", "accounts/{account}/tokens", Label("签发程序令牌", "A token for a program"),
            needs: .right(.config, .store), body: "{label: what it is for, days: 1 to 366}", .write(token)),
        Endpoint(
            "POST", "accounts/{account}/grants", Label("申请授权", "Ask for a right"), needs: .right(.grant, .accounts),
            body: "{role, scope: division, from: day, to: day}", .write(ask)),
        Endpoint(
            "GET", "grants", Label("待批授权", "Rights that wait for approval"), needs: .right(.view, .accounts),
            query: [("limit", "1 to 1000, 100 by default")], .read(asked)),
        Endpoint(
            "POST", "grants/{grant}/approvals", Label("批准授权", "Approve a right"), needs: .right(.approve, .accounts),
            .write(approve)),
        Endpoint(
            "DELETE", "grants/{grant}", Label("终止授权", "End a right, or refuse one that was asked for"),
            needs: .right(.approve, .accounts), .write(revoke)),
    ]

    public struct AccountView: Codable, Sendable {
        public let id: AccountID
        public let login, name: String
        public let isOutside, isAccepted, hasFactor, isLocked: Bool
        public let lockedUntilMilliseconds: Int64?
        public let validUntil: String?
        public let createdMilliseconds: Int64
        public let lastMilliseconds: Int64?
        /// Codes of roles in force.
        public let roles: [Role]
        public let grants: [GrantView]?
        public let sessions: [Sessions.Line]?
    }

    public struct GrantView: Codable, Sendable {
        public let id: Int64
        public let account: AccountID
        public let login: String
        public let role: Role
        public let scope: String?
        public let from: String
        public let to: String?
        public let state: String
        public let askedBy: String
        public let approvedBy: String?
        public let endedBy: String?
    }

    /// A link is shown once, to whoever invites.
    public struct LinkView: Codable, Sendable {
        public let account: AccountID
        public let path: String
        public let expiresMilliseconds: Int64

        init(_ link: Accounts.Link) {
            account = link.account
            path = link.path
            expiresMilliseconds = link.expiresMilliseconds
        }
    }

    private static func view(
        _ account: Account, _ call: Call, isWhole: Bool, in snapshot: borrowing Snapshot
    ) throws -> AccountView {
        let today = CalendarDay(milliseconds: call.milliseconds)
        let grants = try Accounts.grants(of: account.id, in: snapshot)
        return AccountView(
            id: account.id, login: account.login, name: account.name, isOutside: account.isOutside,
            isAccepted: account.isAccepted, hasFactor: account.hasFactor, isLocked: account.isLocked,
            lockedUntilMilliseconds: account.lockedUntilMilliseconds.flatMap { $0 > call.milliseconds ? $0 : nil },
            validUntil: account.validUntil?.description, createdMilliseconds: account.createdMilliseconds,
            lastMilliseconds: account.lastMilliseconds,
            roles: grants.filter { $0.state(on: today) == .inForce }.map(\.role).sorted(),
            grants: isWhole ? grants.map { view($0, account.login, today) } : nil,
            sessions: isWhole ? try Sessions.list(account.id, at: call.milliseconds, in: snapshot) : nil)
    }

    private static func view(_ grant: RoleGrant, _ login: String, _ today: CalendarDay) -> GrantView {
        GrantView(
            id: grant.id, account: grant.account, login: login, role: grant.role, scope: grant.scope,
            from: grant.from.description, to: grant.to?.description, state: grant.state(on: today).rawValue,
            askedBy: grant.askedBy, approvedBy: grant.approvedBy, endedBy: grant.endedBy)
    }

    private static func limit(_ call: Call) throws -> Int {
        let limit = call.query["limit"].map { Int($0) } ?? 100
        guard let limit, (1...1_000).contains(limit) else {
            throw NodeError(.badRequest, "limit 为 1 至 1000", "limit is 1 to 1000")
        }
        return limit
    }

    /// Named by number, or by login.
    private static func account(_ call: Call, in snapshot: borrowing Snapshot) throws -> Account {
        let name = call.path["account"] ?? ""
        let byNumber = try Int64(name).flatMap { try Accounts.find(AccountID($0), in: snapshot) }
        guard let account = try byNumber ?? Accounts.find(login: name, in: snapshot) else { throw Accounts.unknown }
        return account
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let accounts = try Accounts.list(after: call.query["after"] ?? "", limit: limit(call), in: snapshot)
        var views = [AccountView]()
        for account in accounts { views.append(try view(account, call, isWhole: false, in: snapshot)) }
        return try Reply(views)
    }

    @Sendable static func show(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        try Reply(view(account(call, in: snapshot), call, isWhole: true, in: snapshot))
    }

    private static func day(_ text: String?, _ name: String) throws -> CalendarDay? {
        guard let text, !text.isEmpty else { return nil }
        guard let day = CalendarDay(text) else {
            throw NodeError(.badRequest, "\(name) 须为日期 YYYY-MM-DD", "\(name) is a day, YYYY-MM-DD")
        }
        return day
    }

    @Sendable static func invite(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let login, name: String; let isOutside: Bool?; let validUntil, record: String? }
        let body: Body = try call.decode()
        let record = body.record.flatMap { RecordID(hex: $0) }
        guard (record == nil) == (body.record == nil) else {
            throw NodeError(.badRequest, "record 须为档案标识", "record is the id of a file")
        }
        let invitation = Accounts.Invitation(
            login: body.login, name: body.name, isOutside: body.isOutside ?? false,
            validUntil: try day(body.validUntil, "validUntil"), record: record)
        return (try Reply(LinkView(Accounts.invite(invitation, by: call.actor(), in: tx)), status: 201), [])
    }

    @Sendable static func reset(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let id = try tx.withSnapshot { try account(call, in: $0).id }
        return (try Reply(LinkView(Accounts.reset(id, by: call.actor(), in: tx)), status: 201), [])
    }

    private static func shown(_ id: AccountID, _ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let reply = try tx.withSnapshot { snapshot in
            guard let account = try Accounts.find(id, in: snapshot) else { throw Accounts.unknown }
            return try Reply(view(account, call, isWhole: true, in: snapshot))
        }
        return (reply, [])
    }

    private static func setLocked(
        _ isLocked: Bool, _ call: Call, _ tx: borrowing Transaction
    ) throws -> (Reply, [Effect]) {
        let id = try tx.withSnapshot { try account(call, in: $0).id }
        try Accounts.setLocked(isLocked, id, by: call.actor(), in: tx)
        return try shown(id, call, tx)
    }

    @Sendable static func lock(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        try setLocked(true, call, tx)
    }

    @Sendable static func unlock(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        try setLocked(false, call, tx)
    }

    @Sendable static func endSessions(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let id = try tx.withSnapshot { try account(call, in: $0).id }
        try Sessions.endAll(of: id, by: call.actor(), in: tx)
        return try shown(id, call, tx)
    }

    public struct TokenView: Codable, Sendable {
        public let id: SessionID
        /// Shown once: for the header `Authorization: Bearer`.
        public let token: String
        public let expiresMilliseconds: Int64
    }

    @Sendable static func token(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let label: String; let days: Int64 }
        let body: Body = try call.decode()
        let id = try tx.withSnapshot { try account(call, in: $0).id }
        let opened = try Sessions.token(for: id, label: body.label, days: body.days, by: call.actor(), in: tx)
        let view = TokenView(
            id: opened.session.id, token: opened.secret, expiresMilliseconds: opened.session.expiresMilliseconds)
        return (try Reply(view, status: 201), [])
    }

    private static func reply(
        _ grant: RoleGrant, _ status: Int, _ tx: borrowing Transaction
    ) throws -> (Reply, [Effect]) {
        let login = try tx.withSnapshot { try Accounts.find(grant.account, in: $0)?.login } ?? ""
        return (try Reply(view(grant, login, tx.moment.today), status: status), [])
    }

    @Sendable static func ask(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let role: String; let scope, from, to: String? }
        let body: Body = try call.decode()
        guard let role = Role(rawValue: body.role) else {
            throw NodeError(.badRequest, "没有角色 \(body.role)", "there is no role \(body.role)")
        }
        let id = try tx.withSnapshot { try account(call, in: $0).id }
        let wish = Accounts.Wish(
            id, role, scope: body.scope, from: try day(body.from, "from"), to: try day(body.to, "to"))
        return try reply(Accounts.ask(wish, by: call.actor(), in: tx), 201, tx)
    }

    @Sendable static func asked(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let today = CalendarDay(milliseconds: call.milliseconds)
        var views = [GrantView]()
        for grant in try Accounts.asked(on: today, limit: limit(call), in: snapshot) {
            views.append(view(grant, try Accounts.find(grant.account, in: snapshot)?.login ?? "", today))
        }
        return try Reply(views)
    }

    private static func grant(_ call: Call) throws -> Int64 {
        guard let id = call.path["grant"].flatMap({ Int64($0) }) else {
            throw NodeError(.badRequest, "授权用编号指明", "a right is named by its number")
        }
        return id
    }

    @Sendable static func approve(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        try reply(Accounts.approve(grant(call), by: call.actor(), in: tx), 200, tx)
    }

    @Sendable static func revoke(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        try reply(Accounts.revoke(grant(call), by: call.actor(), in: tx), 200, tx)
    }
}
