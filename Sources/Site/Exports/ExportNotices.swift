internal import NodeCore

/// What people are told about exports by two: the second one that something waits, the one who asked what was decided. Both
/// follow from the requests themselves.
enum ExportNotices {
    static func waiting(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> [ExportRequest] {
        guard visit.surroundings.engine != nil, visit.may(.approve, .exports) else { return [] }
        return try Exports.waiting(
            for: visit.principal(), .init(visit.engine()), at: visit.request.milliseconds, limit: shown, in: snapshot)
    }

    static func decided(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> [ExportRequest] {
        guard let account = visit.visitor?.principal.account else { return [] }
        return try Exports.unseen(account, in: snapshot)
    }

    static func count(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Int {
        try waiting(visit, snapshot).count + decided(visit, snapshot).count
    }

    /// A group of the workbench; nil when there is nothing to say.
    static func work(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context? {
        let waiting = try waiting(visit, snapshot)
        let decided = try decided(visit, snapshot)
        guard !waiting.isEmpty || !decided.isEmpty else { return nil }
        var rows = [Context]()
        if let oldest = waiting.first {
            let days = max(0, (visit.request.milliseconds - oldest.askedMilliseconds) / 86_400_000)
            rows.append([
                "what": visit.say("待审批的导出", "Exports to decide about"), "href": "/exports", "number": "\(waiting.count)",
                "isLate": days >= 3,
                "age": days == 0 ? visit.say("今天", "today") : visit.say("最久 \(days) 天", "oldest \(days) days"),
            ])
        }
        if !decided.isEmpty {
            rows.append([
                "what": visit.say("已有结果的导出申请", "Answers to your export requests"), "href": "/exports",
                "number": "\(decided.count)", "isLate": false, "age": visit.say("未看", "not seen"),
            ])
        }
        return ["title": visit.say("导出", "Exports"), "rows": rows, "hasRows": true, "empty": ""]
    }

    /// Lines of the page of notices.
    static func letters(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> [Context] {
        let waiting = try waiting(visit, snapshot).map { request -> Context in
            [
                "title": visit.say(
                    "\(request.name) 申请导出 \(request.rows) 条", "\(request.name) asks for \(request.rows) rows"),
                "when": Shown.time(request.askedMilliseconds), "from": request.name, "text": request.purpose,
                "isUnread": true, "href": "/exports/\(request.id)", "label": visit.say("审批", "Decide"),
            ]
        }
        let decided = try decided(visit, snapshot).map { request -> Context in
            let isApproved = request.decision?.kind == .approved
            return [
                "title": isApproved
                    ? visit.say("您申请导出的 \(request.rows) 条已批准", "Your export of \(request.rows) rows was approved")
                    : visit.say("您申请导出的 \(request.rows) 条未获同意", "Your export of \(request.rows) rows was refused"),
                "when": Shown.time(request.decision?.milliseconds ?? 0), "from": request.decision?.actor ?? "",
                "text": request.decision?.reason ?? "", "isUnread": true, "href": "/exports#export-\(request.id)",
                "label": isApproved ? visit.say("去下载", "Fetch it") : visit.say("查看", "Look"),
                "done": [
                    "action": "/exports/\(request.id)/seen", "hidden": [Context](),
                    "label": visit.say("标为已读", "Mark as read"),
                ] as Context,
            ]
        }
        return waiting + decided
    }

    private static let shown = 100
}
