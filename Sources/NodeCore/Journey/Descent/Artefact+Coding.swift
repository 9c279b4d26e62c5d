internal import SyncProtocol

/// The section `nation` of a publish entry: `{1: name, 2: rows}`, each row an array of texts, integers and bytes.
extension Artefact {
    var encoded: [UInt8] {
        var fields: [CanonicalValue.Field] = [.init(1, .text(name)), .init(2, .array(rows))]
        // Beside the rows, so that a program that knows no bases reads the rows as ever.
        if case .parameters(let entries) = self, entries.contains(where: { !$0.basis.isEmpty }) {
            fields.append(.init(3, .array(entries.map { .text($0.basis) })))
        }
        return CanonicalValue.map(fields).encoded
    }

    private var rows: [CanonicalValue] {
        switch self {
        case .parameters(let entries):
            entries.map {
                .array([.text($0.key), .text($0.division), .integer($0.from.number), .day($0.to), .text($0.value)])
            }
        case .codes(_, let codes):
            codes.map { .array([.text($0.code), .text($0.label.zh), .text($0.label.en)]) }
        case .matchingKey(let key): [.array([.integer(Int64(key.suite.rawValue)), .bytes(key.bytes)])]
        case .calendar(_, let entries):
            entries.map {
                .array([.integer($0.day.number), .text($0.kind.rawValue), .text($0.note), .text($0.basis)])
            }
        case .notice(let notice):
            [
                .array([
                    .text(notice.title), .text(notice.text), .integer(notice.from.number), .day(notice.to),
                    .array(notice.roles.map { .text($0) }),
                    .array(notice.levels.map { .integer(Int64($0.rawValue)) }), .bool(notice.isWithdrawn),
                    .integer(notice.milliseconds),
                ])
            ]
        }
    }

    /// Nil for a name that this program does not know: kept for a later one.
    init?(decoding bytes: ArraySlice<UInt8>) throws {
        let value = try CanonicalValue(decoding: bytes)
        guard case .text(let name)? = value[1], case .array(let rows)? = value[2] else {
            throw ProtocolError(.schema, "an artefact has a name and rows")
        }
        if name == Artefact.parametersName {
            self = .parameters(try Artefact.parameters(rows, bases: value[3]))
        } else if name == Artefact.matchingKeyName {
            self = .matchingKey(try Artefact.key(rows))
        } else if name.hasPrefix(Artefact.codesPrefix) {
            self = .codes(table: String(name.dropFirst(Artefact.codesPrefix.count)), try rows.map(Artefact.code))
        } else if name.hasPrefix(Artefact.calendarPrefix) {
            guard let year = Int(name.dropFirst(Artefact.calendarPrefix.count)), (1800...2999).contains(year) else {
                throw ProtocolError(.schema, "a calendar names its year")
            }
            self = .calendar(year: year, try Artefact.days(rows))
        } else if name.hasPrefix(Artefact.noticePrefix) {
            self = .notice(try Artefact.notice(String(name.dropFirst(Artefact.noticePrefix.count)), rows))
        } else {
            return nil
        }
        guard self.name == name else { throw ProtocolError(.schema, "the name of an artefact has one form") }
    }

    /// The name of what a publish entry carries; nil for a notice, which has a board of its own.
    static func name(of entry: Entry) -> String? {
        guard let bytes = entry.section(.nation)?.bytes else { return nil }
        do {
            guard case .text(let name)? = try CanonicalValue(decoding: bytes)[1] else { return nil }
            return name.hasPrefix(noticePrefix) || name == matchingKeyName ? nil : name
        } catch {
            return nil
        }
    }

    private static func parameters(_ rows: [CanonicalValue], bases: CanonicalValue?) throws -> [Parameters.Entry] {
        var words = [CanonicalValue](repeating: .text(""), count: rows.count)
        if let bases {
            guard case .array(let given) = bases, given.count == rows.count else {
                throw ProtocolError(.schema, "each parameter has its basis, or none has")
            }
            words = given
        }
        return try zip(rows, words).map { try parameter($0, $1) }
    }

    private static func parameter(_ row: CanonicalValue, _ basis: CanonicalValue) throws -> Parameters.Entry {
        guard case .array(let cells) = row, cells.count == 5, case .text(let key) = cells[0],
            case .text(let division) = cells[1], case .integer(let from) = cells[2], case .text(let value) = cells[4],
            case .text(let basis) = basis
        else { throw ProtocolError(.schema, "a parameter has key, division, first day, last day and value") }
        return Parameters.Entry(
            key: key, division: division, from: CalendarDay(number: from), to: try end(cells[3]), value: value, basis: basis)
    }

    private static func end(_ cell: CanonicalValue) throws -> CalendarDay? {
        if case .integer(let to) = cell { return CalendarDay(number: to) }
        guard cell == .null else { throw ProtocolError(.schema, "a last day is a day or null") }
        return nil
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

    /// The division of each row is its publisher's: whoever activates them says it.
    private static func days(_ rows: [CanonicalValue]) throws -> [WorkCalendar.Entry] {
        var seen = Set<Int64>()
        return try rows.map { row in
            guard case .array(let cells) = row, cells.count == 4, case .integer(let day) = cells[0],
                (-62_091...376_200).contains(day), case .text(let code) = cells[1], let kind = DayKind(rawValue: code),
                case .text(let note) = cells[2], case .text(let basis) = cells[3], seen.insert(day).inserted
            else {
                throw ProtocolError(.schema, "a day of a calendar has a day, a kind, a note and a basis, and comes once")
            }
            return WorkCalendar.Entry(
                day: CalendarDay(number: day), kind: kind, note: note, basis: basis, division: "")
        }
    }

    private static func notice(_ id: String, _ rows: [CanonicalValue]) throws -> Notice {
        guard rows.count == 1, case .array(let cells) = rows[0], cells.count >= 8, case .text(let title) = cells[0],
            case .text(let text) = cells[1], case .integer(let from) = cells[2], case .array(let roles) = cells[4],
            case .array(let levels) = cells[5], case .bool(let isWithdrawn) = cells[6], case .integer(let time) = cells[7]
        else { throw ProtocolError(.schema, "a notice has a title, a text, a time and an audience") }
        let notice = Notice(
            id: id, title: title, text: text, from: CalendarDay(number: from), to: try end(cells[3]),
            roles: try roles.map { role in
                guard case .text(let code) = role else { throw ProtocolError(.schema, "a role is a code") }
                return code
            },
            levels: try levels.map { level in
                guard case .integer(let number) = level, let level = Int(exactly: number).flatMap(Level.init(rawValue:))
                else { throw ProtocolError(.schema, "there is no such level") }
                return level
            }, isWithdrawn: isWithdrawn, milliseconds: time)
        if let fault = notice.fault { throw ProtocolError(.schema, fault.en) }
        return notice
    }
}

extension CanonicalValue {
    fileprivate static func day(_ day: CalendarDay?) -> CanonicalValue { day.map { .integer($0.number) } ?? .null }
}
