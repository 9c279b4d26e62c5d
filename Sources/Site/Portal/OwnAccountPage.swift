internal import NodeCore

/// One's own account: the login, the password, and where else one is signed in.
struct OwnAccountPage: Sendable {
    let portal: PortalPages

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        guard let session = visit.visitor?.session else { throw Visit.unknown }
        var context = portal.plain(visit, heading: visit.say("账号与密码", "My account"), current: "/p/account")
        context["facts"] = [
            ["label": visit.say("姓名", "Name"), "value": session.account.name, "isCode": false] as Context,
            ["label": visit.say("登录名", "Login"), "value": session.account.login, "isCode": true],
        ]
        context["hasFacts"] = true
        let lines = try Sessions.list(session.account.id, at: visit.request.milliseconds, in: snapshot)
        context["rows"] = lines.map { line -> Context in
            let isThis = line.id == session.id
            var row: Context = [
                "title": isThis ? visit.say("这台手机或电脑", "This telephone or computer") : visit.say("别处的登录", "Somewhere else"),
                "when": Shown.time(line.createdMilliseconds),
                "tag": [
                    "kind": isThis ? "passed" : "plain",
                    "text": isThis ? visit.say("正在用", "in use") : visit.say("登录中", "signed in"),
                ],
                "lines": [
                    visit.say("最近使用 \(Shown.time(line.usedMilliseconds))", "Last used \(Shown.time(line.usedMilliseconds))")
                ],
            ]
            if !isThis {
                row["form"] = [
                    "action": "/me/sessions/\(line.id)/end", "hidden": [Context](),
                    "buttons": [Button.submit(visit.say("退出那里的登录", "Sign out there")).context],
                ]
            }
            return row
        }
        context["hasRows"] = true
        context["rowsTitle"] = visit.say("现在登录在哪里", "Where you are signed in")
        context["buttons"] = [
            Button.link(visit.say("修改密码", "Change the password"), "/sign-in/password", isPrimary: true).context
        ]
        context["parts"] = [
            [
                "title": visit.say("忘了密码", "Password lost"),
                "lines": [visit.say("带身份证到窗口，当场换一个。", "Bring your ID card to the counter for a new link.")],
            ] as Context
        ]
        return try portal.frame.page("portal-page", context)
    }
}
