internal import BusinessModules
internal import NodeCore

extension Site {
    static func ownCorrections(_ portal: PortalPages) -> [Page] {
        let pages = CorrectionPages(portal: portal)
        let account = OwnAccountPage(portal: portal)
        return [
            Page("GET", "/p/corrections", needs: .right(.view, .ownData), side: .portal, .read { try pages.list($0, $1) }),
            Page(
                "GET", "/p/corrections/new", needs: .right(.update, .ownData), side: .portal, .read { try pages.ask($0, $1) }
            ),
            Page(
                "POST", "/p/corrections/new", needs: .right(.update, .ownData), side: .portal,
                .write { try pages.send($0, $1) }),
            Page(
                "POST", "/p/corrections/{number}/withdraw", needs: .right(.update, .ownData), side: .portal,
                .write { try pages.withdraw($0, $1) }),
            Page("GET", "/p/account", needs: .right(.view, .ownData), side: .portal, .read { try account.answer($0, $1) }),
        ]
    }
}

/// Saying what is wrong in one's own record, and seeing what became of it.
struct CorrectionPages: Sendable {
    let portal: PortalPages

    func list(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        guard let account = visit.visitor?.session.account.id else { throw Visit.unknown }
        var context = portal.plain(
            visit, heading: visit.say("要求更正", "Corrections"), current: "/p/corrections",
            lead: visit.say(
                "档案里写错了、写漏了，或者想删掉什么，告诉我们。\(Corrections.workingDays) 个工作日内答复。",
                "What is wrong, missing or should go: tell us. Answered within \(Corrections.workingDays) working days."))
        let own = try OwnFile(visit, portal.frame, snapshot)
        let subjects = own.map { CorrectionSubjects($0.pages, $0.item.record, visit.language) }
        let found = try Corrections.own(account, in: snapshot)
        context["rows"] = found.map { row($0, subjects, visit) }
        context["hasRows"] = !found.isEmpty
        context["rowsTitle"] = visit.say("我提过的", "What I asked for")
        context["empty"] =
            own == nil
            ? visit.say(
                "您的账号还没有关联档案。请带身份证到窗口办理。", "No file is linked to your account. Come to the counter with your ID card.")
            : visit.say("还没有提过。", "Nothing yet.")
        if own != nil {
            context["buttons"] = [
                Button.link(visit.say("提一项更正", "Ask for a correction"), "/p/corrections/new", isPrimary: true).context
            ]
        }
        return try portal.frame.page("portal-page", context)
    }

    private func row(_ found: Correction, _ subjects: CorrectionSubjects?, _ visit: Visit) -> Context {
        let (word, kind) = found.state.words
        var lines = [
            visit.say("应该是：\(found.wish)", "Should be: \(found.wish)"),
            visit.say("原因：\(found.reason)", "Because: \(found.reason)"),
        ]
        switch found.state {
        case .waiting, .taken:
            lines.append(visit.say("最晚 \(found.due) 前答复您。", "You have an answer by \(found.due)."))
        case .done, .refused, .withdrawn:
            if !found.answer.isEmpty { lines.append(visit.say("答复：\(found.answer)", "Answer: \(found.answer)")) }
        }
        if found.state == .refused {
            lines.append(
                visit.say("不同意这个答复，可以到窗口当面说，或打 12351。", "If you do not agree, come to the counter or ring 12351."))
        }
        var row: Context = [
            "title": subjects?.name(found.field) ?? found.field, "when": Shown.time(found.milliseconds),
            "tag": ["kind": kind, "text": visit.say(word)], "lines": lines,
        ]
        if found.state.isOpen {
            row["form"] = [
                "action": "/p/corrections/\(found.id)/withdraw", "hidden": [Context](),
                "buttons": [
                    Button.submit(
                        visit.say("不用改了", "Take this back"), confirm: visit.say("撤回这项更正申请？", "Take this request back?")
                    ).context
                ],
            ]
        }
        return row
    }

