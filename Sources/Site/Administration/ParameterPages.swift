internal import NodeCore

/// Parameters in force here, where each came from, and a form to set those that this level may set.
struct ParameterPages: Sendable {
    let frame: Frame

    private func base(_ visit: Visit) -> ReferenceFrame {
        ReferenceFrame(
            frame: frame, visit: visit, title: visit.say("业务参数", "Parameters"), path: "/admin/parameters")
    }

    private func key(_ visit: Visit) throws -> ParameterKey {
        guard let key = visit.surroundings.charter.parameters[visit.path["key"] ?? ""] else {
            throw NodeError(.notFound, "没有这个业务参数", "there is no such parameter")
        }
        return key
    }

    private func maySet(_ key: ParameterKey, _ visit: Visit) throws -> Bool {
        try visit.mayPublish && visit.level() <= key.settableBy
    }

    func list(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let engine = try visit.engine()
        let path = engine.identity.divisionPath
        var context = try base(visit).context(snapshot)
        context["lead"] = visit.say(
            "今天在本单位生效的值。可由本级设定的参数点开后修改，保存后下发到下级。",
            "What holds here today. Those that this level may set are changed on their own page and sent down.")
        let rows = visit.surroundings.charter.parameters.keys.map { key -> [Table.Cell] in
            let entry = engine.draft.parameters.chain(key.key, path: path, on: visit.today).lazy.compactMap(\.entry).first
            let value = entry?.value ?? key.fallback
            let origin = entry.map { division($0.division, engine.identity.tree) } ?? visit.say("默认值", "by default")
            return [
                Table.Cell(visit.say(key.label), href: "/admin/parameters/\(key.key)"), Table.Cell(key.key, isCode: true),
                Table.Cell(value ?? visit.say("未设定", "not set")), Table.Cell(value == nil ? "" : origin),
                Table.Cell(entry.map { period($0, visit) } ?? ""), Table.Cell(settable(key, visit)),
            ]
        }
        let columns = [
            Label("名称", "Name"), Label("代码", "Key"), Label("现值", "Value"), Label("适用区划", "Set for"),
            Label("有效期", "In force"),
            Label("可由何级设定", "Set down to"),
        ]
        Table(caption: visit.say("业务参数", "Parameters"), columns: columns.map(visit.say), rows: rows).add(
            to: &context, empty: "")
        return try frame.page("result", context)
    }

    private func division(_ code: String, _ tree: NodeTree) -> String { tree.seat(code).map { "\($0.name)" } ?? code }

    private func period(_ entry: Parameters.Entry, _ visit: Visit) -> String {
        visit.say(
            "\(entry.from) 起" + (entry.to.map { "，至 \($0)" } ?? ""),
            "from \(entry.from)" + (entry.to.map { " to \($0)" } ?? ""))
    }

    private func settable(_ key: ParameterKey, _ visit: Visit) -> String {
        key.settableBy == .national
            ? visit.say("仅全国", "the nation only")
            : visit.say("\(key.settableBy.label.zh)及以上", "\(key.settableBy.label.en) and above")
    }

    func show(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let (key, engine) = (try key(visit), try visit.engine())
        let tree = engine.identity.tree
        var context = try base(visit).context(snapshot, last: visit.say(key.label))
        if try maySet(key, visit) {
            context["actions"] = [
                Button.link(visit.say("设定新值", "Set a value"), "/admin/parameters/\(key.key)/new", isPrimary: true).context
            ]
        }
        let chain = engine.draft.parameters.chain(key.key, path: engine.identity.divisionPath, on: visit.today)
        let decisive = chain.first { $0.entry != nil }
        context["facts"] = [
            fact(visit.say("现值", "Value"), decisive?.entry?.value ?? key.fallback ?? visit.say("未设定", "not set")),
            fact(
                visit.say("来自", "From"),
                decisive.map { division($0.division, tree) } ?? key.fallback.map { _ in visit.say("默认值", "the default") }
                    ?? "—"),
            fact(visit.say("代码", "Key"), key.key), fact(visit.say("可由何级设定", "Set down to"), settable(key, visit)),
        ]
        let looks = chain.map { look -> [Table.Cell] in
            let counts = look.division == decisive?.division
            return [
                Table.Cell(division(look.division, tree)), Table.Cell(look.entry?.value ?? "—"),
                Table.Cell(look.entry.map { period($0, visit) } ?? ""), Table.Cell(look.entry?.basis ?? ""),
                Table.Cell(counts ? visit.say("采用", "counts") : "", tag: counts ? "passed" : nil),
            ]
        }
        let columns = [
            Label("区划", "Division"), Label("值", "Value"), Label("有效期", "In force"), Label("依据", "Basis"),
            Label("采用", "Counts"),
        ]
        let below = tree.seats.map(\.code).filter { tree.isBelow($0, engine.identity.seat.code) }
        let history = try Publications.history(
            key.key, divisions: engine.identity.divisionPath + below, in: snapshot)
        let rows = try history.map { row -> [Table.Cell] in
            [
                Table.Cell(division(row.entry.division, tree)), Table.Cell(row.entry.value),
                Table.Cell(period(row.entry, visit)), Table.Cell(row.entry.basis),
                Table.Cell(try ReferenceFrame.origin(row.owner, visit)),
            ]
        }
        context["tables"] = [
            Table(
                caption: visit.say("今天由近及远查得", "Where it is looked for today"), columns: columns.map(visit.say), rows: looks
            ).context,
            Table(
                caption: visit.say("历次设定", "All that was ever set"),
                columns: columns.dropLast().map(visit.say) + [visit.say("来源", "Origin")], rows: rows
            ).context,
        ]
        return try frame.page("reference", context)
    }

