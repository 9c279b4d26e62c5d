internal import NodeCore

/// Accounts and what they may do: invited by the system administrator, rights in force once the security administrator
/// has approved them.
struct PeoplePages: Sendable {
    let frame: Frame

    private func crumbs(_ visit: Visit, _ last: String) -> [(label: String, href: String?)] {
        [
            (visit.say("系统管理", "Administration"), "/admin"), (visit.say("人员与账号", "People"), "/admin/people"), (last, nil),
        ]
    }

    func list(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("人员与账号", "People")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/admin",
            crumbs: [(visit.say("系统管理", "Administration"), "/admin"), (title, nil)])
        let after = visit.request.query["after"] ?? ""
        let accounts = try Accounts.list(after: after, limit: PeoplePages.rows, in: snapshot)
        let today = CalendarDay(milliseconds: visit.request.milliseconds)
        let rows = try accounts.map { account -> [Table.Cell] in
            let grants = try Accounts.grants(of: account.id, in: snapshot).filter { $0.state(on: today) == .inForce }
            return [
                Table.Cell(account.login, href: "/admin/people/\(account.id)", isCode: true), Table.Cell(account.name),
                Table.Cell(grants.map { visit.say($0.role.label) }.joined(separator: visit.say("、", ", "))),
                Table.Cell(account.lastMilliseconds.map(Shown.time) ?? "—"), state(account, visit),
            ]
        }
        context["heading"] = title
        context["actions"] =
            visit.may(.create, .accounts)
            ? [
                Button.link(visit.say("邀请人员", "Invite somebody"), "/admin/people/new", isPrimary: true, icon: "person-plus")
                    .context
            ] : []
        context["summary"] = [Context]()
        let columns = [
            Label("登录名", "Login"), Label("姓名", "Name"), Label("岗位", "Roles"), Label("最近登录", "Last seen"),
            Label("状态", "State"),
        ]
        Table(caption: title, columns: columns.map(visit.say), rows: rows).add(
            to: &context, empty: visit.say("还没有账号。", "There are no accounts yet."))
        if let last = accounts.last, accounts.count == PeoplePages.rows {
            context["pager"] =
                [
                    "summary": "", "pages": [Context](), "sizes": [Context](),
                    "next": "/admin/people?after=\(Form.encoded(last.login))",
                ] as Context
        }
        return try frame.page("result", context)
    }

    private static let rows = 100

    private func state(_ account: Account, _ visit: Visit) -> Table.Cell {
        if account.isLocked { return Table.Cell(visit.say("已锁定", "locked"), tag: "returned") }
        if !account.isAccepted { return Table.Cell(visit.say("待启用", "invited"), tag: "waiting") }
        if account.isBlocked(at: visit.request.milliseconds) { return Table.Cell(visit.say("已过期", "expired"), tag: "void") }
        return Table.Cell(visit.say("在用", "in use"), tag: "passed")
    }

    // MARK: Inviting

    func askNew(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try newPage(visit, snapshot, Form(), nil)
    }

    private func newPage(_ visit: Visit, _ snapshot: borrowing Snapshot, _ form: Form, _ error: NodeError?) throws
        -> WebReply
    {
        let title = visit.say("邀请人员", "Invite somebody")
        var context = try frame.context(visit, snapshot, title: title, current: "/admin", crumbs: crumbs(visit, title))
        context["heading"] = title
        context["text"] = visit.say(
            "生成一次性链接交给本人，由本人设置口令；岗位另行申请，经安全管理员批准后生效。",
            "A one-time link is made for the person, who sets the password. Roles are asked for afterwards.")
        context["hasFacts"] = false
        context["action"] = "/admin/people/new"
        context["hidden"] = [Context]()
        var login = FieldView("login", visit.say("登录名（小写字母、数字）", "Login (small letters, digits)"), value: form["login"])
        login.isRequired = true
        login.maximum = 40
        login.isCode = true
        var name = FieldView("name", visit.say("姓名", "Name"), value: form["name"])
        name.isRequired = true
        name.maximum = 30
        var side = FieldView("side", visit.say("类别", "Kind"), widget: "field/select")
        side.options = [
            .init(value: "staff", label: visit.say("工会工作人员", "Union staff"), isSelected: form["side"] != "outside"),
            .init(
                value: "outside", label: visit.say("外部人员（职工、律师、用人单位等）", "From outside (workers, lawyers, employers)"),
                isSelected: form["side"] == "outside"),
        ]
        let until = FieldView(
            "until", visit.say("有效期至（可空）", "Valid until (may be empty)"), widget: "field/date", value: form["until"])
        context["fields"] = [login, name, side, until].map(\.context)
        context["buttons"] = [Button.submit(visit.say("生成链接", "Make the link"), isPrimary: true).context]
        context["cancel"] = "/admin/people"
        context["errors"] = error.map { SignInPages.errors($0, visit) }
        return try frame.page("ask", context, status: error == nil ? 200 : 422)
    }

    func invite(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        do {
            let link = try Accounts.invite(
                .init(
                    login: form["login"] ?? "", name: form.filled("name") ?? "", isOutside: form["side"] == "outside",
                    validUntil: try day(form.filled("until"))), by: visit.principal(), in: tx)
            return (try tx.withSnapshot { try linkPage(visit, $0, link) }, [])
        } catch let error as NodeError where error.code.status < 500 {
            return (try tx.withSnapshot { try newPage(visit, $0, form, error) }, [])
        }
    }

    private func day(_ text: String?) throws -> CalendarDay? {
        guard let text else { return nil }
        guard let day = CalendarDay(text) else {
            throw NodeError(.invalid, "日期须如 2026-12-31", "write the date like 2026-12-31")
        }
        return day
    }

    /// The link is shown once, to whoever made it.
    private func linkPage(_ visit: Visit, _ snapshot: borrowing Snapshot, _ link: Accounts.Link) throws -> WebReply {
        let title = visit.say("一次性链接", "One-time link")
        var context = try frame.context(visit, snapshot, title: title, current: "/admin", crumbs: crumbs(visit, title))
        let host = visit.request.headers["host"] ?? ""
        context["heading"] = title
        context["text"] = visit.say("请当面或另用安全方式交给本人，只显示这一次。", "Hand it to the person yourself; it is shown only now.")
        context["facts"] = [
            ["label": visit.say("链接", "Link"), "value": "https://\(host)\(link.path)"] as Context,
            ["label": visit.say("有效期至", "Good until"), "value": Shown.time(link.expiresMilliseconds)],
        ]
        context["hasFacts"] = true
        context["action"] = "/sign-in/done"
        context["hidden"] = [Context]()
        context["fields"] = [Context]()
        context["buttons"] = [Context]()
        context["cancel"] = "/admin/people/\(link.account)"
        return try frame.page("ask", context)
    }

    func reset(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let link = try Accounts.reset(try number(visit), by: visit.principal(), in: tx)
        return (try tx.withSnapshot { try linkPage(visit, $0, link) }, [])
    }

    func lock(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let id = try number(visit)
        let isLocking = try visit.form()["do"] == "lock"
        try Accounts.setLocked(isLocking, id, by: visit.principal(), in: tx)
        return (.see("/admin/people/\(id)?done=\(isLocking ? "locked" : "unlocked")"), [])
    }

    private func number(_ visit: Visit) throws -> AccountID {
        guard let number = Int64(visit.path["account"] ?? "") else { throw PeoplePages.unknown }
        return AccountID(number)
    }

    private static let unknown = NodeError(.notFound, "没有这个账号", "there is no such account")
}
