public import SyncProtocol

/// What a publisher sends down its channel to every seat of its subtree: replaced as a whole, never in parts.
public enum Artefact: Sendable, Hashable {
    case parameters([Parameters.Entry])
    case codes(table: String, [Code])
    /// The public key to which the homes seal ID numbers.
    case matchingKey(MatchingKey)

    /// Under this name a later version takes the place of an earlier one.
    public var name: String {
        switch self {
        case .parameters: "parameters"
        case .codes(let table, _): Artefact.codesPrefix + table
        case .matchingKey: Artefact.matchingKeyName
        }
    }

    private static let codesPrefix = "codes/"
    private static let matchingKeyName = "matching-key"

    /// The section `nation` of a publish entry: `{1: name, 2: rows}`, each row an array of texts, integers and bytes.
    var encoded: [UInt8] {
        let rows: [CanonicalValue] =
            switch self {
            case .parameters(let entries):
                entries.map {
                    .array([
                        .text($0.key), .text($0.division), .integer($0.from.number),
                        $0.to.map { .integer($0.number) } ?? .null, .text($0.value),
                    ])
                }
            case .codes(_, let codes):
                codes.map { .array([.text($0.code), .text($0.label.zh), .text($0.label.en)]) }
            case .matchingKey(let key): [.array([.integer(Int64(key.suite.rawValue)), .bytes(key.bytes)])]
            }
        return CanonicalValue.map([.init(1, .text(name)), .init(2, .array(rows))]).encoded
    }

    /// Nil for a name that this program does not know: kept for a later one.
    init?(decoding bytes: ArraySlice<UInt8>) throws {
        let value = try CanonicalValue(decoding: bytes)
        guard case .text(let name)? = value[1], case .array(let rows)? = value[2] else {
            throw ProtocolError(.schema, "an artefact has a name and rows")
        }
        if name == "parameters" {
            self = .parameters(try rows.map(Artefact.parameter))
        } else if name == Artefact.matchingKeyName {
            self = .matchingKey(try Artefact.key(rows))
        } else if name.hasPrefix(Artefact.codesPrefix) {
            self = .codes(table: String(name.dropFirst(Artefact.codesPrefix.count)), try rows.map(Artefact.code))
        } else {
            return nil
        }
    }

    private static func parameter(_ row: CanonicalValue) throws -> Parameters.Entry {
        guard case .array(let cells) = row, cells.count == 5, case .text(let key) = cells[0],
            case .text(let division) = cells[1], case .integer(let from) = cells[2], case .text(let value) = cells[4]
        else { throw ProtocolError(.schema, "a parameter has key, division, first day, last day and value") }
        var end: CalendarDay?
        if case .integer(let to) = cells[3] {
            end = CalendarDay(number: to)
        } else if cells[3] != .null {
            throw ProtocolError(.schema, "the last day of a parameter is a day or null")
        }
        return Parameters.Entry(key: key, division: division, from: CalendarDay(number: from), to: end, value: value)
    }

    private static func code(_ row: CanonicalValue) throws -> Code {
        guard case .array(let cells) = row, cells.count == 3, case .text(let code) = cells[0],
            case .text(let zh) = cells[1], case .text(let en) = cells[2], !code.isEmpty
        else { throw ProtocolError(.schema, "a code has a code and two labels") }
        return Code(code, Label(zh, en))
    }

    private static func key(_ rows: [CanonicalValue]) throws -> MatchingKey {
        guard rows.count == 1, case .array(let cells) = rows[0], cells.count == 2, case .integer(let number) = cells[0],
            let suite = UInt64(exactly: number), case .bytes(let bytes) = cells[1]
        else { throw ProtocolError(.schema, "a matching key has a suite and its bytes") }
        return try MatchingKey(suite: Suite(number: suite), bytes: bytes)
    }

    /// Code tables and the matching key are the nation's; an amount is set for the publisher's own division or one below it.
    func check(publisher seat: TreeSeat, in tree: NodeTree) throws {
        guard seat.level != .national else { return }
        guard case .parameters(let entries) = self else {
            throw ProtocolError(.notEntitled, "code tables and the matching key are published by the national seat")
        }
        if let other = entries.first(where: { $0.division != seat.code && !tree.isBelow($0.division, seat.code) }) {
            throw ProtocolError(.outOfScope, "division \(other.division) is not below seat \(seat.code)")
        }
    }
}
