/// What a day is (code table `day_kind`). Published for the country; a province may give days off to its subtree.
public enum DayKind: String, Sendable, Hashable, CaseIterable {
    case working = "1"
    case rest = "2"
    case holiday = "3"
    /// A Saturday or Sunday that is worked, to make up for a holiday.
    case makeUp = "4"

    public var isWorking: Bool { self == .working || self == .makeUp }

    public var label: Label {
        switch self {
        case .working: Label("工作日", "working day")
        case .rest: Label("休息日", "rest day")
        case .holiday: Label("法定节假日", "public holiday")
        case .makeUp: Label("调休上班日", "make-up working day")
        }
    }
}

/// Which days are worked, by division (W-01 to W-04). Days without a row follow the week: Monday to Friday work.
public struct WorkCalendar: Sendable {
    /// One row as published: the publisher's own division, since nobody sets days for another's subtree.
    public struct Entry: Sendable, Hashable {
        public let day: CalendarDay
        public let kind: DayKind
        public let note: String
        /// The notice that the row rests on.
        public let basis: String
        public let division: String

        public init(day: CalendarDay, kind: DayKind, note: String, basis: String, division: String) {
            self.day = day
            self.kind = kind
            self.note = note
            self.basis = basis
            self.division = division
        }
    }

    /// What is known of one day at one division.
    public struct Reading: Sendable, Hashable {
        public let day: CalendarDay
        public let isWorking: Bool
        public let kind: DayKind
        /// The row that says so; nil where the week does.
        public let entry: Entry?
        /// Whether the nation has published days of this year. If not, holidays and make-up days are not known.
        public let isPublished: Bool
    }

    /// A day that was counted, and whether every year on the way was published.
    public struct Counted: Sendable, Hashable {
        public let day: CalendarDay
        public let isPublished: Bool

        public init(day: CalendarDay, isPublished: Bool) {
            self.day = day
            self.isPublished = isPublished
        }
    }

    public static let national = "000000"
    /// Longest way of a count: a century of days, so that no number from outside makes it run on.
    public static let daysMax: Int64 = 36_525

    private struct Place: Hashable {
        let division: String
        let day: Int64
    }

    public let entries: [Entry]
    private let rows: [Place: Entry]
    private let years: Set<Int>
    /// Divisions other than the nation that have rows.
    private let local: Set<String>

    public init(_ entries: [Entry]) {
        self.entries = entries
        rows = Dictionary(
            entries.map { (Place(division: $0.division, day: $0.day.number), $0) }, uniquingKeysWith: { first, _ in first })
        years = Set(entries.filter { $0.division == WorkCalendar.national }.map(\.day.year))
        local = Set(entries.map(\.division)).subtracting([WorkCalendar.national])
    }

    /// `path`: the division and those above it, nearest first. A division's own row counts for days off only (W-04).
    public func reading(_ day: CalendarDay, path: [String]) -> Reading {
        let entry = row(day.number, path)
        let kind = entry?.kind ?? (day.isWeekend ? .rest : .working)
        return Reading(
            day: day, isWorking: kind.isWorking, kind: kind, entry: entry, isPublished: years.contains(day.year))
    }

    public func isWorking(_ day: CalendarDay, path: [String]) -> Bool {
        row(day.number, path)?.kind.isWorking ?? !day.isWeekend
    }

    private func row(_ day: Int64, _ path: [String]) -> Entry? {
        for division in path where local.contains(division) {
            if let row = rows[Place(division: division, day: day)], !row.kind.isWorking { return row }
        }
        return rows[Place(division: WorkCalendar.national, day: day)]
    }

    /// The end of `count` working days after an event: counted from the day after it (W-02). Negative counts go back, 0 is
    /// the day itself. Nil where the count leaves the century.
    public func adding(_ count: Int, to day: CalendarDay, path: [String]) -> Counted? {
        let step: Int64 = count < 0 ? -1 : 1
        var (left, current) = (count.magnitude, day)
        while left > 0 {
            current = CalendarDay(number: current.number &+ step)
            guard (current.number - day.number).magnitude <= WorkCalendar.daysMax else { return nil }
            if isWorking(current, path: path) { left -= 1 }
        }
        return Counted(day: current, isPublished: isPublished(from: min(day, current), to: max(day, current)))
    }

    /// Working days after `start` up to and with `end`; negative when `end` lies before. Nil over more than a century.
    public func workingDays(from start: CalendarDay, to end: CalendarDay, path: [String]) -> Int? {
        let (first, last) = (min(start, end), max(start, end))
        guard last.number - first.number <= WorkCalendar.daysMax else { return nil }
        var (count, number) = (0, first.number)
        while number < last.number {
            number += 1
            if isWorking(CalendarDay(number: number), path: path) { count += 1 }
        }
        return end < start ? -count : count
    }

    /// The last day of a period of calendar days: one that rests moves to the next working day (W-03).
    public func moved(_ day: CalendarDay, path: [String]) -> Counted {
        var current = day
        while !isWorking(current, path: path), current.number - day.number < WorkCalendar.daysMax {
            current = CalendarDay(number: current.number + 1)
        }
        return Counted(day: current, isPublished: isPublished(from: day, to: current))
    }

    /// Whether the nation has published every year from one day to another.
    public func isPublished(from start: CalendarDay, to end: CalendarDay) -> Bool {
        (start.year...max(start.year, end.year)).allSatisfy(years.contains)
    }
}

extension CalendarDay {
    /// 1 Monday to 7 Sunday; 1970-01-01 was a Thursday.
    public var weekday: Int { Int(((number % 7) + 10) % 7) + 1 }

    public var isWeekend: Bool { weekday > 5 }

    public func adding(days: Int64) -> CalendarDay { CalendarDay(number: number &+ days) }

    /// The same day some months later, at the latest the last day of that month.
    public func adding(months: Int) -> CalendarDay {
        let (year, month, day) = parts
        let index = year * 12 + month - 1 + months
        for last in stride(from: day, through: 28, by: -1) {
            if let found = CalendarDay(year: index / 12, month: index % 12 + 1, day: last) { return found }
        }
        return CalendarDay(year: index / 12, month: index % 12 + 1, day: min(day, 28)) ?? self
    }
}
