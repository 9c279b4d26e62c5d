/// Text as people type it, brought to the form that is compared and stored.
public enum PlainText {
    /// Full-width letters, digits and signs as their ASCII twins. Only for fields that hold nothing but ASCII: in a name or
    /// an address the person must see what was typed.
    public static func halfWidth(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x3000: result.append(" ")
            case 0xFF01...0xFF5E: result.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Without blanks and line breaks at both ends.
    public static func trimmed(_ text: String) -> String {
        let blank = { (character: Character) in character.isWhitespace || character == "\u{FEFF}" }
        guard let first = text.firstIndex(where: { !blank($0) }), let last = text.lastIndex(where: { !blank($0) }) else {
            return ""
        }
        return String(text[first...last])
    }

    /// For numbers that are written in groups: no blank anywhere.
    public static func compact(_ text: String) -> String { String(halfWidth(text).filter { !$0.isWhitespace }) }

    static func digits(_ text: some StringProtocol) -> [Int]? {
        var digits = [Int]()
        for byte in text.utf8 {
            guard (0x30...0x39).contains(byte) else { return nil }
            digits.append(Int(byte) - 0x30)
        }
        return digits
    }
}

/// The citizen number of GB 11643-1999: division, birth date, sequence, check character.
public struct CitizenNumber: Sendable, Hashable {
    /// Normal form: half-width, capital X, 18 characters; an old number of 15 digits is turned into 18 (I-08).
    public let text: String
    private let digits: [Int]

    /// Nil when the text does not even have the form (I-01). Check character and date may still be wrong.
    public init?(_ typed: String) {
        let normal = CitizenNumber.normal(typed)
        guard normal.utf8.count == 18, let digits = PlainText.digits(normal.prefix(17)),
            normal.hasSuffix("X") || PlainText.digits(normal.suffix(1)) != nil
        else { return nil }
        text = normal
        self.digits = digits
    }

    /// The form in which two numbers are compared, whether they are right or not.
    public static func normal(_ typed: String) -> String {
        let text = PlainText.compact(typed).uppercased()
        guard text.utf8.count == 15, let old = PlainText.digits(text) else { return text }
        let digits = old[..<6] + [1, 9] + old[6...]
        return digits.map(String.init).joined() + check(Array(digits))
    }

    /// The first six digits.
    public var division: String { String(text.prefix(6)) }

    /// Nil when digits 7 to 14 name no day.
    public var birthDate: CalendarDay? {
        let number = { (range: Range<Int>) in digits[range].reduce(0) { $0 * 10 + $1 } }
        return CalendarDay(year: number(6..<10), month: number(10..<12), day: number(12..<14))
    }

    /// The code of GB/T 2261.1: an odd sequence is a man's.
    public var sex: String { digits[16].isMultiple(of: 2) ? "2" : "1" }

    /// What the check character has to be.
    public var checkCharacter: String { CitizenNumber.check(digits) }

    public var checkFits: Bool { text.hasSuffix(checkCharacter) }

    /// Numbers that nobody is given: sequence 000, one digit throughout, staircases (I-11).
    public var isPattern: Bool {
        let steps = zip(digits, digits.dropFirst()).map { ($1 - $0 + 10) % 10 }
        return digits[14...16].allSatisfy { $0 == 0 } || [0, 1, 9].contains { step in steps.allSatisfy { $0 == step } }
    }

    /// A residence permit of people from Hong Kong, Macao, Taiwan, or of a foreigner (I-10).
    public var isPermit: Bool { digits[0] == 9 || (digits[0] == 8 && (1...3).contains(digits[1])) }

    /// First six and last four; whatever is too short for that is hidden wholly.
    public static func mask(_ typed: String) -> String {
        let text = PlainText.compact(typed)
        guard text.count > 12 else { return String(repeating: "*", count: text.count) }
        return text.prefix(6) + String(repeating: "*", count: text.count - 10) + text.suffix(4)
    }

    private static func check(_ digits: [Int]) -> String {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let characters = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"]
        return characters[zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 } % 11]
    }
}

/// Mobile numbers of the mainland (N-01).
public enum MobileNumber {
    public static func fits(_ text: String) -> Bool {
        guard let digits = PlainText.digits(text), digits.count == 11 else { return false }
        return digits[0] == 1 && digits[1] >= 3 && Set(digits).count > 1
    }
}

/// The unified social credit code of GB 32100-2015 (N-02).
public enum CreditCode {
    public static func fits(_ text: String) -> Bool {
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
        let values = text.compactMap { alphabet.firstIndex(of: $0) }
        guard text.count == 18, values.count == 18 else { return false }
        return values[17] == (31 - zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } % 31) % 31
    }
}

/// Bank card numbers (N-03).
public enum CardNumber {
    public static func fits(_ text: String) -> Bool {
        guard let digits = PlainText.digits(PlainText.compact(text)), (12...19).contains(digits.count) else { return false }
        let sum = digits.reversed().enumerated().reduce(0) { sum, item in
            let doubled = item.element * 2
            return sum + (item.offset.isMultiple(of: 2) ? item.element : doubled > 9 ? doubled - 9 : doubled)
        }
        return sum.isMultiple(of: 10)
    }
}
