internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// The review queue in two panes: what waits, and the one that is looked at, with what changed since its last version.
struct ReviewPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }
    private var queue: ReviewQueue { ReviewQueue(pages: pages) }
    private var path: String { "/reviews/\(pages.path)" }

    /// What a return failed for, with what was typed.
    struct Attempt {
        let form: Form
        let message: Label
    }

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot, _ attempt: Attempt? = nil) throws -> WebReply {
        try visit.need(.review, area)
        let found = try queue.items(visit, limit: ReviewPage.shown, snapshot)
        let item = try visit.path["id"].map { _ in try pages.find(visit, .review, snapshot) } ?? found.items.first
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
        let title = visit.say("审核\(pages.kind.label.zh)", "Review \(pages.kind.label.en)")
        var context = try frame.context(visit, snapshot, title: title, current: "/reviews")
        context["heading"] = title
        context["filters"] = [
            ["label": visit.say("待本级审核 \(found.total)", "Waits here: \(found.total)"), "href": path, "isCurrent": true]
                as Context,
            [
                "label": visit.say("列表与批量通过", "As a list, to approve several"), "href": "/\(pages.path)?pending=1",
                "isCurrent": false,
            ],
        ]
        context["queue"] = queueContext(found, item, visit, shown)
        if found.total == 0 {
            context["empty"] = [
                "text": visit.say("没有待审的\(pages.noun.zh)。", "Nothing waits for your decision."), "href": "/",
                "label": visit.say("返回工作台", "Back to my work"),
            ]
        }
        if let item {
            context["file"] = try file(item, visit, shown, snapshot)
            let isHere = item.pendingLevel == visit.surroundings.engine?.identity.level
            if isHere, visit.may(.approve, area) || visit.may(.return, area) {
                context["decision"] = decision(item, visit, shown, attempt)
            }
        }
        return try frame.page("review", context, status: attempt == nil ? 200 : 422)
    }

    private func queueContext(_ found: Inquiry.Found, _ item: Inquiry.Summary?, _ visit: Visit, _ shown: Shown) -> Context {
        let tree = visit.surroundings.engine?.identity.tree
        let rest = found.total - found.items.count
        var context: Context = [
            "title": visit.say("待审", "Waiting"), "hasItems": !found.items.isEmpty,
            "items": found.items.map { entry -> Context in
                let days = max(0, (visit.request.milliseconds - entry.changedMilliseconds) / 86_400_000)
                return [
                    "href": "\(path)/\(entry.id)", "isCurrent": entry.id == item?.id, "isLate": days >= ReviewPage.lateDays,
                    "title": pages.title.flatMap { shown.text($0, in: entry.record.row) } ?? entry.key,
                    "text": "\(entry.key) \(tree?.seat(entry.homeSeat)?.name ?? entry.homeSeat)",
                    "age": days == 0 ? visit.say("今天", "today") : visit.say("\(days) 天", "\(days) days"),
                ]
            },
        ]
        if rest > 0 {
            context["more"] = [
                "href": "/\(pages.path)?pending=1", "label": visit.say("另有 \(rest) 件", "\(rest) more"),
            ]
        }
        return context
    }

    private func file(_ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown, _ snapshot: borrowing Snapshot) throws
        -> Context
    {
        let seat = visit.surroundings.engine?.identity.tree.seat(item.homeSeat)?.name ?? item.homeSeat
        var context: Context = [
            "heading": pages.title.flatMap { shown.text($0, in: item.record.row) } ?? item.key, "subtitle": seat,
            "tags": [
                [
                    "kind": pages.kind.workflow.tag(item.status),
                    "text": shown.label(item.status, pages.kind.status.codeTable ?? ""),
                ]
            ],
            "facts": [
                ["label": visit.say(pages.kind.key.label), "value": item.key, "isCode": true] as Context,
                ["label": visit.say("版本", "Version"), "value": String(item.version), "isCode": true],
            ], "href": "/\(pages.path)/\(item.id)", "findings": [Context](),
            "sections": RecordSections(pages: pages, area: area).context(item, visit, shown, opened: [:]),
        ]
        if let changes = try changes(item, visit, shown, snapshot) {
            context["differences"] = [
                "title": visit.say("与上一版的不同", "What changed since the last version"),
                "before": visit.say("第 \(item.version - 1) 版", "version \(item.version - 1)"),
                "after": visit.say("第 \(item.version) 版", "version \(item.version)"), "rows": changes,
                "hasRows": !changes.isEmpty, "none": visit.say("本级可见的内容没有变化。", "Nothing that this level sees has changed."),
            ]
        }
        if item.pendingLevel != visit.surroundings.engine?.identity.level {
            context["why"] = visit.say("此件不在本级待审。", "This one does not wait for this level.")
        }
        return context
    }

    /// What the newest version says otherwise than the one before, as far as this level sees both; nil without one before.
    private func changes(_ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown, _ snapshot: borrowing Snapshot) throws
        -> [Context]?
    {
        guard item.version > 1, let id = RecordID(hex: item.id),
            let before = try VersionReader(try visit.engine()).record(
                id, version: item.version - 1, pages.kind, in: snapshot)
        else { return nil }
        var rows = [Context]()
        for field in pages.kind.fields where field != pages.kind.status && visit.fieldClass(field, pages.kind) == .plain {
            let (old, new) = (before.row[field.tag], item.record.row[field.tag])
            guard old != new else { continue }
            rows.append([
                "label": visit.say(field.label), "before": old.map { shown.text($0, field, before) } ?? "—",
                "after": new.map { shown.text($0, field, item.record) } ?? "—",
            ])
        }
        return rows
    }

    private func decision(_ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown, _ attempt: Attempt?) -> Context {
        let form = attempt?.form ?? Form()
        var reason = FieldView(
            "code", visit.say("退回原因（退回、否决时必选）", "Reason, for a return or rejection"), widget: "field/select")
        reason.options = shown.codes.codes(of: "return_reason").map {
            .init(value: $0.code, label: shown.language.text($0.label), isSelected: form["code"] == $0.code)
        }
        var words = FieldView(
            "words", visit.say("说明（退回、否决时至少 10 个字）", "Explanation, 10 characters or more"), widget: "field/long",
            value: form["words"])
        words.maximum = NodeLimits.reasonCharacters
        words.isWide = true
        words.error = attempt.map { visit.say($0.message) }
        var marks = FieldView("field", visit.say("需要改正的项目", "Fields to correct"), widget: "field/checks")
        marks.isWide = true
        let marked = form.all("field")
        marks.options = pages.sections.flatMap(\.items).compactMap(\.field).filter(\.isRequired).map {
            .init(value: $0.code, label: shown.language.text($0.label), isSelected: marked.contains($0.code))
        }
        var context: Context = [
            "action": "\(path)/\(item.id)", "version": String(item.version), "hidden": [Context](),
            // Most are approved: what a return wants stands folded, so that the file can be seen.
            "summary": visit.say("退回或否决：填写原因", "To return or reject: say why"), "isOpen": attempt != nil,
            "fields": [reason.context, words.context, marks.context],
            "buttons": [
                Button.submit(visit.say("通过", "Approve"), name: "do", value: "approve", isPrimary: true),
                Button.submit(visit.say("退回", "Return"), name: "do", value: "return"),
                Button.submit(
                    visit.say("否决", "Reject"), name: "do", value: "reject",
                    confirm: visit.say("否决后不能再改，确定？", "A rejection is final. Go on?"), isDanger: true),
            ].map(\.context),
        ]
        if let attempt {
            context["errors"] = [
                "title": visit.say("还没有办成", "Not done yet"),
                "items": [["text": visit.say(attempt.message), "href": "#\(words.id)"]],
            ]
        }
        return context
    }

    /// Rows of the left pane.
    private static let shown = 50
    /// T-11: ten working days.
    private static let lateDays: Int64 = 14
}
