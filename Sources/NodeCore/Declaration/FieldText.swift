extension Finding: Error {
    /// The same finding, on a line of a list.
    public func at(list: String, child: Int64) -> Finding {
        Finding(rule, severity, field, list: list, child: child, message.zh, message.en)
    }
}

extension FieldDefinition {
    // MARK: Text to value

    /// The value that a text from a person or a file stands for: type, length, range and code table are settled here.
    /// The form of numbers is not, since some of its findings are warnings: see `check`. An empty text has no value;
    /// ask `isBlank` first. A `.child` is the caller's, who alone knows the lines.
    public func parse(_ text: String, codes: CodeTables) -> Result<Value, Finding> {
        let trimmed = PlainText.trimmed(text)
        if trimmed.isEmpty { return .failure(missing) }
        let plain = PlainText.halfWidth(trimmed)
        switch type {
        case .text: return outside(.text(normal(trimmed))).map { .failure($0) } ?? .success(.text(normal(trimmed)))
        case .integer: return whole(plain, digits: 0)
        case .decimal(let digits, _): return whole(plain, digits: digits)
        case .date: return date(plain)
        case .flag: return flag(plain)
        case .code(let table): return code(plain, table, codes).map { .text($0) }
        case .codes(let table): return list(plain, table, codes)
        case .child:
            return .failure(
                misfit("请从家庭成员名单中选择\(label.zh)", "choose the \(label.en) from the list of family members"))
        }
    }

    /// Whether a cell holds nothing, so that the record has no value for it.
    public static func isBlank(_ text: String) -> Bool { PlainText.trimmed(text).isEmpty }

    /// what to say of this field when it is required and empty.
    public var missing: Finding {
        Finding("R-01", .error, code, "请填写\(label.zh)", "fill in the \(label.en)")
    }

    private func normal(_ text: String) -> String {
        switch form {
        case .any, .personName: text
        case .digits, .mobile: PlainText.compact(text)
        case .citizenNumber, .creditCode: PlainText.compact(text).uppercased()
        }
    }

    private func whole(_ text: String, digits: Int) -> Result<Value, Finding> {
        guard let number = FieldDefinition.scaled(text, digits: digits) else {
            let places =
                digits == 0
                ? ("整数", "a whole number")
                : (
                    "数字，最多\(digits)位小数",
                    "a number with at most \(digits) decimals"
                )
            return .failure(
                misfit(
                    "\(label.zh)须填\(places.0)，不带单位和千位逗号；现为“\(shown(text))”",
                    "write the \(label.en) as \(places.1), without unit or commas; it is \"\(shown(text))\""))
        }
        return outside(.integer(number)).map { .failure($0) } ?? .success(.integer(number))
    }

    private func date(_ text: String) -> Result<Value, Finding> {
        if let day = CalendarDay(text) { return .success(.integer(day.number)) }
        // A day that is written rightly but does not exist is a slip in the date (D-01), not in the writing.
        let shape = text.map { $0.isNumber ? "0" : String($0) }.joined()
        guard shape == "0000-00-00" else {
            return .failure(
                misfit(
                    "\(label.zh)须按2026-06-30的样式填写；现为“\(shown(text))”",
                    "write the \(label.en) like 2026-06-30; it is \"\(shown(text))\""))
        }
        return .failure(
            Finding(
                "D-01", .error, code, "\(label.zh)“\(shown(text))”不存在，请核对日期",
                "the \(label.en) \"\(shown(text))\" is no day of the calendar: check it"))
    }

    private func flag(_ text: String) -> Result<Value, Finding> {
        switch text {
        case "1": .success(.flag(true))
        case "0": .success(.flag(false))
        default:
            .failure(
                misfit(
                    "\(label.zh)须填1（是）或0（否）；现为“\(shown(text))”",
                    "write 1 (yes) or 0 (no) for \(label.en); it is \"\(shown(text))\""))
        }
    }

    private func code(_ text: String, _ table: String, _ codes: CodeTables) -> Result<String, Finding> {
        if codes.contains(text, in: table) { return .success(text) }
        return .failure(
            Finding(
                "R-02", .error, code, "\(label.zh)的代码“\(shown(text))”不在代码表中，请改用表中的代码",
                "\"\(shown(text))\" is not in the code table of \(label.en): use a code of the table"))
    }

    private func list(_ text: String, _ table: String, _ codes: CodeTables) -> Result<Value, Finding> {
        var found = [String]()
        for part in text.split(separator: ";").map({ PlainText.trimmed(String($0)) }) where !part.isEmpty {
            switch code(part, table, codes) {
            case .success(let one): if !found.contains(one) { found.append(one) }
            case .failure(let finding): return .failure(finding)
            }
        }
        return found.isEmpty ? .failure(missing) : .success(.list(found))
    }

