internal import Foundation
internal import NodeCore

/// Values as spreadsheets write them, and as people read them.
enum WorkbookText {
    /// Days from the spreadsheets' beginning, 30 December 1899, to 1970; with the other beginning, 1 January 1904.
    static let epoch: Int64 = 25_569
    static let epoch1904: Int64 = 24_107
    /// 31 December 9999.
    static let lastSerial: Int64 = 2_958_465

    static func day(_ number: Int64) -> String { CalendarDay(number: number).description }

    // MARK: Texts

    /// `_x000D_` in a file means a sign by its number (ST_Xstring): a text that looks like one is marked so that it stays
    /// what it is.
    static func marked(_ text: String) -> String {
        guard text.contains("_x") else { return text }
        var (result, rest) = ("", text[...])
        while let place = rest.range(of: "_x") {
            result += rest[..<place.lowerBound]
            rest = rest[place.lowerBound...]
            if code(rest) != nil { result += "_x005F" }
            result += rest.prefix(1)
            rest = rest.dropFirst()
        }
        return result + rest
    }

    static func unmarked(_ text: String) -> String {
        guard text.contains("_x") else { return text }
        var (result, rest) = ("", text[...])
        while let place = rest.range(of: "_x") {
            result += rest[..<place.lowerBound]
            rest = rest[place.lowerBound...]
            if let scalar = code(rest) {
                result.unicodeScalars.append(scalar)
                rest = rest.dropFirst(7)
            } else {
                result += rest.prefix(1)
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// The sign that the seven characters at the beginning stand for.
    private static func code(_ text: Substring) -> UnicodeScalar? {
        let sign = Array(text.prefix(7))
        guard sign.count == 7, sign[6] == "_", sign[2..<6].allSatisfy(\.isHexDigit) else { return nil }
        return UInt16(String(sign[2..<6]), radix: 16).flatMap { UnicodeScalar($0) }
    }

    // MARK: Numbers

    /// A number as a person sees it: fifteen digits, no exponent. Nil when it is no number; a whole one of more digits has
    /// lost its last ones.
    static func number(_ text: String) -> (text: String, isWhole: Bool)? {
        let plain = text.trimmingCharacters(in: .whitespaces)
        guard plain.utf8.count <= 40, let value = Double(plain), value.isFinite else { return nil }
        let isExact = abs(value) < 1e15
        guard isExact else { return ("", false) }
        var digits = String(format: "%.15g", locale: Locale(identifier: "en_US_POSIX"), value)
        if digits.contains("e") {
            digits = String(format: "%.20f", locale: Locale(identifier: "en_US_POSIX"), value)
            while digits.hasSuffix("0") { digits.removeLast() }
            if digits.hasSuffix(".") { digits.removeLast() }
        }
        return (digits == "-0" ? "0" : digits, true)
    }

    /// Whether cells of a format show a day: by the numbers that the standard gives to its own formats, or by the letters
    /// of one that somebody made.
    static func isDay(format id: Int, _ code: String?) -> Bool {
        guard let code else { return (14...17).contains(id) || id == 22 || (27...36).contains(id) || (50...58).contains(id) }
        var (inQuotes, inBrackets, letters) = (false, false, "")
        for sign in code.lowercased() {
            switch sign {
            case "\"": inQuotes.toggle()
            case "[" where !inQuotes: inBrackets = true
            case "]" where !inQuotes: inBrackets = false
            default: if !inQuotes, !inBrackets { letters.append(sign) }
            }
        }
        return letters.contains("y") || letters.contains("d")
    }
}
