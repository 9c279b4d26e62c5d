internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

extension Site {
    static func portal(_ frame: Frame) -> [Page] {
        let portal = PortalPages(frame: frame)
        return [
            Page("GET", "/p", needs: .open, side: .both, .read { try portal.home($0, $1) }),
            Page("GET", "/p/notice", needs: .open, side: .both, .read { visit, _ in try portal.notice(visit) }),
            Page("GET", "/p/me", needs: .right(.view, .ownData), side: .portal, .read { try portal.me($0, $1) }),
            Page("GET", "/p/matter", needs: .right(.view, .ownData), side: .portal, .read { try portal.matter($0, $1) }),
        ] + signingUp(portal) + ownConsents(portal) + ownCopies(portal) + ownCorrections(portal)
    }
}

/// What people from outside see: their own data and where their matter stands. Phone first, plain words.
struct PortalPages: Sendable {
    let frame: Frame

    /// The portal's frame.
    func context(_ visit: Visit, title: String, current: String) -> Context {
        var context = frame.bare(visit, title: title)
        let visitor = visit.visitor.flatMap { $0.isOutside && $0.session.duty == nil ? $0 : nil }
        var menu: [(String, String)] = [(visit.say("首页", "Start"), "/p")]
        if visitor != nil {
            menu += [
                (visit.say("我的信息", "My data"), "/p/me"), (visit.say("办理进度", "My matter"), "/p/matter"),
                (visit.say("我的同意", "Consents"), "/p/consents"), (visit.say("要求更正", "Corrections"), "/p/corrections"),
            ]
        }
        context["menu"] = menu.map { ["label": $0.0, "href": $0.1, "isCurrent": $0.1 == current] as Context }
        context["hasMenu"] = menu.count > 1
        context["signIn"] = "/sign-in?back=%2Fp"
        context["signOut"] = "/sign-out"
        context["help"] = ["text": visit.say("不会用、有疑问，请打工会热线", "Any question? The union's hotline:"), "phone": "12351"]
        if let visitor { context["user"] = ["name": visitor.principal.name, "href": "/p/me"] }
        return context
    }

    /// A page of text, of one question, or of a list: what `portal-page` wants when there is nothing more to say.
    func plain(_ visit: Visit, heading: String, current: String, lead: String? = nil) -> Context {
        var context = context(visit, title: heading, current: current)
        context["heading"] = heading
        context["lead"] = lead
        context["facts"] = [Context]()
        context["hasFacts"] = false
        context["parts"] = [Context]()
        context["rows"] = [Context]()
        context["hasRows"] = false
        context["buttons"] = [Context]()
        context["links"] = [Context]()
        return context
    }

    func centre(_ visit: Visit) -> String { visit.surroundings.engine?.identity.seat.name ?? "" }

    func home(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("\(centre(visit))困难职工帮扶中心", "Help centre of \(centre(visit))")
        var context = context(visit, title: title, current: "/p")
        context["heading"] = title
        context["lead"] = visit.say(
            "生活遇到困难，可以到帮扶中心申请建档。已建档的职工可以在这里查看自己的信息和办理进度。",
            "If life has become hard, come to the help centre. If you have a file, you can look at it here.")
        context["entries"] = (visit.visitor?.isOutside == true ? rooms(visit) : doors(visit)).map {
            ["label": visit.say($0.label), "text": visit.say($0.text), "href": $0.href] as Context
        }
        return try frame.page("portal-home", context)
    }

    private struct Door {
        let label: Label
        let text: Label
        let href: String

        init(_ href: String, _ zh: String, _ en: String, _ text: Label) {
            self.href = href
            label = Label(zh, en)
            self.text = text
        }
    }

    private func doors(_ visit: Visit) -> [Door] {
        [
            Door(
                "/sign-in?back=%2Fp", "登录", "Sign in", Label("已经开通网上账号的", "If you have an account here")),
            Door(
                "/p/sign-up", "申请网上账号", "Ask for an account",
                Label("填姓名和手机号，再到窗口核对一次身份证", "Name and telephone, then once to the counter with your ID card")),
            Door(
                "/p/sign-up/state", "查申请办到哪了", "What became of my request",
                Label("用申请时给您的查询码", "With the code that you were given")),
            Door("/p/notice", "您的信息怎么用", "What we do with your data", Label("用大白话写的告知书", "In plain words")),
        ]
    }

