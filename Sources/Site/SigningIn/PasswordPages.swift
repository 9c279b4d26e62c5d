internal import NodeCore

/// A password of one's own: behind a one-time link, and later in the place of an old one.
struct PasswordPages: Sendable {
    let frame: Frame

    private func rules(_ visit: Visit) -> [String] {
        [
            visit.say(
                "至少 12 个字符；或至少 8 个字符，且含大写、小写、数字、其他字符中的三种。",
                "At least 12 characters; or 8 with three of: capitals, small letters, digits, others."),
            visit.say("不含登录名，不用常见口令。", "Without your login, and nothing that everybody uses."),
            visit.say("建议用几个不相干的词组成一句话。", "A few words that have nothing to do with each other do well."),
        ]
    }

    /// People from outside say 密码.
    private func newFields(_ visit: Visit, isOutside: Bool) -> [FieldView] {
        let word = isOutside ? visit.say("新密码", "New password") : visit.say("新口令", "New password")
        return [("password", word), ("again", visit.say("再输一次", "Once more"))].map { name, label in
            var field = FieldView(name, label, widget: "field/password")
            field.isRequired = true
            field.autocomplete = "new-password"
            return field
        }
    }

    private func chosen(_ form: Form) throws -> String {
        let word = form["password"] ?? ""
        guard word == form["again"] else {
            throw NodeError(.invalid, "两次输入的口令不同", "the two passwords differ")
        }
        return word
    }

    // MARK: The one-time link

    func welcome(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let account = try Welcome.account(visit.path["token"] ?? "", at: visit.request.milliseconds, in: snapshot)
        return try welcomePage(visit, account, nil)
    }

    private func welcomePage(_ visit: Visit, _ account: Account, _ error: NodeError?) throws -> WebReply {
        let title = visit.say("启用账号", "Begin with your account")
        var context = frame.bare(visit, title: title)
        context["heading"] = title
        context["text"] =
            account.isOutside
            ? visit.say(
                "请设一个只有您自己知道的密码。以后用登录名和这个密码登录。", "Choose a password that only you know. You will sign in with it.")
            : visit.say("请设置只有您自己知道的口令。", "Choose a password that only you know.")
        context["facts"] = [
            ["label": visit.say("姓名", "Name"), "value": account.name],
            ["label": visit.say("登录名", "Login"), "value": account.login],
        ]
        context["action"] = "/welcome/\(visit.path["token"] ?? "")"
        context["fields"] = newFields(visit, isOutside: account.isOutside).map(\.context)
        context["button"] = visit.say("保存并继续", "Save and go on")
        context["rules"] = rules(visit)
        context["errors"] = error.map { SignInPages.errors($0, visit) }
        return try frame.page("welcome", context, status: error?.code.status ?? 200)
    }

    func accept(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> @Sendable () throws -> Page.Finish {
        let token = visit.path["token"] ?? ""
        let account = try Welcome.account(token, at: visit.request.milliseconds, in: snapshot)
        let setting: Welcome.Setting
        do {
            setting = try Welcome.begin(
                token: token, password: try chosen(visit.form()), source: visit.request.source,
                at: visit.request.milliseconds, in: snapshot)
        } catch let error as NodeError where error.code == .invalid || error.code == .weakPassword {
            return { { visit, _ in (try welcomePage(visit, account, error), []) } }
        }
        let salt = visit.surroundings.entropy(PasswordPages.saltBytes)
        return {
            let made = try setting.work(salt: salt)
            return { visit, tx in
                let opened = try Welcome.finish(made, in: tx)
                return (WebReply.see(Visitor.home(opened.session, back: nil)).opening(opened), [])
            }
        }
    }

    private static let saltBytes = 16

    // MARK: A new one for an old one

    func ask(_ visit: Visit) throws -> WebReply {
        guard let session = visit.visitor?.session, session.duty != .code, session.duty != .factor else {
            return .see("/sign-in")
        }
        return try page(visit, nil)
    }

    private func page(_ visit: Visit, _ error: NodeError?) throws -> WebReply {
        let isOutside = visit.visitor?.isOutside == true
        let title = isOutside ? visit.say("修改密码", "Change the password") : visit.say("更换口令", "Change the password")
        var context = frame.bare(visit, title: title)
        context["heading"] = title
        if visit.visitor?.session.duty == .password {
            context["lead"] = visit.say("口令已超过 90 天，请更换后继续。", "Your password is older than 90 days: change it to go on.")
        }
        var old = FieldView(
            "old", isOutside ? visit.say("现在的密码", "Password now") : visit.say("现在的口令", "Password now"),
            widget: "field/password")
        old.isRequired = true
        old.autocomplete = "current-password"
        context["action"] = "/sign-in/password"
        context["fields"] = ([old] + newFields(visit, isOutside: isOutside)).map(\.context)
        context["button"] = visit.say("更换", "Change")
        context["links"] = [["label": visit.say("返回", "Back"), "href": isOutside ? "/p/account" : "/"]]
        context["notes"] = rules(visit)
        context["errors"] = error.map { SignInPages.errors($0, visit) }
        return try frame.page("sign-in", context, status: error?.code.status ?? 200)
    }

    func begin(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> @Sendable () throws -> Page.Finish {
        guard let session = visit.visitor?.session else { return { { _, _ in (.see("/sign-in"), []) } } }
        let trial: PasswordChange.Trial
        do {
            let form = try visit.form()
            trial = try PasswordChange.begin(
                session, old: form["old"] ?? "", new: try chosen(form), at: visit.request.milliseconds, in: snapshot)
        } catch let error as NodeError where error.code == .invalid || error.code == .weakPassword {
            return { { visit, _ in (try page(visit, error), []) } }
        }
        let salt = visit.surroundings.entropy(PasswordPages.saltBytes)
        return {
            let made = try trial.work(salt: salt)
            return { visit, tx in
                switch try PasswordChange.finish(made, in: tx) {
                case .opened(let opened):
                    return (WebReply.see(Visitor.home(opened.session, back: nil)).opening(opened), [])
                case .refused(let error): return (try page(visit, error), [])
                }
            }
        }
    }
}
