internal import BusinessModules
internal import NodeCore

/// The first page of the day: what waits for whom, how old the oldest is, and how the line stands.
struct Workbench: Sendable {
    let frame: Frame

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        var context = try frame.context(visit, snapshot, title: visit.say("工作台", "My work"), current: "/")
        context["heading"] = visit.say("工作台", "My work")
        let all = frame.modules.flatMap(\.records)
        let others = [try RequestsPage.work(visit, frame, snapshot), try ExportNotices.work(visit, snapshot)]
        context["work"] = try all.compactMap { try group($0, visit, snapshot) } + others.compactMap { $0 }
        let doors = all.filter { visit.isHome && visit.may(.create, Area($0.kind.code)) }.map {
            Button.link(
                visit.say("新建\($0.noun.zh)", "New \($0.noun.en)"), "/\($0.path)/new", isPrimary: true, icon: "plus-lg"
            ).context
        }
        context["doors"] = doors
        context["hasDoors"] = !doors.isEmpty
        context["due"] = try Noticeboard.due(visit, frame, snapshot)
        context["news"] = try Noticeboard.news(visit, snapshot)
        let state = try SyncState(visit, snapshot)
        var facts: [Context] = [["label": visit.say("状态", "State"), "value": visit.say(state.text)]]
        if let last = state.lastContact {
            facts.append(["label": visit.say("最近联系上级", "The level above was heard of"), "value": Shown.time(last)])
        }
        facts.append([
            "label": visit.say("等待上报", "Waits to go up"), "value": visit.say("\(state.waiting) 条", "\(state.waiting)"),
        ])
        context["line"] = [
            "title": visit.say("线路", "Line"), "rows": facts, "href": "/sync", "label": visit.say("同步状态", "State of sync"),
        ]
        return try frame.page("workbench", context)
    }

    /// Counters that open the filtered list behind them.
    private func group(_ pages: RecordPages, _ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context? {
        let area = Area(pages.kind.code)
        guard visit.may(.view, area) else { return nil }
        let inquiry = Inquiry(visit.surroundings.charter)
        let scope = try visit.scope(.view, area).map { [$0] } ?? []
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
        var items = [Context]()
        func add(_ label: String, _ href: String, _ conditions: [RecordSearch.Condition]) throws {
            let found = try inquiry.count(pages.kind, conditions + scope, in: snapshot)
            guard found > 0 else { return }
            let oldest = try inquiry.oldestChange(pages.kind, conditions + scope, in: snapshot)
            let days = oldest.map { max(0, (visit.request.milliseconds - $0) / 86_400_000) } ?? 0
            let item: Context = [
                "what": label, "href": href, "number": Shown.grouped(String(found)), "isLate": days >= Workbench.lateDays,
                "age": days == 0 ? visit.say("今天", "today") : visit.say("最久 \(days) 天", "oldest \(days) days"),
            ]
            items.append(item)
        }
        if visit.may(.review, area) {
            try add(
                visit.say("待本级审核", "Waits for this level"), "/reviews/\(pages.path)", [.pending(try visit.level())])
        }
        if visit.isHome, visit.may(.update, area) || visit.may(.report, area) {
            let workflow = pages.kind.workflow
            for status in [workflow.returned, workflow.draft] + workflow.steps.map(\.to) + [workflow.ready] {
                let href = "/\(pages.path)?\(pages.kind.status.code)=\(status)"
                guard !items.contains(where: { $0["href"] as? String == href }) else { continue }
                try add(
                    shown.label(status, pages.kind.status.codeTable ?? ""), href,
                    [.anyOf(pages.kind.status, [status])])
            }
        }
        return [
            "title": visit.say(pages.kind.label), "rows": items, "hasRows": !items.isEmpty,
            "empty": visit.say("没有待办。", "Nothing waits."),
        ]
    }

    /// T-11: a review is due within ten working days; two weeks are past that.
    private static let lateDays: Int64 = 14
}
