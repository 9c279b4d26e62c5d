internal import SyncProtocol

/// Somebody who has signed in, or a program with a token, as found by the secret that was presented.
public struct Session: Sendable, Hashable {
    /// What has to be done before anything else is possible.
    public enum Duty: String, Sendable, Hashable, CaseIterable, Codable {
        /// The password was right; the code is still to come.
        case code
        /// Staff need a second factor, and this account has none.
        case factor
        /// The password is too old.
        case password
    }

    public let id: SessionID
    public let account: Account
    /// Those in force today.
    public let grants: [Grant]
    public let duty: Duty?
    public let isToken: Bool
    public let source: String
    public let createdMilliseconds: Int64
    public let usedMilliseconds: Int64
    public let expiresMilliseconds: Int64
    /// To come back with each form; other sites cannot know it.
    public let csrf: String

    /// Who acts; nil while there is a duty.
    public var principal: Principal? {
        guard duty == nil else { return nil }
        return Principal(account: account.id, name: account.name, grants: grants, session: id, source: source)
    }

    /// Whether `Sessions.touch` is due.
    public func needsTouch(at now: Int64) -> Bool { now - usedMilliseconds >= Sessions.touchMilliseconds }
}

/// What is given to a browser or program, once: the secret stands nowhere in the store.
public struct OpenedSession: Sendable {
    public let session: Session
    /// For the cookie or the header `Authorization: Bearer`: 64 hexadecimal digits.
    public let secret: String
}

/// Sessions of people and tokens of programs.
public enum Sessions {
    public static let staffIdleMilliseconds: Int64 = 15 * 60_000
    public static let outsideIdleMilliseconds: Int64 = 30 * 60_000
    public static let lifetimeMilliseconds: Int64 = 8 * 3_600_000
    /// While a duty is open.
    static let dutyMilliseconds: Int64 = 10 * 60_000
    static let touchMilliseconds: Int64 = 60_000
    public static let tokenDaysMax: Int64 = 366
    private static let secretBytes = 32

    /// What is kept instead of a secret.
    static func hash(_ secret: [UInt8], as name: String) -> [UInt8] {
        var builder = DigestBuilder()
        builder.append(Array("bangfu/1/\(name)".utf8))
        builder.append(secret)
        return builder.finish().bytes
    }

    private static func secret(_ presented: String) -> [UInt8]? {
        guard presented.utf8.count == secretBytes * 2, let bytes = Hex.decode(presented) else { return nil }
        return bytes
    }

    private static func csrf(_ secret: [UInt8]) -> String { Hex.encode(hash(secret, as: "csrf")) }

    /// The session of a presented secret that is still good at `now`, with the address it is used from.
    public static func find(
        _ presented: String, source: String, at now: Int64, in snapshot: borrowing Snapshot
    ) throws -> Session? {
        guard let secret = secret(presented), let found = try snapshot.sessions.find(hash(secret, as: "session")),
            found.expires > now, found.isToken || now - found.used < found.idle,
            let account = try snapshot.accounts.find(found.account), !account.isBlocked(at: now)
        else { return nil }
        return try session(found, account, secret, source: source, at: now, in: snapshot)
    }

    private static func session(
        _ row: SessionRow, _ account: Account, _ secret: [UInt8], source: String, at now: Int64,
        in snapshot: borrowing Snapshot
    ) throws -> Session {
        Session(
            id: row.id, account: account,
            grants: try snapshot.grants.inForce(account.id, on: CalendarDay(milliseconds: now)), duty: row.duty,
            isToken: row.isToken, source: source, createdMilliseconds: row.created, usedMilliseconds: row.used,
            expiresMilliseconds: row.isToken ? row.expires : min(row.expires, row.used + row.idle), csrf: csrf(secret))
    }

    /// Opens one for an account that has proved itself.
    static func open(
        _ account: Account, duty: Session.Duty?, source: String, in tx: borrowing Transaction
    ) throws -> OpenedSession {
        let now = tx.moment.milliseconds
        let idle =
            duty != nil ? dutyMilliseconds : account.isOutside ? outsideIdleMilliseconds : staffIdleMilliseconds
        return try make(
            account, SessionRow.Making(isToken: false, label: "", duty: duty, idle: idle, life: lifetimeMilliseconds),
            source,
            at: now, in: tx)
    }

    private static func make(
        _ account: Account, _ making: SessionRow.Making, _ source: String, at now: Int64, in tx: borrowing Transaction
    ) throws -> OpenedSession {
        let secret = tx.moment.entropy(secretBytes)
        guard secret.count == secretBytes else {
            throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little")
        }
        try tx.sessions.clear(before: now)
        let row = try tx.sessions.insert(hash(secret, as: "session"), account.id, making, source: source, at: now)
        let session = try tx.withSnapshot {
            try Sessions.session(row, account, secret, source: source, at: now, in: $0)
        }
        return OpenedSession(session: session, secret: Hex.encode(secret))
    }

