internal import Foundation
public import SyncProtocol

/// Accounts as administrators see them: invited, granted rights, locked.
public enum Accounts {
    static let unknown = NodeError(.notFound, "没有这个账号", "there is no such account")

    /// Small letters in one form; nil for what is no login.
    static func normalised(_ login: String) -> String? {
        guard login.utf8.count <= 4 * Account.loginMax else { return nil }
        let text = login.precomposedStringWithCompatibilityMapping.lowercased()
        guard (3...Account.loginMax).contains(text.count),
            text.allSatisfy({ $0.isLetter || $0.isNumber || "._-@".contains($0) })
        else { return nil }
        return text
    }

    /// What an invitation says.
    public struct Invitation: Sendable {
        public let login: String
        public let name: String
        public let isOutside: Bool
        public let validUntil: CalendarDay?
        /// A worker's own file.
        public let record: RecordID?

        public init(
            login: String, name: String, isOutside: Bool = false, validUntil: CalendarDay? = nil, record: RecordID? = nil
        ) {
            self.login = login
            self.name = name
            self.isOutside = isOutside
            self.validUntil = validUntil
            self.record = record
        }
    }

    /// A one-time link for whoever is to use the account: 64 hexadecimal digits, shown once.
    public struct Link: Sendable {
        public let account: AccountID
        public let token: String
        public let expiresMilliseconds: Int64

        /// Below the console's address.
        public var path: String { "/welcome/\(token)" }
    }

    /// A new account, without a password and without rights.
    public static func invite(
        _ invitation: Invitation, by principal: Principal, in tx: borrowing Transaction
    ) throws -> Link {
        guard let login = normalised(invitation.login) else {
            throw NodeError(
                .badRequest, "登录名为 3 至 50 个字母、数字或 . _ - @", "a login has 3 to 50 letters, digits or . _ - @")
        }
        let name = invitation.name.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...Account.nameMax).contains(name.count), !name.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw NodeError(.badRequest, "姓名为 1 至 30 字", "a name has 1 to 30 characters")
        }
        guard try tx.accounts.find(login: login) == nil else {
            throw NodeError(.conflict, "登录名已被使用", "the login is taken")
        }
        guard try tx.accounts.count() < NodeLimits.accounts else {
            throw NodeError(.tooLarge, "账号已达上限", "there are as many accounts as there may be")
        }
        let id = try tx.accounts.insert(login, name, invitation, at: tx.moment.milliseconds)
        try tx.audit.append(
            tx.moment, by: principal, action: "invite-account", area: .accounts, object: "account \(id)", detail: login)
        return try link(id, in: tx)
    }

    /// A new link for an account whose user lost password or telephone, or came too late. Until it is used, nothing
    /// changes; then password and second factor are set anew.
    public static func reset(_ id: AccountID, by principal: Principal, in tx: borrowing Transaction) throws -> Link {
        guard try tx.accounts.find(id) != nil else { throw unknown }
        try checkNotSelf(id, principal)
        try tx.audit.append(
            tx.moment, by: principal, action: "reset-account", area: .accounts, object: "account \(id)")
        return try link(id, in: tx)
    }

    private static func link(_ id: AccountID, in tx: borrowing Transaction) throws -> Link {
        let token = tx.moment.entropy(32)
        guard token.count == 32 else {
            throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little")
        }
        let expires = tx.moment.milliseconds + Account.linkMilliseconds
        try tx.accounts.putLink(Sessions.hash(token, as: "account-link"), of: id, expires: expires)
        return Link(account: id, token: Hex.encode(token), expiresMilliseconds: expires)
    }

    /// Locks or unlocks; locking ends every session and token.
    public static func setLocked(
        _ isLocked: Bool, _ id: AccountID, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        guard try tx.accounts.find(id) != nil else { throw unknown }
        try checkNotSelf(id, principal)
        try tx.accounts.setLocked(isLocked, id)
        try tx.audit.append(
            tx.moment, by: principal, action: isLocked ? "lock-account" : "unlock-account", area: .accounts,
            object: "account \(id)")
        if isLocked { try Sessions.endAll(of: id, by: principal, in: tx) }
    }

    static func checkNotSelf(_ id: AccountID, _ principal: Principal) throws {
        guard principal.account != id else {
            throw NodeError(.notAllowed, "不能对自己的账号做此操作", "this is not done to one's own account")
        }
    }

    public static func find(_ id: AccountID, in snapshot: borrowing Snapshot) throws -> Account? {
        try snapshot.accounts.find(id)
    }

    public static func find(login: String, in snapshot: borrowing Snapshot) throws -> Account? {
        guard let login = normalised(login) else { return nil }
        return try snapshot.accounts.find(login: login)
    }

    /// By login, behind `after`.
    public static func list(after: String = "", limit: Int, in snapshot: borrowing Snapshot) throws -> [Account] {
        try snapshot.accounts.list(after: after, limit: limit)
    }

    /// Those that have this role in force: who is told about something, who may be chosen.
    public static func holders(
        of role: Role, on day: CalendarDay, in snapshot: borrowing Snapshot
    ) throws -> [Account] {
        try snapshot.grants.holders(role, on: day).compactMap { try snapshot.accounts.find($0) }
    }
}
