internal import NodeCore

extension Site {
    static func ownConsents(_ portal: PortalPages) -> [Page] {
        let pages = ConsentPages(portal: portal)
        return [
            Page("GET", "/p/consents", needs: .right(.view, .ownData), side: .portal, .read { try pages.list($0, $1) }),
            Page(
                "GET", "/p/consents/{purpose}", needs: .right(.view, .ownData), side: .portal,
                .read { try pages.ask($0, $1) }
            ),
            Page(
                "POST", "/p/consents/{purpose}", needs: .right(.update, .ownData), side: .portal,
                .write { try pages.decide($0, $1) }),
        ]
    }
}

/// What somebody agreed to. Giving and taking back are one page each, with the text and what follows from it.
struct ConsentPages: Sendable {
    let portal: PortalPages

    private static let perDay = 50

    func list(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("我的同意", "My consents")
        var context = portal.context(visit, title: title, current: "/p/consents")
        context["heading"] = title
        context["lead"] = visit.say(
            "撤回和同意一样方便，正在发放的帮扶不会因为撤回而取消。“没有登记”是说网上没有记录：以前签过纸的，仍然算数。",
            "Taking back is as easy as giving; help that is being given goes on. Nothing on "
                + "record: what you signed before counts."
        )
        context["consents"] = [Context]()
        context["hasConsents"] = false
        context["empty"] = visit.say(
            "您的账号还没有关联档案。请带身份证到窗口办理。", "No file is linked to your account. Come to the counter with your ID card.")
        if let own = try OwnFile(visit, portal.frame, snapshot) {
            let ledger = try Consents(visit.engine()).ledger(own.id, in: snapshot)
            let shown = try own.shown(visit)
            let purposes = ConsentLine.purposes(ledger, visit.surroundings.engine?.draft.codes)
            context["consents"] = purposes.map { line(ConsentLine($0, ledger, visit.today), shown, visit) }
            context["hasConsents"] = !purposes.isEmpty
        }
        return try portal.frame.page("portal-consents", context)
    }

    private func line(_ line: ConsentLine, _ shown: Shown, _ visit: Visit) -> Context {
        let title = shown.label(line.purpose, "consent_purpose")
        var context: Context = [
            "title": title, "text": line.text.map { visit.say($0.text) } ?? "",
            "state": ["kind": line.tag, "text": visit.say(line.state)],
        ]
        context["since"] = line.since(visit)
        guard line.text != nil || line.holds else { return context }
        // The purpose is said again for who hears the buttons one after the other.
        let word =
            line.holds
            ? visit.say("查看或撤回", "Look, or take it back")
            : line.isNew ? visit.say("查看并选择", "Look and choose") : visit.say("查看并同意", "Look and agree")
        context["door"] = Button.link("\(word)：\(title)", "/p/consents/\(line.purpose)").context
        return context
    }

