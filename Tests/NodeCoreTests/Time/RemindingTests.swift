import SyncProtocol
import Testing

@testable import NodeCore

/// Due days and steps from the facts alone.
@Suite struct RemindingTests {
    private static let days = ParameterKey("days", "天数", "days", .integer, settableBy: .province, fallback: "10")
    private static let months = ParameterKey("months", "月数", "months", .integer, settableBy: .city, fallback: "12")
    private static let closes = ParameterKey("closes", "截止", "closes", .text, settableBy: .city, fallback: "11-30")

    private static let review = Deadline(
        "T-11", Label("审核", "review"), .pendingHere, .workingDays(days),
        ladder: [.init(-3, .reviewer), .init(0, .reviewer), .init(1, .clerk, .reviewer), .init(3, .head)])
    private static let yearly = Deadline(
        "T-13", Label("核查", "verification"), .dated([Fixtures.birth.definition], planned: nil, states: ["60"]),
        .yearly(months: months, closes: closes), ladder: [.init(-20, .clerk), .init(0, .clerk)])

    /// The first week of October off, its Saturday made up for.
    private static let calendar = WorkCalendar(
        (1...7).map {
            WorkCalendar.Entry(
                day: Fixtures.day("2026-10-0\($0)"), kind: .holiday, note: "", basis: "test", division: "000000")
        } + [
            WorkCalendar.Entry(
                day: Fixtures.day("2026-10-10"), kind: .makeUp, note: "", basis: "test", division: "000000")
        ])

    private func matter(_ start: String, planned: String? = nil) -> OpenMatter {
        OpenMatter(
            record: RecordID(words: [1, 2]), key: "1", start: Fixtures.day(start), planned: planned.map { Fixtures.day($0) })
    }

    private func reminding(_ entries: [Parameters.Entry] = [], level: Level = .city) -> Reminding {
        Reminding(
            calendar: Self.calendar, parameters: Parameters(entries), path: ["370200", "370000", "000000"], level: level)
    }

    private func told(_ start: String, asOf day: String, _ deadline: Deadline = Self.review) -> [Reminder] {
        var reminding = reminding()
        return reminding.reminders(deadline, kind: "pet", for: matter(start), asOf: Fixtures.day(day))
    }

    /// Reported on a Monday: seven working days later the reminder, after ten it is due.
    @Test func `steps fall before, on and after the due day, up a ladder of roles`() {
        #expect(told("2026-06-01", asOf: "2026-06-09").isEmpty)
        let soon = told("2026-06-01", asOf: "2026-06-10")
        #expect(soon.map(\.step) == [-3] && soon.map(\.stage) == [.soon] && soon.map(\.isLate) == [false])
        #expect(soon.first?.due == Fixtures.day("2026-06-15") && soon.first?.role == .cityReviewer)
        let today = told("2026-06-01", asOf: "2026-06-15")
        #expect(today.map(\.stage) == [.soon, .today] && today.map(\.isLate) == [true, false])
        let over = told("2026-06-01", asOf: "2026-06-18")
        #expect(over.map(\.role) == [.cityReviewer, .cityReviewer, .clerk, .cityReviewer, .unitHead])
        #expect(over.map(\.step) == [-3, 0, 1, 1, 3] && over.last?.isLate == false)
    }

    @Test func `holidays and make-up days move the due day`() {
        var reminding = reminding()
        // 28, 29, 30 September, 8, 9, 10 (made up), 12, 13, 14, 15 October.
        #expect(reminding.due(Self.review, matter("2026-09-25")) == Fixtures.day("2026-10-15"))
    }

    @Test func `a matter overdue since long is told by its last step alone`() {
        let old = told("2025-01-06", asOf: "2026-06-18")
        #expect(old.map(\.step) == [3] && old.map(\.isLate) == [true])
    }

    @Test(
        arguments: [
            ("2025-03-10", nil, "2026-03-10"), ("2025-03-14", nil, "2026-03-16"), ("2025-12-20", nil, "2026-11-30"),
            ("2025-03-10", "2026-01-05", "2026-01-05"), ("2025-03-10", "2026-05-05", "2026-03-10"),
            ("2025-03-10", "2025-01-05", "2026-03-10"),
        ] as [(String, String?, String)])
    func `a yearly check is due within twelve months, once in the calendar year, and not after a nearer plan`(
        start: String, planned: String?, due: String
    ) {
        var reminding = reminding()
        #expect(reminding.due(Self.yearly, matter(start, planned: planned)) == Fixtures.day(due))
    }

    @Test func `a parameter of the place counts, and one that is no number has no due day`() {
        let set = { (value: String) in
            Parameters.Entry(
                key: "days", division: "370000", from: Fixtures.day("2026-01-01"), to: nil, value: value)
        }
        var quick = reminding([set("2")])
        #expect(quick.due(Self.review, matter("2026-06-01")) == Fixtures.day("2026-06-03"))
        var broken = reminding([set("soon")])
        #expect(broken.due(Self.review, matter("2026-06-01")) == nil)
        #expect(
            broken.reminders(Self.review, kind: "pet", for: matter("2026-06-01"), asOf: Fixtures.day("2027-01-01")).isEmpty)
    }

    @Test func `the fewest days of a period bound what has to be looked at`() {
        #expect(reminding().shortest(Self.yearly.period) == 334)
        let sooner = Parameters.Entry(
            key: "months", division: "370200", from: Fixtures.day("2026-01-01"), to: nil, value: "6")
        #expect(reminding([sooner]).shortest(Self.yearly.period) == 168)
        #expect(reminding().shortest(Self.review.period) == 10)
    }

    @Test func `a recipient is the role of the node's level`() {
        let roles = Level.allCases.map { Deadline.Recipient.reviewer.role(at: $0) }
        #expect(roles == [.nationalReviewer, .provinceReviewer, .cityReviewer, .countyReviewer])
        #expect(Deadline.Recipient.head.role(at: .city) == .unitHead && Deadline.Recipient.clerk.role(at: .city) == .clerk)
    }
}
