internal import NodeCore

extension Site {
    static func signingUp(_ portal: PortalPages) -> [Page] {
        let pages = SignUpPages(portal: portal)
        return [
            Page("GET", "/p/sign-up", needs: .open, side: .both, .read { visit, _ in try pages.ask(visit) }),
            Page("POST", "/p/sign-up", needs: .open, side: .both, .write { try pages.send($0, $1) }),
            Page("GET", "/p/sign-up/state", needs: .open, side: .both, .read { visit, _ in try pages.askCode(visit) }),
            Page("POST", "/p/sign-up/state", needs: .open, side: .both, .read { try pages.follow($0, $1) }),
            Page("GET", "/p/sign-up/{code}", needs: .open, side: .both, .read { try pages.state($0, $1) }),
        ]
    }
}

/// Asking for an account. What is asked for is little, and the answer is the same whether the person is known here or not:
/// a code to follow the request by, and the way to the counter.
struct SignUpPages: Sendable {
    let portal: PortalPages

    func ask(_ visit: Visit) throws -> WebReply { try page(visit, Form(), [:], nil) }

    private func page(_ visit: Visit, _ form: Form, _ problems: [String: Label], _ refusal: NodeError?) throws -> WebReply {
        let title = visit.say("申请网上账号", "Ask for an account")
        var context = portal.context(visit, title: title, current: "/p/sign-up")
        context["heading"] = title
        context["step"] = visit.say("第 1 步，共 2 步：填写", "Step 1 of 2: this form")
        context["lead"] = visit.say(
            "开通以后，用手机就能看自己的信息和办理进度。现在只填两项，第 2 步带身份证到窗口核对一次。",
            "With an account you see your data and how your matter stands. Two lines here, "
                + "then once to the counter with your ID card."
        )
        var name = FieldView("name", visit.say("姓名", "Name"), value: form["name"])
        name.isRequired = true
        name.maximum = SignUps.nameRange.upperBound
        name.autocomplete = "name"
        name.help = visit.say("和身份证上一样", "As on your ID card")
        name.error = problems["name"].map(visit.say)
        var phone = FieldView("phone", visit.say("手机号", "Mobile number"), value: form["phone"])
        phone.isRequired = true
        phone.maximum = 20
        phone.autocomplete = "tel"
        phone.inputMode = "tel"
        phone.help = visit.say(
            "以后用它登录。没有手机的，请直接到窗口开通。不用填身份证号。",
            "You will sign in with it. Without a mobile, come to the counter. No ID number is needed here.")
        phone.error = problems["phone"].map(visit.say)
        context["action"] = "/p/sign-up"
        context["hidden"] = [Context]()
        context["fields"] = [name.context, phone.context]
        context["agree"] = agree(visit, form, problems["agree"])
        context["errors"] = errors(
            visit, [("name", problems["name"]), ("phone", problems["phone"]), ("agree", problems["agree"])], refusal)
        context["buttons"] = [Button.submit(visit.say("提交申请", "Send"), isPrimary: true).context]
        context["links"] = [
            ["label": visit.say("已经有账号，去登录", "I have an account: sign in"), "href": "/sign-in?back=%2Fp"] as Context,
            ["label": visit.say("查申请办到哪了", "What became of my request"), "href": "/p/sign-up/state"],
        ]
        let status = refusal?.code.status ?? (problems.isEmpty ? 200 : 422)
        return try portal.frame.page("portal-form", context, status: status)
    }

    private func agree(_ visit: Visit, _ form: Form, _ problem: Label?) -> Context {
        var agree: Context = [
            "name": "agree", "label": visit.say("我看过了，同意", "I have read it and agree"),
            "text": visit.say(
                "我们只用姓名和手机号核对您本人、开通账号，30 天后删除申请，不给别人。",
                "Name and telephone serve to know you and to open the account. The request is "
                    + "deleted after 30 days; nobody else gets it."
            ),
            "href": "/p/notice", "linkLabel": visit.say("看完整的告知书", "The whole notice"),
            "isChecked": form["agree"] == "1", "hasError": problem != nil,
        ]
        agree["error"] = problem.map(visit.say)
        return agree
    }

    private func errors(_ visit: Visit, _ problems: [(name: String, text: Label?)], _ refusal: NodeError?) -> Context? {
        if let refusal { return SignInPages.errors(refusal, visit) }
        let items = problems.compactMap { problem -> Context? in
            guard let text = problem.text else { return nil }
            let href = problem.name == "agree" ? "#agree" : "#\(FieldView.id(problem.name))"
            return ["text": visit.say(text), "href": href]
        }
        guard !items.isEmpty else { return nil }
        return ["title": visit.say("有 \(items.count) 处要改", "\(items.count) to correct"), "items": items]
    }

    func send(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let asking = SignUps.Asking(name: form["name"] ?? "", phone: form["phone"] ?? "")
        var problems = asking.problems
        if form["agree"] != "1" { problems["agree"] = Label("请先看告知书并勾选同意", "read the notice and tick that you agree") }
        guard problems.isEmpty else { return (try page(visit, form, problems, nil), []) }
        do {
            let code = try SignUps.ask(
                asking, textVersion: ConsentTexts.version, source: visit.request.source, in: tx)
            return (.see("/p/sign-up/\(code)"), [])
        } catch let error as NodeError where error.code == .tooMany {
            return (try page(visit, form, [:], error), [])
        }
    }

