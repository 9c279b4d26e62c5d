internal import NodeCore

extension PeoplePages {
    func show(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        guard let number = Int64(visit.path["account"] ?? ""),
            let account = try Accounts.find(AccountID(number), in: snapshot)
        else { throw NodeError(.notFound, "没有这个账号", "there is no such account") }
        var context = try frame.context(
            visit, snapshot, title: account.name, current: "/admin",
            crumbs: [
                (visit.say("系统管理", "Administration"), "/admin"), (visit.say("人员与账号", "People"), "/admin/people"),
                (account.login, nil),
            ])
        context["heading"] = "\(account.name)（\(account.login)）"
        let path = "/admin/people/\(account.id)"
        var forms = [Context]()
        func add(_ action: String, _ button: Button) {
            forms.append(["action": action, "hidden": [Context](), "buttons": [button.context]])
        }
        if visit.may(.update, .accounts) {
            add(
                "\(path)/lock",
                account.isLocked
                    ? .submit(visit.say("解锁", "Unlock"), name: "do", value: "unlock")
                    : .submit(
                        visit.say("锁定", "Lock"), name: "do", value: "lock",
                        confirm: visit.say("锁定这个账号？", "Lock this account?"),
                        isDanger: true))
            add("\(path)/reset", .submit(visit.say("重发一次性链接", "New one-time link")))
        }
        context["forms"] = forms
        context["facts"] = facts(account, visit)
        let today = CalendarDay(milliseconds: visit.request.milliseconds)
        let grants = try Accounts.grants(of: account.id, in: snapshot)
        context["grants"] = grantRows(grants, today, visit)
        context["hasGrants"] = !grants.isEmpty
        if visit.may(.grant, .accounts) { context["wish"] = wish(account, path, visit) }
        return try frame.page("person", context)
    }

    private func facts(_ account: Account, _ visit: Visit) -> [Context] {
        let rows: [(Label, String)] = [
            (Label("类别", "Kind"), account.isOutside ? visit.say("外部人员", "from outside") : visit.say("工作人员", "staff")),
            (Label("二次认证", "Second factor"), account.hasFactor ? visit.say("已启用", "on") : visit.say("未启用", "not yet")),
            (Label("最近登录", "Last seen"), account.lastMilliseconds.map(Shown.time) ?? "—"),
            (Label("连续失败", "Failures in a row"), String(account.failures)),
            (Label("有效期至", "Valid until"), account.validUntil?.description ?? visit.say("长期", "for good")),
        ]
        return rows.map { ["label": visit.say($0.0), "value": $0.1, "isCode": false] }
    }

    private func grantRows(_ grants: [RoleGrant], _ today: CalendarDay, _ visit: Visit) -> [Context] {
        grants.map { grant in
            let state = grant.state(on: today)
            let words: (Label, String) =
                switch state {
                case .asked: (Label("待批准", "waits for approval"), "waiting")
                case .inForce: (Label("生效", "in force"), "passed")
                case .ended: (Label("已终止", "ended"), "void")
                default: (Label("未到期", "still to come"), "second")
                }
            return [
                "role": visit.say(grant.role.label), "scope": grant.scope ?? visit.say("本节点全部", "all of this node"),
                "asked": "\(grant.askedBy) \(Shown.time(grant.askedMilliseconds))", "approved": grant.approvedBy ?? "—",
                "state": visit.say(words.0), "kind": words.1, "canEnd": state != .ended && visit.may(.grant, .accounts),
                "end": "/admin/grants/\(grant.id)/revoke",
                "canApprove": state == .asked && visit.may(.approve, .accounts),
                "approve": "/admin/grants/\(grant.id)/approve",
            ]
        }
    }

    private func wish(_ account: Account, _ path: String, _ visit: Visit) -> Context {
        var role = FieldView("role", visit.say("岗位", "Role"), widget: "field/select")
        role.isRequired = true
        role.options = Role.allCases.filter { $0.isOutside == account.isOutside && $0 != .matchingJob }.map {
            .init(value: $0.rawValue, label: visit.say($0.label), isSelected: false)
        }
        var scope = FieldView("scope", visit.say("管辖区划（空为本节点全部）", "Division (empty: all of this node)"))
        scope.maximum = 6
        scope.isCode = true
        let from = FieldView("from", visit.say("起（空为今日）", "From (empty: today)"), widget: "field/date")
        let to = FieldView("to", visit.say("止（空为长期）", "To (empty: for good)"), widget: "field/date")
        return [
            "action": "\(path)/grants", "fields": [role, scope, from, to].map(\.context),
            "button": Button.submit(visit.say("申请岗位", "Ask for this role"), isPrimary: true).context,
        ]
    }

    // MARK: Acts

