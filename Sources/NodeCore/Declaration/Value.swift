internal import SyncProtocol

/// One field's value as the node handles it: money in fen, measures scaled to whole numbers, dates as days since
/// 1970-01-01, code lists as codes. No floats anywhere.
public enum Value: Hashable, Sendable {
    case integer(Int64)
    case text(String)
    case flag(Bool)
    case list([String])

    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    public var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
    public var list: [String]? { if case .list(let value) = self { value } else { nil } }

    func write(to writer: inout CanonicalWriter) {
        switch self {
        case .integer(let value): writer.integer(value)
        case .text(let value): writer.text(value)
        case .flag(let value): writer.bool(value)
        case .list(let values):
            writer.array(values.count)
            for value in values { writer.text(value) }
        }
    }

    /// Nil when the next item is of another type than `form`.
    init?(from reader: inout CanonicalReader, _ form: Column.Form) throws {
        if form == .integer {
            guard let integer = try reader.integer() else { return nil }
            self = .integer(integer)
            return
        }
        switch (form, try reader.head()) {
        case (.flag, .bool(let flag)): self = .flag(flag)
        case (.text, .text(let count)): self = .text(try Value.text(count, &reader))
        case (.list, .array(let count)):
            var texts = [String]()
            for _ in 0..<count {
                guard case .text(let count) = try reader.head() else { return nil }
                texts.append(try Value.text(count, &reader))
            }
            self = .list(texts)
        default: return nil
        }
    }

    private static func text(_ count: Int, _ reader: inout CanonicalReader) throws -> String {
        guard count <= Limits.fieldBytes else { throw ProtocolError(.tooLarge, "a field of \(count) bytes") }
        return try reader.string(count)
    }
}

/// A Swift type that a field can have.
public protocol FieldValue: Sendable {
    init?(_ value: Value)
    var value: Value { get }
}

extension Int64: FieldValue {
    public init?(_ value: Value) { guard let integer = value.integer else { return nil }; self = integer }
    public var value: Value { .integer(self) }
}

extension String: FieldValue {
    public init?(_ value: Value) { guard let text = value.text else { return nil }; self = text }
    public var value: Value { .text(self) }
}

extension Bool: FieldValue {
    public init?(_ value: Value) { guard let flag = value.flag else { return nil }; self = flag }
    public var value: Value { .flag(self) }
}

extension [String]: FieldValue {
    public init?(_ value: Value) { guard let list = value.list else { return nil }; self = list }
    public var value: Value { .list(self) }
}
