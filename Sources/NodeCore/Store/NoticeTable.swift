internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Notices as they came down, and who has read them.
struct NoticeTable {
    let database: Database

    /// One line of the board.
    struct Line: Sendable {
        let notice: Notice
        let seat: String
        let isRead: Bool
    }

    /// A notice of another publisher under the same identifier stays as it is.
    func put(_ notice: Notice, of seat: String) throws {
        try database.execute(
            sql: """
                INSERT INTO notice (id, seat, title, words, valid_from, valid_to, roles, levels, is_withdrawn, published_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET title = excluded.title, words = excluded.words,
                    valid_from = excluded.valid_from, valid_to = excluded.valid_to, roles = excluded.roles,
                    levels = excluded.levels, is_withdrawn = excluded.is_withdrawn, published_ms = excluded.published_ms
                WHERE notice.seat = excluded.seat
                """,
            arguments: [
                notice.id, seat, notice.title, notice.text, notice.from.number, notice.to?.number,
                notice.roles.joined(separator: ";"), notice.levels.map { String($0.rawValue) }.joined(separator: ";"),
                notice.isWithdrawn, notice.milliseconds,
            ])
    }

    func find(_ id: String, reader: String) throws -> Line? {
        try GRDB.Row.fetchOne(
            database,
            sql: """
                SELECT n.*, r.at_ms IS NOT NULL AS is_read FROM notice n
                LEFT JOIN notice_read r ON r.id = n.id AND r.reader = ? WHERE n.id = ?
                """,
            arguments: [reader, id]
        ).map(NoticeTable.line)
    }

    /// The newest first. `day`: only those in force then; nil for all, withdrawn and past ones too.
    func all(on day: CalendarDay?, reader: String, limit: Int) throws -> [Line] {
        try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT n.*, r.at_ms IS NOT NULL AS is_read FROM notice n
                LEFT JOIN notice_read r ON r.id = n.id AND r.reader = :reader
                WHERE :day IS NULL
                    OR (n.is_withdrawn = 0 AND n.valid_from <= :day AND (n.valid_to IS NULL OR n.valid_to >= :day))
                ORDER BY n.published_ms DESC, n.number DESC LIMIT :limit
                """,
            arguments: ["reader": reader, "day": day?.number, "limit": limit]
        ).map(NoticeTable.line)
    }

    func markRead(_ id: String, by reader: String, at milliseconds: Int64) throws {
        try database.execute(
            sql: "INSERT OR IGNORE INTO notice_read (id, reader, at_ms) VALUES (?, ?, ?)",
            arguments: [id, reader, milliseconds])
    }

    /// A text that was changed is unread again.
    func forgetReads(_ id: String) throws {
        try database.execute(sql: "DELETE FROM notice_read WHERE id = ?", arguments: [id])
    }

    private static func line(_ row: GRDB.Row) -> Line {
        let (roles, levels): (String, String) = (row["roles"], row["levels"])
        let end: Int64? = row["valid_to"]
        let notice = Notice(
            id: row["id"], title: row["title"], text: row["words"], from: CalendarDay(number: row["valid_from"]),
            to: end.map(CalendarDay.init(number:)), roles: roles.split(separator: ";").map(String.init),
            levels: levels.split(separator: ";").compactMap { Int($0).flatMap(Level.init(rawValue:)) },
            isWithdrawn: row["is_withdrawn"], milliseconds: row["published_ms"])
        return Line(notice: notice, seat: row["seat"], isRead: row["is_read"])
    }
}

extension Snapshot {
    var notices: NoticeTable { NoticeTable(database: database) }
}

extension Transaction {
    var notices: NoticeTable { NoticeTable(database: database) }
}
