internal import BusinessModules
internal import NodeCore

extension Site {
    static func exports(_ frame: Frame) -> [Page] {
        let pages = ExportPages(frame: frame)
        return [
            Page("GET", "/exports", needs: .signedIn, .read { try pages.list($0, $1) }),
            Page("GET", "/exports/{request}", needs: .right(.view, .exports), .read { try pages.ask($0, $1) }),
            Page("POST", "/exports/{request}", needs: .right(.approve, .exports), .write { try pages.decide($0, $1) }),
            Page("POST", "/exports/{request}/file", needs: .signedIn, .staged { try pages.fetch($0, $1) }),
            Page("POST", "/exports/{request}/withdrawal", needs: .signedIn, .write { try pages.withdraw($0, $1) }),
            Page("POST", "/exports/{request}/seen", needs: .signedIn, .write { try pages.markSeen($0, $1) }),
        ]
    }
}

/// Exports that need a second person: one's own requests, those that wait for one's word, and the files (section 6).
struct ExportPages: Sendable {
    let frame: Frame

    func list(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        guard let account = visit.visitor?.principal.account else { throw Visit.unknown }
        let title = visit.say("导出申请", "Exports")
        var context = try frame.context(visit, snapshot, title: title, current: "/exports")
        context["heading"] = title
        context["lead"] = visit.say(
            "超过 \(Exports.aloneRows) 条的导出须由第二人批准；批准后 72 小时内可下载 \(Exports.fetchesMax) 次。",
            "Exports of over \(Exports.aloneRows) rows need a second person; then the file can be fetched "
                + "\(Exports.fetchesMax) times within 72 hours.")
        context["actions"] = [Context]()
        let own = try Exports.own(account, limit: ExportPages.shown, in: snapshot)
        context["own"] = own.map { row($0, visit) }
        context["hasOwn"] = !own.isEmpty
        context["empty"] = visit.say("您没有导出申请。在名册页点“导出”，超过 500 条时在此等待批准。", "You have asked for nothing.")
        let mayDecide = visit.may(.approve, .exports)
        context["mayDecide"] = mayDecide
        let waiting = mayDecide ? try ExportNotices.waiting(visit, snapshot) : []
        context["waiting"] = waiting.map { row($0, visit) }
        context["hasWaiting"] = !waiting.isEmpty
        context["none"] = visit.say("没有待您审批的导出。", "Nothing waits for you.")
        return try frame.page("exports", context)
    }

    private func row(_ request: ExportRequest, _ visit: Visit) -> Context {
        let state = request.state(at: visit.request.milliseconds)
        var note = [String]()
        if let decision = request.decision, decision.kind != .withdrawn {
            note.append("\(decision.actor) \(Shown.time(decision.milliseconds))")
            if !decision.reason.isEmpty { note.append(decision.reason) }
        }
        if state == .approved, let until = request.fetchUntil.map(Shown.time) {
            let left = Exports.fetchesMax - request.fetches
            note.append(visit.say("\(until) 前还可下载 \(left) 次", "\(left) times more until \(until)"))
        }
        let path = "/exports/\(request.id)"
        return [
            "id": "export-\(request.id)", "list": kindLabel(request, visit), "words": visit.say(request.words),
            "rows": Shown.grouped(String(request.rows)), "format": visit.say(request.format.label),
            "purpose": request.purpose, "name": request.name, "asked": Shown.time(request.askedMilliseconds),
            "state": visit.say(state.label), "kind": state.tag, "note": note.joined(separator: visit.say("；", "; ")),
            "href": path,
            "canFetch": state == .approved, "fetch": "\(path)/file", "canWithdraw": state == .waiting,
            "withdraw": "\(path)/withdrawal",
        ]
    }

    private func kindLabel(_ request: ExportRequest, _ visit: Visit) -> String {
        visit.surroundings.charter.kind(code: request.kind).map { visit.say($0.label) } ?? request.kind
    }

