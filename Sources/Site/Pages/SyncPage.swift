internal import NodeCore

/// The state of sync in plain words: who was heard of when, what waits, what was refused.
struct SyncPage: Sendable {
    let frame: Frame

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let state = try SyncState(visit, snapshot)
        var context = try frame.context(visit, snapshot, title: visit.say("同步状态", "State of sync"), current: "/sync")
        context["heading"] = visit.say("同步状态", "State of sync")
        context["actions"] = [Context]()
        context["lead"] = sentence(state, visit)
        context["summary"] = [
            "kind": state.mood == .ok ? "done" : state.mood == .trouble ? "problem" : "note", "text": visit.say(state.text),
        ]
        context["links"] = neighbours(state, visit)
        context["waiting"] = try refused(visit, snapshot)
        context["stick"] = [
            "title": visit.say("没有线路时", "Where there is no line"),
            "text": visit.say(
                "可用 U 盘报送：nodectl bundle export 写出，nodectl bundle import 读入。与联网混用也不会重复。",
                "Use a stick: nodectl bundle export writes it, nodectl bundle import reads it. Nothing comes twice."
            ),
            "buttons": [Context](),
        ]
        return try frame.page("sync-page", context)
    }

    /// Only the badge's inside: for a page that asks every half minute.
    func badge(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try frame.page("parts/sync-text", SyncState(visit, snapshot).context(visit))
    }

    private func sentence(_ state: SyncState, _ visit: Visit) -> String {
        guard state.waiting > 0 else {
            return visit.say(
                "没有等待上报的内容。断网时可以照常建档、修改、打印。",
                "Nothing waits to go up. Without a line you can go on filing, changing, printing.")
        }
        return visit.say(
            "有 \(state.waiting) 条内容已保存在本机，联网后自动上报，不必重复操作。",
            "\(state.waiting) entries are kept here and go up by themselves when the line is back.")
    }

    private func neighbours(_ state: SyncState, _ visit: Visit) -> [Context] {
        let tree = visit.surroundings.engine?.identity.tree
        let parent = visit.surroundings.engine?.identity.seat.parent
        var seats = [String]()
        for link in state.links where !seats.contains(link.seat) { seats.append(link.seat) }
        return seats.map { seat in
            let links = state.links.filter { $0.seat == seat }
            let waiting = links.filter(\.isOwn).reduce(0) { $0 + $1.waiting + Int(clamping: $1.backlog) }
            let frozen = links.compactMap(\.frozen).first
            let receipt = links.compactMap(\.lastReceiptMilliseconds).max()
            let mood: SyncState.Mood = frozen != nil ? .trouble : seat == parent ? state.mood : waiting > 0 ? .waiting : .ok
            var facts: [Context] = [["label": visit.say("等待发出", "Waiting to go"), "value": String(waiting)]]
            if let receipt { facts.append(["label": visit.say("最近回执", "Last receipt"), "value": Shown.time(receipt)]) }
            if seat == parent, let last = state.lastContact {
                facts.append(["label": visit.say("最近联系", "Last heard of"), "value": Shown.time(last)])
            }
            return [
                "name": tree?.seat(seat)?.name ?? seat,
                "role": seat == parent ? visit.say("上级", "above") : visit.say("下级", "below"),
                "state": mood.rawValue,
                "text": frozen.map { visit.say("链路停住：\($0)", "stands still: \($0)") }
                    ?? (waiting > 0 ? visit.say("还有 \(waiting) 条", "\(waiting) to go") : visit.say("已同步", "in step")),
                "facts": facts, "forms": [Context](),
            ]
        }
    }

    private func refused(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context {
        let refused = try Inquiry(visit.surroundings.charter).quarantine(limit: 20, in: snapshot)
        var table = Table(
            caption: visit.say("没有收下的内容", "What was not taken"),
            columns: [visit.say("时间", "When"), visit.say("代码", "Code"), visit.say("说明", "Why"), visit.say("次数", "Times")],
            rows: refused.map {
                [
                    Table.Cell(Shown.time($0.milliseconds)), Table.Cell($0.code, isCode: true), Table.Cell($0.reason),
                    Table.Cell(String($0.times), isNumber: true),
                ]
            }
        ).context
        table["empty"] = visit.say("没有。", "Nothing.")
        return table
    }
}
