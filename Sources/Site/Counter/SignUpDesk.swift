internal import BusinessModules
internal import NodeCore

/// One request for an account, with its person in front of the counter: find their file, or say why not.
struct SignUpDesk: Sendable {
    let frame: Frame

    func show(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply { try page(visit, snapshot, nil) }

    static func found(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> SignUp {
        guard let number = Int64(visit.path["number"] ?? ""),
            let found = try SignUps.find(number, at: visit.request.milliseconds, in: snapshot)
        else { throw SignUps.unknown }
        return found
    }

    /// `problem`: beside the number of the file, or about the reason.
    private func page(_ visit: Visit, _ snapshot: borrowing Snapshot, _ problem: (field: String, text: Label)?) throws
        -> WebReply
    {
        let found = try SignUpDesk.found(visit, snapshot)
        let title = visit.say("申请 \(found.id)：\(found.name)", "Request \(found.id): \(found.name)")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/requests",
            crumbs: [(visit.say("门户申请", "From the portal"), "/requests"), (String(found.id), nil)])
        context["heading"] = title
        context["lead"] = visit.say(
            "请核对本人和身份证原件，再找到本人的档案。没见到本人和证件，不要开通。",
            "Look at the person and the ID card first, then find the file. Without both, open nothing.")
        context["actions"] = [Context]()
        context["tables"] = [Context]()
        var cards: [Context] = [
            [
                "title": visit.say("网上填写的", "What was written online"), "hasFacts": true, "forms": [Context](),
                "facts": [
                    ["label": visit.say("姓名", "Name"), "value": found.name, "isCode": false] as Context,
                    ["label": visit.say("手机号", "Telephone"), "value": found.phone, "isCode": true],
                    ["label": visit.say("提交时间", "Sent"), "value": Shown.time(found.milliseconds), "isCode": false],
                    ["label": visit.say("状态", "State"), "value": visit.say(state(found)), "isCode": false],
                ],
            ]
        ]
        if found.state == .waiting {
            if visit.may(.create, .portal) { cards.append(finding(found, visit, problem)) }
            if visit.may(.update, .portal) { cards.append(refusing(found, visit, problem)) }
        }
        context["cards"] = cards
        if let problem {
            context["errors"] = [
                "title": visit.say("没有办成", "That did not work"),
                "items": [["text": visit.say(problem.text), "href": "#\(FieldView.id(problem.field))"]],
            ]
        }
        return try frame.page("requests", context, status: problem == nil ? 200 : 422)
    }

    private func state(_ found: SignUp) -> Label {
        switch found.state {
        case .waiting: Label("等本人到窗口", "waits for the person")
        case .admitted: Label("已开通", "opened")
        case .refused: found.reason?.label ?? Label("未通过", "refused")
        }
    }

    private func finding(_ found: SignUp, _ visit: Visit, _ problem: (field: String, text: Label)?) -> Context {
        var number = FieldView("file", visit.say("身份证号或档案编号", "ID number or file number"))
        number.isRequired = true
        number.maximum = 40
        number.isCode = true
        number.help = visit.say("照证件输入；号码不会留在地址和记录里", "As on the card; it stays in no address and no log")
        number.error = problem.flatMap { $0.field == "file" ? visit.say($0.text) : nil }
        return [
            "title": visit.say("一 找到本人的档案", "1 Find the person's file"), "hasFacts": false, "facts": [Context](),
            "forms": [
                [
                    "action": "/requests/sign-ups/\(found.id)/find", "hidden": [Context](), "fields": [number.context],
                    "buttons": [Button.submit(visit.say("查找", "Find"), isPrimary: true).context],
                ] as Context
            ],
        ]
    }

    private func refusing(_ found: SignUp, _ visit: Visit, _ problem: (field: String, text: Label)?) -> Context {
        var reason = FieldView("reason", visit.say("理由（申请人会看到）", "Reason, which the person reads"), widget: "field/select")
        reason.isRequired = true
        reason.options = SignUp.Reason.allCases.map {
            .init(value: $0.rawValue, label: visit.say($0.label), isSelected: false)
        }
        reason.error = problem.flatMap { $0.field == "reason" ? visit.say($0.text) : nil }
        return [
            "title": visit.say("或者：不予开通", "Or refuse it"), "hasFacts": false, "facts": [Context](),
            "text": visit.say(
                "没有档案的，先按建档流程办理，不必在这里否决。", "Somebody without a file is helped to one first; no need to refuse."),
            "forms": [
                [
                    "action": "/requests/sign-ups/\(found.id)/refuse", "hidden": [Context](), "fields": [reason.context],
                    "buttons": [Button.submit(visit.say("不予开通", "Refuse"), isDanger: true).context],
                ] as Context
            ],
        ]
    }

    /// To the account of the file with this number, if it is one of this office's.
    func find(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let found = try SignUpDesk.found(visit, snapshot)
        let typed = PlainText.compact(try visit.form()["file"] ?? "")
        let inquiry = Inquiry(visit.surroundings.charter)
        for pages in frame.modules.flatMap(\.records) where !typed.isEmpty && typed.count <= 40 {
            var items = try inquiry.find(typed, pages.kind, in: snapshot).map { [$0] } ?? []
            for field in pages.kind.fields where field.isLookedUp && items.isEmpty {
                do {
                    items = try inquiry.lookUp(pages.kind, field.code, typed, codes: visit.codes(), in: snapshot)
                        .filter { $0.record.row[field.tag] == .text(typed.uppercased()) }
                } catch let error as NodeError where error.code == .invalid {
                    // Not of this field's form: another may fit.
                    continue
                }
            }
            let own = try items.filter {
                try visit.owns($0) && visit.reaches($0.homeSeat, .view, Area(pages.kind.code))
            }
            if own.count == 1 { return .see("/\(pages.path)/\(own[0].id)/account?request=\(found.id)") }
            if own.count > 1 {
                return try page(
                    visit, snapshot,
                    (
                        "file",
                        Label("这个号码有 \(own.count) 份档案，请用档案编号", "\(own.count) files have this number: use the file number")
                    ))
            }
        }
        return try page(
            visit, snapshot, ("file", Label("本单位没有这个号码的档案", "this office has no file with this number")))
    }

    func refuse(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let found = try tx.withSnapshot { try SignUpDesk.found(visit, $0) }
        guard let reason = SignUp.Reason(rawValue: try visit.form()["reason"] ?? "") else {
            let problem = ("reason", Label("请选择理由", "choose a reason"))
            return (try tx.withSnapshot { try page(visit, $0, problem) }, [])
        }
        try SignUps.refuse(found.id, reason, by: visit.principal(), in: tx)
        return (.see("/requests?done=refused"), [])
    }
}
