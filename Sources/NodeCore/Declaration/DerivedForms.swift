/// The forms that stand in `nation` instead of an original. Made by the home when it reports, so its signature covers them.
enum DerivedForms {
    /// Adds what is derived from `value` of `field` to `target`. `birth` decides about children under 14.
    static func add(
        _ field: FieldDefinition, of value: Value?, birth: CalendarDay?, today: CalendarDay, to target: inout Row
    ) {
        switch field.mark {
        case .kept, .reviewers, .city, .home, .local: return
        case .masked, .maskedCity:
            if let text = value?.text { target[field.derivedTag] = .text(mask(text, field.form)) }
        case .hidden, .hiddenCity:
            guard let number = value?.text, let (area, year) = parts(number) else { return }
            let isYoung = birth.map { $0.age(on: today) < 14 } ?? false
            if !(field.mark == .hiddenCity && isYoung) { target[field.derivedTag] = .text(area) }
            target[field.birthYearTag] = .integer(year)
        case .banded:
            if let banding = field.banding, let band = band(value, banding) {
                target[field.derivedTag] = .integer(band)
            }
        }
    }

    /// A phone keeps 3 and 4 digits; a name keeps its first character.
    static func mask(_ text: String, _ form: TextForm) -> String {
        if case .mobile = form, text.utf8.count == 11 { return "\(text.prefix(3))****\(text.suffix(4))" }
        return "\(text.prefix(1))*"
    }

    /// Division and birth year of an 18- or 15-digit number.
    static func parts(_ number: String) -> (area: String, year: Int64)? {
        let digits = number.utf8
        guard digits.allSatisfy({ $0 < 0x80 }) else { return nil }
        func part(_ start: Int, _ count: Int) -> Substring {
            let first = digits.index(digits.startIndex, offsetBy: start)
            return number[first..<digits.index(first, offsetBy: count)]
        }
        switch digits.count {
        case 18: return Int64(part(6, 4)).map { (String(part(0, 6)), $0) }
        case 15: return Int64(part(6, 2)).map { (String(part(0, 6)), 1900 + $0) }
        default: return nil
        }
    }

    static func band(_ value: Value?, _ banding: Banding) -> Int64? {
        switch banding {
        case .present:
            guard let value else { return 0 }
            return value.list?.isEmpty == true || value.text?.isEmpty == true ? 0 : 1
        case .group(let codes): return value?.text.map { codes.contains($0) ? 1 : 2 }
        case .fiveYears: return value?.integer.map { Int64(CalendarDay(number: $0).year / 5 * 5) }
        case .step(let size):
            guard size > 0, let amount = value?.integer else { return nil }
            let step = amount / size - (amount % size < 0 ? 1 : 0)
            let (lower, isBelowAll) = step.multipliedReportingOverflow(by: size)
            return isBelowAll ? nil : lower
        }
    }
}

extension FieldDefinition {
    /// What stands in a row instead of an original that did not come along.
    public enum Derived: Sendable, Hashable {
        case text(String)
        /// The lower end of a band, on the field's own scale; a year for dates.
        case band(Int64)
        /// Whether there is a value at all.
        case choice(Bool)

        public var plain: String {
            switch self {
            case .text(let text): text
            case .band(let number): String(number)
            case .choice(let isPresent): isPresent ? "1" : "0"
            }
        }
    }

    public func derivedText(in row: Row) -> Derived? {
        switch (mark, row[derivedTag]) {
        case (.masked, .text(let text)?), (.maskedCity, .text(let text)?): return .text(text)
        case (.banded, .integer(let number)?):
            switch banding {
            case .present: return .choice(number == 1)
            case .fiveYears: return .text("\(number)—\(number + 4)")
            case .step(let size):
                let upper = number.addingReportingOverflow(size)
                guard !upper.overflow else { return .band(number) }
                return .text("\(text(.integer(number)))—\(text(.integer(upper.partialValue)))")
            case .group: return .text(number == 1 ? "一般" : "其他")
            case nil: return .band(number)
            }
        case (.hidden, let area?), (.hiddenCity, let area?):
            let year = row[birthYearTag]?.integer.map { " \($0)" } ?? ""
            return .text((area.text ?? "") + year)
        default: return nil
        }
    }
}
