internal import NodeCore

/// Code tables: what the nation publishes, what provinces and cities added, and a form for whoever may (QG.7).
struct CodeTablePages: Sendable {
    let frame: Frame

    private func base(_ visit: Visit) -> ReferenceFrame {
        ReferenceFrame(frame: frame, visit: visit, title: visit.say("代码表", "Code tables"), path: "/admin/codes")
    }

    private func table(_ visit: Visit) throws -> String {
        let table = visit.path["table"] ?? ""
        guard try visit.codes().has(table: table) else {
            throw NodeError(.notFound, "没有这张代码表", "there is no such code table")
        }
        return table
    }

    /// The nation sets the base; a province or city adds to the tables that are open for it.
    private func maySet(_ table: String, _ visit: Visit) throws -> Bool {
        guard visit.mayPublish else { return false }
        let level = try visit.level()
        let isWhole = !CodeTablePages.places.contains(table)
        return level == .national ? isWhole : level <= .city && visit.surroundings.charter.extensible.contains(table)
    }

    /// Tables of places are far too long for a form: they come with the program.
    private static let places = ["divisions", "divisions.history"]

    func list(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let codes = try visit.codes()
        var context = try base(visit).context(snapshot)
        context["lead"] = visit.say(
            "全国统一的代码由全国下达；标为“可扩展”的，省、市可以增加本地代码，本单位及下级使用。",
            "The nation's codes come from above; tables that are open take codes of provinces and cities besides.")
        let rows = codes.names.map { name -> [Table.Cell] in
            let added = codes.locals.count { $0.table == name }
            let isOpen = visit.surroundings.charter.extensible.contains(name)
            return [
                Table.Cell(name, href: "/admin/codes/\(Form.encoded(name))", isCode: true),
                Table.Cell(Shown.grouped(String(codes.codes(of: name).count)), isNumber: true),
                Table.Cell(String(added), isNumber: true),
                Table.Cell(
                    isOpen ? visit.say("可扩展", "open") : visit.say("全国统一", "the nation's"), tag: isOpen ? "second" : "plain"),
            ]
        }
        let columns = [Label("代码表", "Table"), Label("代码数", "Codes"), Label("本地增加", "Added"), Label("管理", "Kept by")]
        Table(caption: visit.say("代码表", "Code tables"), columns: columns.map(visit.say), rows: rows).add(
            to: &context, empty: "")
        return try frame.page("result", context)
    }

    func show(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let (table, engine) = (try table(visit), try visit.engine())
        let codes = engine.draft.codes
        let seat = engine.identity.seat
        var context = try base(visit).context(snapshot, last: table)
        let maySet = try maySet(table, visit)
        let path = "/admin/codes/\(Form.encoded(table))"
        if maySet {
            context["actions"] = [
                Button.link(
                    seat.level == .national ? visit.say("增加或改名", "Add or rename") : visit.say("增加本地代码", "Add a code"),
                    "\(path)/new", isPrimary: true
                ).context
            ]
        }
        let owners = Dictionary(
            codes.locals.filter { $0.table == table }.map { ($0.code.code, $0.owner) },
            uniquingKeysWith: { first, _ in first }
        )
        let all = codes.codes(of: table)
        let history = try Publications.list("codes/" + table, engine, in: snapshot).filter {
            $0.artefact == "codes/" + table
        }
        context["facts"] = try facts(table, all.count, history, visit)
        let rows = try all.prefix(CodeTablePages.shown).map { code -> [Table.Cell] in
            [
                Table.Cell(code.code, isCode: true), Table.Cell(code.label.zh), Table.Cell(code.label.en),
                Table.Cell(
                    try owners[code.code].map { try ReferenceFrame.origin($0, visit) } ?? visit.say("全国", "the nation")),
            ]
        }
        let columns = [Label("代码", "Code"), Label("名称", "Chinese"), Label("英文名称", "English"), Label("来源", "Origin")]
        context["tables"] = [
            Table(caption: visit.say("代码", "Codes"), columns: columns.map(visit.say), rows: rows).context
        ]
        let own = maySet && seat.level != .national ? all.filter { owners[$0.code] == seat.code } : []
        context["hasForms"] = !own.isEmpty
        context["formsTitle"] = visit.say("停用本单位增加的代码", "Take back codes that this unit added")
        context["forms"] = own.map { code -> Context in
            [
                "action": "\(path)/removal", "hidden": [["name": "code", "value": code.code]],
                "label": visit.say("停用", "Take back"),
                "confirm": visit.say(
                    "停用后不能再选用，已填写的记录照旧。停用 \(code.code)？",
                    "It can be chosen no more; records keep it. Take \(code.code) back?"),
                "of": "\(code.code) \(visit.say(code.label))",
            ]
        }
        return try frame.page("reference", context)
    }

