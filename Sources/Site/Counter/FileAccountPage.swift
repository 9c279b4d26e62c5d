internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// The account with which the head of a file looks at it: opened with the person and their ID card at the counter.
struct FileAccountPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    /// The record, if it is this office's own.
    private func file(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> (item: Inquiry.Summary, id: RecordID) {
        let item = try pages.find(visit, .view, snapshot)
        guard let id = RecordID(hex: item.id) else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        guard visit.owns(item) else {
            throw NodeError(.conflict, "只有建档单位可以为本人开通账号", "only the home of a file opens an account for its head")
        }
        return (item, id)
    }

    private func request(_ number: String?, _ visit: Visit, _ snapshot: borrowing Snapshot) throws -> SignUp? {
        guard let number = number.flatMap({ Int64($0) }) else { return nil }
        return try SignUps.find(number, at: visit.request.milliseconds, in: snapshot).flatMap {
            $0.state == .waiting ? $0 : nil
        }
    }

    /// What a page has to say besides what stands in the store.
    private struct Asked {
        var form = Form()
        var request: SignUp?
        /// An account that was found by its login.
        var candidate: Account?
        var problem: (field: String, error: NodeError)?
    }

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try page(visit, snapshot, Asked(request: request(visit.request.query["request"], visit, snapshot)))
    }

    private func page(_ visit: Visit, _ snapshot: borrowing Snapshot, _ asked: Asked) throws -> WebReply {
        let (item, id) = try file(visit, snapshot)
        let name = title(item, visit)
        let path = "/\(pages.path)/\(item.id)"
        var context = try frame.context(
            visit, snapshot, title: visit.say("网上账号：\(name)", "Account of \(name)"), current: "/\(pages.path)",
            crumbs: [
                (visit.say(pages.kind.label), "/\(pages.path)"), (item.key, path), (visit.say("网上账号", "Account"), nil),
            ])
        context["heading"] = visit.say("网上账号：\(name)", "Account of \(name)")
        context["lead"] = visit.say(
            "有了账号，本人可以在手机上看自己的档案、撤回同意、要求更正、下载。开通、关联、重发链接，都要见到本人和身份证原件。",
            "With it the person sees the file, takes consents back, asks for corrections and a copy. "
                + "Each step here takes the person and the ID card."
        )
        context["actions"] = [Button.link(visit.say("返回档案", "Back to the file"), path).context]
        context["tables"] = [Context]()
        var cards = [Context]()
        if let request = asked.request { cards.append(compare(request, item, visit)) }
        if let account = try FileAccounts.find(id, in: snapshot) {
            cards.append(try present(account, path, asked, visit, snapshot))
        } else if visit.may(.create, .portal) {
            cards.append(opening(item, path, asked, visit))
            cards.append(linking(item, path, asked, visit))
        }
        context["cards"] = cards
        if let problem = asked.problem {
            context["errors"] = [
                "title": visit.say("没有办成", "That did not work"),
                "items": [["text": visit.say(problem.error.message), "href": "#\(FieldView.id(problem.field))"]],
            ]
        }
        return try frame.page("requests", context, status: asked.problem.map { $0.error.code.status } ?? 200)
    }

    private func title(_ item: Inquiry.Summary, _ visit: Visit) -> String {
        pages.title.flatMap { item.record.row[$0.tag]?.text } ?? item.key
    }

    private func phone(_ item: Inquiry.Summary) -> String? {
        pages.kind.fields.first { $0.form == .mobile }.flatMap { item.record.row[$0.tag]?.text }
    }

    /// What was written online beside what the file says.
    private func compare(_ request: SignUp, _ item: Inquiry.Summary, _ visit: Visit) -> Context {
        let isSameName = request.name == title(item, visit)
        let isSamePhone = request.phone == phone(item)
        func word(_ isSame: Bool) -> String {
            isSame ? visit.say("与档案一致", "as in the file") : visit.say("与档案不一致", "not as in the file")
        }
        var card: Context = [
            "title": visit.say("申请 \(request.id)", "Request \(request.id)"), "hasFacts": true, "forms": [Context](),
            "facts": [
                ["label": visit.say("姓名", "Name"), "value": "\(request.name)（\(word(isSameName))）", "isCode": false]
                    as Context,
                [
                    "label": visit.say("手机号", "Telephone"), "value": "\(request.phone)（\(word(isSamePhone))）",
                    "isCode": false,
                ],
            ],
        ]
        if !isSameName {
            card["warning"] = visit.say(
                "姓名与档案不一致：请再看一遍身份证，确认是同一个人再办。",
                "The names differ: look at the card again, and go on only if it is one person.")
        }
        return card
    }

    private func tick(_ visit: Visit, _ asked: Asked, _ id: String) -> FieldView {
        var tick = FieldView("checked", visit.say("身份", "Identity"), widget: "field/checks")
        tick.id = FieldView.id(id)
        tick.isRequired = true
        tick.options = [
            .init(
                value: "1", label: visit.say("已当面核对本人和身份证原件", "I have seen the person and the ID card"), isSelected: false)
        ]
        if let problem = asked.problem, problem.field == id { tick.error = visit.say(problem.error.message) }
        return tick
    }

    private func hidden(_ asked: Asked) -> [Context] {
        asked.request.map { [["name": "request", "value": String($0.id)]] } ?? []
    }

    private func opening(_ item: Inquiry.Summary, _ path: String, _ asked: Asked, _ visit: Visit) -> Context {
        var login = FieldView(
            "login", visit.say("登录名", "Login"), value: asked.form["login"] ?? asked.request?.phone ?? phone(item))
        login.isRequired = true
        login.maximum = 50
        login.isCode = true
        login.help = visit.say("一般用本人手机号，好记", "Usually the person's telephone: easy to keep in mind")
        if let problem = asked.problem, problem.field == "login" { login.error = visit.say(problem.error.message) }
        var card: Context = [
            "title": visit.say("开通新账号", "Open an account"), "hasFacts": false, "facts": [Context](),
            "text": visit.say(
                "生成一次性链接和二维码，本人用手机扫描后自己设密码。", "Makes a one-time link: the person scans it and sets a password."),
            "forms": [
                [
                    "action": "\(path)/account", "hidden": hidden(asked),
                    "fields": [login.context, tick(visit, asked, "checked-open").context],
                    "buttons": [Button.submit(visit.say("开通并生成链接", "Open it and make the link"), isPrimary: true).context],
                ] as Context
            ],
        ]
        card["warning"] = unreachable(visit)
        return card
    }

    /// The link holds the address under which the clerk sees this page: of this computer itself it is of no use elsewhere.
    private func unreachable(_ visit: Visit) -> String? {
        let host = visit.request.headers["host"] ?? ""
        guard ["localhost", "127.", "[::1]"].contains(where: host.hasPrefix) else { return nil }
        return visit.say(
            "您是用 \(host) 打开工作台的，本人的手机打不开这个地址：请先改用本机在网络上的地址登录，再生成链接。",
            "You opened the console as \(host), which no telephone reaches: sign in by "
                + "this node's address on the network first."
        )
    }

    private func linking(_ item: Inquiry.Summary, _ path: String, _ asked: Asked, _ visit: Visit) -> Context {
        var card: Context = [
            "title": visit.say("或者：关联已有账号", "Or link an account that is there"), "hasFacts": false, "facts": [Context](),
        ]
        guard let candidate = asked.candidate else {
            var login = FieldView("known", visit.say("本人的登录名", "The person's login"), value: asked.form["known"])
            login.isRequired = true
            login.maximum = 60
            login.isCode = true
            if let problem = asked.problem, problem.field == "known" { login.error = visit.say(problem.error.message) }
            card["forms"] = [
                [
                    "action": "\(path)/account/find", "hidden": hidden(asked), "fields": [login.context],
                    "buttons": [Button.submit(visit.say("查找账号", "Find it")).context],
                ] as Context
            ]
            return card
        }
        card["hasFacts"] = true
        card["facts"] = [
            ["label": visit.say("登录名", "Login"), "value": candidate.login, "isCode": true] as Context,
            ["label": visit.say("账号姓名", "Name of the account"), "value": candidate.name, "isCode": false],
            [
                "label": visit.say("最近登录", "Last seen"), "value": candidate.lastMilliseconds.map(Shown.time) ?? "—",
                "isCode": false,
            ],
        ]
        if candidate.name != title(item, visit) {
            card["warning"] = visit.say("账号姓名与档案不一致，请核对。", "The account's name is not that of the file: check it.")
        }
        card["forms"] = [
            [
                "action": "\(path)/account/link",
                "hidden": hidden(asked) + [["name": "account", "value": String(candidate.id.number)] as Context],
                "fields": [tick(visit, asked, "checked-link").context],
                "buttons": [Button.submit(visit.say("关联到这份档案", "Link it to this file"), isPrimary: true).context],
            ] as Context
        ]
        return card
    }

    private func present(
        _ account: Account, _ path: String, _ asked: Asked, _ visit: Visit, _ snapshot: borrowing Snapshot
    ) throws -> Context {
        var card: Context = [
            "title": visit.say("已关联的账号", "The account of this file"), "hasFacts": true,
            "facts": [
                ["label": visit.say("登录名", "Login"), "value": account.login, "isCode": true] as Context,
                ["label": visit.say("账号姓名", "Name of the account"), "value": account.name, "isCode": false],
                [
                    "label": visit.say("状态", "State"), "isCode": false,
                    "value": account.isLocked
                        ? visit.say("已锁定（找系统管理员）", "locked: ask the system administrator")
                        : account.isAccepted ? visit.say("在用", "in use") : visit.say("还没有设密码", "no password yet"),
                ],
                [
                    "label": visit.say("最近登录", "Last seen"), "value": account.lastMilliseconds.map(Shown.time) ?? "—",
                    "isCode": false,
                ],
            ],
        ]
        guard visit.may(.update, .portal) else {
            card["forms"] = [Context]()
            return card
        }
        card["forms"] = [
            [
                "action": "\(path)/account/renew", "hidden": [Context](),
                "fields": [tick(visit, asked, "checked-renew").context],
                "buttons": [
                    Button.submit(visit.say("忘记密码：重发一次性链接", "Password lost: a new one-time link"), isPrimary: true).context
                ],
            ] as Context,
            [
                "action": "\(path)/account/unlink", "hidden": [Context](), "fields": [Context](),
                "buttons": [
                    Button.submit(
                        visit.say("解除关联", "Unlink"),
                        confirm: visit.say(
                            "解除后，这个账号看不到这份档案，正在用的登录会退出。确定？", "The account sees this file no more and is signed out. Sure?"),
                        isDanger: true
                    ).context
                ],
            ],
        ]
        return card
    }

    // MARK: Acts

    private static let unchecked = NodeError(
        .invalid, "请先当面核对本人和身份证原件，再勾选", "look at the person and the ID card, then tick")

    /// What went wrong, beside its field, and nothing done.
    private func again(
        _ visit: Visit, _ tx: borrowing Transaction, _ form: Form, _ field: String, _ error: NodeError,
        candidate: Account? = nil
    ) throws -> (WebReply, [Effect]) {
        let reply = try tx.withSnapshot { snapshot in
            let request = try self.request(form["request"], visit, snapshot)
            return try page(
                visit, snapshot, Asked(form: form, request: request, candidate: candidate, problem: (field, error)))
        }
        return (reply, [])
    }

    func open(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let (item, id) = try tx.withSnapshot { try self.file(visit, $0) }
        guard form["checked"] == "1" else { return try again(visit, tx, form, "checked-open", FileAccountPage.unchecked) }
        let request = try tx.withSnapshot { try self.request(form["request"], visit, $0) }
        do {
            let link = try FileAccounts.open(
                id, login: form["login"] ?? "", name: String(title(item, visit).prefix(30)), signUp: request?.id,
                by: visit.principal(), in: tx)
            return (try tx.withSnapshot { try slip(visit, $0, link, item, login: form["login"] ?? "") }, [])
        } catch let error as NodeError where error.code == .badRequest || error.code == .conflict {
            return try again(visit, tx, form, "login", error)
        }
    }

    func find(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let form = try visit.form()
        var asked = Asked(form: form, request: try request(form["request"], visit, snapshot))
        if let account = try Accounts.find(login: form["known"] ?? "", in: snapshot) {
            if let obstacle = FileAccounts.obstacle(account) {
                asked.problem = ("known", obstacle)
            } else {
                asked.candidate = account
            }
        } else {
            asked.problem = ("known", NodeError(.notFound, "没有这个登录名", "there is no such login"))
        }
        return try page(visit, snapshot, asked)
    }

    func link(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let (item, id) = try tx.withSnapshot { try self.file(visit, $0) }
        guard let account = try tx.withSnapshot({ try candidate(form, $0) }) else {
            return try again(visit, tx, form, "known", NodeError(.notFound, "没有这个登录名", "there is no such login"))
        }
        guard form["checked"] == "1" else {
            return try again(visit, tx, form, "checked-link", FileAccountPage.unchecked, candidate: account)
        }
        let request = try tx.withSnapshot { try self.request(form["request"], visit, $0) }
        do {
            try FileAccounts.link(account.id, to: id, signUp: request?.id, by: visit.principal(), in: tx)
        } catch let error as NodeError where error.code == .conflict {
            return try again(visit, tx, form, "known", error)
        }
        return (.see("/\(pages.path)/\(item.id)/account?done=linked"), [])
    }

    private func candidate(_ form: Form, _ snapshot: borrowing Snapshot) throws -> Account? {
        guard let number = Int64(form["account"] ?? "") else { return nil }
        return try Accounts.find(AccountID(number), in: snapshot)
    }

    private func linked(_ id: RecordID, _ snapshot: borrowing Snapshot) throws -> Account {
        guard let account = try FileAccounts.find(id, in: snapshot) else {
            throw NodeError(.conflict, "这份档案没有关联账号", "no account is linked to this file")
        }
        return account
    }

    func unlink(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let (item, id) = try tx.withSnapshot { try self.file(visit, $0) }
        let account = try tx.withSnapshot { try linked(id, $0) }
        try FileAccounts.unlink(account.id, from: id, by: visit.principal(), in: tx)
        return (.see("/\(pages.path)/\(item.id)/account?done=unlinked"), [])
    }

    func renew(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let (item, id) = try tx.withSnapshot { try self.file(visit, $0) }
        guard form["checked"] == "1" else { return try again(visit, tx, form, "checked-renew", FileAccountPage.unchecked) }
        let account = try tx.withSnapshot { try linked(id, $0) }
        let link = try FileAccounts.renew(account.id, of: id, by: visit.principal(), in: tx)
        return (try tx.withSnapshot { try slip(visit, $0, link, item, login: account.login) }, [])
    }

    /// The link is shown once: for the person's camera, or as a slip of paper.
    private func slip(
        _ visit: Visit, _ snapshot: borrowing Snapshot, _ link: Accounts.Link, _ item: Inquiry.Summary, login: String
    ) throws -> WebReply {
        let path = "/\(pages.path)/\(item.id)"
        var context = try frame.context(
            visit, snapshot, title: visit.say("一次性链接", "One-time link"), current: "/\(pages.path)",
            crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (item.key, path), (visit.say("一次性链接", "Link"), nil)])
        let address = "https://\(visit.request.headers["host"] ?? "")\(link.path)"
        context["heading"] = visit.say("请本人扫码设密码", "For the person to scan")
        context["warning"] = visit.say(
            "只显示这一次，只能用一次，只交给本人。", "Shown only now, good for once, for the person alone.")
        context["problem"] = unreachable(visit)
        context["facts"] = [
            ["label": visit.say("登录名", "Login"), "value": login] as Context,
            ["label": visit.say("有效期至", "Good until"), "value": Shown.time(link.expiresMilliseconds)],
        ]
        context["qr"] = QRCode(address).map { ["size": "\($0.size + 8)", "path": $0.path] }
        context["link"] = address
        context["steps"] = [
            visit.say("用手机扫上面的二维码，或者在浏览器里输入链接。", "Scan the code with the telephone, or type the link."),
            visit.say("自己设一个密码，不要告诉别人，工作人员也不会问。", "Set a password, and tell nobody: no clerk will ask for it."),
            visit.say("以后用登录名和密码登录；忘了密码再来窗口。", "Sign in with login and password; if it is lost, come back."),
        ]
        context["cancel"] = "\(path)/account"
        return try frame.page("link-slip", context)
    }
}
