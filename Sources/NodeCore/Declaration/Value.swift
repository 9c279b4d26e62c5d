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

    var canonical: CanonicalValue {
        switch self {
        case .integer(let value): .integer(value)
        case .text(let value): .text(value)
        case .flag(let value): .bool(value)
        case .list(let values): .array(values.map(CanonicalValue.text))
        }
    }

    /// Nil for what no field of ours holds; such a value stays in the journal's bytes and is passed on from there.
    init?(_ canonical: CanonicalValue) {
        switch canonical {
        case .integer(let value): self = .integer(value)
        case .text(let value): self = .text(value)
        case .bool(let value): self = .flag(value)
        case .array(let values):
            let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
            guard texts.count == values.count else { return nil }
            self = .list(texts)
        case .bytes, .null, .map: return nil
        }
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
