/// What happened elsewhere and concerns roles here, as one reader sees it. In the program only: nothing goes out by SMS or
/// any other channel.
public struct Notifications: Sendable {
    /// Nil: those for anybody.
    let roles: Set<String>?
    let reader: String

    public init(roles: Set<String>?, reader: String) {
        self.roles = roles
        self.reader = reader
    }

    public struct Line: Sendable, Hashable {
        public let number: Int64
        public let day: CalendarDay
        /// `arrived`, `withdrawn`, `returned`, `rejected`, `approved` or `published`.
        public let event: String
        /// Code of the record kind; empty for what was published.
        public let kind: String
        /// The record's identifier, the home's seat, or the name of what was published.
        public let subject: String
        public let role: String
        /// The number of the record, of several the last one's.
        public let key: String
        /// A code of `return_reason` where something came back.
        public let code: String
        public let times: Int
        public let milliseconds: Int64
        public let isRead: Bool

        /// In words, without anything of a record but its number.
        public func words(_ charter: Charter, _ codes: CodeTables) -> Label {
            let label = charter.kind(code: kind)?.label ?? Label(kind, kind)
            let reason = codes.label(code, in: "return_reason") ?? Label(code, code)
            switch event {
            case "arrived":
                return Label("\(subject) 上报 \(times) 件\(label.zh)待审", "\(subject) reported \(times) \(label.en) for review")
            case "withdrawn":
                return Label("\(subject) 撤回 \(times) 件\(label.zh)", "\(subject) withdrew \(times) \(label.en)")
            case "returned": return Label("\(key) 被退回：\(reason.zh)", "\(key) was returned: \(reason.en)")
            case "rejected": return Label("\(key) 未被接受：\(reason.zh)", "\(key) was not accepted: \(reason.en)")
            case "approved":
                return times == 1
                    ? Label("\(key) 已审核通过", "\(key) was approved")
                    : Label("\(times) 件\(label.zh)已审核通过", "\(times) \(label.en) were approved")
            default: return Label("上级发布了 \(subject)", "published from above: \(subject)")
            }
        }
    }

    /// The newest first.
    public func lines(unreadOnly: Bool = false, limit: Int, in snapshot: borrowing Snapshot) throws -> [Line] {
        try snapshot.notifications.all(roles: roles?.sorted(), reader: reader, unreadOnly: unreadOnly, limit: limit)
    }

    public func unread(in snapshot: borrowing Snapshot) throws -> Int {
        try snapshot.notifications.unread(roles: roles?.sorted(), reader: reader)
    }

    /// Those named, or all that this reader sees. Returns how many there were.
    public func markRead(_ numbers: [Int64]?, in tx: borrowing Transaction) throws -> Int {
        try tx.notifications.markRead(numbers, roles: roles?.sorted(), reader: reader, at: tx.moment.milliseconds)
    }
}
