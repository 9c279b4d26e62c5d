import Testing

@testable import NodeCore

@Suite struct CalendarDayTests {
    @Test func `every day of two centuries keeps its number, its parts and its text`() throws {
        var expected = CalendarDay(year: 1900, month: 1, day: 1)?.number ?? 0
        #expect(expected == -25_567)
        for year in 1900...2100 {
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (month, length) in lengths.enumerated() {
                for number in 1...length {
                    let day = try #require(CalendarDay(year: year, month: month + 1, day: number))
                    guard day.number == expected, day.parts == (year, month + 1, number) else {
                        Issue.record("\(year)-\(month + 1)-\(number)")
                        return
                    }
                    expected += 1
                }
                #expect(CalendarDay(year: year, month: month + 1, day: length + 1) == nil)
            }
            #expect(CalendarDay("\(year)-12-31")?.description == "\(year)-12-31")
        }
    }

    @Test(arguments: [(1900, false), (1996, true), (2000, true), (2023, false), (2024, true), (2100, false)])
    func `29 February exists in leap years only`(year: Int, isLeap: Bool) {
        #expect((CalendarDay(year: year, month: 2, day: 29) != nil) == isLeap)
    }

    @Test(arguments: [
        "2026-6-30", "2026-06-31", "26-06-30", "2026/06/30", "2026-06-30 ", "-026-06-30", "２０２６-06-30", "", "2026-00-10",
        "1799-12-31",
    ])
    func `no other writing of a day is read`(text: String) { #expect(CalendarDay(text) == nil) }

    @Test func `a number far outside, as a stranger might send it, has some text and does no harm`() {
        for number in [Int64.min, -1_000_000_000_000, 1_000_000_000_000, .max] {
            let day = CalendarDay(number: number)
            #expect(!day.description.isEmpty)
            _ = day.age(on: Fixtures.day("2026-07-01"))
        }
    }

    @Test func `an age counts whole years, and a leap-day birthday comes on 1 March of common years`() {
        let birth = Fixtures.day("1976-02-29")
        #expect(birth.age(on: Fixtures.day("2026-02-28")) == 49)
        #expect(birth.age(on: Fixtures.day("2026-03-01")) == 50)
        #expect(birth.age(on: Fixtures.day("2024-02-29")) == 48)
        #expect(birth.age(on: birth) == 0)
        #expect(birth.adding(years: 1) == Fixtures.day("1977-02-28"))
        #expect(birth.adding(years: 4) == Fixtures.day("1980-02-29"))
    }

    @Test func `a day in China begins at 16 o'clock UTC`() {
        #expect(CalendarDay(milliseconds: 1_782_835_200_000) == Fixtures.day("2026-07-01"))
        #expect(CalendarDay(milliseconds: 1_782_835_199_999) == Fixtures.day("2026-06-30"))
        #expect(CalendarDay(milliseconds: -8 * 3_600_000) == Fixtures.day("1970-01-01"))
        #expect(CalendarDay(milliseconds: -8 * 3_600_000 - 1) == Fixtures.day("1969-12-31"))
        #expect(CalendarDay(milliseconds: -8 * 3_600_000 - 86_400_000) == Fixtures.day("1969-12-31"))
        #expect(CalendarDay(milliseconds: 0) == Fixtures.day("1970-01-01"))
    }
}