    // MARK: One purpose

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try page(visit, snapshot, guardian: nil, nil)
    }

    private func page(_ visit: Visit, _ snapshot: borrowing Snapshot, guardian: String?, _ problem: NodeError?) throws
        -> WebReply
    {
        let own = try OwnFile.needed(visit, portal.frame, snapshot)
        let ledger = try Consents(visit.engine()).ledger(own.id, in: snapshot)
        let line = try known(visit, ledger)
        let shown = try own.shown(visit)
        let name = shown.label(line.purpose, "consent_purpose")
        let heading =
            line.holds
            ? visit.say("撤回同意：\(name)", "Take back: \(name)")
            : line.isNew ? visit.say("同不同意：\(name)", "Yes or no: \(name)") : visit.say("同意：\(name)", "Agree: \(name)")
        var context = portal.plain(visit, heading: heading, current: "/p/consents")
        context["tag"] = ["kind": line.tag, "text": visit.say(line.state)]
        var parts = [Context]()
        if let text = line.text {
            parts.append(["title": visit.say("这是什么", "What it is"), "lines": [visit.say(text.text)]])
            parts.append([
                "title": line.holds
                    ? visit.say("撤回以后会怎样", "If you take it back") : visit.say("以后想撤回", "If you take it back later"),
                "lines": [visit.say(text.withdrawal), visit.say(ConsentTexts.kept)],
            ])
        } else {
            parts.append(["title": visit.say("撤回以后", "If you take it back"), "lines": [visit.say(ConsentTexts.kept)]])
        }
        if line.isLawful {
            parts.append([
                "title": visit.say("这一项", "This one"),
                "lines": [
                    visit.say(
                        "依据法律规定办理，不靠您的同意，所以不能在这里撤回。",
                        "rests on the law and not on your consent, so it is not taken back here.")
                ],
            ])
        } else {
            context["form"] = form(line, name, guardian, shown, problem, visit)
        }
        context["parts"] = parts
        context["links"] = [["label": visit.say("不改，返回", "Change nothing, go back"), "href": "/p/consents"]]
        context["errors"] = problem.map { SignInPages.errors($0, visit) }
        return try portal.frame.page("portal-page", context, status: problem?.code.status ?? 200)
    }

    private func form(
        _ line: ConsentLine, _ name: String, _ guardian: String?, _ shown: Shown, _ problem: NodeError?, _ visit: Visit
    ) -> Context {
        var fields = [FieldView]()
        if !line.holds, line.purpose == ConsentLine.minorChild {
            var relation = FieldView("guardian", visit.say("您是孩子的", "What you are to the child"), widget: "field/select")
            relation.isRequired = true
            relation.options = shown.codes.codes(of: "family_relation").map {
                .init(value: $0.code, label: visit.say($0.label), isSelected: $0.code == guardian)
            }
            relation.error = problem.map { visit.say($0.message) }
            fields.append(relation)
        }
        var buttons = [Button]()
        if !line.holds { buttons.append(.submit(visit.say("我同意", "I agree"), name: "act", value: "given", isPrimary: true)) }
        // Files from an older system came without their consents: what was signed there is taken back all the same.
        if line.holds || line.isNew {
            let word = line.holds ? visit.say("撤回同意", "Take it back") : visit.say("我不同意", "I do not agree")
            buttons.append(.submit(word, name: "act", value: "withdrawn", isDanger: true))
        }
        return [
            "action": "/p/consents/\(line.purpose)", "hidden": [Context](), "fields": fields.map(\.context),
            "buttons": buttons.map(\.context),
        ]
    }

    private func known(_ visit: Visit, _ ledger: ConsentLedger) throws -> ConsentLine {
        let purpose = visit.path["purpose"] ?? ""
        let purposes = ConsentLine.purposes(ledger, visit.surroundings.engine?.draft.codes)
        guard purposes.contains(purpose) else {
            throw NodeError(.notFound, "没有这一项同意", "there is no such consent")
        }
        return ConsentLine(purpose, ledger, visit.today)
    }

    func decide(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let visitor = visit.visitor else { throw Visit.unknown }
        let form = try visit.form()
        let own = try tx.withSnapshot { try OwnFile.needed(visit, portal.frame, $0) }
        let consents = Consents(try visit.engine())
        let line = try known(visit, try tx.withSnapshot { try consents.ledger(own.id, in: $0) })
        guard let act = ConsentEntry.Act(rawValue: form["act"] ?? ""), !line.isLawful,
            act == .withdrawn ? line.holds || line.isNew : !line.holds && line.text != nil
        else {
            throw NodeError(.conflict, "这一项刚刚已经改过，请回到列表看看", "this was changed just now: look at the list again")
        }
        let today = visit.request.milliseconds - 86_400_000
        guard try tx.count(ofActs: "consent-\(act.rawValue)", by: visit.principal(), since: today) < ConsentPages.perDay
        else { throw NodeError(.tooMany, "今天改得太多了，请明天再来", "too many changes today: come again tomorrow") }
        let entry = ConsentEntry(
            record: own.id, purpose: line.purpose, act: act, basis: ConsentLedger.consent,
            textVersion: line.text?.version ?? ConsentTexts.version, givenBy: visitor.session.account.name,
            guardian: act == .given ? form.filled("guardian") ?? "" : "", method: .app,
            milliseconds: visit.request.milliseconds, expires: nil, attachment: "", actor: visitor.session.account.name)
        do {
            let (isTakenBack, effects) = try consents.add(entry, by: visit.principal(), in: tx)
            return (.see("/p/consents?done=\(isTakenBack ? "taken-back" : "consent")"), effects)
        } catch let error as NodeError where error.code == .invalid {
            return (try tx.withSnapshot { try page(visit, $0, guardian: form["guardian"], error) }, [])
        }
    }
}

/// How one purpose stands with one person today.
struct ConsentLine {
    let purpose: String
    let standing: ConsentLedger.Standing
    let text: ConsentText?

    static let minorChild = ConsentLedger.minorChild

    init(_ purpose: String, _ ledger: ConsentLedger, _ day: CalendarDay) {
        self.purpose = purpose
        standing = ledger.standing(purpose, on: day)
        text = ConsentTexts.find(purpose)
    }

    /// Those that a file rests on, and whatever else stands in the ledger, in the order of their codes.
    static func purposes(_ ledger: ConsentLedger, _ codes: CodeTables?) -> [String] {
        let used = ConsentTexts.all.map(\.purpose) + ledger.entries.map(\.purpose)
        return (codes?.codes(of: "consent_purpose").map(\.code) ?? []).filter { used.contains($0) }
    }

    var entry: ConsentEntry? {
        switch standing {
        case .never: nil
        case .holds(let entry), .expired(let entry), .withdrawn(let entry): entry
        }
    }

    /// Nothing was ever written down.
    var isNew: Bool { if case .never = standing { true } else { false } }

    var holds: Bool { if case .holds = standing { true } else { false } }

    /// It holds by something else than consent.
    var isLawful: Bool { holds && entry?.basis != ConsentLedger.consent }

    var tag: String {
        switch standing {
        case .never: "plain"
        case .holds: "passed"
        case .expired: "waiting"
        case .withdrawn: "void"
        }
    }

    var state: Label {
        switch standing {
        case .never: Label("没有登记", "Nothing on record")
        case .holds: isLawful ? Label("依法办理", "By law") : Label("已同意", "Agreed")
        case .expired: Label("已到期", "Expired")
        case .withdrawn: Label("已撤回", "Taken back")
        }
    }

    func since(_ visit: Visit) -> String? {
        guard let entry else { return nil }
        let how: Label =
            switch entry.method {
            case .paper: Label("书面", "on paper")
            case .app: Label("网上", "online")
            case .sms: Label("短信", "by SMS")
            }
        return visit.say(
            "\(Shown.time(entry.milliseconds)) · \(how.zh) · 告知书 \(entry.textVersion) 版",
            "\(Shown.time(entry.milliseconds)) · \(how.en) · text \(entry.textVersion)")
    }
}
