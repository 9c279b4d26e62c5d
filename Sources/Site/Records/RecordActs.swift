internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// What is done to one record or to several from its pages: steps, reports, withdrawals.
struct RecordActs: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }

    func step(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let (item, id) = try own(visit, .update, tx)
        let target = try visit.form()["to"] ?? ""
        try visit.engine().draft.step(id, to: target, by: visit.principal(), in: tx)
        return (.see("/\(pages.path)/\(item.id)?done=step"), [.counted(.draft, "step", 1)])
    }

    func report(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let (item, id) = try own(visit, .report, tx)
        return try run(.report([id], by: visit.principal()), item, "report", visit, tx)
    }

    func withdraw(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let (item, id) = try own(visit, .report, tx)
        return try run(.withdraw([id], by: visit.principal()), item, "withdraw", visit, tx)
    }

    /// Ticked rows, or all that the list's filters name: reported as far as they are ready, each with its result.
    func reportSeveral(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        let inquiry = Inquiry(visit.surroundings.charter)
        let scope = try visit.scope(.report, area).map { [$0] } ?? []
        let ids: [RecordID]
        if form["scope"] == "all" {
            let query = ListQuery(
                pages, form, codes: try visit.codes(), level: try visit.level(), visit)
            let conditions = query.conditions + scope + [.anyOf(pages.kind.status, [pages.kind.workflow.ready])]
            ids = try tx.withSnapshot {
                try inquiry.selection(pages.kind, conditions, limit: NodeLimits.recordsPerCommand, in: $0)
            }
        } else {
            let names = form.all("id")
            guard names.count <= NodeLimits.recordsPerCommand else {
                throw NodeError(.tooLarge, "一次最多 10000 条", "at most 10,000 records at once")
            }
            ids = try names.compactMap { name in
                try tx.withSnapshot { snapshot in
                    guard let item = try inquiry.find(name, pages.kind, in: snapshot),
                        try visit.reaches(item.homeSeat, .report, area)
                    else { return nil }
                    return RecordID(hex: item.id)
                }
            }
        }
        guard !ids.isEmpty else {
            throw NodeError(
                .invalid, "没有可上报的\(pages.noun.zh)：请先勾选，或确认其状态为待上报", "nothing to report: tick some that are ready first")
        }
        let effects = try visit.engine().handle(.report(ids, by: visit.principal()), in: tx)
        return (
            try Results(pages: pages, frame: frame, back: "/\(pages.path)").page(visit, effects, missing: 0, tx), effects
        )
    }

    func own(_ visit: Visit, _ action: Action, _ tx: borrowing Transaction) throws -> (Inquiry.Summary, RecordID) {
        let item = try tx.withSnapshot { try pages.find(visit, action, $0) }
        guard visit.owns(item), let id = RecordID(hex: item.id) else {
            throw NodeError(.notAllowed, "只有建档单位可以办理", "only the home of a record may do this")
        }
        return (item, id)
    }

    private func run(_ event: Event, _ item: Inquiry.Summary, _ done: String, _ visit: Visit, _ tx: borrowing Transaction)
        throws
        -> (WebReply, [Effect])
    {
        let effects = try visit.engine().handle(event, in: tx)
        if let message = effects.refusals.first?.message { throw NodeError(.invalid, message.zh, message.en) }
        return (.see("/\(pages.path)/\(item.id)?done=\(done)"), effects)
    }
}

/// What became of each record of a command on several (S.5).
struct Results {
    let pages: RecordPages
    let frame: Frame
    let back: String

    func page(_ visit: Visit, _ effects: [Effect], missing: Int, _ tx: borrowing Transaction) throws -> WebReply {
        let outcomes = effects.outcomes
        let done = outcomes.filter { $0.refusal == nil }.count
        let refused = outcomes.count - done + missing
        var context = try tx.withSnapshot {
            try frame.context(visit, $0, title: visit.say("办理结果", "Result"), current: "/\(pages.path)")
        }
        context["heading"] = visit.say("办理结果", "Result")
        context["actions"] = [Button.link(visit.say("返回列表", "Back to the list"), back).context]
        context["summary"] = [
            [
                "kind": refused == 0 ? "done" : "note",
                "text": visit.say("成功 \(done) 件，未成功 \(refused) 件。", "\(done) done, \(refused) not."),
            ]
        ]
        let rows = outcomes.filter { $0.refusal != nil }.map { outcome -> [Table.Cell] in
            [
                Table.Cell(outcome.key, href: "/\(pages.path)/\(outcome.record.description)"),
                Table.Cell(outcome.message.map(visit.say) ?? ""),
            ]
        }
        let table = Table(
            caption: visit.say("未成功的", "Not done"),
            columns: [visit.say(pages.kind.key.label), visit.say("原因", "Reason")], rows: rows)
        table.add(to: &context, empty: visit.say("全部成功。", "All done."))
        return try frame.page("result", context)
    }
}