    func ask(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        guard let number = Int64(visit.path["account"] ?? ""), let role = Role(rawValue: form["role"] ?? "") else {
            throw NodeError(.badRequest, "请选择岗位", "choose a role")
        }
        _ = try Accounts.ask(
            .init(
                AccountID(number), role, scope: form.filled("scope"), from: form.filled("from").flatMap { CalendarDay($0) },
                to: form.filled("to").flatMap { CalendarDay($0) }), by: visit.principal(), in: tx)
        return (.see("/admin/people/\(number)?done=asked"), [])
    }

    func asked(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("待批授权", "Rights to approve")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/admin",
            crumbs: [(visit.say("系统管理", "Administration"), "/admin"), (title, nil)])
        let today = CalendarDay(milliseconds: visit.request.milliseconds)
        let asked = try Accounts.asked(on: today, limit: 100, in: snapshot)
        let rows = try asked.map { grant -> [Table.Cell] in
            let account = try Accounts.find(grant.account, in: snapshot)
            return [
                Table.Cell(account?.name ?? String(grant.account.number), href: "/admin/people/\(grant.account)"),
                Table.Cell(visit.say(grant.role.label)), Table.Cell(grant.scope ?? visit.say("本节点全部", "all of this node")),
                Table.Cell(grant.askedBy), Table.Cell(Shown.time(grant.askedMilliseconds)),
            ]
        }
        context["heading"] = title
        context["lead"] = visit.say("点开人员查看并批准。", "Open a person to look and approve.")
        context["actions"] = [Context]()
        context["summary"] = [Context]()
        let columns = [
            Label("人员", "Person"), Label("岗位", "Role"), Label("范围", "Scope"), Label("申请人", "Asked by"), Label("时间", "When"),
        ]
        Table(caption: title, columns: columns.map(visit.say), rows: rows).add(
            to: &context, empty: visit.say("没有待批的授权。", "Nothing waits."))
        return try frame.page("result", context)
    }

    func approve(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let grant = try Accounts.approve(try grant(visit), by: visit.principal(), in: tx)
        return (.see("/admin/people/\(grant.account)?done=granted"), [])
    }

    func revoke(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard visit.may(.grant, .accounts) || visit.may(.approve, .accounts) else {
            throw NodeError(.notAllowed, "您的岗位没有此项权限", "your role does not allow this")
        }
        let grant = try Accounts.revoke(try grant(visit), by: visit.principal(), in: tx)
        return (.see("/admin/people/\(grant.account)?done=revoked"), [])
    }

    private func grant(_ visit: Visit) throws -> Int64 {
        guard let number = Int64(visit.path["grant"] ?? "") else {
            throw NodeError(.notFound, "没有这项授权", "there is no such right")
        }
        return number
    }

    // MARK: One's own account

    func own(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        guard let visitor = visit.visitor else { throw Visit.unknown }
        guard !visitor.isOutside else { return .see("/p/account") }
        let title = visit.say("我的账号", "My account")
        var context = try frame.context(visit, snapshot, title: title, current: "/me")
        context["heading"] = "\(visitor.session.account.name)（\(visitor.session.account.login)）"
        context["forms"] = [Context]()
        context["facts"] = facts(visitor.session.account, visit)
        context["grants"] = [Context]()
        context["hasGrants"] = false
        var doors = [
            Button.link(visit.say("更换口令", "Change password"), "/sign-in/password").context,
            Button.link(visit.say("更换手机（二次认证）", "Another telephone"), "/sign-in/factor").context,
        ]
        if !visitor.isOutside {
            doors.append(Button.link(visit.say("我的导出申请", "My exports"), "/exports").context)
        }
        context["doors"] = doors
        let lines = try Sessions.list(visitor.session.account.id, at: visit.request.milliseconds, in: snapshot)
        context["sessions"] = lines.map { line -> Context in
            [
                "source": line.source, "since": Shown.time(line.createdMilliseconds),
                "used": Shown.time(line.usedMilliseconds),
                "isThis": line.id == visitor.session.id,
                "what": line.isToken ? visit.say("程序令牌 \(line.label)", "token \(line.label)") : visit.say("浏览器", "browser"),
                "end": "/me/sessions/\(line.id)/end",
            ]
        }
        context["hasSessions"] = true
        return try frame.page("person", context)
    }

    func endOwn(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let visitor = visit.visitor, let number = Int64(visit.path["session"] ?? "") else { throw Visit.unknown }
        guard try Sessions.end(SessionID(number), of: visitor.session.account.id, by: visit.principal(), in: tx) else {
            throw NodeError(.notFound, "没有这个登录", "there is no such session")
        }
        return (.see(visitor.isOutside ? "/p/account?done=removed" : "/me?done=removed"), [])
    }
}
