public import SyncProtocol

/// What the head of a record says is wrong in it. It changes nothing by itself: a person at the home looks at it, and edits
/// the record or says why not.
public struct Correction: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        case waiting
        /// Somebody is at it.
        case taken
        case done
        case refused
        /// By whoever asked.
        case withdrawn

        public var isOpen: Bool { self == .waiting || self == .taken }
    }

    public let id: Int64
    public let account: AccountID
    public let record: RecordID
    /// Code of the record's kind.
    public let kind: String
    /// The code of a field; `list.number` for a line; `other` for what is no field.
    public let field: String
    /// What would be right.
    public let wish: String
    public let reason: String
    public let milliseconds: Int64
    /// By when there has to be an answer.
    public let due: CalendarDay
    public let state: State
    /// To whoever asked; empty where none was given.
    public let answer: String
    public let decidedBy: String?
    public let decidedMilliseconds: Int64?
}

public enum Corrections {
    /// By when a request of a person about their own data is answered (house rule).
    public static let workingDays = 15
    public static let openMax = 10
    public static let perDay = 20
    public static let wishRange = 1...500
    public static let reasonRange = 2...500
    public static let answerRange = 2...500
    /// What is about no single field.
    public static let other = "other"

    /// What somebody wants corrected.
    public struct Asking: Sendable {
        public let record: RecordID
        public let kind: RecordKind
        public let field: String
        public let wish: String
        public let reason: String

        public init(_ record: RecordID, _ kind: RecordKind, field: String, wish: String, reason: String) {
            self.record = record
            self.kind = kind
            self.field = field
            self.wish = PlainText.trimmed(wish)
            self.reason = PlainText.trimmed(reason)
        }

        /// What is wrong, by `field`, `wish` and `reason`; empty when nothing is.
        public var problems: [String: Label] {
            var problems = [String: Label]()
            if field.isEmpty || field.utf8.count > 100 {
                problems["field"] = Label("请选择哪一项不对", "choose what is wrong")
            }
            if !Corrections.wishRange.contains(wish.count) {
                problems["wish"] = Label("请写明应该是什么（500 字以内）", "write what would be right, in at most 500 characters")
            }
            if !Corrections.reasonRange.contains(reason.count) {
                problems["reason"] = Label("请写明为什么（2 至 500 字）", "write why, in 2 to 500 characters")
            }
            return problems
        }
    }

    // MARK: Whoever asks

    /// Only about the record that one's account is linked to.
    public static func ask(
        _ asking: Asking, by session: Session, due: CalendarDay, in tx: borrowing Transaction
    ) throws -> Int64 {
        guard session.account.record == asking.record, let principal = session.principal else {
            throw NodeError(.notFound, "您的账号没有关联这份档案", "this file is not linked to your account")
        }
        guard asking.problems.isEmpty else { throw NodeError(.invalid, "更正申请没有填写完整", "the request is incomplete") }
        let now = tx.moment.milliseconds
        let own = try tx.corrections.of(session.account.id, limit: perDay + openMax)
        guard own.count(where: \.state.isOpen) < openMax else {
            throw NodeError(
                .tooMany, "您有 \(openMax) 项更正还在办理，请等答复后再提", "\(openMax) requests of yours are open: wait for an answer first")
        }
        guard own.count(where: { $0.milliseconds > now - 86_400_000 }) < perDay else {
            throw NodeError(.tooMany, "今天提得太多了，请明天再来", "too many requests today: come again tomorrow")
        }
        let id = try tx.corrections.insert(asking, by: session.account.id, due: due, at: now)
        try tx.audit.append(
            tx.moment, by: principal, action: "correction", record: asking.record, area: .ownData,
            object: "correction \(id)", fields: [asking.field])
        return id
    }

    /// Of one account, the newest first.
    public static func own(_ account: AccountID, in snapshot: borrowing Snapshot) throws -> [Correction] {
        try snapshot.corrections.of(account, limit: shown)
    }

    private static let shown = 100

    public static func withdraw(_ id: Int64, by session: Session, in tx: borrowing Transaction) throws {
        guard let found = try tx.corrections.find(id), found.account == session.account.id,
            let principal = session.principal
        else { throw unknown }
        try settle(found, .withdrawn, "", by: principal, in: tx)
    }

    // MARK: At the home

    /// Those that wait or are being worked on, what is due first at the head.
    public static func open(limit: Int, in snapshot: borrowing Snapshot) throws -> [Correction] {
        try snapshot.corrections.open(limit: limit)
    }

    public static func open(about record: RecordID, in snapshot: borrowing Snapshot) throws -> [Correction] {
        try snapshot.corrections.open(about: record)
    }

    public static func find(_ id: Int64, in snapshot: borrowing Snapshot) throws -> Correction? {
        try snapshot.corrections.find(id)
    }

    /// Somebody begins with it: whoever asked sees that.
    public static func take(_ id: Int64, by principal: Principal, in tx: borrowing Transaction) throws {
        guard let found = try tx.corrections.find(id) else { throw unknown }
        guard found.state == .waiting else { return try checkOpen(found) }
        try tx.corrections.settle(found, .taken, "", by: principal, at: tx.moment.milliseconds)
        try note(found, .taken, by: principal, in: tx)
    }

    /// Done once the record was changed after it was asked for; refused with an answer. `changed`: when the record last
    /// changed, in milliseconds since 1970.
    public static func answer(
        _ id: Int64, isDone: Bool, _ text: String, changed: Int64, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        guard let found = try tx.corrections.find(id) else { throw unknown }
        let text = PlainText.trimmed(text)
        if isDone {
            guard changed > found.milliseconds else {
                throw NodeError(
                    .invalid, "档案在申请之后还没有改过：请先修改，或写明不改的理由",
                    "the record was not changed since: change it first, or say why not")
            }
            guard text.count <= answerRange.upperBound else { throw tooLong }
        } else if !answerRange.contains(text.count) {
            throw NodeError(
                .invalid, "请写明不改的理由（2 至 500 字），本人会看到", "say why not, in 2 to 500 characters: the person reads it")
        }
        try settle(found, isDone ? .done : .refused, text, by: principal, in: tx)
    }

    private static let tooLong = NodeError(.invalid, "答复最多 500 字", "an answer has at most 500 characters")

    private static func settle(
        _ found: Correction, _ state: Correction.State, _ answer: String, by principal: Principal,
        in tx: borrowing Transaction
    ) throws {
        try checkOpen(found)
        try tx.corrections.settle(found, state, answer, by: principal, at: tx.moment.milliseconds)
        try note(found, state, by: principal, in: tx)
    }

    private static func checkOpen(_ found: Correction) throws {
        guard found.state.isOpen else {
            throw NodeError(.conflict, "这项更正已经办结", "this request was settled already")
        }
    }

    private static func note(
        _ found: Correction, _ state: Correction.State, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        try tx.audit.append(
            tx.moment, by: principal, action: "correction-\(state.rawValue)", record: found.record, area: .portal,
            object: "correction \(found.id)", fields: [found.field])
    }

    public static let unknown = NodeError(.notFound, "没有这项更正申请", "there is no such request")
}
