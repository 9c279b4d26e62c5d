/// What happened at other nodes and concerns somebody here (S.9).
public enum NotificationEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "notifications", Label("消息通知", "What happened elsewhere and concerns a role here"),
            needs: .right(.view, .notifications),
            query: [
                ("role", "only those for this role"), ("unread", "1: unread ones only"),
                ("limit", "1 to 1000, 100 by default"),
            ], .read(list)),
        Endpoint(
            "POST", "notifications/readings", Label("标记已读", "Note that the acting person has read them"),
            needs: .right(.update, .notifications), body: "{numbers: [number], absent for all}", .write(read)),
    ]

    public struct NotificationView: Codable, Sendable {
        public let number: Int64
        public let day: String
        public let event: String
        public let kind: String
        public let subject: String
        public let role: String
        public let key: String
        public let code: String
        public let times: Int
        public let atMilliseconds: Int64
        public let isRead: Bool
        public let zh: String
        public let en: String

        init(_ line: Notifications.Line, _ charter: Charter, _ codes: CodeTables) {
            number = line.number
            day = line.day.description
            event = line.event
            kind = line.kind
            subject = line.subject
            role = line.role
            key = line.key
            code = line.code
            times = line.times
            atMilliseconds = line.milliseconds
            isRead = line.isRead
            let words = line.words(charter, codes)
            zh = words.zh
            en = words.en
        }
    }

    public struct ListView: Codable, Sendable {
        public let items: [NotificationView]
        public let unread: Int
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let notifications = Notifications(roles: call.concernedRoles, reader: call.reader)
        let codes = try call.enrolled().draft.codes
        let limit = try call.number("limit", 1...1_000, otherwise: 100)
        let lines = try notifications.lines(unreadOnly: call.flag("unread"), limit: limit, in: snapshot)
        return try Reply(
            ListView(
                items: lines.map { NotificationView($0, call.charter, codes) },
                unread: try notifications.unread(in: snapshot)))
    }

    struct Body: Decodable { let numbers: [Int64]? }

    @Sendable static func read(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let body: Body = try call.decode()
        _ = try call.actor()
        guard (body.numbers?.count ?? 0) <= 1_000 else {
            throw NodeError(.tooLarge, "一次最多 1000 条", "at most 1000 at once")
        }
        let count = try Notifications(roles: call.ownRoles, reader: call.reader).markRead(body.numbers, in: tx)
        return (try Reply(["read": count]), [])
    }
}
