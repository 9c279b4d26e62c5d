/// The notices that are in force here, as one reader sees them.
public struct NoticeBoard: Sendable {
    let level: Level
    let today: CalendarDay
    let reader: String
    /// Nil: everybody's view.
    let roles: Set<String>?

    public init(_ engine: SyncEngine, today: CalendarDay, reader: String, roles: Set<String>? = nil) {
        level = engine.identity.level
        self.today = today
        self.reader = reader
        self.roles = roles
    }

    public struct Line: Sendable, Hashable {
        public let notice: Notice
        /// Who published it.
        public let seat: String
        public let isRead: Bool
    }

    /// The newest first. `isWhole`: also what is past, still to come, withdrawn or meant for others.
    public func lines(isWhole: Bool = false, limit: Int = NodeLimits.noticeRows, in snapshot: borrowing Snapshot) throws
        -> [Line]
    {
        try snapshot.notices.all(on: isWhole ? nil : today, reader: reader, limit: limit).filter {
            isWhole || ($0.notice.isShown(at: level, on: today) && $0.notice.concerns(roles))
        }.map { Line(notice: $0.notice, seat: $0.seat, isRead: $0.isRead) }
    }

    public func unread(in snapshot: borrowing Snapshot) throws -> Int { try lines(in: snapshot).count { !$0.isRead } }

    public func find(_ id: String, in snapshot: borrowing Snapshot) throws -> Line? {
        try snapshot.notices.find(id, reader: reader).map { Line(notice: $0.notice, seat: $0.seat, isRead: $0.isRead) }
    }

    public func markRead(_ id: String, in tx: borrowing Transaction) throws {
        guard try tx.notices.find(id, reader: reader) != nil else {
            throw NodeError(.notFound, "没有这条公告", "there is no such notice")
        }
        try tx.notices.markRead(id, by: reader, at: tx.moment.milliseconds)
    }
}
