internal import Foundation
internal import GRDB

/// Notifications by day, event and subject, with how far each reader has read them.
struct NotificationTable {
    let database: Database

    func add(
        _ event: News.Event, kind: String, subject: String, role: Role, key: String, code: String, times: Int,
        at moment: Moment
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO notification (day, event, kind, subject, role, key, code, times, at_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (day, event, kind, subject, role) DO UPDATE SET times = times + excluded.times,
                    key = CASE excluded.key WHEN '' THEN key ELSE excluded.key END, code = excluded.code,
                    at_ms = excluded.at_ms
                """
        ).execute(arguments: [
            moment.today.number, event.rawValue, kind, subject, role.rawValue, key, code, times, moment.milliseconds,
        ])
    }

    /// The oldest leave, with what was noted of their readers.
    func bound(_ rows: Int) throws {
        let newest = try Int64.fetchOne(database, sql: "SELECT MAX(number) FROM notification") ?? 0
        let last = newest - Int64(rows)
        guard last > 0 else { return }
        try database.cachedStatement(sql: "DELETE FROM notification WHERE number <= ?").execute(arguments: [last])
        try database.cachedStatement(sql: "DELETE FROM notification_read WHERE number <= ?").execute(arguments: [last])
    }

    func all(roles: [String]?, reader: String, unreadOnly: Bool, limit: Int) throws -> [Notifications.Line] {
        let (filter, values) = NotificationTable.filter(roles)
        return try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT n.*, IFNULL(r.times, 0) >= n.times AS is_read FROM notification n
                LEFT JOIN notification_read r ON r.number = n.number AND r.reader = ?
                WHERE \(unreadOnly ? "IFNULL(r.times, 0) < n.times" : "1")\(filter)
                ORDER BY n.at_ms DESC, n.number DESC LIMIT ?
                """,
            arguments: [reader] + values + [limit]
        ).map { row in
            Notifications.Line(
                number: row["number"], day: CalendarDay(number: row["day"]), event: row["event"], kind: row["kind"],
                subject: row["subject"], role: row["role"], key: row["key"], code: row["code"], times: row["times"],
                milliseconds: row["at_ms"], isRead: row["is_read"])
        }
    }

    func unread(roles: [String]?, reader: String) throws -> Int {
        let (filter, values) = NotificationTable.filter(roles)
        return try Int.fetchOne(
            database,
            sql: """
                SELECT COUNT(*) FROM notification n
                LEFT JOIN notification_read r ON r.number = n.number AND r.reader = ?
                WHERE IFNULL(r.times, 0) < n.times\(filter)
                """,
            arguments: [reader] + values) ?? 0
    }

    /// What is counted on after it was read is unread again.
    func markRead(_ numbers: [Int64]?, roles: [String]?, reader: String, at milliseconds: Int64) throws -> Int {
        let (filter, values) = NotificationTable.filter(roles)
        let named = numbers.map { " AND n.number IN (\($0.map(String.init).joined(separator: ", ")))" } ?? ""
        try database.execute(
            sql: """
                INSERT INTO notification_read (number, reader, times, at_ms)
                SELECT n.number, ?, n.times, ? FROM notification n WHERE 1\(named)\(filter)
                ON CONFLICT (number, reader) DO UPDATE SET times = excluded.times, at_ms = excluded.at_ms
                WHERE times < excluded.times
                """,
            arguments: [reader, milliseconds] + values)
        return database.changesCount
    }

    private static func filter(_ roles: [String]?) -> (String, StatementArguments) {
        guard let roles else { return ("", []) }
        return (" AND n.role IN (\(roles.map { _ in "?" }.joined(separator: ", ")))", StatementArguments(roles))
    }
}

extension Snapshot {
    var notifications: NotificationTable { NotificationTable(database: database) }
}

extension Transaction {
    var notifications: NotificationTable { NotificationTable(database: database) }
}