    private func fact(_ label: String, _ value: String) -> Context { ["label": label, "value": value] }

    // MARK: Setting one

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let key = try settableKey(visit)
        let start = Form([
            .init("division", try visit.engine().identity.seat.code), .init("from", visit.today.description),
        ])
        return try answer(key, visit, snapshot, SmallForm(form: start))
    }

    private func settableKey(_ visit: Visit) throws -> ParameterKey {
        let key = try key(visit)
        guard try maySet(key, visit) else {
            throw NodeError(
                .notAllowed, "参数“\(key.label.zh)”只能由\(key.settableBy.label.zh)及以上设定",
                "\(key.label.en) is set down to level \(key.settableBy.label.en) only")
        }
        return key
    }

    private func answer(_ key: ParameterKey, _ visit: Visit, _ snapshot: borrowing Snapshot, _ small: SmallForm) throws
        -> WebReply
    {
        let tree = try visit.engine().identity.tree
        let own = try visit.engine().identity.seat.code
        var value = small.view("value", visit.say("值", "Value"), visit)
        value.isRequired = true
        value.maximum = ParameterKey.valueCharacters
        if key.form == .flag {
            value.widget = "field/flag"
            value.options = [("1", visit.say("是", "yes")), ("0", visit.say("否", "no"))].map {
                .init(value: $0.0, label: $0.1, isSelected: small.form["value"] == $0.0)
            }
        }
        var division = small.view("division", visit.say("适用区划", "Set for"), widget: "field/select", visit)
        division.isRequired = true
        let seats = tree.seats.filter { $0.code == own || tree.isBelow($0.code, own) }
        division.options = seats.prefix(ParameterPages.divisionsShown).map {
            .init(value: $0.code, label: "\($0.name)（\($0.code)）", isSelected: small.form["division"] == $0.code)
        }
        var from = small.view("from", visit.say("生效日期", "From"), widget: "field/date", visit)
        from.isRequired = true
        let to = small.view("to", visit.say("失效日期（空为长期）", "To (empty: for good)"), widget: "field/date", visit)
        var basis = small.view("basis", visit.say("依据（文号）", "Basis (document)"), visit)
        basis.isRequired = true
        basis.maximum = 200
        basis.isWide = true
        return try base(visit).form(
            snapshot, last: visit.say("设定：\(key.label.zh)", "Set: \(key.label.en)"),
            text: visit.say(
                "新值自生效日起采用；以前的值保留，按当时的日期仍可查得。", "It counts from its first day on; earlier values stay for their own days."),
            action: "/admin/parameters/\(key.key)/new", cancel: "/admin/parameters/\(key.key)",
            fields: [value, division, from, to, basis])
    }

    func publish(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let key = try settableKey(visit)
        var small = SmallForm(form: try visit.form())
        let value = small.text("value")
        if let fault = key.fault(value) { small.errors["value"] = fault }
        let identity = try visit.engine().identity
        let division = small.text("division")
        if division != identity.seat.code, !identity.tree.isBelow(division, identity.seat.code) {
            small.errors["division"] = Label("须为本单位或其下级", "this unit or one below it")
        }
        let from = small.day("from", isRequired: true)
        let to = small.day("to")
        if let from, let to, to < from { small.errors["to"] = Label("不能早于生效日期", "not before the first day") }
        let basis = small.text("basis", 1...200, Label("请写明依据，最多 200 字", "name what it rests on, at most 200 characters"))
        guard small.errors.isEmpty, let from else {
            return (try tx.withSnapshot { try answer(key, visit, $0, small) }, [])
        }
        let entry = Parameters.Entry(key: key.key, division: division, from: from, to: to, value: value, basis: basis)
        return (.see("/admin/parameters/\(key.key)?done=published"), try visit.publish(.parameters([entry]), in: tx))
    }

    /// Seats that a page offers; for more there is a file and the command.
    private static let divisionsShown = 400
}