    // MARK: The second person

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try answer(try find(visit, snapshot), visit, snapshot, reason: "", error: nil)
    }

    private func find(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> ExportRequest {
        try Exports.find(try number(visit), for: visit.principal(), .init(visit.engine()), in: snapshot)
    }

    private func answer(
        _ request: ExportRequest, _ visit: Visit, _ snapshot: borrowing Snapshot, reason: String, error: Label?
    ) throws -> WebReply {
        let title = visit.say("审批导出申请", "Decide about an export")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/exports",
            crumbs: [(visit.say("导出申请", "Exports"), "/exports"), (String(request.id), nil)])
        let state = request.state(at: visit.request.milliseconds)
        let isOwn = try request.account == visit.principal().account
        let canDecide = state == .waiting && !isOwn && visit.may(.approve, .exports)
        context["heading"] = title
        context["text"] =
            isOwn
            ? visit.say("这是您自己的申请，须由第二人审批。", "This is your own request: a second person decides about it.")
            : canDecide
                ? visit.say("请核对范围与用途。批准后，申请人可下载这些内容；您的意见记入审计日志。", "Check what goes out and why; your word is audited.")
                : visit.say("此申请\(state.label.zh)。", "This request: \(state.label.en).")
        context["hasFacts"] = true
        context["facts"] = facts(request, visit)
        context["action"] = "/exports/\(request.id)"
        context["hidden"] = [Context]()
        var field = FieldView("reason", visit.say("意见（不同意时必填）", "Reason (needed to refuse)"), value: reason)
        field.isWide = true
        field.maximum = Exports.reasonRange.upperBound
        field.error = error.map(visit.say)
        context["fields"] = canDecide ? [field.context] : []
        context["buttons"] =
            canDecide
            ? [
                Button.submit(visit.say("批准", "Approve"), name: "do", value: "approve", isPrimary: true).context,
                Button.submit(visit.say("不同意", "Refuse"), name: "do", value: "refuse", isDanger: true).context,
            ] : []
        context["cancel"] = "/exports"
        return try frame.page("ask", context, status: error == nil ? 200 : 422)
    }

    private func facts(_ request: ExportRequest, _ visit: Visit) -> [Context] {
        let kind = visit.surroundings.charter.kind(code: request.kind)
        let columns = request.columns.map { code in kind?.field(code).map { visit.say($0.label) } ?? code }
        let rows: [(Label, String)] = [
            (Label("申请人", "Asked by"), "\(request.name) \(Shown.time(request.askedMilliseconds))"),
            (Label("名册", "List"), kindLabel(request, visit)), (Label("条件", "Filters"), visit.say(request.words)),
            (Label("条数", "Rows"), Shown.grouped(String(request.rows))),
            (Label("列", "Columns"), columns.joined(separator: visit.say("、", ", "))),
            (Label("文件格式", "Format"), visit.say(request.format.label)), (Label("用途", "Purpose"), request.purpose),
        ]
        return rows.map { ["label": visit.say($0.0), "value": $0.1] }
    }

    func decide(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let id = try number(visit)
        let request = try tx.withSnapshot { try find(visit, $0) }
        guard let act = form["do"], ["approve", "refuse"].contains(act) else {
            throw NodeError(.badRequest, "请选择批准或不同意", "approve or refuse")
        }
        let isApproved = act == "approve"
        do {
            try Exports.decide(
                id, isApproved: isApproved, reason: form["reason"] ?? "", by: visit.principal(), .init(visit.engine()),
                in: tx)
        } catch let error as NodeError where error.code == .badRequest {
            return (
                try tx.withSnapshot {
                    try answer(request, visit, $0, reason: form["reason"] ?? "", error: error.message)
                }, []
            )
        }
        return (.see("/exports?done=\(isApproved ? "export-approved" : "export-refused")"), [])
    }

    // MARK: The one who asked

    /// The file is made beside the writer; that it went out is written down before it does.
    func fetch(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> @Sendable () throws -> Page.Finish {
        let id = try number(visit)
        let principal = try visit.principal()
        let (request, records) = try Exports.records(of: id, for: principal, at: visit.request.milliseconds, in: snapshot)
        guard let pages = frame.modules.flatMap(\.records).first(where: { $0.kind.code == request.kind }),
            let form = Form(encoded: request.query)
        else { throw NodeError(.conflict, "此申请的名册已不存在，请重新申请", "the list of this request is gone: ask again") }
        let area = Area(request.kind)
        try visit.need(.export, area)
        let query = ListQuery(pages, form, codes: try visit.codes(), level: try visit.level(), visit)
        let items = try Inquiry(visit.surroundings.charter).summaries(
            records, pages.kind, showing: ListFile.columns(query), in: snapshot
        ).filter { try visit.reaches($0.homeSeat, .export, area) }
        let reply = try ListFile(query, visit).reply(items, as: request.format)
        let rows = items.count
        return {
            { visit, tx in
                try Exports.fetched(id, rows: rows, by: visit.principal(), in: tx)
                return (reply, [])
            }
        }
    }

    func withdraw(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        try Exports.withdraw(try number(visit), by: visit.principal(), in: tx)
        return (.see("/exports?done=export-withdrawn"), [])
    }

    func markSeen(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        try Exports.markSeen(try number(visit), by: visit.principal(), in: tx)
        return (.see("/notices?done=read"), [])
    }

    private func number(_ visit: Visit) throws -> Int64 {
        guard let number = Int64(visit.path["request"] ?? "") else {
            throw NodeError(.notFound, "没有这个导出申请", "there is no such export request")
        }
        return number
    }

    private static let shown = 50
}

extension ExportRequest.State {
    var label: Label {
        switch self {
        case .waiting: Label("待第二人批准", "waits for a second person")
        case .approved: Label("已批准，可下载", "approved, can be fetched")
        case .refused: Label("未获同意", "refused")
        case .withdrawn: Label("已撤回", "taken back")
        case .used: Label("已下载完", "fetched as often as it may be")
        case .lapsed: Label("已过期", "lapsed")
        }
    }

    var tag: String {
        switch self {
        case .waiting: "waiting"
        case .approved: "passed"
        case .refused: "returned"
        case .withdrawn, .used, .lapsed: "void"
        }
    }
}