    /// Decimal digits as a whole number of the last place; nil for anything else, and for what Int64 cannot hold.
    public static func scaled(_ text: String, digits: Int) -> Int64? {
        let negative = text.hasPrefix("-")
        let parts = text.dropFirst(negative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts[0].isEmpty else { return nil }
        let places = parts.count == 2 ? String(parts[1]) : ""
        guard parts.count == 1 || !places.isEmpty, places.count <= digits else { return nil }
        let padded = parts[0] + places + String(repeating: "0", count: digits - places.count)
        guard let all = PlainText.digits(padded) else { return nil }
        var value: Int64 = 0
        for digit in all {
            let (tenfold, high) = value.multipliedReportingOverflow(by: 10)
            let (next, over) = tenfold.addingReportingOverflow(Int64(digit))
            if high || over { return nil }
            value = next
        }
        return negative ? -value : value
    }

    // MARK: Value to text

    /// The value as a file or a form shows it: dates ISO, decimals with all their places, codes joined by `;`.
    public func text(_ value: Value) -> String {
        switch (type, value) {
        case (.decimal(let digits, _), .integer(let number)): FieldDefinition.decimal(number, digits: digits)
        case (.date, .integer(let number)): CalendarDay(number: number).description
        case (_, .integer(let number)): String(number)
        case (_, .text(let text)): text
        case (_, .flag(let flag)): flag ? "1" : "0"
        case (_, .list(let codes)): codes.joined(separator: ";")
        }
    }

    static func decimal(_ number: Int64, digits: Int) -> String {
        guard digits > 0 else { return String(number) }
        let all = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - all.count)) + all
        return (number < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    // MARK: What is wrong with a value

    /// What is wrong with a value that has the right type: length and range and the form of numbers (I, N).
    /// Whether it fits the rest of its record is the rules' to say, and whether a code exists was settled by `parse`.
    public func check(_ value: Value, today: CalendarDay) -> [Finding] {
        if let finding = outside(value) { return [finding] }
        guard let text = value.text, case .text = type else { return [] }
        switch form {
        case .any: return []
        case .digits(let count):
            if text.utf8.count == count && PlainText.digits(text) != nil { return [] }
            return [misfit("\(label.zh)须为\(count)位数字", "the \(label.en) has \(count) digits")]
        case .mobile:
            if MobileNumber.fits(text) { return [] }
            return [
                Finding(
                    "N-01", .error, code, "\(label.zh)须为1开头的11位手机号，请向本人核对",
                    "the \(label.en) must be a mobile number of 11 digits: ask the person")
            ]
        case .citizenNumber: return citizenNumber(text, today)
        case .creditCode:
            if CreditCode.fits(text) { return [] }
            return [
                Finding(
                    "N-02", .error, code, "\(label.zh)不符合GB 32100（18位，末位为校验位），请对照营业执照",
                    "the \(label.en) does not fit GB 32100 (18 characters, the last checks the others): compare the licence")
            ]
        case .personName:
            let count = text.unicodeScalars.count
            if count >= 2 && !text.utf8.contains(where: { (0x30...0x39).contains($0) }) { return [] }
            return [misfit("\(label.zh)至少两个字，不含数字", "the \(label.en) has at least two characters and no digits")]
        }
    }

    private func citizenNumber(_ text: String, _ today: CalendarDay) -> [Finding] {
        let shown = CitizenNumber.mask(text)
        guard let number = CitizenNumber(text) else {
            return [
                Finding(
                    "I-01", .error, code, "\(label.zh)须为17位数字加一位数字或X；现为\(text.count)位（\(shown)），请对照证件",
                    "the \(label.en) is 17 digits and a digit or X; this has \(text.count) (\(shown)): check the card")
            ]
        }
        if number.isPattern {
            return [
                Finding(
                    "I-11", .error, code, "\(label.zh)\(shown)是不会签发的号码，请对照证件",
                    "the \(label.en) \(shown) is one that is never issued: compare the card")
            ]
        }
        if !number.checkFits {
            return [
                Finding(
                    "I-02", .error, code, "\(label.zh)\(shown)的校验位不符，有一位写错或两位颠倒，请对照证件",
                    "the check character of the \(label.en) \(shown) does not fit, look for a wrong or swapped digit"
                )
            ]
        }
        var findings = [Finding]()
        if PlainText.compact(text).utf8.count == 15 {
            findings.append(
                Finding(
                    "I-08", .warning, code, "\(label.zh)是15位旧号码，请改用18位：\(CitizenNumber.mask(number.text))",
                    "the \(label.en) is an old one of 15 digits: use the one of 18, \(CitizenNumber.mask(number.text))"))
        }
        let age = number.birthDate.map { $0 > today ? -1 : $0.age(on: today) }
        if !(0...120).contains(age ?? -1) {
            findings.append(
                Finding(
                    "I-03", .error, code, "\(label.zh)\(shown)中的出生日期不存在、在将来或超过120岁，请对照证件",
                    "the birth date in the \(label.en) \(shown) is none, lies ahead or over 120 years back: check the card"))
        }
        return findings
    }

    /// R-03 for a value that the type cannot hold: the one check that `parse` and `check` share.
    private func outside(_ value: Value) -> Finding? {
        switch (type, value) {
        case (.text(let maximum), .text(let text)):
            if text.unicodeScalars.count <= maximum { return nil }
            return misfit("\(label.zh)最多\(maximum)个字", "the \(label.en) has at most \(maximum) characters")
        case (.integer(let range), .integer(let number)), (.decimal(_, let range), .integer(let number)):
            if range.contains(number) { return nil }
            let (low, high) = (self.text(.integer(range.lowerBound)), self.text(.integer(range.upperBound)))
            return misfit("\(label.zh)须在\(low)到\(high)之间", "the \(label.en) lies between \(low) and \(high)")
        case (.date, .integer), (.child, .integer), (.flag, .flag), (.code, .text), (.codes, .list): return nil
        default: return misfit("\(label.zh)的值类型不对", "the value of \(label.en) has the wrong type")
        }
    }

    private func misfit(_ zh: String, _ en: String) -> Finding { Finding("R-03", .error, code, zh, en) }

    /// Enough of a wrong value to find it again; the whole might be a novel.
    private func shown(_ text: String) -> String { text.count > 20 ? text.prefix(20) + "…" : text }
}
