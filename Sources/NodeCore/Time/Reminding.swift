public import SyncProtocol

/// One open matter, as the store shows it.
public struct OpenMatter: Sendable, Hashable {
    public let record: RecordID
    public let key: String
    /// From which day its period counts: names the period, so that a due day that moves repeats no reminder.
    public let start: CalendarDay
    public let planned: CalendarDay?

    public init(record: RecordID, key: String, start: CalendarDay, planned: CalendarDay? = nil) {
        self.record = record
        self.key = key
        self.start = start
        self.planned = planned
    }
}

/// One person's role is told of one step of one matter.
public struct Reminder: Sendable, Hashable {
    public let rule: String
    /// Code of the record kind.
    public let kind: String
    public let record: RecordID
    public let key: String
    public let start: CalendarDay
    public let due: CalendarDay
    /// Working days from the due day.
    public let step: Int
    /// The day the step falls on.
    public let day: CalendarDay
    public let role: Role
    /// Noted on a later day than the step's: the node did not run, or learned of the matter late.
    public let isLate: Bool

    public var stage: ReminderStage { ReminderStage(offset: step) }
}

/// From open matters to the reminders that are due on a day. Pure; what was computed once for a day is kept, since
/// thousands of matters share few days.
public struct Reminding {
    private let calendar: WorkCalendar
    private let parameters: Parameters
    private let path: [String]
    private let level: Level
    private var dueDays: [CalendarDay: CalendarDay?] = [:]
    private var stepDays: [CalendarDay: [CalendarDay?]] = [:]
    private var deadline = ""

    /// Steps that fell longer ago are told by the last of them alone: nobody is helped by a year's reminders at once.
    static let daysKept: Int64 = 60

    public init(calendar: WorkCalendar, parameters: Parameters, path: [String], level: Level) {
        self.calendar = calendar
        self.parameters = parameters
        self.path = path
        self.level = level
    }

    /// Every reminder that falls on `day` or fell before it.
    public mutating func reminders(
        _ deadline: Deadline, kind: String, for matter: OpenMatter, asOf day: CalendarDay
    ) -> [Reminder] {
        turn(to: deadline)
        guard let due = due(deadline, matter) else { return [] }
        let days = steps(deadline, due)
        let fallen = zip(deadline.ladder, days).filter { $0.1.map { $0 <= day } ?? false }
        let recent = fallen.filter { ($0.1 ?? day).number >= day.number - Reminding.daysKept }
        return (recent.isEmpty ? fallen.suffix(1) : recent).flatMap { rung, fell in
            rung.recipients.map { recipient in
                Reminder(
                    rule: deadline.rule, kind: kind, record: matter.record, key: matter.key, start: matter.start, due: due,
                    step: rung.offset, day: fell ?? day, role: recipient.role(at: level), isLate: (fell ?? day) < day)
            }
        }
    }

    /// The last day in time; nil where a parameter says nothing or something else than a number.
    public mutating func due(_ deadline: Deadline, _ matter: OpenMatter) -> CalendarDay? {
        turn(to: deadline)
        let known = dueDays[matter.start]
        let due = known ?? end(deadline.period, matter.start)
        if known == nil { dueDays[matter.start] = .some(due) }
        guard let due, let planned = matter.planned, planned > matter.start else { return due }
        return min(due, planned)
    }

    private mutating func turn(to deadline: Deadline) {
        guard self.deadline != deadline.rule else { return }
        (dueDays, stepDays, self.deadline) = ([:], [:], deadline.rule)
    }

    private func end(_ period: Deadline.Period, _ start: CalendarDay) -> CalendarDay? {
        switch period {
        case .workingDays(let key):
            guard let count = number(key, on: start) else { return nil }
            return calendar.adding(count, to: start, path: path)?.day
        case .yearly(let months, let closes):
            guard let count = number(months, on: start) else { return nil }
            let full = calendar.moved(start.adding(months: count), path: path).day
            guard let close = Reminding.closing(text(closes, on: start), in: start.year + 1) else { return full }
            return min(full, close)
        }
    }

    private mutating func steps(_ deadline: Deadline, _ due: CalendarDay) -> [CalendarDay?] {
        if let known = stepDays[due] { return known }
        let days = deadline.ladder.map { calendar.adding($0.offset, to: due, path: path)?.day }
        stepDays[due] = days
        return days
    }

    private func text(_ key: ParameterKey, on day: CalendarDay) -> String? {
        parameters.value(key.key, path: path, on: day) ?? key.fallback
    }

    private func number(_ key: ParameterKey, on day: CalendarDay) -> Int? {
        text(key, on: day).flatMap { Int($0) }.flatMap { (0...10_000).contains($0) ? $0 : nil }
    }

    static func closing(_ text: String?, in year: Int) -> CalendarDay? {
        let parts = (text ?? "").split(separator: "-").compactMap { Int($0) }
        return parts.count == 2 ? CalendarDay(year: year, month: parts[0], day: parts[1]) : nil
    }

    /// The fewest days that such a period ever runs: records that began later need not be looked at.
    func shortest(_ period: Deadline.Period) -> Int64 {
        switch period {
        case .workingDays(let key): return least(key).map { Int64($0) } ?? 0
        case .yearly(let months, let closes):
            let values = parameters.entries(of: closes.key).map(\.value) + [closes.fallback ?? ""]
            let begin = CalendarDay(year: 2025, month: 1, day: 1)?.number ?? 0
            let closing = values.compactMap { Reminding.closing($0, in: 2025) }.map { $0.number - begin + 1 }.min()
            return min(least(months).map { Int64($0) * 28 } ?? 0, closing ?? .max)
        }
    }

    private func least(_ key: ParameterKey) -> Int? {
        (parameters.entries(of: key.key).map(\.value) + [key.fallback ?? ""]).compactMap { Int($0) }.filter { $0 >= 0 }.min()
    }
}