    // MARK: What became of it

    func askCode(_ visit: Visit) throws -> WebReply { try codePage(visit, nil, nil) }

    private func codePage(_ visit: Visit, _ typed: String?, _ error: NodeError?) throws -> WebReply {
        let title = visit.say("查申请办到哪了", "What became of my request")
        var context = portal.plain(
            visit, heading: title, current: "/p/sign-up",
            lead: visit.say(
                "输入申请时给您的查询码（10 个字母和数字）。丢了就带身份证到窗口问。",
                "Type the code that you were given: ten letters and digits. If it is lost, ask at the counter."))
        var code = FieldView("code", visit.say("查询码", "Code"), value: typed)
        code.isRequired = true
        code.maximum = 14
        code.isCode = true
        code.error = error.map { visit.say($0.message) }
        context["form"] = [
            "action": "/p/sign-up/state", "hidden": [Context](), "fields": [code.context],
            "buttons": [Button.submit(visit.say("查询", "Look"), isPrimary: true).context],
        ]
        context["errors"] = error.map { error -> Context in
            ["title": visit.say("没有查到", "Nothing found"), "items": [["text": visit.say(error.message), "href": "#f-code"]]]
        }
        context["links"] = [["label": visit.say("返回首页", "Back to the start"), "href": "/p"]]
        return try portal.frame.page("portal-page", context, status: error?.code.status ?? 200)
    }

    /// The code is a key, so it goes into an address only once it was found to be one.
    func follow(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let typed = try visit.form().filled("code") ?? ""
        guard try SignUps.find(code: typed, at: visit.request.milliseconds, in: snapshot) != nil else {
            return try codePage(visit, typed, SignUps.unknown)
        }
        return .see("/p/sign-up/\(typed.uppercased().filter { $0.isLetter || $0.isNumber })")
    }

    /// State and next step; nobody's name or number.
    func state(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let code = visit.path["code"] ?? ""
        guard let found = try SignUps.find(code: code, at: visit.request.milliseconds, in: snapshot) else {
            throw SignUps.unknown
        }
        let words = words(found, visit)
        var context = portal.plain(visit, heading: words.heading, current: "/p/sign-up", lead: words.lead)
        context["tag"] = ["kind": words.kind, "text": words.state]
        context["facts"] = [
            ["label": visit.say("申请编号", "Request"), "value": String(found.id), "isCode": true] as Context,
            ["label": visit.say("查询码", "Code"), "value": "\(code.prefix(5))-\(code.suffix(5))", "isCode": true],
            ["label": visit.say("提交时间", "Sent"), "value": Shown.time(found.milliseconds), "isCode": false],
        ]
        context["hasFacts"] = true
        context["parts"] = [["title": visit.say("接下来", "Next"), "lines": words.next]]
        context["links"] = [["label": visit.say("返回首页", "Back to the start"), "href": "/p"]]
        return try portal.frame.page("portal-page", context)
    }

    private struct Told {
        let heading: String
        let lead: String
        let kind: String
        let state: String
        let next: [String]
    }

    private func words(_ found: SignUp, _ visit: Visit) -> Told {
        let centre = portal.centre(visit)
        switch found.state {
        case .waiting:
            return Told(
                heading: visit.say("申请收到了", "We have your request"),
                lead: visit.say("请记下查询码，或者把这一页截屏。", "Note the code, or take a picture of this page."), kind: "waiting",
                state: visit.say("等您到窗口核对", "Waits for you at the counter"),
                next: [
                    visit.say(
                        "30 天内，请本人带身份证原件到\(centre)困难职工帮扶中心窗口，报申请编号 \(found.id)。",
                        "Within 30 days come to the help centre of \(centre) with your ID card, and say request \(found.id)."
                    ),
                    visit.say(
                        "工作人员核对后，当场给您一个二维码。用手机扫一下，自己设密码，就能登录。",
                        "The clerk looks at the card and gives you a code to scan. You set a "
                            + "password on your telephone and sign in."
                    ),
                    visit.say("在那之前，网上看不到任何人的信息。", "Until then nobody's data is shown here."),
                ])
        case .admitted:
            return Told(
                heading: visit.say("账号已开通", "The account is open"), lead: visit.say("窗口已核对过身份证。", "The ID card was seen."),
                kind: "passed", state: visit.say("已办好", "Done"),
                next: [
                    visit.say("用窗口给您的二维码设密码，然后登录。", "Set a password with the code from the counter, then sign in."),
                    visit.say("二维码过期了（72 小时）就再到窗口换一个。", "If it is older than 72 hours, ask for a new one at the counter."),
                ])
        case .refused:
            return Told(
                heading: visit.say("申请没有办成", "The request was refused"),
                lead: found.reason.map { visit.say($0.label) } ?? "", kind: "returned", state: visit.say("未通过", "Refused"),
                next: [
                    visit.say("有疑问请带身份证到窗口，或打热线问。", "If you have a question, come to the counter or ring the hotline."),
                    visit.say("可以重新申请。", "You may ask again."),
                ])
        }
    }
}
