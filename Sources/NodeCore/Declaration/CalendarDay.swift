/// A day of the Gregorian calendar as its number since 1970-01-01. Own arithmetic, since the core asks no clock and no zone.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: Int64

    public init(number: Int64) { self.number = number }

    /// Nil when there is no such day; years 1800 to 2999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1800...2999).contains(year), (1...12).contains(month), day >= 1, day <= CalendarDay.length(year, month) else {
            return nil
        }
        // Days from civil: eras of 400 years, years beginning in March so that the leap day comes last.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = Int64(era * 146_097 + dayOfEra - 719_468)
    }

    /// `YYYY-MM-DD` and nothing else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    public var parts: (year: Int, month: Int, day: Int) {
        let shifted = Int(clamping: number) &+ 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    public var year: Int { parts.year }

    public var description: String {
        let (year, month, day) = parts
        return [CalendarDay.pad(year, 4), CalendarDay.pad(month, 2), CalendarDay.pad(day, 2)].joined(separator: "-")
    }

    /// Whole years between this birthday and `day`.
    public func age(on day: CalendarDay) -> Int {
        let (birth, today) = (parts, day.parts)
        return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day) ? 1 : 0)
    }

    /// The same day some years later; 29 February becomes 28 where there is none.
    public func adding(years: Int) -> CalendarDay {
        let (year, month, day) = parts
        return CalendarDay(year: year + years, month: month, day: day)
            ?? CalendarDay(year: year + years, month: month, day: 28) ?? self
    }

    public static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }

    private static func length(_ year: Int, _ month: Int) -> Int {
        if month == 2 { return year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// When it begins in China, in milliseconds since 1970.
    public var startMilliseconds: Int64 {
        let (start, isTooFar) = number.multipliedReportingOverflow(by: 86_400_000)
        return isTooFar ? (number < 0 ? .min : .max) : start.subtractingReportingOverflow(8 * 3_600_000).partialValue
    }

    /// The day in China (UTC+8, no summer time) at a moment.
    public init(milliseconds: Int64) {
        let local = milliseconds.addingReportingOverflow(8 * 3_600_000).partialValue
        number = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    }
}
