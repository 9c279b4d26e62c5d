internal import NodeCore

/// The working-day calendar: the days of a year that the week does not say, where each came from, and a form for those whose
/// level sets days (W-01 to W-04).
struct CalendarPages: Sendable {
    let frame: Frame

    private func base(_ visit: Visit) -> ReferenceFrame {
        ReferenceFrame(
            frame: frame, visit: visit, title: visit.say("工作日历", "Working days"), path: "/admin/calendar")
    }

    /// The nation sets every kind of day, a province gives days off, nobody else sets any.
    private func maySet(_ visit: Visit) -> Bool { visit.may(.config, .calendar) }

    func list(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let engine = try visit.engine()
        let calendar = engine.draft.calendar
        let path = engine.identity.divisionPath
        let year = visit.request.query.filled("year").flatMap { Int($0) } ?? visit.today.year
        guard (1990...2200).contains(year) else {
            throw NodeError(.badRequest, "年份须在 1990 至 2200 之间", "a year lies between 1990 and 2200")
        }
        var context = try base(visit).context(snapshot, last: visit.say("\(year) 年工作日历", "Working days of \(year)"))
        let entries = calendar.entries.filter { $0.day.year == year && path.contains($0.division) }
            .sorted { ($0.day, $0.division) < ($1.day, $1.division) }
        let isPublished = CalendarDay(year: year, month: 1, day: 1).map { calendar.isPublished(from: $0, to: $0) } ?? false
        context["facts"] = [
            ["label": visit.say("全国安排", "The nation's"), "value": published(isPublished, visit)] as Context,
            ["label": visit.say("工作日", "Working days"), "value": String(count(year, calendar, path))],
        ]
        var actions = [
            Button.link(visit.say("\(year - 1) 年", "\(year - 1)"), "/admin/calendar?year=\(year - 1)"),
            Button.link(visit.say("\(year + 1) 年", "\(year + 1)"), "/admin/calendar?year=\(year + 1)"),
        ]
        let maySet = maySet(visit)
        if maySet {
            actions.append(.link(visit.say("设定日期", "Set days"), "/admin/calendar/new?year=\(year)", isPrimary: true))
        }
        context["actions"] = actions.map(\.context)
        context["tables"] = [try table(entries, calendar, path, visit).context]
        let own = entries.filter { maySet && $0.division == engine.identity.seat.code }
        context["hasForms"] = !own.isEmpty
        context["formsTitle"] = visit.say("取消本单位设定的日期", "Take back days that this unit set")
        context["forms"] = own.map { entry -> Context in
            [
                "action": "/admin/calendar/\(entry.day)/removal", "hidden": [Context](),
                "label": visit.say("取消", "Take back"),
                "confirm": visit.say("取消 \(entry.day) 的设定并下发？", "Take \(entry.day) back and send that down?"),
                "of": "\(entry.day) \(visit.say(entry.kind.label)) \(entry.note)",
            ]
        }
        return try frame.page("reference", context)
    }

    private func published(_ isPublished: Bool, _ visit: Visit) -> String {
        isPublished
            ? visit.say("已下达", "published")
            : visit.say("尚未下达，暂按周一至周五推算", "not published yet: Monday to Friday count for now")
    }

    private func count(_ year: Int, _ calendar: WorkCalendar, _ path: [String]) -> Int {
        guard let before = CalendarDay(year: year - 1, month: 12, day: 31),
            let last = CalendarDay(year: year, month: 12, day: 31)
        else { return 0 }
        return calendar.workingDays(from: before, to: last, path: path) ?? 0
    }

    private func table(_ entries: [WorkCalendar.Entry], _ calendar: WorkCalendar, _ path: [String], _ visit: Visit) throws
        -> Table
    {
        let rows = try entries.map { entry -> [Table.Cell] in
            let counts = calendar.reading(entry.day, path: path).entry == entry
            return [
                Table.Cell(entry.day.description), Table.Cell(CalendarPages.weekday(entry.day, visit)),
                Table.Cell(visit.say(entry.kind.label), tag: entry.kind.isWorking ? "second" : "passed"),
                Table.Cell(entry.note), Table.Cell(entry.basis),
                Table.Cell(try ReferenceFrame.origin(entry.division, visit)),
                Table.Cell(counts ? "" : visit.say("未采用", "does not count")),
            ]
        }
        let columns = [
            Label("日期", "Day"), Label("星期", "Weekday"), Label("类型", "Kind"), Label("说明", "Note"), Label("依据", "Basis"),
            Label("来源", "Origin"), Label("采用", "Counts"),
        ]
        return Table(
            caption: visit.say("与周一至周五不同的日期", "Days that differ from the week"), columns: columns.map(visit.say), rows: rows)
    }

