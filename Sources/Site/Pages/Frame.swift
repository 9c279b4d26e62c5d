internal import BusinessModules
internal import NodeCore

/// What stands around every page: the menu, who is signed in, how the node stands with the others.
struct Frame: Sendable {
    let templates: Templates
    let modules: [BusinessModule]
    let assets: AssetIndex

    static let product = Label("帮扶", "Bangfu")

    func page(_ template: String, _ context: Context, status: Int = 200) throws -> WebReply {
        WebReply.html(try templates.render(template, context), status: status)
    }

    /// What needs no store: pages before one is signed in, and refusals.
    func bare(_ visit: Visit, title: String) -> Context {
        let seat = visit.surroundings.engine?.identity.seat
        var context: Context = [
            "lang": visit.language.tag, "htmlClass": visit.htmlClass, "title": title, "product": visit.say(Frame.product),
            "t": templates.words.all(visit.language), "csrf": visit.visitor?.csrf ?? "", "assets": assets.path,
            "hasBootstrap": assets.has("bootstrap.min.css"), "hasHTMX": assets.has("htmx.min.js"),
            "node": [
                "name": seat?.name ?? visit.say("未入网节点", "A node not enrolled yet"),
                "level": seat.map { visit.say($0.level.label) } ?? "",
            ],
            "language": [
                "label": visit.language == .chinese ? "English" : "中文",
                "href": "/language/\(visit.language == .chinese ? "en" : "zh")?back=\(Form.encoded(visit.returnPath))",
            ],
            "displays": displays(visit), "canReload": !visit.request.isWriting,
            "crumbs": [Context](), "hasCrumbs": false, "menu": [Context](), "tools": [Context](),
            "footer":
                "\(visit.say(Frame.product)) \(visit.surroundings.host.version) · \(Shown.time(visit.request.milliseconds))",
        ]
        if assets.has("icons.svg") { context["icons"] = "\(assets.path)/icons.svg" }
        if let flash = visit.flash { context["flash"] = flash }
        return context
    }

    /// The whole frame. `current`: the beginning of the address under which the page stands in the menu.
    func context(
        _ visit: Visit, _ snapshot: borrowing Snapshot, title: String, current: String,
        crumbs: [(label: String, href: String?)] = []
    ) throws -> Context {
        var context = bare(visit, title: title)
        guard let visitor = visit.visitor else { return context }
        context["user"] = [
            "name": visitor.principal.name,
            "role": visitor.principal.roles.map { visit.say($0.label) }.joined(separator: "、"),
            "href": "/me",
        ]
        context["signOut"] = "/sign-out"
        context["lookup"] = [
            "action": "/search", "label": visit.say("编号、姓名、证件号、电话", "Number, name, ID number or phone"),
        ]
        context["menu"] = menu(visit, current)
        context["tools"] = try tools(visit, snapshot, current)
        context["sync"] = try SyncState(visit, snapshot).context(visit)
        let unread = try Noticeboard.unread(visit, snapshot)
        var notices: Context = ["href": "/notices"]
        if unread > 0 { notices["count"] = String(unread) }
        context["notices"] = notices
        context["crumbs"] = crumbs.map { crumb -> Context in
            var context: Context = ["label": crumb.label]
            context["href"] = crumb.href
            return context
        }
        context["hasCrumbs"] = !crumbs.isEmpty
        return context
    }

    /// The nine headings; those without a module here stand there as words.
    private func menu(_ visit: Visit, _ current: String) -> [Context] {
        Heading.allCases.map { heading in
            let pages = modules.first { $0.heading == heading }?.records.first { visit.may(.view, Area($0.kind.code)) }
            var context: Context = [
                "label": visit.say(heading.label), "isCurrent": pages.map { current == "/\($0.path)" } ?? false,
                "isThere": pages != nil,
            ]
            context["href"] = pages.map { "/\($0.path)" }
            return context
        }
    }

    private func tools(_ visit: Visit, _ snapshot: borrowing Snapshot, _ current: String) throws -> [Context] {
        var tools: [Context] = [
            ["label": visit.say("工作台", "My work"), "href": "/", "isCurrent": current == "/"]
        ]
        for pages in modules.flatMap(\.records) where visit.may(.review, Area(pages.kind.code)) {
            let count = try ReviewQueue(pages: pages).count(visit, snapshot)
            var tool: Context = [
                "label": visit.say("审核", "Review"), "href": "/reviews/\(pages.path)", "isCurrent": current == "/reviews",
            ]
            if count > 0 { tool["count"] = String(count) }
            tools.append(tool)
        }
        if visit.may(.view, .portal) {
            tools.append([
                "label": visit.say("门户申请", "Portal"), "href": "/requests", "isCurrent": current == "/requests",
            ])
        }
        if visit.may(.view, .statistics) {
            tools.append([
                "label": visit.say("统计", "Statistics"), "href": "/statistics", "isCurrent": current == "/statistics",
            ])
        }
        if visit.may(.view, .sync) {
            tools.append(["label": visit.say("同步", "Sync"), "href": "/sync", "isCurrent": current == "/sync"])
        }
        if visit.may(.view, .accounts) || visit.may(.view, .audit) || visit.may(.view, .parameters) {
            tools.append(["label": visit.say("系统", "System"), "href": "/admin", "isCurrent": current == "/admin"])
        }
        return tools
    }

    private func displays(_ visit: Visit) -> [Context] {
        [("large", visit.say("大字", "Large print")), ("contrast", visit.say("高对比", "High contrast"))].map { name, label in
            [
                "label": label, "isOn": visit.displays.contains(name),
                "href": "/display/\(name)?back=\(Form.encoded(visit.returnPath))",
            ]
        }
    }
}

extension Visit {
    /// Where language and display switches lead back to: this page, when it may be asked for again.
    var returnPath: String { request.isWriting ? "/" : request.link }

    /// Switches of display that this browser keeps.
    var displays: [String] {
        (request.cookies["display"] ?? "").split(separator: ".").map(String.init).filter(Visit.known.contains)
    }

    static let known = ["large", "contrast"]

    var htmlClass: String { displays.joined(separator: " ") }

    /// Whether records are made at this node.
    var isHome: Bool {
        guard let identity = surroundings.engine?.identity else { return false }
        return !identity.seat.isRelay && identity.level != .national
    }
}
