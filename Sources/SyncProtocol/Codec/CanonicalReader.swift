/// Reads deterministic CBOR and nothing else: a second encoding of a value, a float or an open length is refused, so
/// that one value has one digest. Works on a window of a shared buffer and copies nothing.
public struct CanonicalReader {
    public enum Head: Equatable {
        case unsigned(UInt64)
        /// -1 - value
        case negative(UInt64)
        case bytes(Int)
        case text(Int)
        case array(Int)
        case map(Int)
        case tag(UInt64)
        case bool(Bool)
        case null
    }

    private let buffer: ArraySlice<UInt8>
    public private(set) var position: Int

    public init(_ bytes: ArraySlice<UInt8>) {
        buffer = bytes
        position = bytes.startIndex
    }

    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    public var isAtEnd: Bool { position == buffer.endIndex }

    public func expectEnd() throws {
        guard isAtEnd else { throw ProtocolError(.malformed, "\(buffer.endIndex - position) bytes follow the end") }
    }

    public mutating func head() throws -> Head {
        let first = try byte()
        let major = first >> 5
        if major == 7 {
            switch first {
            case 0xF4: return .bool(false)
            case 0xF5: return .bool(true)
            case 0xF6: return .null
            default: throw malformed("a float, undefined or unassigned simple value")
            }
        }
        let value = try argument(first & 31)
        switch major {
        case 0: return .unsigned(value)
        case 1: return .negative(value)
        case 2: return .bytes(try length(value))
        case 3: return .text(try length(value))
        case 4: return .array(try count(value))
        case 5: return .map(try count(value))
        default: return .tag(value)
        }
    }

    public mutating func unsigned() throws -> UInt64 {
        guard case .unsigned(let value) = try head() else { throw malformed("expected an unsigned integer") }
        return value
    }

    /// An unsigned integer that fits Int and does not exceed `limit`.
    public mutating func int(atMost limit: Int = Int.max) throws -> Int {
        guard let value = Int(exactly: try unsigned()), value <= limit else { throw malformed("an integer over \(limit)") }
        return value
    }

    public mutating func byteString() throws -> ArraySlice<UInt8> {
        guard case .bytes(let count) = try head() else { throw malformed("expected a byte string") }
        return try take(count)
    }

    public mutating func optionalByteString() throws -> ArraySlice<UInt8>? {
        switch try head() {
        case .bytes(let count): return try take(count)
        case .null: return nil
        default: throw malformed("expected a byte string or null")
        }
    }

    /// How many items follow; nil for null.
    public mutating func optionalArray(atMost limit: Int) throws -> Int? {
        switch try head() {
        case .array(let count) where count <= limit: return count
        case .null: return nil
        default: throw malformed("expected an array of at most \(limit) items or null")
        }
    }

    public mutating func fixed<Value: FixedBytes>(_ type: Value.Type = Value.self) throws -> Value {
        guard let value = Value(try byteString()) else { throw malformed("expected \(Value.size) bytes") }
        return value
    }

    public mutating func optionalFixed<Value: FixedBytes>(_ type: Value.Type = Value.self) throws -> Value? {
        guard let bytes = try optionalByteString() else { return nil }
        guard let value = Value(bytes) else { throw malformed("expected \(Value.size) bytes") }
        return value
    }

    public mutating func text() throws -> String {
        guard case .text(let count) = try head() else { throw malformed("expected a text") }
        return try string(count)
    }

    /// A text whose head was read.
    public mutating func string(_ count: Int) throws -> String {
        String(decoding: buffer[try takeText(count)], as: UTF8.self)
    }

    /// Where the bytes of a text stand whose head was read: checked, and not copied.
    public mutating func takeText(_ count: Int) throws -> Range<Int> {
        guard count >= 0, count <= buffer.endIndex - position else {
            throw malformed("\(count) bytes are announced, fewer are there")
        }
        let text = position..<position + count
        guard isUTF8(text) else { throw malformed("a text is not UTF-8") }
        position = text.upperBound
        return text
    }

