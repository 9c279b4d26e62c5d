public import SyncProtocol

/// What a publisher sends down its channel to every seat of its subtree: replaced as a whole, never in parts.
public enum Artefact: Sendable, Hashable {
    case parameters([Parameters.Entry])
    /// By the nation the whole table; by a province or city what it adds to it.
    case codes(table: String, [Code])
    /// The public key to which the homes seal ID numbers.
    case matchingKey(MatchingKey)
    /// The days of one year that are worked or not otherwise than the week says.
    case calendar(year: Int, [WorkCalendar.Entry])
    case notice(Notice)

    /// Under this name a later version takes the place of an earlier one.
    public var name: String {
        switch self {
        case .parameters: Artefact.parametersName
        case .codes(let table, _): Artefact.codesPrefix + table
        case .matchingKey: Artefact.matchingKeyName
        case .calendar(let year, _): Artefact.calendarPrefix + String(year)
        case .notice(let notice): Artefact.noticePrefix + notice.id
        }
    }

    static let parametersName = "parameters"
    static let codesPrefix = "codes/"
    static let matchingKeyName = "matching-key"
    static let calendarPrefix = "calendar/"
    static let noticePrefix = "notice/"

    /// Codes that a province or city adds begin with the digits of its division and a full stop, which no code of the
    /// nation has: 37.01, 3702.01. So they can neither change a code of the base nor meet one another's.
    static func localPrefix(of division: String) -> String {
        let places = division.hasSuffix("0000") ? 2 : division.hasSuffix("00") ? 4 : 6
        return division.prefix(places) + "."
    }

    /// What a reader asks of it before it obeys.
    func check(publisher seat: TreeSeat, _ charter: Charter, in tree: NodeTree) throws {
        switch self {
        case .parameters(let entries):
            let isOwn = { (division: String) in division == seat.code || tree.isBelow(division, seat.code) }
            guard seat.level != .national, let other = entries.first(where: { !isOwn($0.division) }) else { return }
            throw ProtocolError(.outOfScope, "division \(other.division) is not below seat \(seat.code)")
        case .codes(let table, let codes): try check(table, codes, publisher: seat, charter)
        case .matchingKey:
            guard seat.level != .national else { return }
            throw ProtocolError(.notEntitled, "the matching key is published by the national seat")
        case .calendar(let year, let entries):
            guard seat.level <= .province else {
                throw ProtocolError(.notEntitled, "days are set by the national seat and by provinces")
            }
            guard entries.allSatisfy({ $0.day.year == year }) else {
                throw ProtocolError(.schema, "a day outside the year of its calendar")
            }
            guard seat.level == .national || entries.allSatisfy({ !$0.kind.isWorking }) else {
                throw ProtocolError(.notEntitled, "a province gives days off only (W-04)")
            }
        case .notice:
            guard seat.level > .province else { return }
            throw ProtocolError(.notEntitled, "notices are published by the national seat and by provinces")
        }
    }

    private func check(_ table: String, _ codes: [Code], publisher seat: TreeSeat, _ charter: Charter) throws {
        if seat.level == .national {
            guard !codes.contains(where: { $0.code.contains(".") }) else {
                throw ProtocolError(.schema, "codes with a full stop belong to provinces and cities")
            }
            return
        }
        guard seat.level <= .city, charter.extensible.contains(table) else {
            throw ProtocolError(.notEntitled, "the code table \(table) is the national seat's")
        }
        let prefix = Artefact.localPrefix(of: seat.code)
        guard codes.allSatisfy({ $0.code.hasPrefix(prefix) && $0.code.utf8.count > prefix.utf8.count }) else {
            throw ProtocolError(.notEntitled, "codes that seat \(seat.code) adds begin with \(prefix)")
        }
    }
}
