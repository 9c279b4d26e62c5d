/// Which days are worked.
public enum CalendarEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "calendar", Label("工作日历", "What the days of a period are at a division"),
            needs: .right(.view, .parameters),
            query: [
                ("division", "division code, this node's own by default"), ("from", "first day, today by default"),
                ("to", "last day, by default that of 31 days; at most 366"),
            ], .read(days)),
        Endpoint(
            "GET", "calendar/count", Label("推算工作日", "Count working days from a day on, or up to another day"),
            needs: .right(.view, .parameters),
            query: [
                ("division", "division code, this node's own by default"), ("day", "the day of the event, today by default"),
                ("add", "working days to add (-1000 to 1000)"), ("until", "count the working days up to this day instead"),
            ], .read(count)),
    ]

    public struct DayView: Codable, Sendable {
        public let day: String
        public let isWorking: Bool
        /// Code of `day_kind`.
        public let kind: String
        public let note: String?
        public let basis: String?
        /// The division that set it; nil where the week does.
        public let setBy: String?
        /// False when no calendar of the year was published: holidays and make-up days are not known.
        public let isPublished: Bool

        init(_ reading: WorkCalendar.Reading) {
            day = reading.day.description
            isWorking = reading.isWorking
            kind = reading.kind.rawValue
            note = reading.entry?.note
            basis = reading.entry?.basis
            setBy = reading.entry?.division
            isPublished = reading.isPublished
        }
    }

    private static let daysMax: Int64 = 366

    @Sendable static func days(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        let (path, first) = (engine.identity.tree.divisionPath(of: try call.division()), try call.day("from"))
        let last = call.query["to"] == nil ? first.adding(days: 30) : try call.day("to")
        guard first <= last, last.number - first.number < daysMax else {
            throw NodeError(.badRequest, "须为 1 至 366 天的时段", "ask for 1 to 366 days")
        }
        return try Reply(
            (first.number...last.number).map {
                DayView(engine.draft.calendar.reading(CalendarDay(number: $0), path: path))
            })
    }

    public struct CountView: Codable, Sendable {
        /// The day reached, or the one counted to.
        public let day: String
        /// Working days between the event and that day.
        public let workingDays: Int
        public let isPublished: Bool
    }

    @Sendable static func count(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        let calendar = engine.draft.calendar
        let (path, start) = (engine.identity.tree.divisionPath(of: try call.division()), try call.day("day"))
        if let text = call.query["until"] {
            let end = try Call.day(text, "until")
            guard let count = calendar.workingDays(from: start, to: end, path: path) else { throw tooFar }
            let (first, last) = (min(start, end), max(start, end))
            return try Reply(
                CountView(
                    day: end.description, workingDays: count, isPublished: calendar.isPublished(from: first, to: last)))
        }
        let count = try call.number("add", -1_000...1_000, otherwise: 0)
        guard let reached = calendar.adding(count, to: start, path: path) else { throw tooFar }
        return try Reply(
            CountView(day: reached.day.description, workingDays: count, isPublished: reached.isPublished))
    }

    private static let tooFar = NodeError(.badRequest, "时段超过一百年", "that is more than a century")
}