    private func isUTF8(_ text: Range<Int>) -> Bool {
        let offset = text.lowerBound - buffer.startIndex
        do { _ = try UTF8Span(validating: buffer.span.extracting(offset..<offset + text.count)) } catch { return false }
        return true
    }

    /// A signed integer of at most 63 bits; nil for an item of another type.
    public mutating func integer() throws -> Int64? {
        switch try head() {
        case .unsigned(let value): return try signed(value)
        case .negative(let value): return try -1 - signed(value)
        default: return nil
        }
    }

    private func signed(_ value: UInt64) throws -> Int64 {
        guard let value = Int64(exactly: value) else { throw ProtocolError(.tooLarge, "an integer over 63 bits") }
        return value
    }

    public mutating func array(atMost limit: Int = Limits.items) throws -> Int {
        guard case .array(let count) = try head(), count <= limit else {
            throw malformed("expected an array of at most \(limit)")
        }
        return count
    }

    public mutating func array(exactly count: Int) throws {
        guard case .array(count) = try head() else { throw malformed("expected an array of \(count)") }
    }

    public mutating func map(atMost limit: Int = Limits.items) throws -> Int {
        guard case .map(let count) = try head(), count <= limit else {
            throw malformed("expected a map of at most \(limit)")
        }
        return count
    }

    /// One whole item as it stands, checked for canonical form all the way down.
    public mutating func item() throws -> ArraySlice<UInt8> {
        let start = position
        try skip(depth: 0)
        return buffer[start..<position]
    }

    public mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= buffer.endIndex - position else {
            throw malformed("\(count) bytes are announced, fewer are there")
        }
        defer { position += count }
        return buffer[position..<position + count]
    }

    private mutating func skip(depth: Int) throws {
        guard depth <= Limits.nesting else { throw ProtocolError(.tooLarge, "nesting over \(Limits.nesting)") }
        switch try head() {
        case .unsigned, .negative, .bool, .null: return
        case .bytes(let count): _ = try take(count)
        case .text(let count): _ = try takeText(count)
        case .tag: try skip(depth: depth + 1)
        case .array(let count): for _ in 0..<count { try skip(depth: depth + 1) }
        case .map(let count):
            var previous: ArraySlice<UInt8>?
            for _ in 0..<count {
                let start = position
                try skip(depth: depth + 1)
                let key = buffer[start..<position]
                if let previous, !previous.lexicographicallyPrecedes(key) {
                    throw malformed("map keys out of order or twice")
                }
                previous = key
                try skip(depth: depth + 1)
            }
        }
    }

    private mutating func byte() throws -> UInt8 {
        guard position < buffer.endIndex else { throw malformed("the bytes end too early") }
        defer { position += 1 }
        return buffer[position]
    }

    private mutating func argument(_ info: UInt8) throws -> UInt64 {
        switch info {
        case 0..<24: return UInt64(info)
        case 24: return try big(1, above: 23)
        case 25: return try big(2, above: 0xFF)
        case 26: return try big(4, above: 0xFFFF)
        case 27: return try big(8, above: 0xFFFF_FFFF)
        default: throw malformed("an open length or reserved head")
        }
    }

    private mutating func big(_ count: Int, above shorter: UInt64) throws -> UInt64 {
        guard count <= buffer.endIndex - position else { throw malformed("the bytes end too early") }
        var value: UInt64 = 0
        let end = position + count
        while position < end {
            value = value << 8 | UInt64(buffer[position])
            position += 1
        }
        guard value > shorter else { throw malformed("a head longer than needed") }
        return value
    }

    private func length(_ value: UInt64) throws -> Int {
        guard let count = Int(exactly: value), count <= buffer.endIndex - position else {
            throw malformed("\(value) bytes are announced, fewer are there")
        }
        return count
    }

    /// Each item takes at least a byte, so a count beyond the rest is a lie that would only cost memory.
    private func count(_ value: UInt64) throws -> Int {
        guard let count = Int(exactly: value), count <= buffer.endIndex - position else {
            throw malformed("\(value) items are announced, fewer are there")
        }
        return count
    }

    private func malformed(_ what: String) -> ProtocolError {
        ProtocolError(.malformed, "\(what), at byte \(position - buffer.startIndex)")
    }
}
