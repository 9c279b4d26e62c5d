internal import SyncProtocol

/// Notices of the nation and of provinces: read, published, withdrawn.
public enum NoticeEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "notices", Label("公告", "Notices in force here"), needs: .right(.view, .notices),
            query: [("all", "1: past, coming, withdrawn and others' too"), ("role", "only those that concern this role")],
            .read(list)),
        Endpoint("GET", "notices/{id}", Label("一条公告", "One notice"), needs: .right(.view, .notices), .read(show)),
        Endpoint(
            "POST", "notices", Label("发布公告", "Publish a notice, or a new version of one"), needs: .right(.create, .notices),
            body: "{title, text, from: day, to: day or null, roles: [code], levels: [level], id: of the notice to replace}",
            .write(publish)),
        Endpoint(
            "POST", "notices/{id}/withdrawal", Label("撤下公告", "Withdraw a notice of this unit"),
            needs: .right(.delete, .notices), .write(withdraw)),
        Endpoint(
            "POST", "notices/{id}/reading", Label("标记已读", "Note that the acting person has read it"),
            needs: .right(.view, .notices), .write(read)),
    ]

    public struct NoticeView: Codable, Sendable {
        public let id: String
        public let title: String
        public let text: String
        public let from: String
        public let to: String?
        public let roles: [String]
        public let levels: [String]
        public let seat: String
        public let isWithdrawn: Bool
        public let isRead: Bool
        public let publishedMilliseconds: Int64

        init(_ line: NoticeBoard.Line) {
            let notice = line.notice
            id = notice.id
            title = notice.title
            text = notice.text
            from = notice.from.description
            to = notice.to?.description
            roles = notice.roles
            levels = notice.levels.map(\.label.en)
            seat = line.seat
            isWithdrawn = notice.isWithdrawn
            isRead = line.isRead
            publishedMilliseconds = notice.milliseconds
        }
    }

    public struct Board: Codable, Sendable {
        public let items: [NoticeView]
        public let unread: Int
    }

    private static func board(_ call: Call) throws -> NoticeBoard {
        let roles = call.concernedRoles
        return NoticeBoard(
            try call.enrolled(), today: CalendarDay(milliseconds: call.milliseconds), reader: call.reader, roles: roles)
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let lines = try board(call).lines(isWhole: call.flag("all"), in: snapshot)
        return try Reply(Board(items: lines.map(NoticeView.init), unread: lines.count { !$0.isRead }))
    }

    @Sendable static func show(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        guard let line = try board(call).find(call.path["id"] ?? "", in: snapshot) else { throw unknown }
        return try Reply(NoticeView(line))
    }

    struct Body: Decodable {
        let title, text, from: String
        let to, id: String?
        let roles, levels: [String]?
    }

    @Sendable static func publish(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let (body, engine, actor): (Body, SyncEngine, Principal) = (try call.decode(), try call.enrolled(), try call.actor())
        if let id = body.id { _ = try own(id, engine, in: tx) }
        let levels = try (body.levels ?? []).map { name in
            guard let level = Level(name: name) else {
                throw NodeError(
                    .badRequest, "级别为 national、province、city 或 county", "a level is national, province, city or county")
            }
            return level
        }
        let notice = Notice(
            id: body.id ?? Hex.encode(tx.moment.entropy(16)), title: body.title, text: body.text,
            from: try Call.day(body.from, "from"), to: try body.to.map { try Call.day($0, "to") },
            roles: body.roles ?? [], levels: levels, milliseconds: tx.moment.milliseconds)
        return try send(notice, engine, by: actor, call, in: tx)
    }

    @Sendable static func withdraw(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let (engine, actor) = (try call.enrolled(), try call.actor())
        let notice = try own(call.path["id"] ?? "", engine, in: tx)
        guard !notice.isWithdrawn else { throw NodeError(.conflict, "此公告已撤下", "the notice is withdrawn already") }
        return try send(notice.withdrawn, engine, by: actor, call, in: tx)
    }

    @Sendable static func read(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        _ = try call.actor()
        try board(call).markRead(call.path["id"] ?? "", in: tx)
        return (try Reply(["read": true]), [])
    }

    private static func send(
        _ notice: Notice, _ engine: SyncEngine, by actor: Principal, _ call: Call, in tx: borrowing Transaction
    ) throws -> (Reply, [Effect]) {
        let effects = try engine.handle(.publish(.notice(notice), by: actor), in: tx)
        guard let line = try tx.withSnapshot({ try board(call).find(notice.id, in: $0) }) else { throw unknown }
        return (try Reply(NoticeView(line), status: 201), effects)
    }

    private static func own(_ id: String, _ engine: SyncEngine, in tx: borrowing Transaction) throws -> Notice {
        guard let line = try tx.notices.find(id, reader: "") else { throw unknown }
        guard line.seat == engine.identity.seat.code else {
            throw NodeError(.notAllowed, "此公告由 \(line.seat) 发布", "the notice is that of \(line.seat)")
        }
        return line.notice
    }

    private static let unknown = NodeError(.notFound, "没有这条公告", "there is no such notice")
}