    private func rooms(_ visit: Visit) -> [Door] {
        [
            Door("/p/matter", "办理进度", "My matter", Label("您的档案办到哪一步", "How far your file has come")),
            Door("/p/me", "我的信息", "My data", Label("本中心保存的您的信息", "What the centre keeps about you")),
            Door("/p/consents", "我的同意", "My consents", Label("同意过什么，随时可以撤回", "What you agreed to; taken back at any time")),
            Door(
                "/p/corrections", "要求更正", "Corrections", Label("哪里写错了，告诉我们", "Tell us what is wrong")),
            Door("/p/me/copy", "下载我的信息", "A copy of my data", Label("存到手机，或者打印", "For your telephone, or on paper")),
            Door("/p/me/looks", "谁看过我的信息", "Who looked", Label("何时、为什么看的", "When, and what for")),
            Door("/p/account", "账号与密码", "My account", Label("修改密码，退出别处的登录", "Change the password, end other sessions")),
        ]
    }

    /// What the centre does with what people write here (PIPL art. 17).
    func notice(_ visit: Visit) throws -> WebReply {
        var context = plain(visit, heading: visit.say("您的信息怎么用", "What we do with your data"), current: "/p/notice")
        context["lead"] = visit.say("版本 \(ConsentTexts.version)", "Version \(ConsentTexts.version)")
        context["parts"] = Notice.parts.map {
            ["title": visit.say($0.title), "lines": $0.lines.map(visit.say)] as Context
        }
        context["links"] = [["label": visit.say("返回首页", "Back to the start"), "href": "/p"]]
        return try frame.page("portal-page", context)
    }

    func me(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("我的信息", "My data")
        var context = context(visit, title: title, current: "/p/me")
        context["heading"] = title
        context["rights"] = [Context]()
        context["sections"] = [Context]()
        guard let own = try OwnFile(visit, frame, snapshot) else {
            context["lead"] = visit.say(
                "您的账号还没有关联档案。请带身份证到窗口，工作人员核对后为您关联。",
                "No file is linked to your account. Come to the counter with your ID card: the clerk links it.")
            return try frame.page("portal-me", context)
        }
        context["lead"] = visit.say(
            "这些是帮扶中心保存的您的信息。身份证号、手机号、银行卡号只显示一部分，免得被旁人看到；下载的那一份是完整的。",
            "This is what the centre keeps about you. Your numbers are shown in part, in case somebody "
                + "looks over your shoulder; the copy has them whole."
        )
        context["sections"] = try own.sections(visit)
        context["rights"] = rooms(visit).filter {
            ["/p/me/copy", "/p/corrections", "/p/consents", "/p/me/looks"].contains($0.href)
        }.map {
            ["label": visit.say($0.label), "text": visit.say($0.text), "href": $0.href] as Context
        }
        return try frame.page("portal-me", context)
    }

    func matter(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("办理进度", "My matter")
        var context = context(visit, title: title, current: "/p/matter")
        context["heading"] = title
        context["tags"] = [Context]()
        context["hasStatus"] = false
        context["hasButtons"] = false
        context["buttons"] = [Context]()
        context["action"] = "/p/matter"
        context["hidden"] = [Context]()
        guard let own = try OwnFile(visit, frame, snapshot) else {
            context["lead"] = visit.say("您的账号还没有关联档案。", "No file is linked to your account.")
            context["number"] = ["label": visit.say("档案编号", "File number"), "value": "—"]
            context["next"] = [
                "title": visit.say("下一步", "Next"),
                "text": visit.say("请带身份证到帮扶中心窗口办理。", "Come to the centre with your ID card."),
            ]
            return try frame.page("portal-matter", context)
        }
        let (pages, item, shown) = (own.pages, own.item, try own.shown(visit))
        let way = try RecordWay(item, pages.kind, visit, shown, snapshot)
        context["lead"] = shown.label(item.status, pages.kind.status.codeTable ?? "")
        context["number"] = ["label": visit.say(pages.kind.key.label), "value": item.key]
        context["status"] = way.stages
        context["hasStatus"] = !way.stages.isEmpty
        context["next"] = ["title": visit.say("下一步", "Next"), "text": next(item, pages, visit)]
        return try frame.page("portal-matter", context)
    }

    private func next(_ item: Inquiry.Summary, _ pages: RecordPages, _ visit: Visit) -> String {
        if item.pendingLevel != nil { return visit.say("上级正在审核，您不需要做什么。", "It is being reviewed; you need do nothing.") }
        if item.status == pages.kind.workflow.returned {
            return visit.say("材料需要补正，经办人会与您联系。", "Something has to be corrected; the clerk will contact you.")
        }
        if item.status == pages.kind.workflow.approved {
            return visit.say("已审核在档。情况有变化时请告诉经办人。", "Your file is approved. Tell the clerk when something changes.")
        }
        return visit.say("经办人正在办理。", "The clerk is working on it.")
    }
}
