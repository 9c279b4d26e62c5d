internal import NodeCore

extension Site {
    static func signingIn(_ frame: Frame) -> [Page] {
        let sign = SignInPages(frame: frame)
        let factor = FactorPages(frame: frame)
        let word = PasswordPages(frame: frame)
        return [
            Page("GET", "/sign-in", needs: .open, side: .both, .read { visit, _ in try sign.ask(visit) }),
            Page("POST", "/sign-in", needs: .open, side: .both, .staged { try sign.begin($0, $1) }),
            Page("GET", "/sign-in/code", needs: .open, side: .both, .read { visit, _ in try sign.askCode(visit) }),
            Page("POST", "/sign-in/code", needs: .open, side: .both, .write { try sign.prove($0, $1) }),
            Page("POST", "/sign-out", needs: .open, side: .both, .write { try sign.end($0, $1) }),
            Page("GET", "/sign-in/factor", needs: .open, side: .both, .write { try factor.offer($0, $1) }),
            Page("POST", "/sign-in/factor", needs: .open, side: .both, .write { try factor.confirm($0, $1) }),
            Page(
                "POST", "/sign-in/done", needs: .open, side: .both,
                .read { visit, _ in .see(visit.visitor.map { Visitor.home($0.session, back: nil) } ?? "/sign-in") }),
            Page("GET", "/sign-in/password", needs: .open, side: .both, .read { visit, _ in try word.ask(visit) }),
            Page("POST", "/sign-in/password", needs: .open, side: .both, .staged { try word.begin($0, $1) }),
            Page("GET", "/welcome/{token}", needs: .open, side: .both, .read { try word.welcome($0, $1) }),
            Page("POST", "/welcome/{token}", needs: .open, side: .both, .staged { try word.accept($0, $1) }),
        ]
    }
}

/// Login and password, then the code. One page for staff and for people from outside.
struct SignInPages: Sendable {
    let frame: Frame

    func ask(_ visit: Visit) throws -> WebReply {
        if let visitor = visit.visitor, visitor.session.duty == nil {
            return .see(Visitor.home(visitor.session, back: visit.request.query["back"]))
        }
        return try page(visit, back: visit.request.query["back"], login: nil, nil)
    }

    private func page(_ visit: Visit, back: String?, login: String?, _ error: NodeError?) throws -> WebReply {
        let title = visit.say("登录", "Sign in")
        var context = frame.bare(visit, title: title)
        context["heading"] = title
        context["action"] = "/sign-in"
        // Who comes from the portal gets its words, and help that a counter can give.
        let isPortal = back?.hasPrefix("/p") == true
        var name = FieldView(
            "login", isPortal ? visit.say("手机号或登录名", "Mobile number or login") : visit.say("登录名", "Login"), value: login)
        name.isRequired = true
        name.maximum = 60
        name.autocomplete = "username"
        var word = FieldView(
            "password", isPortal ? visit.say("密码", "Password") : visit.say("口令", "Password"), widget: "field/password")
        word.isRequired = true
        word.autocomplete = "current-password"
        context["fields"] = [name.context, word.context]
        context["button"] = title
        context["back"] = back
        context["links"] =
            isPortal
            ? [
                ["label": visit.say("还没有账号？申请一个", "No account yet? Ask for one"), "href": "/p/sign-up"] as Context,
                ["label": visit.say("返回首页", "Back to the start"), "href": "/p"],
            ] : [Context]()
        context["notes"] = [
            isPortal
                ? visit.say(
                    "忘了密码：带身份证到帮扶中心窗口，当场换一个。", "Password lost? Bring your ID card to the counter for a new link.")
                : visit.say(
                    "忘记口令或手机遗失，请找本单位系统管理员重发链接。",
                    "Lost your password or telephone? The system administrator sends a new link.")
        ]
        context["errors"] = error.map { SignInPages.errors($0, visit) }
        return try frame.page("sign-in", context, status: error?.code.status ?? 200)
    }

    static func errors(_ error: NodeError, _ visit: Visit) -> Context {
        ["title": visit.say("没有办成", "That did not work"), "items": [["text": visit.say(error.message), "href": "#main"]]]
    }

    func begin(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> @Sendable () throws -> Page.Finish {
        let form = try visit.form()
        let (login, back) = (form["login"] ?? "", form["back"])
        let trial = try SignIn.begin(
            login: login, password: form["password"] ?? "", source: visit.request.source, at: visit.request.milliseconds,
            in: snapshot)
        return {
            let outcome = try trial.verify()
            return { visit, tx in
                // A session that was open in this browser ends with the new one.
                if let old = visit.visitor?.session { try Sessions.end(old, in: tx) }
                switch try SignIn.finish(outcome, in: tx) {
                case .opened(let opened):
                    return (WebReply.see(next(opened, back)).opening(opened), [])
                case .refused(let error): return (try page(visit, back: back, login: login, error), [])
                }
            }
        }
    }

    private func next(_ opened: OpenedSession, _ back: String?) -> String {
        let path = Visitor.home(opened.session, back: back)
        guard opened.session.duty != nil, let back else { return path }
        return "\(path)?back=\(Form.encoded(Switches.back(back)))"
    }

    // MARK: The code

    func askCode(_ visit: Visit) throws -> WebReply {
        guard visit.visitor?.session.duty == .code else { return .see("/sign-in") }
        return try codePage(visit, back: visit.request.query["back"], nil)
    }

    private func codePage(_ visit: Visit, back: String?, _ error: NodeError?) throws -> WebReply {
        let title = visit.say("输入验证码", "Enter the code")
        var context = frame.bare(visit, title: title)
        context["heading"] = title
        context["lead"] = visit.say(
            "请输入手机验证器显示的六位数字；手机不在身边时，可用一个备用码。", "Six digits from your authenticator app, or one of your codes on paper.")
        context["action"] = "/sign-in/code"
        context["back"] = back
        context["fields"] = [FactorPages.codeField(visit).context]
        context["button"] = visit.say("登录", "Sign in")
        context["links"] = [["label": visit.say("换一个账号", "Another account"), "href": "/sign-in"]]
        context["notes"] = [String]()
        context["errors"] = error.map { SignInPages.errors($0, visit) }
        return try frame.page("sign-in", context, status: error?.code.status ?? 200)
    }

    func prove(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let session = visit.visitor?.session else { return (.see("/sign-in"), []) }
        let form = try visit.form()
        switch try SignIn.prove(session, code: form.filled("code") ?? "", in: tx) {
        case .opened(let opened): return (WebReply.see(next(opened, form["back"])).opening(opened), [])
        case .refused(let error): return (try codePage(visit, back: form["back"], error), [])
        }
    }

    func end(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        if let session = visit.visitor?.session { try Sessions.end(session, in: tx) }
        return (WebReply.see(visit.visitor?.isOutside == true ? "/p" : "/sign-in").ending(), [])
    }
}
