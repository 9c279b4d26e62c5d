internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Open matters as the tables show them, and the reminders that were noted.
struct ReminderTable {
    let database: Database

    // MARK: Open matters

    /// Records of others that wait for this level, by the index of what is pending.
    func pending(_ kind: RecordKind, at level: Level, except node: NodeID) throws -> (matters: [OpenMatter], rowsRead: Int) {
        let rows = try GRDB.Row.fetchCursor(
            database,
            sql: """
                SELECT uuid, key, log, seq, carrier, changed_ms FROM record
                WHERE pending_level = ? AND kind = ? AND home <> ? ORDER BY id
                """,
            arguments: [level.rawValue, Int64(clamping: kind.number), node.data])
        var (matters, arrivals, count) = ([OpenMatter](), ArrivalDays(database: database), 0)
        while let row = try rows.next() {
            count += 1
            let day = try arrivals.day(log: row[2], seq: row[3], carrier: row[4]) ?? CalendarDay(milliseconds: row[5])
            matters.append(OpenMatter(record: try .stored(row[0]), key: row[1], start: day))
        }
        return (matters: matters, rowsRead: count + arrivals.rowsRead)
    }

    /// Own records that came back, by the index of those.
    func returned(_ kind: RecordKind, home: NodeID) throws -> (matters: [OpenMatter], rowsRead: Int) {
        let rows = try GRDB.Row.fetchCursor(
            database,
            sql: """
                SELECT r.uuid, r.key, d.log, d.seq, d.carrier, r.changed_ms FROM record r
                JOIN decision d ON d.record = r.id AND d.version = r.version AND d.type IN (?, ?)
                WHERE r.standing IN ('returned', 'rejected') AND r.kind = ? AND r.home = ? ORDER BY r.id, d.level
                """,
            arguments: [
                Int64(clamping: EntryType.return.rawValue), Int64(clamping: EntryType.reject.rawValue),
                Int64(clamping: kind.number), home.data,
            ])
        var (matters, arrivals, count) = ([OpenMatter](), ArrivalDays(database: database), 0)
        while let row = try rows.next() {
            count += 1
            let day = try arrivals.day(log: row[2], seq: row[3], carrier: row[4]) ?? CalendarDay(milliseconds: row[5])
            let matter = OpenMatter(record: try .stored(row[0]), key: row[1], start: day)
            // Two levels may have sent one version back: it counts from the first that did.
            if matters.last?.record != matter.record { matters.append(matter) }
        }
        return (matters: matters, rowsRead: count + arrivals.rowsRead)
    }

