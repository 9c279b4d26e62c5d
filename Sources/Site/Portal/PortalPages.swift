internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

extension Site {
    static func portal(_ frame: Frame) -> [Page] {
        let portal = PortalPages(frame: frame)
        return [
            Page("GET", "/p", needs: .open, side: .both, .read { try portal.home($0, $1) }),
            Page("GET", "/p/me", needs: .signedIn, side: .portal, .read { try portal.me($0, $1) }),
            Page("GET", "/p/matter", needs: .signedIn, side: .portal, .read { try portal.matter($0, $1) }),
        ]
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
            menu += [(visit.say("我的信息", "My data"), "/p/me"), (visit.say("办理进度", "My matter"), "/p/matter")]
        }
        context["menu"] = menu.map { ["label": $0.0, "href": $0.1, "isCurrent": $0.1 == current] as Context }
        context["hasMenu"] = menu.count > 1
        context["signIn"] = "/sign-in?back=%2Fp"
        context["signOut"] = "/sign-out"
        if let visitor { context["user"] = ["name": visitor.principal.name, "href": "/p/me"] }
        return context
    }

    func home(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let unit = visit.surroundings.engine?.identity.seat.name ?? ""
        let title = visit.say("\(unit)困难职工帮扶中心", "Help centre of \(unit)")
        var context = context(visit, title: title, current: "/p")
        context["heading"] = title
        context["lead"] = visit.say(
            "生活遇到困难，可以到帮扶中心申请建档。已建档的职工可在这里查看自己的信息和办理进度。",
            "If life has become hard, come to the help centre. If you have a file, you can look at it here.")
        let mine: [Context] = [
            [
                "label": visit.say("我的信息", "My data"), "text": visit.say("查看本中心保存的您的信息", "What the centre keeps about you"),
                "href": "/p/me",
            ],
            [
                "label": visit.say("办理进度", "My matter"), "text": visit.say("您的档案办到哪一步", "How far your file has come"),
                "href": "/p/matter",
            ],
        ]
        context["entries"] =
            visit.visitor == nil
            ? [
                [
                    "label": visit.say("登录", "Sign in"),
                    "text": visit.say("用帮扶中心给您的账号登录", "With the account that the centre gave you"),
                    "href": "/sign-in?back=%2Fp",
                ] as Context
            ]
            : mine
        return try frame.page("portal-home", context)
    }

    /// The visitor's own record: the one that their account names, and no other.
    private func own(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> (RecordPages, Inquiry.Summary)? {
        guard let id = visit.visitor?.session.account.record else { return nil }
        for pages in frame.modules.flatMap(\.records) {
            if let item = try Inquiry(visit.surroundings.charter).find(id.description, pages.kind, in: snapshot) {
                return (pages, item)
            }
        }
        return nil
    }

    func me(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try visit.need(.view, .ownData)
        let title = visit.say("我的信息", "My data")
        var context = context(visit, title: title, current: "/p/me")
        context["heading"] = title
        context["rights"] = [Context]()
        guard let (pages, item) = try own(visit, snapshot) else {
            context["lead"] = visit.say("本中心还没有与您账号关联的档案。", "No file is linked to your account.")
            context["sections"] = [Context]()
            return try frame.page("portal-me", context)
        }
        context["lead"] = visit.say(
            "这些是帮扶中心保存的您的信息，如有错误请告诉经办人。", "This is what the centre keeps about you. Tell the clerk if something is wrong.")
        context["sections"] = RecordSections(pages: pages, area: Area(pages.kind.code), isOwn: true)
            .context(item, visit, Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind), opened: [:])
        return try frame.page("portal-me", context)
    }

    func matter(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try visit.need(.view, .ownData)
        let title = visit.say("办理进度", "My matter")
        var context = context(visit, title: title, current: "/p/matter")
        context["heading"] = title
        context["tags"] = [Context]()
        context["hasStatus"] = false
        context["hasButtons"] = false
        context["buttons"] = [Context]()
        context["action"] = "/p/matter"
        context["hidden"] = [Context]()
        guard let (pages, item) = try own(visit, snapshot) else {
            context["lead"] = visit.say("本中心还没有与您账号关联的档案。", "No file is linked to your account.")
            context["number"] = ["label": visit.say("档案编号", "File number"), "value": "—"]
            context["next"] = [
                "title": visit.say("下一步", "Next"),
                "text": visit.say("请带身份证到帮扶中心窗口办理。", "Come to the centre with your ID card."),
            ]
            return try frame.page("portal-matter", context)
        }
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
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
