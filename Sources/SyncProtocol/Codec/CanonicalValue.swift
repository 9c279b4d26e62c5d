/// A CBOR item as a plain value: what a section's fields are made of. No floats: money and measures are integers.
public indirect enum CanonicalValue: Hashable, Sendable {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case bool(Bool)
    case null
    case array([CanonicalValue])
    /// Keys are unsigned integers, ascending: for them this is the bytewise order of RFC 8949.
    case map([Field])

    public struct Field: Hashable, Sendable {
        public let key: UInt64
        public let value: CanonicalValue
        public init(_ key: UInt64, _ value: CanonicalValue) {
            self.key = key
            self.value = value
        }
    }

    public var encoded: [UInt8] {
        var writer = CanonicalWriter()
        write(to: &writer)
        return writer.bytes
    }

    public func write(to writer: inout CanonicalWriter) {
        switch self {
        case .integer(let value): writer.integer(value)
        case .bytes(let value): writer.byteString(value)
        case .text(let value): writer.text(value)
        case .bool(let value): writer.bool(value)
        case .null: writer.null()
        case .array(let values):
            writer.array(values.count)
            for value in values { value.write(to: &writer) }
        case .map(let fields):
            writer.map(fields.count)
            for field in fields.sorted(by: { $0.key < $1.key }) {
                writer.unsigned(field.key)
                field.value.write(to: &writer)
            }
        }
    }

    /// The one item in `bytes`; refuses anything behind it, and more than `Limits` allow.
    public init(decoding bytes: ArraySlice<UInt8>) throws {
        var reader = CanonicalReader(bytes)
        self = try CanonicalValue.read(from: &reader, depth: 0)
        try reader.expectEnd()
    }

    public static func read(from reader: inout CanonicalReader, depth: Int = 0) throws -> CanonicalValue {
        guard depth <= Limits.nesting else { throw ProtocolError(.tooLarge, "nesting over \(Limits.nesting)") }
        switch try reader.head() {
        case .unsigned(let value):
            guard let value = Int64(exactly: value) else { throw ProtocolError(.tooLarge, "an integer over 63 bits") }
            return .integer(value)
        case .negative(let value):
            guard let value = Int64(exactly: value) else { throw ProtocolError(.tooLarge, "an integer over 63 bits") }
            return .integer(-1 - value)
        case .bytes(let count): return .bytes(Array(try field(count, &reader)))
        case .text(let count):
            guard let text = String(validating: try field(count, &reader), as: UTF8.self) else {
                throw ProtocolError(.malformed, "a text is not UTF-8")
            }
            return .text(text)
        case .bool(let value): return .bool(value)
        case .null: return .null
        case .tag(let number): throw ProtocolError(.malformed, "tag \(number) has no place in a section")
        case .array(let count):
            guard count <= Limits.items else { throw ProtocolError(.tooLarge, "\(count) items in one list") }
            return .array(try (0..<count).map { _ in try read(from: &reader, depth: depth + 1) })
        case .map(let count):
            guard count <= Limits.items else { throw ProtocolError(.tooLarge, "\(count) items in one map") }
            return .map(try fields(count, &reader, depth))
        }
    }

    private static func field(_ count: Int, _ reader: inout CanonicalReader) throws -> ArraySlice<UInt8> {
        guard count <= Limits.fieldBytes else { throw ProtocolError(.tooLarge, "a field of \(count) bytes") }
        return try reader.take(count)
    }

    private static func fields(_ count: Int, _ reader: inout CanonicalReader, _ depth: Int) throws -> [Field] {
        var fields = [Field]()
        fields.reserveCapacity(count)
        for _ in 0..<count {
            let key = try reader.unsigned()
            if let last = fields.last, last.key >= key { throw ProtocolError(.malformed, "map keys out of order or twice") }
            fields.append(Field(key, try read(from: &reader, depth: depth + 1)))
        }
        return fields
    }

    public subscript(key: UInt64) -> CanonicalValue? {
        guard case .map(let fields) = self else { return nil }
        return fields.first { $0.key == key }?.value
    }
}
