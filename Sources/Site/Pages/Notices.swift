internal import BusinessModules
internal import NodeCore

extension Visit {
    /// As the ledger of what was read names somebody.
    var reader: String { visitor.map { "account \($0.session.account.id)" } ?? "" }

    var roleCodes: Set<String> { Set(visitor?.principal.roles.map(\.rawValue) ?? []) }

    var today: CalendarDay { CalendarDay(milliseconds: request.milliseconds) }
}

/// What the node has to tell a person: what the levels above published, what happened elsewhere to their records, and
/// what is due.
enum Noticeboard {
    static func unread(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Int {
        guard let engine = visit.surroundings.engine, let visitor = visit.visitor, !visitor.isOutside else { return 0 }
        return try board(engine, visit).unread(in: snapshot) + notifications(visit).unread(in: snapshot)
            + ExportNotices.count(visit, snapshot)
    }

    static func board(_ engine: SyncEngine, _ visit: Visit) -> NoticeBoard {
        NoticeBoard(engine, today: visit.today, reader: visit.reader, roles: visit.roleCodes)
    }

    static func notifications(_ visit: Visit) -> Notifications {
        Notifications(roles: visit.roleCodes, reader: visit.reader)
    }

    /// Deadlines of this visitor's roles that are near or past, the nearest first.
    static func due(_ visit: Visit, _ frame: Frame, _ snapshot: borrowing Snapshot) throws -> Context? {
        guard let engine = visit.surroundings.engine, visit.may(.view, .reminders) else { return nil }
        let lines = try Reminders(engine).lines(roles: visit.roleCodes, withSettled: false, limit: shown, in: snapshot)
        return [
            "title": visit.say("到期提醒", "Due"), "hasRows": !lines.isEmpty,
            "empty": visit.say("没有临近到期的事项。", "Nothing is due soon."),
            "rows": lines.map { line -> Context in
                let pages = frame.modules.flatMap(\.records).first { $0.kind.code == line.reminder.kind }
                let deadline = pages?.kind.deadlines.first { $0.rule == line.reminder.rule }
                let what = deadline.map { visit.say($0.label) } ?? line.reminder.rule
                return [
                    "when": line.reminder.due.description, "text": "\(line.reminder.key) \(what)",
                    "href": pages.map { "/\($0.path)/\(line.reminder.record)" } ?? "/",
                    "isLate": line.reminder.stage == .overdue,
                ]
            },
        ]
    }

    static func news(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context? {
        guard let engine = visit.surroundings.engine else { return nil }
        let lines = try board(engine, visit).lines(limit: shown, in: snapshot)
        return [
            "title": visit.say("公告", "Notices from above"), "hasRows": !lines.isEmpty,
            "empty": visit.say("没有公告。", "There are none."),
            "rows": lines.map { line -> Context in
                [
                    "when": line.notice.from.description, "text": line.notice.title, "href": "/notices",
                    "isUnread": !line.isRead,
                ]
            }, "more": ["label": visit.say("全部通知", "All notices"), "href": "/notices"],
        ]
    }

    private static let shown = 8
}

/// The notices to somebody (S.9).
struct NoticesPage: Sendable {
    let frame: Frame

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("通知", "Notices")
        let engine = try visit.engine()
        var context = try frame.context(visit, snapshot, title: title, current: "/notices")
        let tree = engine.identity.tree
        let board = try Noticeboard.board(engine, visit).lines(limit: NoticesPage.shown, in: snapshot)
        let events = try Noticeboard.notifications(visit).lines(limit: NoticesPage.shown, in: snapshot)
        let exports = try ExportNotices.letters(visit, snapshot)
        let rows = exports + board.map { row($0, tree, visit) } + events.map { row($0, engine, visit) }
        context["heading"] = title
        context["actions"] = [Context]()
        context["filters"] = [Context]()
        context["rows"] = rows
        context["hasRows"] = !rows.isEmpty
        context["empty"] = visit.say("没有通知。", "There are no notices.")
        return try frame.page("notices", context)
    }

    private func row(_ line: NoticeBoard.Line, _ tree: NodeTree, _ visit: Visit) -> Context {
        var row: Context = [
            "title": line.notice.title, "when": line.notice.from.description,
            "from": tree.seat(line.seat)?.name ?? line.seat,
            "text": line.notice.text, "isUnread": !line.isRead,
        ]
        if !line.isRead { row["done"] = done("notice", line.notice.id, visit) }
        return row
    }

    private func row(_ line: Notifications.Line, _ engine: SyncEngine, _ visit: Visit) -> Context {
        let pages = frame.modules.flatMap(\.records).first { $0.kind.code == line.kind }
        var row: Context = [
            "title": visit.say(line.words(visit.surroundings.charter, engine.draft.codes)),
            "when": Shown.time(line.milliseconds),
            "from": visit.say("系统", "system"), "isUnread": !line.isRead,
        ]
        if let pages, !line.key.isEmpty, line.times == 1 {
            row["href"] = "/\(pages.path)/\(Form.encoded(line.key))"
            row["label"] = visit.say("查看", "Look")
        }
        if !line.isRead { row["done"] = done("event", String(line.number), visit) }
        return row
    }

    private func done(_ name: String, _ value: String, _ visit: Visit) -> Context {
        [
            "action": "/notices/read", "hidden": [["name": name, "value": value]],
            "label": visit.say("标为已读", "Mark as read"),
        ]
    }

    func markRead(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        if let id = form.filled("notice") { try Noticeboard.board(visit.engine(), visit).markRead(id, in: tx) }
        if let number = form.filled("event").flatMap({ Int64($0) }) {
            _ = try Noticeboard.notifications(visit).markRead([number], in: tx)
        }
        return (.see("/notices?done=read"), [])
    }

    private static let shown = 100
}
