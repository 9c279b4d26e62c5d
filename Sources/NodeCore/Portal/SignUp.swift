/// Somebody from outside who asked for an account of their own. It is opened by a person who has seen their ID card.
public struct SignUp: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        case waiting
        /// An account was opened or linked.
        case admitted
        case refused
    }

    /// Why it was refused. Whoever asked reads it, so it says nothing about any file.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case notHere = "not_here"
        case notPresent = "not_present"
        case unreadable
        case again

        public var label: Label {
            switch self {
            case .notHere:
                Label("不归本中心办理，请到户籍或工作所在地的帮扶中心", "this centre is not the one: ask where you are registered or work")
            case .notPresent: Label("未带身份证到窗口核对", "nobody came to the counter with an ID card")
            case .unreadable: Label("姓名或手机号填写有误，请重新申请", "name or telephone are not right: ask once more")
            case .again: Label("重复申请，已按另一份办理", "asked for twice: the other request counts")
            }
        }
    }

    public let id: Int64
    public let name: String
    public let phone: String
    public let milliseconds: Int64
    public let state: State
    public let reason: Reason?
    public let decidedMilliseconds: Int64?
}

/// Requests for accounts from outside. Anybody may write one, so there is little in it, it does not stay long, and the
/// answer is the same whether somebody has a file or an account here or not.
public enum SignUps {
    /// Requests from one address in an hour: behind it may be a whole office.
    public static let perHour = 20
    /// Requests that wait at one node; more are not worked off at any counter.
    public static let waitingMax = 1_000
    /// How long one is kept, decided or not.
    public static let days: Int64 = 30
    public static let nameRange = 2...30
    private static let hourMilliseconds: Int64 = 3_600_000
    private static let codeLetters = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")
    private static let codeLength = 10

    /// The earliest request that still counts.
    static func start(at now: Int64) -> Int64 { now - days * 86_400_000 }

    // MARK: Asking

    /// What somebody typed, in the form in which it is kept.
    public struct Asking: Sendable, Hashable {
        public let name: String
        public let phone: String

        public init(name: String, phone: String) {
            self.name = PlainText.trimmed(name)
            var digits = PlainText.compact(phone).filter { $0 != "-" }
            for start in ["+86", "0086"] where digits.hasPrefix(start) { digits.removeFirst(start.count) }
            self.phone = digits
        }

        /// What is wrong, by `name` and `phone`; empty when nothing is.
        public var problems: [String: Label] {
            var problems = [String: Label]()
            let isText = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            if !SignUps.nameRange.contains(name.count) || !isText || name.contains(where: \.isNumber) {
                problems["name"] = Label("请填写身份证上的姓名（2 至 30 个字）", "write the name as on the ID card, 2 to 30 characters")
            }
            if !MobileNumber.fits(phone) {
                problems["phone"] = Label("请填写 11 位手机号", "write the 11 digits of a mobile number")
            }
            return problems
        }
    }

    /// Keeps a request; the code is shown once and follows it. `textVersion`: of the notice that was agreed to.
    public static func ask(
        _ asking: Asking, textVersion: String, source: String, in tx: borrowing Transaction
    ) throws -> String {
        guard asking.problems.isEmpty else {
            throw NodeError(.invalid, "姓名或手机号填写有误", "name or telephone are not right")
        }
        let now = tx.moment.milliseconds
        let source = SourceLimit.prefix(source)
        try tx.signUps.clear(before: start(at: now))
        guard try tx.signUps.count(source: source, since: now - hourMilliseconds) < perHour else {
            throw NodeError(
                .tooMany, "这个网络一小时内的申请太多，请稍后再试，或直接到窗口办理",
                "too many requests from this network: try again in an hour, or come to the counter")
        }
        guard try tx.signUps.waiting() < waitingMax else {
            throw NodeError(
                .tooMany, "等待办理的申请太多，请直接带身份证到窗口办理",
                "too many requests wait: please come to the counter with your ID card")
        }
        let random = tx.moment.entropy(codeLength)
        guard random.count == codeLength else {
            throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little")
        }
        let code = String(random.map { codeLetters[Int($0) % codeLetters.count] })
        let id = try tx.signUps.insert(asking, code: hash(code), textVersion: textVersion, source: source, at: now)
        try tx.audit.append(
            tx.moment, by: .nobody(from: source), action: "sign-up", area: .portal, object: "sign-up \(id)")
        return code
    }

    /// Once a day: what was promised to be kept no longer is gone, also where nobody asks any more.
    public static func tidy(in tx: borrowing Transaction) throws {
        try tx.signUps.clear(before: start(at: tx.moment.milliseconds))
    }

    private static func hash(_ code: String) -> [UInt8] { Sessions.hash(Array(code.utf8), as: "sign-up") }

    /// What became of a request; nil when no such code is known, or it is too old.
    public static func find(code: String, at now: Int64, in snapshot: borrowing Snapshot) throws -> SignUp? {
        let plain = PlainText.compact(code).uppercased().filter { $0 != "-" }
        guard plain.utf8.count == codeLength else { return nil }
        return try snapshot.signUps.find(code: hash(plain), since: start(at: now))
    }

    // MARK: At the counter

    /// Those that wait, the oldest first.
    public static func waiting(at now: Int64, limit: Int, in snapshot: borrowing Snapshot) throws -> [SignUp] {
        try snapshot.signUps.waiting(since: start(at: now), limit: limit)
    }

    public static func find(_ id: Int64, at now: Int64, in snapshot: borrowing Snapshot) throws -> SignUp? {
        try snapshot.signUps.find(id, since: start(at: now))
    }

    public static func refuse(
        _ id: Int64, _ reason: SignUp.Reason, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        try decide(id, .refused, reason, by: principal, in: tx)
    }

    static func decide(
        _ id: Int64, _ state: SignUp.State, _ reason: SignUp.Reason?, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        let now = tx.moment.milliseconds
        guard let found = try tx.signUps.find(id, since: start(at: now)) else { throw unknown }
        guard found.state == .waiting else {
            throw NodeError(.conflict, "这份申请已经办过", "this request was dealt with already")
        }
        try tx.signUps.decide(id, state, reason, by: principal, at: now)
        try tx.audit.append(
            tx.moment, by: principal, action: "sign-up-\(state.rawValue)", area: .portal, object: "sign-up \(id)",
            detail: reason?.rawValue ?? "")
    }

    public static let unknown = NodeError(
        .notFound, "没有这份申请，或已超过 30 天", "there is no such request, or it is older than 30 days")
}
