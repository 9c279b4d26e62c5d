internal import NodeCore

/// The audit for those whose work it is: filtered, newest first, with the state of its chain.
struct AuditPage: Sendable {
    let frame: Frame

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("审计日志", "Audit")
        let query = visit.request.query
        var filter = AuditFilter()
        filter.actor = query.filled("actor")
        filter.action = query.filled("action")
        filter.before = query.filled("before").flatMap { Int64($0) }
        filter.limit = AuditPage.rows
        let entries = try AuditInquiry.list(filter, in: snapshot)
        var context = try frame.context(
            visit, snapshot, title: title, current: "/admin",
            crumbs: [(visit.say("系统管理", "Administration"), "/admin"), (title, nil)])
        context["heading"] = title
        context["actions"] = [Button.link(visit.say("核对日志链", "Check the chain"), "/admin/audit?check=1").context]
        // Every row is hashed again for this: at a wish, not with each page.
        context["summary"] = query["check"] == nil ? [Context]() : [try state(visit, snapshot)]
        let rows = entries.map { entry -> [Table.Cell] in
            [
                Table.Cell(String(entry.number), isNumber: true), Table.Cell(Shown.time(entry.milliseconds)),
                Table.Cell(entry.actor), Table.Cell(entry.source, isCode: true), Table.Cell(entry.action),
                Table.Cell(entry.object.isEmpty ? entry.area : "\(entry.area) \(entry.object)"), Table.Cell(entry.detail),
                Table.Cell(entry.reason), Table.Cell(entry.fields.joined(separator: " ")),
                Table.Cell(entry.result.rawValue, tag: entry.result == .ok ? "passed" : "returned"),
            ]
        }
        let columns = [
            Label("序号", "No."), Label("时间", "When"), Label("人员", "Who"), Label("来源", "From"), Label("动作", "Act"),
            Label("对象", "About"), Label("内容", "Detail"), Label("用途或原因", "Why"), Label("项目", "Fields"), Label("结果", "Result"),
        ]
        Table(caption: title, columns: columns.map(visit.say), rows: rows).add(
            to: &context, empty: visit.say("没有符合的记录。", "Nothing fits."))
        if let last = entries.last, entries.count == AuditPage.rows {
            context["pager"] =
                [
                    "summary": visit.say("由新到旧，每页 \(AuditPage.rows) 条", "newest first, \(AuditPage.rows) a page"),
                    "pages": [Context](),
                    "sizes": [Context](), "next": "/admin/audit?\(query.with("before", String(last.number)).encoded)",
                ] as Context
        }
        return try frame.page("result", context)
    }

    private func state(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context {
        let check = try AuditInquiry.verify(visit.surroundings.engine, in: snapshot)
        guard check.failures.isEmpty else {
            return [
                "kind": "problem",
                "text": visit.say("日志链不完整：", "The chain is broken: ") + check.failures.joined(separator: "; "),
            ]
        }
        return [
            "kind": "done",
            "text": visit.say(
                "日志链完整：共 \(check.entries) 条，上级已见证到第 \(check.witnessed) 条。",
                "The chain is whole: \(check.entries) rows, seen by the level above up to \(check.witnessed)."),
        ]
    }

    private static let rows = 100
}
