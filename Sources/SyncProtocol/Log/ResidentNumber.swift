/// A resident's ID number (GB 11643) as it is compared: 17 digits and a digit or X. Anything else is nil: numbers of other
/// documents are never sealed.
public struct ResidentNumber: Sendable, Hashable {
    /// Bytes of the packed form: half a byte for each character, X as ten.
    public static let packedSize = 9

    public let text: String

    /// `text` must have the normal form already: 18 characters, X in upper case. The home verifies the check character.
    public init?(_ text: String) {
        let characters = Array(text.utf8)
        guard characters.count == 18, characters.dropLast().allSatisfy(ResidentNumber.isDigit),
            let last = characters.last, ResidentNumber.isDigit(last) || last == UInt8(ascii: "X")
        else { return nil }
        self.text = text
    }

    init?(packed: [UInt8]) {
        guard packed.count == ResidentNumber.packedSize else { return nil }
        let values = packed.flatMap { [$0 >> 4, $0 & 15] }
        guard values.dropLast().allSatisfy({ $0 < 10 }), let last = values.last, last <= 10 else { return nil }
        text = values.map { $0 == 10 ? "X" : String($0) }.joined()
    }

    var packed: [UInt8] {
        let values = text.utf8.map { $0 == UInt8(ascii: "X") ? 10 : $0 - UInt8(ascii: "0") }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    private static func isDigit(_ character: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) }
}
