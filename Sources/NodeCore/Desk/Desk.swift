/// What one account keeps at this node for its own work: forms half filled in, and filters under a name. Never leaves the
/// node, is no part of any record.
public struct Desk: Sendable {
    public let account: AccountID

    public init(_ account: AccountID) { self.account = account }

    /// A form half filled in.
    public struct FormDraft: Sendable, Hashable {
        /// The inputs as the browser sent them.
        public let form: String
        public let milliseconds: Int64
    }

    /// Filters that somebody gave a name.
    public struct SavedFilter: Sendable, Hashable {
        public let id: Int64
        public let kind: String
        public let name: String
        /// As it stands in the address of the list.
        public let query: String
        public let isShared: Bool
        public let isOwn: Bool
    }

    /// Characters of the name of a filter.
    public static let nameMax = 30
    /// Filters of one account.
    public static let filtersMax = 50
    /// Half filled forms of one account; the oldest leave.
    public static let draftsMax = 50

    // MARK: Forms

    /// `record`: the identifier, or empty for a new one.
    public func formDraft(_ kind: RecordKind, record: String, in snapshot: borrowing Snapshot) throws -> FormDraft? {
        try snapshot.desk.draft(account.number, kind.code, record)
    }

    public func keep(_ form: String, _ kind: RecordKind, record: String, in tx: borrowing Transaction) throws {
        try tx.desk.keep(account.number, kind.code, record, form, at: tx.moment.milliseconds)
        try tx.desk.dropOldest(account.number, beyond: Desk.draftsMax)
    }

    public func forget(_ kind: RecordKind, record: String, in tx: borrowing Transaction) throws {
        try tx.desk.forget(account.number, kind.code, record)
    }

    // MARK: Filters

    /// Own ones and those that others share, by name.
    public func filters(_ kind: RecordKind, in snapshot: borrowing Snapshot) throws -> [SavedFilter] {
        try snapshot.desk.filters(account.number, kind.code)
    }

    public func save(_ name: String, query: String, isShared: Bool, _ kind: RecordKind, in tx: borrowing Transaction) throws
    {
        guard (1...Desk.nameMax).contains(name.count) else {
            throw NodeError(.invalid, "名称须为 1 至 30 个字", "the name has 1 to 30 characters")
        }
        guard try tx.desk.count(account.number) < Desk.filtersMax else {
            throw NodeError(.invalid, "最多保存 50 个常用查询，请先删除不用的", "at most 50 filters are kept: remove some first")
        }
        try tx.desk.save(account.number, kind.code, name, query, isShared)
    }

    /// Only one's own; anything else is left alone.
    public func remove(_ id: Int64, in tx: borrowing Transaction) throws { try tx.desk.remove(id, account.number) }
}