    private func facts(_ table: String, _ count: Int, _ history: [Publications.Line], _ visit: Visit) throws -> [Context] {
        let isOpen = visit.surroundings.charter.extensible.contains(table)
        var facts: [Context] = [
            [
                "label": visit.say("代码数", "Codes"),
                "value": Shown.grouped(String(count))
                    + (count > CodeTablePages.shown
                        ? visit.say("（此处列出前 \(CodeTablePages.shown) 个）", " (the first \(CodeTablePages.shown) are listed)")
                        : "")
                    ,
            ],
            [
                "label": visit.say("管理", "Kept by"),
                "value": isOpen
                    ? visit.say("全国统一，省市可增加", "the nation; provinces and cities add") : visit.say("全国统一", "the nation"),
            ],
        ]
        for line in history {
            facts.append([
                "label": try ReferenceFrame.origin(line.seat ?? "", visit),
                "value": visit.say(
                    "第 \(line.version) 次，\(Shown.time(line.milliseconds))",
                    "no. \(line.version), \(Shown.time(line.milliseconds))"),
            ])
        }
        return facts
    }

    // MARK: Setting one

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let table = try settable(visit)
        return try answer(table, visit, snapshot, SmallForm(form: Form([.init("code", try start(visit))])))
    }

    private func settable(_ visit: Visit) throws -> String {
        let table = try table(visit)
        guard try maySet(table, visit) else {
            throw NodeError(
                .notAllowed, "代码表 \(table) 由全国统一，或不在本级扩展范围内（QG.7）",
                "the code table \(table) is the nation's, or this level adds nothing to it (QG.7)")
        }
        return table
    }

    private func start(_ visit: Visit) throws -> String {
        let seat = try visit.engine().identity.seat
        return seat.level == .national ? "" : Artefact.addedCodesBegin(at: seat)
    }

    private func answer(_ table: String, _ visit: Visit, _ snapshot: borrowing Snapshot, _ small: SmallForm) throws
        -> WebReply
    {
        var code = small.view("code", visit.say("代码", "Code"), visit)
        code.isRequired = true
        code.isCode = true
        code.maximum = 40
        let start = try start(visit)
        if !start.isEmpty { code.help = visit.say("以 \(start) 开头，如 \(start)01", "begins with \(start), such as \(start)01") }
        var zh = small.view("zh", visit.say("名称", "Chinese name"), visit)
        zh.isRequired = true
        zh.maximum = 60
        var en = small.view("en", visit.say("英文名称", "English name"), visit)
        en.isRequired = true
        en.maximum = 60
        return try base(visit).form(
            snapshot, last: visit.say("设定代码：\(table)", "Set a code: \(table)"),
            text: visit.say("已有的代码只改名称；代码本身不能改。", "A code that is there is only called otherwise."),
            action: "/admin/codes/\(Form.encoded(table))/new", cancel: "/admin/codes/\(Form.encoded(table))",
            fields: [code, zh, en])
    }

    func publish(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let table = try settable(visit)
        var small = SmallForm(form: try visit.form())
        let code = small.text("code", 1...40, Label("代码须为 1 至 40 个字符", "a code has 1 to 40 characters"))
        let start = try start(visit)
        if !start.isEmpty, !code.hasPrefix(start) || code.count == start.count {
            small.errors["code"] = Label("本地代码须以 \(start) 开头（QG.7）", "codes of this unit begin with \(start) (QG.7)")
        }
        if start.isEmpty, code.contains(".") {
            small.errors["code"] = Label(
                "带点的代码留给省市的本地扩展（QG.7）", "codes with a full stop are left to provinces and cities (QG.7)")
        }
        if !code.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }) {
            small.errors["code"] = Label("代码只用字母、数字、点、横线", "letters, digits, full stops and hyphens only")
        }
        let range = 1...60
        let zh = small.text("zh", range, Label("名称须为 1 至 60 字", "a name has 1 to 60 characters"))
        let en = small.text("en", range, Label("英文名称须为 1 至 60 个字符", "a name has 1 to 60 characters"))
        guard small.errors.isEmpty else { return (try tx.withSnapshot { try answer(table, visit, $0, small) }, []) }
        let engine = try visit.engine()
        let artefact = Artefact.codes(
            setting: Code(code, Label(zh, en)), table: table, by: engine.identity.seat, in: engine.draft.codes)
        return (
            .see("/admin/codes/\(Form.encoded(table))?done=published"), try visit.publish(artefact, in: tx)
        )
    }

    func remove(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let table = try settable(visit)
        let engine = try visit.engine()
        guard
            let artefact = Artefact.codes(
                without: try visit.form()["code"] ?? "", table: table, by: engine.identity.seat, in: engine.draft.codes)
        else { throw NodeError(.notFound, "本单位没有增加这个代码", "this unit has not added this code") }
        return (
            .see("/admin/codes/\(Form.encoded(table))?done=published"), try visit.publish(artefact, in: tx)
        )
    }

    private static let shown = 2_000
}
