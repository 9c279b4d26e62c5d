internal import SyncProtocol

/// Setting a password: with the link of an invitation, or with the one before. As with signing in, the slow step stands
/// beside the writer: `begin`, `work`, `finish`.
public enum Welcome {
    static let refusal = NodeError(
        .codeUsed, "链接无效、已用过或已过期：请向给您链接的窗口或系统管理员索取新链接",
        "the link is wrong, used or too old: ask the counter or administrator that gave it to you for a new one")

    /// Whose link it is: for the page that greets them. Throws `code-used`.
    public static func account(_ token: String, at now: Int64, in snapshot: borrowing Snapshot) throws -> Account {
        guard token.utf8.count == 64, let bytes = Hex.decode(token),
            let id = try snapshot.accounts.link(Sessions.hash(bytes, as: "account-link"), at: now),
            let account = try snapshot.accounts.find(id), !account.isLocked
        else { throw refusal }
        return account
    }

    /// What is to be worked out, after the password passed the rules.
    public struct Setting: Sendable {
        let token: String
        let password: String
        let source: String

        /// Takes about a sixth of a second, and 64 MiB. `salt`: 16 random bytes.
        public func work(salt: [UInt8]) throws -> Made {
            Made(token: token, encoded: try PasswordHash.make(password, salt: salt), source: source)
        }
    }

    public struct Made: Sendable {
        let token: String
        let encoded: String
        let source: String
    }

    public static func begin(
        token: String, password: String, source: String, at now: Int64, in snapshot: borrowing Snapshot
    ) throws -> Setting {
        try SourceLimit.check(source, at: now, in: snapshot)
        let account = try Welcome.account(token, at: now, in: snapshot)
        if let problem = PasswordRules.problem(password, login: account.login) { throw problem }
        return Setting(token: token, password: PasswordRules.normalised(password) ?? "", source: source)
    }

    /// Uses the link up, and opens a session whose duty is the second factor where one is needed.
    public static func finish(_ made: Made, in tx: borrowing Transaction) throws -> OpenedSession {
        let now = tx.moment.milliseconds
        let id = try tx.withSnapshot { try Welcome.account(made.token, at: now, in: $0).id }
        try tx.accounts.useLinks(of: id, at: now)
        try tx.accounts.removeFactor(id)
        try tx.accounts.setPassword(made.encoded, of: id, at: now)
        guard let account = try tx.accounts.find(id) else { throw refusal }
        let actor = Principal(account: account.id, name: account.name, grants: [], session: nil, source: made.source)
        try tx.audit.append(tx.moment, by: actor, action: "accept-account", area: .accounts, object: "own account")
        try Sessions.endAll(of: account.id, by: actor, in: tx)
        return try Sessions.open(account, duty: SignIn.duty(account, at: now), source: made.source, in: tx)
    }
}

/// Changing one's own password.
public enum PasswordChange {
    public struct Trial: Sendable {
        let session: Session
        let encoded: String
        let old: String
        let new: String

        /// Twice a sixth of a second. `salt`: 16 random bytes.
        public func work(salt: [UInt8]) throws -> Made {
            let isRight = try PasswordHash.fits(old, encoded)
            return Made(session: session, before: encoded, encoded: isRight ? try PasswordHash.make(new, salt: salt) : nil)
        }
    }

    public struct Made: Sendable {
        let session: Session
        let before: String
        /// Nil when the old password was wrong.
        let encoded: String?
    }

    public static func begin(
        _ session: Session, old: String, new: String, at now: Int64, in snapshot: borrowing Snapshot
    ) throws -> Trial {
        guard session.duty != .code, session.duty != .factor, !session.isToken else { throw Need.signInFirst }
        if let problem = PasswordRules.problem(new, login: session.account.login) { throw problem }
        let (before, after) = (PasswordRules.normalised(old) ?? "", PasswordRules.normalised(new) ?? "")
        guard before != after else {
            throw NodeError(.weakPassword, "新口令须与旧口令不同", "the new password is another than the old one")
        }
        guard let encoded = try snapshot.accounts.password(session.account.id) else { throw Need.signInFirst }
        return Trial(session: session, encoded: encoded, old: before, new: after)
    }

    /// All other sessions and tokens end; a new session takes the place of this one. A wrong password counts as one at
    /// sign-in.
    public static func finish(_ made: Made, in tx: borrowing Transaction) throws -> SignIn.Result {
        let now = tx.moment.milliseconds
        let id = made.session.account.id
        guard let account = try tx.accounts.find(id), !account.isClosed(at: now),
            try tx.accounts.password(id) == made.before
        else { return .refused(Need.signInFirst) }
        guard let encoded = made.encoded else {
            try tx.accounts.failed(account, at: now)
            try tx.audit.append(
                tx.moment, by: made.session.actor, action: "password", area: .accounts, object: "own account",
                result: .denied, reason: "password")
            return .refused(SignIn.refusal)
        }
        try tx.accounts.setPassword(encoded, of: id, at: now)
        try tx.audit.append(
            tx.moment, by: made.session.actor, action: "password", area: .accounts, object: "own account")
        try Sessions.endAll(of: id, except: made.session.id, by: made.session.actor, in: tx)
        guard let changed = try tx.accounts.find(id) else { return .refused(Need.signInFirst) }
        return .opened(try Sessions.renew(made.session, duty: SignIn.duty(changed, at: now), in: tx))
    }
}
