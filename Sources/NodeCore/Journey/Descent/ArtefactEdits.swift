internal import SyncProtocol

/// Publications are replaced as a whole: what is made of one by a single change that somebody makes at a form. Nothing is
/// decided here about who may publish what: that is asked when it is published.
extension Artefact {
    /// One day more, or set otherwise, among the days that this seat has set in its year.
    public static func calendar(
        setting days: [WorkCalendar.Entry], year: Int, of seat: String, in calendar: WorkCalendar
    ) -> Artefact {
        let others = own(year, seat, calendar).filter { entry in !days.contains { $0.day == entry.day } }
        return .calendar(year: year, (others + days).sorted { $0.day < $1.day })
    }

    /// Without a day; nil when this seat has not set it.
    public static func calendar(without day: CalendarDay, of seat: String, in calendar: WorkCalendar) -> Artefact? {
        let own = own(day.year, seat, calendar)
        let others = own.filter { $0.day != day }
        return others.count == own.count ? nil : .calendar(year: day.year, others)
    }

    private static func own(_ year: Int, _ seat: String, _ calendar: WorkCalendar) -> [WorkCalendar.Entry] {
        calendar.entries.filter { $0.division == seat && $0.day.year == year }
    }

    /// A code added to a table, or called otherwise: to the whole table by the nation, to its own additions by others.
    public static func codes(setting code: Code, table: String, by seat: TreeSeat, in codes: CodeTables) -> Artefact {
        var own = own(table, seat, codes)
        if let place = own.firstIndex(where: { $0.code == code.code }) { own[place] = code } else { own.append(code) }
        return .codes(table: table, own)
    }

    /// Without one of its own additions; nil when there is none of this code.
    public static func codes(without code: String, table: String, by seat: TreeSeat, in codes: CodeTables) -> Artefact? {
        guard seat.level != .national else { return nil }
        let own = own(table, seat, codes)
        let others = own.filter { $0.code != code }
        return others.count == own.count ? nil : .codes(table: table, others)
    }

    private static func own(_ table: String, _ seat: TreeSeat, _ codes: CodeTables) -> [Code] {
        let locals = codes.locals.filter { $0.table == table }
        if seat.level != .national { return locals.filter { $0.owner == seat.code }.map(\.code) }
        let added = Set(locals.map(\.code.code))
        return codes.codes(of: table).filter { !added.contains($0.code) }
    }

    /// With what the codes that a seat adds begin: 37. for a province, 3702. for a city.
    public static func addedCodesBegin(at seat: TreeSeat) -> String { localPrefix(of: seat.code) }
}

/// What was published, and what of it lies here: for whoever looks after a node.
public enum Publications {
    public struct Line: Sendable, Hashable {
        /// "parameters", "calendar/2026", "codes/return_reason" ...
        public let artefact: String
        /// Of the publisher; nil when its certificate is not here.
        public let seat: String?
        public let version: UInt64
        public let milliseconds: Int64
    }

    /// The newest version of each publisher, those of artefacts whose names begin so.
    public static func list(_ start: String, _ engine: SyncEngine, in snapshot: borrowing Snapshot) throws -> [Line] {
        try snapshot.publications.all().filter { $0.artefact.hasPrefix(start) }.map { line in
            Line(
                artefact: line.artefact, seat: engine.trust.certificate(of: line.author)?.seat.code, version: line.version,
                milliseconds: line.milliseconds)
        }
    }

    /// Every value of a parameter that was ever set for these divisions, whether it counts or not, the newest day first.
    /// `owner`: the seat that published it; empty for what came with the program or with an import.
    public static func history(_ key: String, divisions: [String], in snapshot: borrowing Snapshot) throws -> [(
        entry: Parameters.Entry, owner: String
    )] {
        try snapshot.reference.parameterRows().filter { $0.entry.key == key && divisions.contains($0.entry.division) }
            .sorted { ($1.entry.from, $0.entry.division, $0.owner) < ($0.entry.from, $1.entry.division, $1.owner) }
    }
}
