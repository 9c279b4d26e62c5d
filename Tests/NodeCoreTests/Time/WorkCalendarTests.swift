import Testing

@testable import NodeCore

/// W-01 to W-04. The rows are made up for these tests; they are no notice of holidays.
@Suite struct WorkCalendarTests {
    private static func row(_ day: String, _ kind: DayKind, _ division: String = "000000") -> WorkCalendar.Entry {
        WorkCalendar.Entry(day: Fixtures.day(day), kind: kind, note: "", basis: "test", division: division)
    }

    /// In 2026 a week of October off, and two make-up days; in one province a day of its own, and a row it may not set.
    private static let calendar = WorkCalendar(
        (1...7).map { row("2026-10-0\($0)", .holiday) } + [
            row("2026-09-27", .makeUp), row("2026-10-10", .makeUp), row("2026-06-19", .holiday),
            row("2026-03-03", .rest, "370000"), row("2026-03-07", .working, "370000"),
        ])
    private static let path = ["370285", "370200", "370000", "000000"]

    private func working(_ day: String, path: [String] = Self.path) -> Bool {
        Self.calendar.isWorking(Fixtures.day(day), path: path)
    }

    @Test(arguments: [
        ("2026-06-12", true), ("2026-06-13", false), ("2026-06-14", false), ("2026-06-19", false), ("2026-10-05", false),
        ("2026-09-27", true), ("2026-10-10", true), ("2026-10-11", false),
    ])
    func `a row says what a day is, without one the week does`(day: String, isWorking: Bool) {
        #expect(working(day) == isWorking)
    }

    @Test func `a province gives days off in its subtree, and cannot make anybody work`() {
        #expect(!working("2026-03-03") && working("2026-03-03", path: ["440000", "000000"]))
        #expect(!working("2026-03-07"))
        let reading = Self.calendar.reading(Fixtures.day("2026-03-03"), path: Self.path)
        #expect(reading.entry?.division == "370000" && reading.kind == .rest)
    }

    /// The worked example of W-02, and counts over holidays and make-up days.
    @Test(arguments: [
        ("2026-06-08", 5, "2026-06-15"), ("2026-06-05", 1, "2026-06-08"), ("2026-06-06", 1, "2026-06-08"),
        ("2026-09-25", 2, "2026-09-28"), ("2026-09-30", 1, "2026-10-08"), ("2026-09-30", 3, "2026-10-10"),
        ("2026-06-18", 1, "2026-06-22"), ("2026-06-08", 0, "2026-06-08"), ("2026-06-15", -5, "2026-06-08"),
        ("2026-10-12", -1, "2026-10-10"),
    ])
    func `working days are counted from the day after the event`(day: String, count: Int, end: String) {
        let reached = Self.calendar.adding(count, to: Fixtures.day(day), path: Self.path)
        #expect(reached == WorkCalendar.Counted(day: Fixtures.day(end), isPublished: true))
        #expect(
            Self.calendar.workingDays(from: Fixtures.day(day), to: Fixtures.day(end), path: Self.path) == count)
    }

    @Test func `working days between two days are those after the first up to the last`() {
        let count = { (start: String, end: String) in
            Self.calendar.workingDays(from: Fixtures.day(start), to: Fixtures.day(end), path: Self.path)
        }
        #expect(count("2026-09-30", "2026-10-12") == 4)
        #expect(count("2026-10-12", "2026-09-30") == -4)
        #expect(count("2026-06-13", "2026-06-14") == 0)
    }

    /// The worked examples of P-01 and P-04: an extension counts from the end before it was moved.
    @Test(arguments: [
        ("2026-03-06", Int64(15), "2026-03-23"), ("2026-03-10", 60, "2026-05-11"), ("2026-03-10", 90, "2026-06-08"),
    ])
    func `a period of calendar days that ends on a day of rest moves to the next working day`(
        day: String, days: Int64, end: String
    ) {
        let last = Fixtures.day(day).adding(days: days)
        #expect(Self.calendar.moved(last, path: Self.path).day == Fixtures.day(end))
    }

    @Test func `a year that nobody published follows the week, and every answer says so`() {
        let reading = Self.calendar.reading(Fixtures.day("2027-10-01"), path: Self.path)
        #expect(reading.isWorking && !reading.isPublished && reading.entry == nil)
        #expect(Self.calendar.adding(3, to: Fixtures.day("2026-12-30"), path: Self.path)?.isPublished == false)
        #expect(Self.calendar.adding(1, to: Fixtures.day("2026-12-30"), path: Self.path)?.isPublished == true)
        // A province's own day alone makes no published year.
        let local = WorkCalendar([Self.row("2028-03-03", .rest, "370000")])
        #expect(!local.reading(Fixtures.day("2028-03-03"), path: Self.path).isPublished)
    }

    @Test func `a count that leaves the century has no answer`() {
        let never = WorkCalendar([])
        #expect(never.adding(40_000, to: Fixtures.day("2026-01-01"), path: []) == nil)
        #expect(never.workingDays(from: Fixtures.day("1900-01-01"), to: Fixtures.day("2026-01-01"), path: []) == nil)
    }

    @Test(arguments: [("1970-01-01", 4), ("2026-11-26", 4), ("2026-11-29", 7), ("1969-12-29", 1), ("1800-01-01", 3)])
    func `weekdays are right on both sides of 1970`(day: String, weekday: Int) {
        #expect(Fixtures.day(day).weekday == weekday)
    }

    @Test(arguments: [
        ("2026-01-31", 1, "2026-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2026-11-30", 3, "2027-02-28"),
        ("2026-03-10", 12, "2027-03-10"),
    ])
    func `months are added by the calendar`(day: String, months: Int, end: String) {
        #expect(Fixtures.day(day).adding(months: months) == Fixtures.day(end))
    }
}
