/// Identifiers and digests of a fixed number of bytes, kept as machine words so that they cost no allocation.
public protocol FixedBytes: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// A multiple of 8, at most 32.
    static var size: Int { get }
    /// From its words, the first of which holds the first eight bytes with the most significant in front.
    init(word: (Int) -> UInt64)
    func word(_ index: Int) -> UInt64
}

extension FixedBytes {
    public init(words: [UInt64]) { self.init { words[$0] } }

    /// Nil unless there are exactly `size` bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        let known = bytes.withContiguousStorageIfAvailable { Self(buffer: UnsafeRawBufferPointer($0)) }
        guard let value = known ?? Array(bytes).withUnsafeBytes({ Self(buffer: $0) }) else { return nil }
        self = value
    }

    private init?(buffer: UnsafeRawBufferPointer) {
        guard buffer.count == Self.size else { return nil }
        self.init { UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
    }

    /// Nil unless the text is exactly `size` bytes in hexadecimal; hyphens are ignored.
    public init?(hex text: String) {
        guard let bytes = Hex.decode(text.replacing("-", with: "")) else { return nil }
        self.init(bytes)
    }

    public var bytes: [UInt8] { withBytes { Array($0) } }

    /// The bytes as they stand on the wire, without an array in between.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let last = Self.size / 8 - 1
        let words = (
            word(0).bigEndian, word(min(1, last)).bigEndian, word(min(2, last)).bigEndian, word(min(3, last)).bigEndian
        )
        return try withUnsafeBytes(of: words) { try body(UnsafeRawBufferPointer(rebasing: $0[..<Self.size])) }
    }

    public var description: String { Hex.encode(bytes) }

    public static func < (left: Self, right: Self) -> Bool {
        for index in 0..<Self.size / 8 where left.word(index) != right.word(index) {
            return left.word(index) < right.word(index)
        }
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
