internal import Foundation

/// Names and values of a query or of a form that was sent, in their order; a name may stand more than once.
public struct Form: Sendable, Hashable {
    public struct Item: Sendable, Hashable {
        public let name: String
        public let value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public let items: [Item]
    /// By name: a form of a household is asked for each of its inputs.
    private let values: [String: [String]]

    public init(_ items: [Item] = []) {
        self.items = items
        values = Dictionary(grouping: items, by: \.name).mapValues { $0.map(\.value) }
    }

    /// What `application/x-www-form-urlencoded` says; nil when it is malformed or beyond the limits.
    public init?(encoded text: some StringProtocol) {
        var items = [Item]()
        for part in text.split(separator: "&") {
            guard items.count < SiteLimits.formItems else { return nil }
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Form.decoded(halves[0]), let value = Form.decoded(halves.count == 2 ? halves[1] : "") else {
                return nil
            }
            items.append(Item(name, value))
        }
        self.init(items)
    }

    public subscript(name: String) -> String? { values[name]?.first }

    /// Without blanks at the ends; nil when nothing is left.
    func filled(_ name: String) -> String? {
        let text = self[name]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return text.isEmpty ? nil : text
    }

    func all(_ name: String) -> [String] { values[name] ?? [] }

    var isEmpty: Bool { items.isEmpty }

    /// The same with another value for `name`, or without it.
    func with(_ name: String, _ value: String?) -> Form {
        var rest = items.filter { $0.name != name }
        if let value { rest.append(Item(name, value)) }
        return Form(rest)
    }

    func without(_ names: String...) -> Form { Form(items.filter { !names.contains($0.name) }) }

    public var encoded: String {
        items.map { "\(Form.encoded($0.name))=\(Form.encoded($0.value))" }.joined(separator: "&")
    }

    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    private static let hex = Array("0123456789ABCDEF".unicodeScalars)

    static func encoded(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for byte in text.utf8 {
            if plain.contains(byte) {
                result.append(Unicode.Scalar(byte))
            } else {
                result.append("%")
                result.append(hex[Int(byte >> 4)])
                result.append(hex[Int(byte & 15)])
            }
        }
        return String(result)
    }

    /// Nil when an escape or the UTF-8 is broken, or a control sign stands in it that no text field sends.
    private static func decoded(_ text: some StringProtocol) -> String? {
        var bytes = [UInt8]()
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { return nil }
        let isText = decoded.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F || "\r\n\t".unicodeScalars.contains($0)
        }
        return isText ? decoded.replacingOccurrences(of: "\r\n", with: "\n") : nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
