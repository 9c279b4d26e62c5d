internal import SyncProtocol

/// The second factor: an app that shows a code every 30 seconds (RFC 6238), and codes on paper for when the telephone is
/// gone.
public enum SecondFactor {
    private static let secretBytes = 20
    private static let recoveryCount = 10
    private static let recoveryBytes = 10

    /// What the app has to be given, as a link for a QR code and to be typed.
    public struct Offer: Codable, Sendable, Hashable {
        /// `otpauth://totp/...`
        public let link: String
        /// Base32.
        public let secret: String
    }

    /// A new secret, good once a code of it was shown. A factor in use goes on until then.
    public static func begin(_ session: Session, in tx: borrowing Transaction) throws -> Offer {
        // With one factor already: only after both were proved.
        guard session.duty != .code else { throw Need.signInFirst }
        let secret = tx.moment.entropy(secretBytes)
        guard secret.count == secretBytes else {
            throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little")
        }
        try tx.accounts.offerFactor(secret, to: session.account.id)
        return offer(secret, to: session.account)
    }

    private static func offer(_ secret: [UInt8], to account: Account) -> Offer {
        let text = OneTimePassword.base32(secret)
        let name = account.login.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2E || byte == 0x2D
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }.joined()
        return Offer(
            link: "otpauth://totp/Bangfu:\(name)?secret=\(text)&issuer=Bangfu&algorithm=SHA1&digits=6&period=30",
            secret: text)
    }

    /// What was offered and waits for its first code; nil when nothing does.
    public static func offered(_ session: Session, in tx: borrowing Transaction) throws -> Offer? {
        try tx.accounts.offeredFactor(session.account.id).map { offer($0, to: session.account) }
    }

    /// The first code of the offered secret: from now on it is needed. Gives ten codes for paper, shown once, and a new
    /// session; all others of the account end.
    public static func confirm(
        _ session: Session, code: String, in tx: borrowing Transaction
    ) throws -> (recovery: [String], opened: OpenedSession) {
        let now = tx.moment.milliseconds
        guard session.duty != .code else { throw Need.signInFirst }
        guard let secret = try tx.accounts.offeredFactor(session.account.id) else {
            throw NodeError(.conflict, "请先生成新的密钥", "begin with a new secret")
        }
        guard let step = step(of: code, secret: secret, after: 0, at: now) else {
            throw NodeError(
                .invalid, "验证码不对：请核对手机时间是否准确", "the code does not fit: see that the telephone's clock is right")
        }
        try tx.accounts.setFactor(secret, step: step, of: session.account.id, at: now)
        let recovery = try makeRecovery(session.account.id, in: tx)
        try tx.audit.append(tx.moment, by: session.actor, action: "factor", area: .accounts, object: "own account")
        try Sessions.endAll(of: session.account.id, except: session.id, by: session.actor, in: tx)
        guard let account = try tx.accounts.find(session.account.id) else { throw Need.signInFirst }
        return (recovery: recovery, opened: try Sessions.renew(session, duty: SignIn.duty(account, at: now), in: tx))
    }

    /// Ten new codes for paper; those before are void.
    public static func newRecovery(_ session: Session, in tx: borrowing Transaction) throws -> [String] {
        guard session.duty == nil, session.account.hasFactor else {
            throw NodeError(.conflict, "尚未启用二次认证", "there is no second factor yet")
        }
        try tx.audit.append(tx.moment, by: session.actor, action: "recovery-codes", area: .accounts, object: "own account")
        return try makeRecovery(session.account.id, in: tx)
    }

    /// Back to the password alone: for people from outside only.
    public static func remove(_ session: Session, in tx: borrowing Transaction) throws {
        guard session.duty == nil, session.account.isOutside else {
            throw NodeError(.notAllowed, "工作人员不能停用二次认证", "staff cannot do without a second factor")
        }
        try tx.accounts.removeFactor(session.account.id)
        try tx.audit.append(
            tx.moment, by: session.actor, action: "factor", area: .accounts, object: "own account", detail: "removed")
    }

    private static func makeRecovery(_ account: AccountID, in tx: borrowing Transaction) throws -> [String] {
        let codes = (0..<recoveryCount).map { _ in OneTimePassword.base32(tx.moment.entropy(recoveryBytes)) }
        try tx.accounts.setRecovery(codes.map { Sessions.hash(Array($0.utf8), as: "recovery-code") }, of: account)
        return codes.map { code in
            stride(from: 0, to: code.count, by: 4).map { String(code.dropFirst($0).prefix(4)) }.joined(separator: "-")
        }
    }

    /// Whether a code of the app or of the paper is right. Each is good once.
    static func accepts(_ code: String, of account: Account, in tx: borrowing Transaction) throws -> Bool {
        guard code.utf8.count <= 40, let (secret, last) = try tx.accounts.factor(account.id) else { return false }
        let plain = code.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        if let step = step(of: plain, secret: secret, after: last, at: tx.moment.milliseconds) {
            try tx.accounts.setStep(step, of: account.id)
            return true
        }
        guard plain.utf8.count == recoveryBytes * 8 / 5 else { return false }
        let isGood = try tx.accounts.useRecovery(
            Sessions.hash(Array(plain.utf8), as: "recovery-code"), of: account.id, at: tx.moment.milliseconds)
        if isGood {
            try tx.audit.append(
                tx.moment, by: Principal(account: account.id, name: account.name, grants: [], session: nil, source: ""),
                action: "recovery-code", area: .accounts, object: "own account")
        }
        return isGood
    }

    /// The step that a code belongs to: this one or a neighbour, since clocks differ, and none that was used.
    private static func step(of code: String, secret: [UInt8], after last: Int64, at now: Int64) -> Int64? {
        let present = OneTimePassword.step(milliseconds: now)
        // All are worked out whatever fits, so that time says nothing.
        var found: Int64?
        for step in present - 1...present + 1 {
            let fits = OneTimePassword.password(secret: secret, step: step) == code
            if fits && step > last { found = step }
        }
        return found
    }
}
