internal import NodeCore

extension Site {
    static func administration(_ frame: Frame) -> [Page] {
        let hub = AdministrationPage(frame: frame)
        let people = PeoplePages(frame: frame)
        let audit = AuditPage(frame: frame)
        return [
            Page("GET", "/admin", needs: .signedIn, .read { try hub.answer($0, $1) }),
            Page("GET", "/admin/people", needs: .right(.view, .accounts), .read { try people.list($0, $1) }),
            Page("GET", "/admin/people/new", needs: .right(.create, .accounts), .read { try people.askNew($0, $1) }),
            Page("POST", "/admin/people/new", needs: .right(.create, .accounts), .write { try people.invite($0, $1) }),
            Page("GET", "/admin/people/{account}", needs: .right(.view, .accounts), .read { try people.show($0, $1) }),
            Page(
                "POST", "/admin/people/{account}/grants", needs: .right(.grant, .accounts), .write { try people.ask($0, $1) }
            ),
            Page(
                "POST", "/admin/people/{account}/lock", needs: .right(.update, .accounts), .write { try people.lock($0, $1) }
            ),
            Page(
                "POST", "/admin/people/{account}/reset", needs: .right(.update, .accounts),
                .write { try people.reset($0, $1) }),
            Page("GET", "/admin/grants", needs: .right(.approve, .accounts), .read { try people.asked($0, $1) }),
            Page(
                "POST", "/admin/grants/{grant}/approve", needs: .right(.approve, .accounts),
                .write { try people.approve($0, $1) }),
            Page("POST", "/admin/grants/{grant}/revoke", needs: .signedIn, .write { try people.revoke($0, $1) }),
            Page("GET", "/admin/rights", needs: .right(.view, .accounts), .read { try hub.rights($0, $1) }),
            Page("GET", "/admin/audit", needs: .right(.view, .audit), .read { try audit.answer($0, $1) }),
            Page("GET", "/me", needs: .signedIn, side: .both, .read { try people.own($0, $1) }),
            Page("POST", "/me/sessions/{session}/end", needs: .signedIn, side: .both, .write { try people.endOwn($0, $1) }),
        ]
    }
}

/// The doors of administration, each where the visitor's role opens it.
struct AdministrationPage: Sendable {
    let frame: Frame

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("系统管理", "Administration")
        var context = try frame.context(visit, snapshot, title: title, current: "/admin")
        var doors = [Context]()
        func add(_ may: Bool, _ label: String, _ text: String, _ href: String, count: Int = 0) {
            guard may else { return }
            var door: Context = ["label": label, "text": text, "href": href]
            if count > 0 { door["count"] = String(count) }
            doors.append(door)
        }
        add(
            visit.may(.view, .accounts), visit.say("人员与账号", "People"),
            visit.say("邀请、锁定、重发链接、申请岗位", "Invite, lock, new links, ask for roles"), "/admin/people")
        let today = CalendarDay(milliseconds: visit.request.milliseconds)
        let asked = visit.may(.approve, .accounts) ? try Accounts.asked(on: today, limit: 100, in: snapshot).count : 0
        add(
            visit.may(.approve, .accounts), visit.say("待批授权", "Rights to approve"),
            visit.say("系统管理员申请的岗位，由安全管理员批准后生效", "Roles asked for by the system administrator"), "/admin/grants", count: asked
        )
        add(
            visit.may(.view, .accounts), visit.say("权限表", "Table of rights"), visit.say("每个岗位能做什么", "What each role may do"),
            "/admin/rights")
        add(
            visit.may(.view, .audit), visit.say("审计日志", "Audit"), visit.say("谁、何时、做了什么、为什么", "Who did what, when and why"),
            "/admin/audit")
        let mayKnow = visit.may(.view, .parameters)
        add(
            mayKnow, visit.say("业务参数", "Parameters"),
            visit.say("标准、倍数、期限：现值、来历、设定", "Amounts and periods: value, origin, setting"),
            "/admin/parameters")
        add(
            mayKnow, visit.say("工作日历", "Working days"), visit.say("节假日、调休、本省休息日", "Holidays, make-up days, days off"),
            "/admin/calendar")
        add(
            mayKnow, visit.say("代码表", "Code tables"), visit.say("全国代码与本地扩展", "The nation's codes and what was added below"),
            "/admin/codes")
        add(
            visit.may(.view, .sync), visit.say("同步状态", "State of sync"), visit.say("与上下级的线路", "The lines to the others"),
            "/sync")
        context["heading"] = title
        context["actions"] = [Context]()
        context["groups"] = [["title": "", "hasTitle": false, "doors": doors] as Context]
        return try frame.page("hub", context)
    }

    /// The declared table of rights at this node's level, as it is in force.
    func rights(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("权限表", "Table of rights")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/admin",
            crumbs: [(visit.say("系统管理", "Administration"), "/admin"), (title, nil)])
        let level = try visit.level()
        let table = visit.surroundings.charter.permissions
        let rows = Role.allCases.flatMap { role in
            table.areas.compactMap { area -> [Table.Cell]? in
                let actions = Action.allCases.filter { table.allows(role, $0, area, at: level) }
                guard !actions.isEmpty else { return nil }
                let words = actions.map { visit.say($0.label) }.joined(separator: visit.say("、", ", "))
                return [Table.Cell(visit.say(role.label)), Table.Cell(area.code, isCode: true), Table.Cell(words)]
            }
        }
        context["heading"] = title
        context["lead"] = visit.say(
            "本级（\(level.label.zh)）节点上的岗位与权限；未列出的一律拒绝。", "Roles and rights at this level; what is not listed is refused.")
        context["actions"] = [Context]()
        context["summary"] = [Context]()
        Table(
            caption: title, columns: [visit.say("岗位", "Role"), visit.say("范围", "Area"), visit.say("可以", "May")], rows: rows
        ).add(to: &context, empty: "")
        return try frame.page("result", context)
    }
}