    /// Ends `old` and opens another: whoever knew the one before gains nothing by the step.
    static func renew(_ old: Session, duty: Session.Duty?, in tx: borrowing Transaction) throws -> OpenedSession {
        try tx.sessions.end(old.id)
        guard let account = try tx.accounts.find(old.account.id) else { throw Need.signInFirst }
        return try open(account, duty: duty, source: old.source, in: tx)
    }

    /// Notes that it is used, so that it does not run out.
    public static func touch(_ id: SessionID, in tx: borrowing Transaction) throws {
        try tx.sessions.touch(id, at: tx.moment.milliseconds)
    }

    /// Signs out.
    public static func end(_ session: Session, in tx: borrowing Transaction) throws {
        try tx.sessions.end(session.id)
        try tx.audit.append(tx.moment, by: session.actor, action: "logout", area: .accounts)
    }

    /// Ends one session of an account, at the wish of `principal`; false when it has none of this number.
    public static func end(
        _ id: SessionID, of account: AccountID, by principal: Principal, in tx: borrowing Transaction
    ) throws -> Bool {
        guard try tx.sessions.all(account).contains(where: { $0.id == id }) else { return false }
        try tx.sessions.end(id)
        try tx.audit.append(
            tx.moment, by: principal, action: "end-session", area: .accounts, object: "account \(account)", detail: "\(id)")
        return true
    }

    /// Ends all of an account's, but the one that is kept; how many they were.
    @discardableResult
    public static func endAll(
        of account: AccountID, except kept: SessionID? = nil, by principal: Principal, in tx: borrowing Transaction
    ) throws -> Int {
        let count = try tx.sessions.endAll(account, except: kept)
        if count > 0 {
            try tx.audit.append(
                tx.moment, by: principal, action: "end-session", area: .accounts, object: "account \(account)",
                detail: "all: \(count)")
        }
        return count
    }

    /// A session or token as a list shows it.
    public struct Line: Codable, Sendable, Hashable {
        public let id: SessionID
        public let isToken: Bool
        public let label: String
        public let source: String
        public let createdMilliseconds: Int64
        public let usedMilliseconds: Int64
        public let expiresMilliseconds: Int64
    }

    public static func list(_ account: AccountID, at now: Int64, in snapshot: borrowing Snapshot) throws -> [Line] {
        try snapshot.sessions.all(account).filter { $0.expires > now && ($0.isToken || now - $0.used < $0.idle) }.map {
            Line(
                id: $0.id, isToken: $0.isToken, label: $0.label, source: $0.source, createdMilliseconds: $0.created,
                usedMilliseconds: $0.used, expiresMilliseconds: $0.isToken ? $0.expires : min($0.expires, $0.used + $0.idle))
        }
    }

    /// A token for a program that acts with this account's rights; shown once.
    public static func token(
        for account: AccountID, label: String, days: Int64, by principal: Principal, in tx: borrowing Transaction
    ) throws -> OpenedSession {
        let now = tx.moment.milliseconds
        guard (1...tokenDaysMax).contains(days) else {
            throw NodeError(
                .badRequest, "令牌有效期为 1 至 \(tokenDaysMax) 天", "a token is good for 1 to \(tokenDaysMax) days")
        }
        guard (1...60).contains(label.count) else {
            throw NodeError(.badRequest, "请写明令牌的用途（1 至 60 字）", "say what the token is for, in 1 to 60 characters")
        }
        guard let account = try tx.accounts.find(account) else { throw Accounts.unknown }
        guard !account.isClosed(at: now) else {
            throw NodeError(.conflict, "该账号尚未启用或已锁定", "the account is not in use yet, or locked")
        }
        guard try tx.sessions.all(account.id).count(where: \.isToken) < 20 else {
            throw NodeError(.tooLarge, "一个账号最多 20 个令牌：请先撤销不用的", "an account has at most 20 tokens: end those not in use")
        }
        let making = SessionRow.Making(isToken: true, label: label, duty: nil, idle: 0, life: days * 86_400_000)
        let opened = try make(account, making, principal.source, at: now, in: tx)
        try tx.audit.append(
            tx.moment, by: principal, action: "token", area: .accounts, object: "account \(account.id)",
            detail: "\(opened.session.id), \(days) days")
        return opened
    }
}

extension Session {
    /// Whoever holds it, also while there is a duty: for the audit of what was done about it.
    var actor: Principal {
        Principal(account: account.id, name: account.name, grants: [], session: id, source: source)
    }
}
