internal import Foundation
internal import GRDB
internal import SyncProtocol

/// What comes down by channel and is obeyed: parameters, the calendar, additions to code tables.
extension ReferenceTable {
    /// `owner`: the seat that published them; empty for what comes with the program or an import.
    func addParameters(_ entries: [Parameters.Entry], owner: String = "") throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO parameter (key, division, valid_from, valid_to, value, owner, basis)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        for entry in entries {
            try statement.execute(arguments: [
                entry.key, entry.division, entry.from.number, entry.to?.number, entry.value, owner, entry.basis,
            ])
        }
    }

    /// Those that count: set by a level that may set them; of two for the same division and first day the higher
    /// publisher's, and what nobody published last.
    func parameters(_ catalogue: ParameterCatalogue, in tree: NodeTree) throws -> Parameters {
        var (entries, taken) = ([Parameters.Entry](), (key: "", division: "", from: Int64.min, rank: Int.max))
        for row in try parameterRows() {
            let entry = row.entry
            let level = tree.level(of: row.owner.isEmpty ? entry.division : row.owner)
            guard catalogue.counts(entry.key, setBy: level) else { continue }
            let rank = row.owner.isEmpty ? Int.max : level.rawValue
            if taken.key == entry.key, taken.division == entry.division, taken.from == entry.from.number {
                guard rank < taken.rank else { continue }
                entries.removeLast()
            }
            taken = (key: entry.key, division: entry.division, from: entry.from.number, rank: rank)
            entries.append(entry)
        }
        return Parameters(entries)
    }

    /// Every row as it was set, whether it counts or not.
    func parameterRows() throws -> [(entry: Parameters.Entry, owner: String)] {
        try GRDB.Row.fetchAll(database, sql: "SELECT * FROM parameter ORDER BY key, division, valid_from, owner").map {
            row in
            let end: Int64? = row["valid_to"]
            let entry = Parameters.Entry(
                key: row["key"], division: row["division"], from: CalendarDay(number: row["valid_from"]),
                to: end.map(CalendarDay.init(number:)), value: row["value"], basis: row["basis"])
            return (entry: entry, owner: row["owner"])
        }
    }

    /// One year of one publisher, as a whole.
    func replaceCalendar(_ year: Int, of division: String, _ entries: [WorkCalendar.Entry]) throws {
        guard let first = CalendarDay(year: year, month: 1, day: 1), let last = CalendarDay(year: year, month: 12, day: 31)
        else { return }
        try database.execute(
            sql: "DELETE FROM calendar_day WHERE division = ? AND day BETWEEN ? AND ?",
            arguments: [division, first.number, last.number])
        for entry in entries {
            try database.cachedStatement(
                sql: "INSERT INTO calendar_day (division, day, kind, note, basis) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [division, entry.day.number, entry.kind.rawValue, entry.note, entry.basis])
        }
    }

    func calendar() throws -> WorkCalendar {
        let rows = try GRDB.Row.fetchAll(database, sql: "SELECT * FROM calendar_day ORDER BY division, day")
        return WorkCalendar(
            rows.compactMap { row in
                guard let kind = DayKind(rawValue: row["kind"]) else { return nil }
                return WorkCalendar.Entry(
                    day: CalendarDay(number: row["day"]), kind: kind, note: row["note"], basis: row["basis"],
                    division: row["division"])
            })
    }

    /// One publisher's additions to one table, as a whole.
    func replaceLocal(_ list: String, of owner: String, _ codes: [Code]) throws {
        try database.execute(sql: "DELETE FROM local_code WHERE owner = ? AND list = ?", arguments: [owner, list])
        for (position, code) in codes.enumerated() {
            try database.cachedStatement(
                sql: "INSERT INTO local_code (owner, list, position, code, zh, en) VALUES (?, ?, ?, ?, ?, ?)"
            ).execute(arguments: [owner, list, position, code.code, code.label.zh, code.label.en])
        }
    }

    func localCodes() throws -> [CodeTables.Local] {
        try GRDB.Row.fetchAll(database, sql: "SELECT * FROM local_code ORDER BY list, owner, position").map { row in
            CodeTables.Local(
                table: row["list"], code: Code(row["code"], Label(row["zh"], row["en"])), owner: row["owner"])
        }
    }
}

extension NodeTree {
    /// The level of a division; of one that is no seat here by its digits.
    func level(of division: String) -> Level {
        if let seat = seat(division) { return seat.level }
        if division == WorkCalendar.national { return .national }
        if division.hasSuffix("0000") { return .province }
        return division.hasSuffix("00") ? .city : .county
    }
}
