/// Signing in and out, and what is one's own account: for programs and the console alike. A session's secret comes back in
/// `Authorization: Bearer`.
public enum SignInEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "POST", "sign-in", Label("登录", "Sign in"), needs: .open, body: "{login, password, code: of the second factor}",
            .staged(signIn)),
        Endpoint(
            "POST", "sign-in/code", Label("登录第二步：验证码", "Second step: the code"), needs: .session, body: "{code}",
            .write(prove)),
        Endpoint("DELETE", "sign-in", Label("退出登录", "Sign out"), needs: .session, .write(signOut)),
        Endpoint(
            "POST", "welcome/lookups", Label("查看邀请链接属于谁", "Whose invitation a link is"), needs: .open,
            body: "{token}", .read(greet)),
        Endpoint(
            "POST", "welcome", Label("用邀请链接设置口令", "Set a password with the link of an invitation"), needs: .open,
            body: "{token, password}", .staged(welcome)),
        Endpoint("GET", "own", Label("我的账号", "Who I am, and what I may do"), needs: .session, .read(own)),
        Endpoint(
            "POST", "own/password", Label("修改口令", "Change the password"), needs: .session, body: "{old, new}",
            .staged(changePassword)),
        Endpoint(
            "POST", "own/factor", Label("生成二次认证密钥", "A new secret for the second factor"), needs: .session,
            .write(beginFactor)),
        Endpoint(
            "POST", "own/factor/confirmations", Label("启用二次认证", "Take the second factor into use"), needs: .session,
            body: "{code}", .write(confirmFactor)),
        Endpoint(
            "DELETE", "own/factor", Label("停用二次认证（外部用户）", "Do without the second factor (outside only)"),
            needs: .signedIn, .write(removeFactor)),
        Endpoint(
            "POST", "own/recovery-codes", Label("重新生成恢复码", "New codes for paper"), needs: .signedIn,
            .write(newRecovery)),
        Endpoint("GET", "own/sessions", Label("我的登录与令牌", "My sessions and tokens"), needs: .signedIn, .read(sessions)),
        Endpoint(
            "DELETE", "own/sessions/{session}", Label("结束一个登录", "End one of my sessions"), needs: .signedIn,
            .write(endSession)),
        Endpoint(
            "DELETE", "own/sessions", Label("结束其他登录", "End all others"), needs: .signedIn, .write(endOthers)),
    ]

    /// What came of proving who one is.
    public struct OpenedView: Codable, Sendable {
        /// The secret, 64 hexadecimal digits.
        public let session: String
        public let csrf: String
        /// What has to be done first: code, factor or password; nil when one may work.
        public let duty: Session.Duty?
        public let expiresMilliseconds: Int64
        public let recovery: [String]?

        init(_ opened: OpenedSession, recovery: [String]? = nil) {
            session = opened.secret
            csrf = opened.session.csrf
            duty = opened.session.duty
            expiresMilliseconds = opened.session.expiresMilliseconds
            self.recovery = recovery
        }
    }

    /// A refusal is an answer here, so that what was counted stays written.
    private static func reply(_ result: SignIn.Result) throws -> (Reply, [Effect]) {
        switch result {
        case .opened(let opened): (try Reply(OpenedView(opened), status: 201), [])
        case .refused(let error): (try Reply(API.Refusal(error), status: error.code.status), [])
        }
    }

    @Sendable static func signIn(_ call: Call, _ snapshot: borrowing Snapshot) throws -> SlowWork {
        struct Body: Decodable { let login, password: String; let code: String? }
        let body: Body = try call.decode()
        let trial = try SignIn.begin(
            login: body.login, password: body.password, source: call.source, at: call.milliseconds, in: snapshot)
        return SlowWork { _ in
            let outcome = try trial.verify()
            return { tx in try reply(SignIn.finish(outcome, code: body.code, in: tx)) }
        }
    }

    @Sendable static func prove(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let code: String }
        let body: Body = try call.decode()
        return try reply(SignIn.prove(call.held(), code: body.code, in: tx))
    }

    private struct Done: Encodable { let done: Int }

    @Sendable static func signOut(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        try Sessions.end(call.held(), in: tx)
        return (try Reply(Done(done: 1)), [])
    }

    @Sendable static func greet(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Body: Decodable { let token: String }
        struct Greeting: Encodable { let login, name: String; let isOutside: Bool }
        let body: Body = try call.decode()
        try SourceLimit.check(call.source, at: call.milliseconds, in: snapshot)
        let account = try Welcome.account(body.token, at: call.milliseconds, in: snapshot)
        return try Reply(Greeting(login: account.login, name: account.name, isOutside: account.isOutside))
    }

    @Sendable static func welcome(_ call: Call, _ snapshot: borrowing Snapshot) throws -> SlowWork {
        struct Body: Decodable { let token, password: String }
        let body: Body = try call.decode()
        let setting = try Welcome.begin(
            token: body.token, password: body.password, source: call.source, at: call.milliseconds, in: snapshot)
        return SlowWork { salt in
            let made = try setting.work(salt: salt)
            return { tx in (try Reply(OpenedView(Welcome.finish(made, in: tx)), status: 201), []) }
        }
    }

    public struct OwnView: Codable, Sendable {
        public let account: AccountID
        public let login, name: String
        public let isOutside, hasFactor: Bool
        public let duty: Session.Duty?
        public let grants: [GrantView]
        /// What the roles may do at this node: area and action.
        public let rights: [Right]

        public struct GrantView: Codable, Sendable {
            public let role: Role
            public let scope: String?
        }

        public struct Right: Codable, Sendable {
            public let area: Area
            public let actions: [Action]
        }
    }

    @Sendable static func own(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let session = try call.held()
        let permissions = call.charter.permissions
        var rights = [OwnView.Right]()
        if let principal = session.principal, let level = call.level {
            for area in permissions.areas {
                let actions = Action.allCases.filter { permissions.allows(principal, $0, area, at: level) }
                if !actions.isEmpty { rights.append(OwnView.Right(area: area, actions: actions)) }
            }
        }
        return try Reply(
            OwnView(
                account: session.account.id, login: session.account.login, name: session.account.name,
                isOutside: session.account.isOutside, hasFactor: session.account.hasFactor, duty: session.duty,
                grants: session.grants.map { OwnView.GrantView(role: $0.role, scope: $0.scope) }, rights: rights))
    }

    @Sendable static func changePassword(_ call: Call, _ snapshot: borrowing Snapshot) throws -> SlowWork {
        struct Body: Decodable { let old, new: String }
        let body: Body = try call.decode()
        let trial = try PasswordChange.begin(
            call.held(), old: body.old, new: body.new, at: call.milliseconds, in: snapshot)
        return SlowWork { salt in
            let made = try trial.work(salt: salt)
            return { tx in try reply(PasswordChange.finish(made, in: tx)) }
        }
    }

    @Sendable static func beginFactor(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        (try Reply(SecondFactor.begin(call.held(), in: tx), status: 201), [])
    }

    @Sendable static func confirmFactor(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let code: String }
        let body: Body = try call.decode()
        let (recovery, opened) = try SecondFactor.confirm(call.held(), code: body.code, in: tx)
        return (try Reply(OpenedView(opened, recovery: recovery), status: 201), [])
    }

    @Sendable static func removeFactor(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        try SecondFactor.remove(call.held(), in: tx)
        return (try Reply(Done(done: 1)), [])
    }

    @Sendable static func newRecovery(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Codes: Encodable { let recovery: [String] }
        return (try Reply(Codes(recovery: SecondFactor.newRecovery(call.held(), in: tx)), status: 201), [])
    }

    @Sendable static func sessions(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        try Reply(Sessions.list(call.held().account.id, at: call.milliseconds, in: snapshot))
    }

    @Sendable static func endSession(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let session = try call.held()
        guard let number = call.path["session"].flatMap({ Int64($0) }),
            try Sessions.end(SessionID(number), of: session.account.id, by: session.actor, in: tx)
        else { throw NodeError(.notFound, "没有这个登录", "there is no such session") }
        return (try Reply(Done(done: 1)), [])
    }

    @Sendable static func endOthers(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let session = try call.held()
        let count = try Sessions.endAll(of: session.account.id, except: session.id, by: session.actor, in: tx)
        return (try Reply(Done(done: count)), [])
    }
}
