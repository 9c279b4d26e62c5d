import Foundation
import NodeCore

/// Any JSON, as it came from a node.
enum JSONValue: Codable, Sendable, Hashable {
    case null
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(_ bytes: [UInt8]) throws {
        do { self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) } catch {
            throw NodeError(.invalid, "答复不是 JSON", "the answer is not JSON")
        }
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = JSONValue.attempt({ try value.decode(Bool.self) }) {
            self = .flag(flag)
        } else if let integer = JSONValue.attempt({ try value.decode(Int64.self) }) {
            self = .integer(integer)
        } else if let number = JSONValue.attempt({ try value.decode(Double.self) }) {
            self = .number(number)
        } else if let text = JSONValue.attempt({ try value.decode(String.self) }) {
            self = .text(text)
        } else if let array = JSONValue.attempt({ try value.decode([JSONValue].self) }) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// The way to ask a decoder what stands there: a type that does not fit is an answer, no failure.
    private static func attempt<Value>(_ read: () throws -> Value) -> Value? {
        do { return try read() } catch { return nil }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .flag(let flag): try value.encode(flag)
        case .integer(let integer): try value.encode(integer)
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .array(let array): try value.encode(array)
        case .object(let object): try value.encode(object)
        }
    }

    subscript(_ key: String) -> JSONValue {
        if case .object(let object) = self { return object[key] ?? .null }
        return .null
    }

    var items: [JSONValue] {
        if case .array(let array) = self { return array }
        return []
    }

    var keys: [String] {
        if case .object(let object) = self { return object.keys.sorted() }
        return []
    }

    var isTrue: Bool { self == .flag(true) }

    var integer: Int64? {
        if case .integer(let integer) = self { return integer }
        return nil
    }

    /// As a text; lists with commas.
    var plain: String {
        switch self {
        case .null: ""
        case .flag(let flag): flag ? "true" : "false"
        case .integer(let integer): String(integer)
        case .number(let number): String(number)
        case .text(let text): text
        case .array(let array): array.map(\.plain).joined(separator: ",")
        case .object: "{}"
        }
    }
}

extension Encodable {
    /// The bytes of this value as JSON, keys in order.
    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }
}
