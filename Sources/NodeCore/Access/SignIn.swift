internal import SyncProtocol

/// Signing in, in three steps, so that the slow one holds up nobody: what to verify is read (`begin`), verified beside the
/// writer (`Trial.verify`), and its outcome written (`finish`). Whether an account exists, is locked or is in use shows in
/// none of them, nor in how long they take.
public enum SignIn {
    /// What is to be verified. Made for unknown logins too.
    public struct Trial: Sendable {
        let login: String
        let account: AccountID?
        let encoded: String
        let source: String
        let password: String

        /// Takes about a sixth of a second, and 64 MiB.
        public func verify() throws -> Outcome {
            let word = PasswordRules.normalised(password)
            let fits = try PasswordHash.fits(word ?? "", encoded)
            return Outcome(
                account: account, encoded: encoded, source: source, isRight: fits && word != nil && account != nil)
        }
    }

    public struct Outcome: Sendable {
        let account: AccountID?
        let encoded: String
        let source: String
        let isRight: Bool
    }

    /// What came of it: a session (perhaps with a duty), or a refusal that was counted.
    public enum Result: Sendable {
        case opened(OpenedSession)
        case refused(NodeError)
    }

    static let refusal = NodeError(
        .signInRefused, "登录名、口令或验证码不正确，或账号暂时锁定（连续 5 次失败锁定 15 分钟）",
        "login, password or code is wrong, or the account is locked for the moment (15 minutes after five failures)")

    /// Throws `too-many` when this address has failed too often.
    public static func begin(
        login: String, password: String, source: String, at now: Int64, in snapshot: borrowing Snapshot
    ) throws -> Trial {
        try SourceLimit.check(source, at: now, in: snapshot)
        let login = Accounts.normalised(login) ?? ""
        let found = try snapshot.accounts.find(login: login)
        let encoded = try found.flatMap { try snapshot.accounts.password($0.id) }
        return Trial(
            login: login, account: encoded == nil ? nil : found?.id, encoded: encoded ?? PasswordHash.decoy, source: source,
            password: password)
    }

    /// Counts a failure, or opens a session. `code` may come along; without it an account with a second factor gets a
    /// session whose duty it is.
    public static func finish(_ outcome: Outcome, code: String? = nil, in tx: borrowing Transaction) throws -> Result {
        let now = tx.moment.milliseconds
        guard let id = outcome.account, let account = try tx.accounts.find(id) else {
            return .refused(try fail(nil, outcome.source, "unknown", in: tx))
        }
        // Another password since, or one failure too many: what was verified does not count any more.
        let isSame = try tx.accounts.password(id) == outcome.encoded
        guard outcome.isRight, isSame else { return .refused(try fail(account, outcome.source, "password", in: tx)) }
        guard !account.isClosed(at: now) else {
            try audit(account, outcome.source, .denied, "locked", in: tx)
            try SourceLimit.count(outcome.source, in: tx)
            return .refused(refusal)
        }
        if account.hasFactor {
            guard let code else {
                return .opened(try Sessions.open(account, duty: .code, source: outcome.source, in: tx))
            }
            guard try SecondFactor.accepts(code, of: account, in: tx) else {
                return .refused(try fail(account, outcome.source, "code", in: tx))
            }
        }
        return .opened(try complete(account, outcome.source, in: tx))
    }

    /// The code for a session whose duty it is. A new session takes its place.
    public static func prove(_ session: Session, code: String, in tx: borrowing Transaction) throws -> Result {
        guard session.duty == .code, let account = try tx.accounts.find(session.account.id),
            !account.isClosed(at: tx.moment.milliseconds)
        else { return .refused(Need.signInFirst) }
        guard try SecondFactor.accepts(code, of: account, in: tx) else {
            let refusal = try fail(account, session.source, "code", in: tx)
            return .refused(refusal)
        }
        try tx.sessions.end(session.id)
        return .opened(try complete(account, session.source, in: tx))
    }

    private static func complete(
        _ account: Account, _ source: String, in tx: borrowing Transaction
    ) throws -> OpenedSession {
        try tx.accounts.succeeded(account.id, at: tx.moment.milliseconds)
        let opened = try Sessions.open(
            account, duty: duty(account, at: tx.moment.milliseconds), source: source, in: tx)
        try audit(account, source, .ok, "", session: opened.session.id, in: tx)
        return opened
    }

    /// What an account that has proved itself has to do first.
    static func duty(_ account: Account, at now: Int64) -> Session.Duty? {
        guard !account.isOutside else { return nil }
        if !account.hasFactor { return .factor }
        let age = now - (account.passwordMilliseconds ?? 0)
        return age >= PasswordRules.daysMax * 86_400_000 ? .password : nil
    }

    private static func fail(
        _ account: Account?, _ source: String, _ reason: String, in tx: borrowing Transaction
    ) throws -> NodeError {
        try SourceLimit.count(source, in: tx)
        if let account {
            let now = tx.moment.milliseconds
            // While it is locked nothing is counted, so that it opens again by itself.
            let isWaiting = account.lockedUntilMilliseconds.map { $0 > now } ?? false
            if !isWaiting { try tx.accounts.failed(account, at: now) }
        }
        try audit(account, source, .denied, reason, in: tx)
        return refusal
    }

    /// What was typed as a login is kept only where it is one: people type passwords there.
    private static func audit(
        _ account: Account?, _ source: String, _ result: AuditResult, _ reason: String, session: SessionID? = nil,
        in tx: borrowing Transaction
    ) throws {
        let actor = account.map {
            Principal(account: $0.id, name: $0.name, grants: [], session: session, source: source)
        }
        try tx.audit.append(
            tx.moment, by: actor ?? Principal.nobody(from: source), action: Action.login.rawValue, area: .accounts,
            result: result, reason: reason)
    }
}

/// How often one address may fail: behind it may be a whole office, or somebody who tries all logins with one password.
enum SourceLimit {
    static let windowMilliseconds: Int64 = 15 * 60_000
    static let failuresMax = 30

    /// The address of one line, or the network that one line of IPv6 has.
    static func prefix(_ source: String) -> String {
        guard source.contains(":") else { return source }
        let groups = source.split(separator: ":", omittingEmptySubsequences: false)
        guard let gap = groups.dropFirst().firstIndex(where: \.isEmpty) else {
            return groups.prefix(4).joined(separator: ":")
        }
        return groups[..<min(gap, 4)].joined(separator: ":")
    }

    static func check(_ source: String, at now: Int64, in snapshot: borrowing Snapshot) throws {
        let failures = try snapshot.sessions.failures(prefix(source), since: now - windowMilliseconds)
        guard failures < failuresMax else {
            throw NodeError(
                .tooMany, "此地址登录失败次数过多，请 15 分钟后再试", "too many failures from this address: try again in 15 minutes")
        }
    }

    static func count(_ source: String, in tx: borrowing Transaction) throws {
        let now = tx.moment.milliseconds
        try tx.sessions.countFailure(prefix(source), at: now, since: now - windowMilliseconds)
    }
}