    /// Own records whose period may have a step by `until`. One pass over the dates: over their index once there is one.
    func dated(
        _ kind: RecordKind, _ fields: [FieldDefinition], _ planned: FieldDefinition?, states: [String], home: NodeID,
        until: Int64, shortest: Int64
    ) throws -> (matters: [OpenMatter], rowsRead: Int) {
        let values = StatementArguments(states) + [shortest, shortest, until]
        let rows = try GRDB.Row.fetchCursor(
            database, sql: ReminderTable.dates(kind, fields, planned, states: states.count), arguments: values)
        var found = [(id: Int64, start: Int64, planned: Int64?)]()
        while let row = try rows.next() { found.append((id: row[0], start: row[1], planned: row[2])) }
        var matters = [OpenMatter]()
        let records = RecordTable(database: database)
        for line in found.sorted(by: { $0.id < $1.id }) {
            guard let state = try records.find(id: line.id), state.home == home else { continue }
            matters.append(
                OpenMatter(
                    record: state.uuid, key: state.key, start: CalendarDay(number: line.start),
                    planned: line.planned.map(CalendarDay.init(number:))))
        }
        let marks = ReminderTable.marks(states.count)
        let passed = try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM \(kind.code) WHERE \(kind.status.code) IN (\(marks))",
            arguments: StatementArguments(states))
        return (matters: matters, rowsRead: (passed ?? 0) + found.count)
    }

    /// Arguments: the states, the shortest period twice, the last day.
    static func dates(_ kind: RecordKind, _ fields: [FieldDefinition], _ planned: FieldDefinition?, states: Int) -> String {
        let (start, plan) = (first(fields), planned?.code ?? "NULL")
        return """
            SELECT record, \(start), \(plan) FROM \(kind.code)
            WHERE \(kind.status.code) IN (\(marks(states))) AND MIN(\(start) + ?, IFNULL(\(plan), \(start) + ?)) <= ?
            """
    }

    private static func marks(_ count: Int) -> String { (0..<count).map { _ in "?" }.joined(separator: ", ") }

    private static func first(_ fields: [FieldDefinition]) -> String {
        fields.count == 1 ? fields[0].code : "COALESCE(\(fields.map(\.code).joined(separator: ", ")))"
    }

    /// The index of the dates: made at the first run of a node that is the home of such records, and of no other, since
    /// those that only receive would pay for it with every record that arrives.
    func index(_ kind: RecordKind, _ fields: [FieldDefinition], _ planned: FieldDefinition?, home: NodeID) throws {
        let name = "\(kind.code)_dates"
        let isThere = try Bool.fetchOne(
            database, sql: "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?", arguments: [name])
        guard isThere == nil else { return }
        let isHome = try Bool.fetchOne(
            database, sql: "SELECT 1 FROM record WHERE kind = ? AND home = ? LIMIT 1",
            arguments: [Int64(clamping: kind.number), home.data])
        guard isHome != nil else { return }
        let columns = [kind.status.code] + fields.map(\.code) + (planned.map { [$0.code] } ?? [])
        try database.execute(sql: "CREATE INDEX \(name) ON \(kind.code) (\(columns.joined(separator: ", ")))")
    }

    // MARK: Reminders

    /// False when it was noted before.
    func add(_ reminder: Reminder, noted day: CalendarDay) throws -> Bool {
        try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO reminder (rule, kind, uuid, key, start, step, role, due, day, noted, is_late)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            reminder.rule, reminder.kind, reminder.record.data, reminder.key, reminder.start.number, reminder.step,
            reminder.role.rawValue, reminder.due.number, reminder.day.number, day.number, reminder.isLate,
        ])
        return database.changesCount > 0
    }

    func openPeriods() throws -> [Reminders.Period] {
        let sql = "SELECT DISTINCT rule, uuid, start FROM reminder WHERE settled IS NULL ORDER BY rule, uuid, start"
        return try GRDB.Row.fetchAll(database, sql: sql).map {
            Reminders.Period(rule: $0[0], record: try .stored($0[1]), start: CalendarDay(number: $0[2]))
        }
    }

    func settle(_ period: Reminders.Period, on day: CalendarDay) throws -> Int {
        try database.cachedStatement(
            sql: "UPDATE reminder SET settled = ? WHERE uuid = ? AND rule = ? AND start = ? AND settled IS NULL"
        ).execute(arguments: [day.number, period.record.data, period.rule, period.start.number])
        return database.changesCount
    }

    func forget(settledBefore day: CalendarDay) throws {
        try database.execute(sql: "DELETE FROM reminder WHERE settled < ?", arguments: [day.number])
    }

    func all(roles: [String]?, withSettled: Bool, limit: Int) throws -> [(
        reminder: Reminder, noted: CalendarDay, settled: CalendarDay?
    )] {
        let (filter, arguments) = ReminderTable.filter(roles)
        let rows = try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT * FROM reminder WHERE \(withSettled ? "1" : "settled IS NULL")\(filter)
                ORDER BY due, key, rule, step, role LIMIT ?
                """,
            arguments: arguments + [limit])
        return try rows.compactMap { row in
            guard let role = Role(rawValue: row["role"]) else { return nil }
            let settled: Int64? = row["settled"]
            let reminder = Reminder(
                rule: row["rule"], kind: row["kind"], record: try .stored(row["uuid"]), key: row["key"],
                start: CalendarDay(number: row["start"]), due: CalendarDay(number: row["due"]), step: row["step"],
                day: CalendarDay(number: row["day"]), role: role, isLate: row["is_late"])
            return (
                reminder: reminder, noted: CalendarDay(number: row["noted"]),
                settled: settled.map(CalendarDay.init(number:))
            )
        }
    }

    /// Each open matter once, by the furthest step it has reached.
    func counts(roles: [String]?) throws -> [(rule: String, kind: String, stage: ReminderStage, count: Int)] {
        let (filter, arguments) = ReminderTable.filter(roles)
        return try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT rule, kind, stage, COUNT(*) AS n FROM (
                    SELECT rule, kind, uuid, start,
                        MAX(CASE WHEN step < 0 THEN -1 WHEN step = 0 THEN 0 ELSE 1 END) AS stage FROM reminder
                    WHERE settled IS NULL\(filter) GROUP BY rule, kind, uuid, start)
                GROUP BY rule, kind, stage ORDER BY rule, kind, stage
                """,
            arguments: arguments
        ).map { (rule: $0["rule"], kind: $0["kind"], stage: ReminderStage(offset: $0["stage"]), count: $0["n"]) }
    }

    private static func filter(_ roles: [String]?) -> (String, StatementArguments) {
        guard let roles else { return ("", []) }
        return (" AND role IN (\(roles.map { _ in "?" }.joined(separator: ", ")))", StatementArguments(roles))
    }
}

/// On which day an entry arrived here: when the journal took its seal in, which a rebuild leaves as it was.
private struct ArrivalDays {
    let database: Database
    private(set) var rowsRead = 0
    private var carriers: [Int64: CalendarDay] = [:]
    private var latest: [Int64: (seqs: Range<Int64>, day: CalendarDay)] = [:]

    init(database: Database) { self.database = database }

    mutating func day(log: Int64?, seq: Int64?, carrier: Int64?) throws -> CalendarDay? {
        if let carrier {
            if let known = carriers[carrier] { return known }
            rowsRead += 1
            let time = try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT at_ms FROM journal WHERE id = ?"), arguments: [carrier])
            guard let time else { return nil }
            let day = CalendarDay(milliseconds: time)
            carriers[carrier] = day
            return day
        }
        guard let log, let seq else { return nil }
        if let known = latest[log], known.seqs.contains(seq) { return known.day }
        rowsRead += 1
        let statement = try database.cachedStatement(
            sql: "SELECT first, count, at_ms FROM journal WHERE log = ? AND first <= ? ORDER BY first DESC LIMIT 1")
        guard let row = try GRDB.Row.fetchOne(statement, arguments: [log, seq]) else { return nil }
        let (first, count): (Int64, Int64) = (row[0], row[1])
        guard seq < first + count else { return nil }
        let day = CalendarDay(milliseconds: row[2])
        latest[log] = (seqs: first..<(first + count), day: day)
        return day
    }
}

extension Snapshot {
    var reminders: ReminderTable { ReminderTable(database: database) }
}

extension Transaction {
    var reminders: ReminderTable { ReminderTable(database: database) }
}
