/// Identifiers and digests of a fixed number of bytes, kept as machine words so that they cost no allocation.
public protocol FixedBytes: Hashable, Comparable, Sendable, CustomStringConvertible {
    static var size: Int { get }
    init(words: [UInt64])
    var words: [UInt64] { get }
}

extension FixedBytes {
    /// Nil unless there are exactly `size` bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        var words = [UInt64](repeating: 0, count: Self.size / 8)
        var index = 0
        for byte in bytes {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
            index += 1
        }
        self.init(words: words)
    }

    /// Nil unless the text is exactly `size` bytes in hexadecimal; hyphens are ignored.
    public init?(hex text: String) {
        guard let bytes = Hex.decode(text.replacing("-", with: "")) else { return nil }
        self.init(bytes)
    }

    public var bytes: [UInt8] {
        var bytes = [UInt8]()
        bytes.reserveCapacity(Self.size)
        for word in words {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return bytes
    }

    public var description: String { Hex.encode(bytes) }

    public static func < (left: Self, right: Self) -> Bool {
        for (a, b) in zip(left.words, right.words) where a != b { return a < b }
        return false
    }
}

/// Lower-case hexadecimal.
public enum Hex {
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text = [UInt8]()
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    public static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes = [UInt8]()
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}
