internal import BusinessModules
internal import NodeCore

/// One correction that somebody asked for: look at it, change the record in its own form, and answer.
struct CorrectionDesk: Sendable {
    let frame: Frame

    /// Those that wait about records that the visitor may change.
    func open(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> [(found: Correction, file: FoundFile)] {
        try Corrections.open(limit: RequestsPage.looked, in: snapshot).compactMap { found in
            guard let file = try FoundFile(found.record, frame, visit, snapshot),
                try visit.reaches(file.item.homeSeat, .update, Area(file.pages.kind.code))
            else { return nil }
            return (found: found, file: file)
        }
    }

    private func found(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> (found: Correction, file: FoundFile) {
        guard let number = Int64(visit.path["number"] ?? ""), let found = try Corrections.find(number, in: snapshot),
            let file = try FoundFile(found.record, frame, visit, snapshot),
            try visit.reaches(file.item.homeSeat, .update, Area(file.pages.kind.code))
        else { throw Corrections.unknown }
        return (found, file)
    }

    func show(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply { try page(visit, snapshot, Form(), nil) }

    private func page(_ visit: Visit, _ snapshot: borrowing Snapshot, _ form: Form, _ problem: NodeError?) throws
        -> WebReply
    {
        let (found, file) = try found(visit, snapshot)
        let subject = CorrectionSubjects(file.pages, file.item.record, visit.language).name(found.field)
        let title = visit.say("更正：\(subject)", "Correction: \(subject)")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/requests",
            crumbs: [(visit.say("门户申请", "From the portal"), "/requests"), (file.item.key, nil)])
        context["heading"] = title
        context["actions"] = [Button.link(visit.say("打开档案", "Open the file"), file.path).context]
        context["tables"] = [Context]()
        let (word, _) = found.state.words
        var facts: [Context] = [
            ["label": visit.say("档案", "File"), "value": file.item.key, "isCode": true],
            ["label": visit.say("本人说应该是", "Should be"), "value": found.wish, "isCode": false],
            ["label": visit.say("原因", "Because"), "value": found.reason, "isCode": false],
            ["label": visit.say("提出时间", "Asked"), "value": Shown.time(found.milliseconds), "isCode": false],
            ["label": visit.say("最晚答复", "Answer by"), "value": found.due.description, "isCode": false],
            ["label": visit.say("状态", "State"), "value": visit.say(word), "isCode": false],
        ]
        if !found.answer.isEmpty {
            facts.append(["label": visit.say("答复", "Answer"), "value": found.answer, "isCode": false])
        }
        if let by = found.decidedBy {
            facts.append(["label": visit.say("经办", "By"), "value": by, "isCode": false])
        }
        var cards: [Context] = [
            ["title": visit.say("本人提出的", "What was asked for"), "hasFacts": true, "facts": facts, "forms": [Context]()]
        ]
        if found.state.isOpen, visit.may(.update, .portal) { cards += acts(found, file, form, problem, visit) }
        context["cards"] = cards
        if let problem { context["errors"] = errors(problem, visit) }
        return try frame.page("requests", context, status: problem?.code.status ?? 200)
    }

    private func errors(_ problem: NodeError, _ visit: Visit) -> Context {
        [
            "title": visit.say("没有办成", "That did not work"),
            "items": [["text": visit.say(problem.message), "href": "#\(FieldView.id("answer"))"]],
        ]
    }

    private func acts(
        _ found: Correction, _ file: FoundFile, _ form: Form, _ problem: NodeError?, _ visit: Visit
    ) -> [Context] {
        let path = "/requests/corrections/\(found.id)"
        let isEditable = visit.owns(file.item) && file.pages.kind.workflow.editable.contains(file.item.status)
        let isChanged = file.item.changedMilliseconds > found.milliseconds
        var taking: Context = [
            "title": visit.say("一 核实并修改档案", "1 Check, and change the file"), "hasFacts": false, "facts": [Context](),
            "text": isChanged
                ? visit.say("档案在申请之后已经改过。", "The file was changed since.")
                : visit.say("档案在申请之后还没有改过。", "The file was not changed since."),
        ]
        if isEditable {
            taking["forms"] = [
                [
                    "action": "\(path)/take", "hidden": [Context](), "fields": [Context](),
                    "buttons": [Button.submit(visit.say("办理：打开编辑", "Take it up: open the form"), isPrimary: true).context],
                ] as Context
            ]
        } else {
            taking["forms"] = [Context]()
            taking["warning"] = visit.say(
                "档案现在的状态不能编辑（如正在上级审核）：等能编辑时再改，或先答复本人。",
                "The file cannot be edited in its present state, such as under review: change it later, or answer first.")
        }
        var answer = FieldView(
            "answer", visit.say("给本人的答复", "Answer to the person"), widget: "field/long", value: form["answer"])
        answer.maximum = Corrections.answerRange.upperBound
        answer.isWide = true
        answer.help = visit.say("本人会看到；不改的必须写明理由", "The person reads it; a refusal needs a reason")
        answer.error = problem.map { visit.say($0.message) }
        return [
            taking,
            [
                "title": visit.say("二 答复本人", "2 Answer"), "hasFacts": false, "facts": [Context](),
                "forms": [
                    [
                        "action": "\(path)/answer", "hidden": [Context](), "fields": [answer.context],
                        "buttons": [
                            Button.submit(
                                visit.say("已改正，答复本人", "Corrected: answer"), name: "do", value: "done", isPrimary: true
                            )
                            .context,
                            Button.submit(
                                visit.say("不改，说明理由", "Not changed: say why"), name: "do", value: "refuse", isDanger: true
                            )
                            .context,
                        ],
                    ] as Context
                ],
            ],
        ]
    }

    /// Into the normal form of the record, at the field that is meant.
    func take(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let (found, file) = try tx.withSnapshot { try self.found(visit, $0) }
        try Corrections.take(found.id, by: visit.principal(), in: tx)
        let anchor = found.field == Corrections.other ? "" : "#\(FieldView.id(found.field))"
        return (.see("\(file.path)/edit\(anchor)"), [])
    }

    func answer(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let (found, file) = try tx.withSnapshot { try self.found(visit, $0) }
        do {
            try Corrections.answer(
                found.id, isDone: form["do"] == "done", form["answer"] ?? "", changed: file.item.changedMilliseconds,
                by: visit.principal(), in: tx)
        } catch let error as NodeError where error.code == .invalid {
            return (try tx.withSnapshot { try page(visit, $0, form, error) }, [])
        }
        return (.see("/requests?done=answered"), [])
    }
}