    private static func weekday(_ day: CalendarDay, _ visit: Visit) -> String {
        let names = [
            Label("周一", "Mon"), Label("周二", "Tue"), Label("周三", "Wed"), Label("周四", "Thu"), Label("周五", "Fri"),
            Label("周六", "Sat"), Label("周日", "Sun"),
        ]
        return visit.say(names[min(max(day.weekday - 1, 0), 6)])
    }

    // MARK: Setting days

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        return try answer(visit, snapshot, SmallForm(form: Form()))
    }

    private func answer(_ visit: Visit, _ snapshot: borrowing Snapshot, _ small: SmallForm) throws -> WebReply {
        let isNation = try visit.level() == .national
        var from = small.view("from", visit.say("日期", "Day"), widget: "field/date", visit)
        from.isRequired = true
        let to = small.view("to", visit.say("至（只设一天时留空）", "To (empty for one day)"), widget: "field/date", visit)
        var kind = small.view("kind", visit.say("类型", "Kind"), widget: "field/select", visit)
        kind.isRequired = true
        kind.options = DayKind.allCases.filter { isNation || !$0.isWorking }.map {
            .init(value: $0.rawValue, label: visit.say($0.label), isSelected: small.form["kind"] == $0.rawValue)
        }
        var note = small.view("note", visit.say("说明", "Note"), visit)
        note.maximum = 60
        var basis = small.view("basis", visit.say("依据（放假通知）", "Basis (the notice)"), visit)
        basis.isRequired = true
        basis.maximum = 200
        return try base(visit).form(
            snapshot, last: visit.say("设定日期", "Set days"),
            text: isNation
                ? visit.say("设定节假日和调休上班日；未设定的日期按周一至周五推算。", "Holidays and make-up days; other days follow the week.")
                : visit.say("省级只能增加休息日。", "A province gives days off only."), action: "/admin/calendar/new",
            cancel: "/admin/calendar", fields: [from, to, kind, note, basis])
    }

    func publish(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        var small = SmallForm(form: try visit.form())
        let from = small.day("from", isRequired: true)
        let to = small.day("to")
        if let from, let to {
            if to < from { small.errors["to"] = Label("不能早于起始日期", "not before the first day") }
            if to.year != from.year {
                small.errors["to"] = Label("须在同一年内，跨年请分两次设定", "within one year: set the next one apart")
            }
        }
        let kind = DayKind(rawValue: small.text("kind"))
        if kind == nil { small.errors["kind"] = Label("请选择类型", "choose a kind") }
        let isNation = try visit.level() == .national
        if let kind, kind.isWorking, !isNation {
            small.errors["kind"] = Label("省级只能增加休息日（W-04）", "a province gives days off only (W-04)")
        }
        let note = small.text("note", 0...60, Label("最多 60 字", "at most 60 characters"))
        let basis = small.text("basis", 1...200, Label("请写明依据，最多 200 字", "name the notice, at most 200 characters"))
        guard small.errors.isEmpty, let from, let kind else {
            return (try tx.withSnapshot { try answer(visit, $0, small) }, [])
        }
        let engine = try visit.engine()
        let seat = engine.identity.seat.code
        let days = (from.number...(to ?? from).number).map {
            WorkCalendar.Entry(day: CalendarDay(number: $0), kind: kind, note: note, basis: basis, division: seat)
        }
        let artefact = Artefact.calendar(setting: days, year: from.year, of: seat, in: engine.draft.calendar)
        return (.see("/admin/calendar?year=\(from.year)&done=published"), try visit.publish(artefact, in: tx))
    }

    func remove(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let engine = try visit.engine()
        guard let day = CalendarDay(visit.path["day"] ?? ""),
            let artefact = Artefact.calendar(
                without: day, of: engine.identity.seat.code, in: engine.draft.calendar)
        else { throw NodeError(.notFound, "本单位没有设定这一天", "this unit has not set this day") }
        return (.see("/admin/calendar?year=\(day.year)&done=published"), try visit.publish(artefact, in: tx))
    }
}
