internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// Where a record stands on its way: the stages in words, the note of its last return, each signed fact, and who did what.
struct RecordWay {
    private(set) var stages: [Context] = []
    private(set) var returned: Context?
    private(set) var context: Context?
    private(set) var history: Context?

    init(_ item: Inquiry.Summary, _ kind: RecordKind, _ visit: Visit, _ shown: Shown, _ snapshot: borrowing Snapshot) throws
    {
        guard let id = RecordID(hex: item.id) else { return }
        let engine = try visit.engine()
        let tree = engine.identity.tree
        let inquiry = Inquiry(visit.surroundings.charter)
        let steps = item.version > 0 ? try ProofReader(engine).steps(id, in: snapshot) : []
        let levels = try inquiry.reviewLevels(id, kind, tree: tree, in: snapshot)
        stages = RecordWay.stages(item, levels, kind.workflow, visit)
        if item.standing == "returned" || item.standing == "rejected",
            let last = steps.last(where: { $0.act == "return" || $0.act == "reject" })
        {
            returned = RecordWay.returned(last, item, kind, tree, visit, shown)
        }
        if !steps.isEmpty { context = RecordWay.way(steps, tree, visit) }
        let acts = try inquiry.acts(id, in: snapshot)
        if !acts.isEmpty { history = RecordWay.history(acts, visit) }
    }

    private static func stages(
        _ item: Inquiry.Summary, _ levels: [Level], _ workflow: Workflow, _ visit: Visit
    ) -> [Context] {
        let isReturned = item.standing == "returned" || item.standing == "rejected"
        // What is being worked on at the home has its way still before it.
        let isAtHome = workflow.isAtHome(item.status)
        let isApproved = item.standing == "approved" && !isAtHome
        let isReported = item.version > 0 && !isReturned && item.standing != "withdrawn" && !isAtHome
        func stage(_ label: String, isDone: Bool, isCurrent: Bool, isReturned: Bool = false) -> Context {
            ["label": label, "isDone": isDone, "isCurrent": isCurrent, "isReturned": isReturned]
        }
        var stages = [
            stage(visit.say("建档", "Filed"), isDone: isReported, isCurrent: !isReported, isReturned: isReturned),
            stage(visit.say("上报", "Reported"), isDone: isReported, isCurrent: false),
        ]
        for level in levels {
            let isDone = isReported && (isApproved || item.pendingLevel.map { level > $0 } ?? false)
            stages.append(
                stage(
                    visit.say("\(level.label.zh)审核", "Review, \(level.label.en)"), isDone: isDone,
                    isCurrent: isReported && item.pendingLevel == level))
        }
        stages.append(stage(visit.say("在档", "Approved"), isDone: isApproved, isCurrent: isApproved))
        return stages
    }

    private static func returned(
        _ step: ProofStep, _ item: Inquiry.Summary, _ kind: RecordKind, _ tree: NodeTree, _ visit: Visit, _ shown: Shown
    ) -> Context {
        let who = tree.seat(step.seat)?.name ?? step.seat
        let when = step.createdMilliseconds.map(Shown.time) ?? ""
        let reason = step.code.map { shown.label($0, "return_reason") } ?? ""
        let marks = step.fields.map { code -> Context in
            let parts = code.split(separator: ".").map(String.init)
            let field = parts.count == 2 ? kind.list(parts[0])?.fields.first { $0.code == parts[1] } : kind.field(code)
            return [
                "label": field.map { visit.say($0.label) } ?? code,
                "href": visit.owns(item) ? "edit#\(FieldView.id(code))" : "#\(FieldView.id(code))",
            ]
        }
        return [
            "title": step.act == "reject"
                ? visit.say("已被否决：\(reason)", "Rejected: \(reason)") : visit.say("已被退回：\(reason)", "Returned: \(reason)"),
            "text": step.words ?? "", "who": "\(who) \(when)", "hasMarks": !marks.isEmpty, "marks": marks,
        ]
    }

    private static let acts: [String: Label] = [
        "report": Label("上报", "reported"), "approve": Label("通过", "approved"), "return": Label("退回", "returned"),
        "reject": Label("否决", "rejected"), "withdraw": Label("撤回", "withdrawn"),
    ]

    private static func way(_ steps: [ProofStep], _ tree: NodeTree, _ visit: Visit) -> Context {
        let broken = steps.filter { $0.failure != nil }.count
        return [
            "text": broken == 0
                ? visit.say("每一步都有单位签名，本机已逐一核对。", "Each step is signed by its unit; this node has checked every signature.")
                : visit.say("有 \(broken) 步未能核对，请联系管理员。", "\(broken) steps did not check: tell your administrator."),
            "steps": steps.map { step -> Context in
                let act = acts[step.act].map(visit.say) ?? step.act
                let seat = tree.seat(step.seat)?.name ?? step.seat
                let when = step.createdMilliseconds.map(Shown.time) ?? ""
                let evidence =
                    switch step.evidence {
                    case "waiting": visit.say("已保存在本机，联网后上报", "kept here, goes out when the line is back")
                    case "excerpt": visit.say("随摘录与证明送达", "came as an excerpt with its proof")
                    default: visit.say("签封在此", "its seal is here")
                    }
                var context: Context = [
                    "title": visit.say("第 \(step.version) 版 \(act)", "version \(step.version) \(act)"),
                    "text": step.failure ?? "\(seat) \(when) · \(evidence)",
                    "isDone": step.failure == nil && step.seal != nil,
                ]
                context["digest"] = step.seal.map { String($0.description.prefix(16)) }
                return context
            },
        ]
    }

    private static let named: [String: Label] = [
        "create": Label("新建", "created"), "import": Label("导入", "imported"), "edit": Label("编辑", "edited"),
        "accept-proposal": Label("采用建议", "a proposal was taken over"), "step": Label("办理", "moved on"),
        "report": Label("上报", "reported"), "withdraw": Label("撤回", "withdrawn"),
        "approve": Label("通过", "approved"), "return": Label("退回", "returned"), "reject": Label("否决", "rejected"),
        "view_sensitive": Label("查看敏感信息", "opened a masked value"), "print": Label("打印", "printed"),
        "export": Label("导出", "exported"),
    ]

    private static func history(
        _ acts: [(at: Int64, actor: String, action: String, detail: String)], _ visit: Visit
    ) -> Context {
        let rows = acts.reversed().prefix(shownActs).map { act -> Context in
            var context: Context = [
                "when": Shown.time(act.at), "who": act.actor, "what": named[act.action].map(visit.say) ?? act.action,
                "hasChanges": false, "changes": [Context](),
            ]
            if !act.detail.isEmpty { context["text"] = act.detail }
            return context
        }
        return ["rows": Array(rows)]
    }

    /// The latest acts on a page; the audit has them all.
    private static let shownActs = 200
}