    // MARK: Asking

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let own = try OwnFile.needed(visit, portal.frame, snapshot)
        return try page(visit, own, Form([.init("field", visit.request.query["field"] ?? "")]), [:], nil)
    }

    private func page(
        _ visit: Visit, _ own: OwnFile, _ form: Form, _ problems: [String: Label], _ refusal: NodeError?
    ) throws -> WebReply {
        let title = visit.say("提一项更正", "Ask for a correction")
        var context = portal.context(visit, title: title, current: "/p/corrections")
        context["heading"] = title
        context["lead"] = visit.say(
            "一次写一项。工作人员核实后改，改没改、为什么，都会告诉您。要看证明的，会请您带到窗口。",
            "One thing at a time. The clerk checks it and tells you what was done and why. Papers are shown at the counter.")
        let subjects = CorrectionSubjects(own.pages, own.item.record, visit.language)
        var field = FieldView("field", visit.say("哪一项不对", "What is wrong"), widget: "field/select")
        field.isRequired = true
        field.options = subjects.all.map {
            .init(value: $0.code, label: $0.label, isSelected: $0.code == form["field"])
        }
        field.error = problems["field"].map(visit.say)
        var wish = FieldView("wish", visit.say("应该是什么", "What would be right"), widget: "field/long", value: form["wish"])
        wish.isRequired = true
        wish.maximum = Corrections.wishRange.upperBound
        wish.error = problems["wish"].map(visit.say)
        var reason = FieldView("reason", visit.say("为什么", "Why"), widget: "field/long", value: form["reason"])
        reason.isRequired = true
        reason.maximum = Corrections.reasonRange.upperBound
        reason.help = visit.say("比如：打错了字、换了手机号、家里有了变化", "A slip of the pen, a new number, a change at home")
        reason.error = problems["reason"].map(visit.say)
        context["action"] = "/p/corrections/new"
        context["hidden"] = [Context]()
        context["fields"] = [field, wish, reason].map(\.context)
        context["buttons"] = [Button.submit(visit.say("提交", "Send"), isPrimary: true).context]
        context["links"] = [["label": visit.say("不提了，返回", "Back"), "href": "/p/corrections"]]
        if let refusal {
            context["errors"] = SignInPages.errors(refusal, visit)
        } else if !problems.isEmpty {
            let items = ["field", "wish", "reason"].compactMap { name -> Context? in
                problems[name].map { ["text": visit.say($0), "href": "#\(FieldView.id(name))"] }
            }
            context["errors"] = [
                "title": visit.say("有 \(items.count) 处要改", "\(items.count) to correct"), "items": items,
            ]
        }
        let status = refusal?.code.status ?? (problems.isEmpty ? 200 : 422)
        return try portal.frame.page("portal-form", context, status: status)
    }

    func send(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let session = visit.visitor?.session else { throw Visit.unknown }
        let form = try visit.form()
        let own = try tx.withSnapshot { try OwnFile.needed(visit, portal.frame, $0) }
        let asking = Corrections.Asking(
            own.id, own.pages.kind, field: form["field"] ?? "", wish: form["wish"] ?? "", reason: form["reason"] ?? "")
        var problems = asking.problems
        let subjects = CorrectionSubjects(own.pages, own.item.record, visit.language)
        if !subjects.all.contains(where: { $0.code == asking.field }) {
            problems["field"] = Label("请选择哪一项不对", "choose what is wrong")
        }
        guard problems.isEmpty else { return (try page(visit, own, form, problems, nil), []) }
        let engine = try visit.engine()
        let due = engine.draft.calendar.adding(
            Corrections.workingDays, to: visit.today, path: engine.identity.divisionPath)
        do {
            _ = try Corrections.ask(asking, by: session, due: due?.day ?? visit.today, in: tx)
            return (.see("/p/corrections?done=correction"), [])
        } catch let error as NodeError where error.code == .tooMany {
            return (try page(visit, own, form, [:], error), [])
        }
    }

    func withdraw(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let session = visit.visitor?.session else { throw Visit.unknown }
        guard let number = Int64(visit.path["number"] ?? "") else { throw Corrections.unknown }
        try Corrections.withdraw(number, by: session, in: tx)
        return (.see("/p/corrections?done=correction-withdrawn"), [])
    }
}

extension Correction.State {
    /// In words, and the colour of its mark.
    var words: (Label, String) {
        switch self {
        case .waiting: (Label("等工作人员看", "waits"), "waiting")
        case .taken: (Label("正在办理", "being looked at"), "second")
        case .done: (Label("已改正", "corrected"), "passed")
        case .refused: (Label("没有改", "not changed"), "returned")
        case .withdrawn: (Label("已撤回", "taken back"), "void")
        }
    }
}

/// What can be said to be wrong: each field that the person sees, each line of their lists, and whatever is none of these.
struct CorrectionSubjects {
    let all: [(code: String, label: String)]

    init(_ pages: RecordPages, _ record: Record, _ language: Language) {
        var all = [(code: String, label: String)]()
        let sections = RecordSections(pages: pages, area: Area(pages.kind.code), own: .page)
        for section in pages.sections {
            for item in section.items {
                switch item {
                case .field(let field):
                    guard sections.ownClass(field) != .hidden else { continue }
                    all.append((code: field.code, label: language.text(field.label)))
                case .list(let list):
                    for child in record[list] {
                        let name = child.row.firstText.map { "：\($0)" } ?? ""
                        all.append(
                            (
                                code: "\(list.code).\(child.number)",
                                label: language.text(
                                    "\(list.label.zh) 第 \(child.number) 行\(name)",
                                    "\(list.label.en), line \(child.number)\(name)")
                            ))
                    }
                }
            }
        }
        all.append(
            (
                code: Corrections.other,
                label: language.text("其他（漏了、要删除、要说明）", "something else: missing, to be deleted, to be explained")
            ))
        self.all = all
    }

    /// A line that is gone keeps its code.
    func name(_ code: String) -> String { all.first { $0.code == code }?.label ?? code }
}
