public import SyncProtocol

/// A draft that was deleted and can still be brought back.
public struct DeletedDraft: Sendable, Hashable {
    public let id: Int64
    public let record: RecordID
    public let key: String
    /// Whose it is; nil for the node's owner.
    public let account: AccountID?
    public let actor: String
    public let milliseconds: Int64
    public let content: Record

    /// Until when it can be brought back.
    public var keptUntil: Int64 { milliseconds + Bin.keptMilliseconds }
}

/// The recycle list (S.4): drafts that were never reported, each for thirty days and for the one who deleted it. Afterwards
/// what they said is gone for good; their numbers stay used.
public enum Bin {
    public static let days: Int64 = 30
    static let keptMilliseconds = days * 86_400_000

    /// One's own, the newest first.
    public static func list(
        _ kind: RecordKind, of account: AccountID, at now: Int64, limit: Int, in snapshot: borrowing Snapshot
    ) throws -> [DeletedDraft] {
        try snapshot.bin.list(kind, of: account, since: now - keptMilliseconds, limit: limit)
    }

    /// Lets go of what has lain there for thirty days. Returns how many there were.
    public static func purge(in tx: borrowing Transaction) throws -> Int {
        let count = try tx.bin.purge(before: tx.moment.milliseconds - keptMilliseconds)
        if count > 0 {
            try tx.audit.append(
                tx.moment, by: .rule, action: Action.delete.rawValue, area: nil,
                detail: "\(count) drafts for good, after \(days) days")
        }
        return count
    }
}

extension Draft {
    /// Whether a record is one that may be deleted at all: never reported, and still a draft.
    public static func isDeletable(version: UInt64, status: String, _ kind: RecordKind) -> Bool {
        version == 0 && status == kind.workflow.draft
    }

    /// Whether somebody was the last to write a working copy.
    public static func isOwn(_ record: RecordID, _ principal: Principal, in snapshot: borrowing Snapshot) throws -> Bool {
        try principal.isOperator || (principal.account != nil && snapshot.lastEdits.account(record) == principal.account)
    }

    /// Takes the own draft out of everything into the recycle list. What was reported once ends by a state instead.
    public func delete(_ uuid: RecordID, by principal: Principal, in tx: borrowing Transaction) throws {
        let (state, kind) = try own(uuid, in: tx)
        guard Draft.isDeletable(version: state.version, status: state.status, kind) else {
            throw NodeError(
                .conflict, "只能删除从未上报的草稿；已上报的请用注销等状态办结",
                "only drafts that were never reported are deleted: others end by a state")
        }
        guard try tx.withSnapshot({ try Draft.isOwn(uuid, principal, in: $0) }) else {
            throw NodeError(
                .notAllowed, "只能删除自己最后编辑的草稿", "only the own draft is deleted: somebody else edited this one last")
        }
        guard let body = try tx.home.find(uuid, version: 0) else {
            throw NodeError(.notFound, "找不到档案内容", "the record's content is not here")
        }
        try tx.bin.put(uuid, kind, key: state.key, by: principal, body.bytes, at: tx.moment.milliseconds)
        try tx.typed(kind).remove(id: state.id)
        try tx.home.remove(uuid, version: 0)
        try tx.desk.forgetAll(kind.code, uuid.description)
        try tx.lastEdits.forget(uuid)
        try tx.records.remove(state.id)
        try tx.audit.append(
            tx.moment, by: principal, action: Action.delete.rawValue, record: uuid, area: Area(kind.code), detail: state.key)
    }

    /// Brings a draft back under its own number and identifier.
    public func bringBack(_ id: Int64, _ kind: RecordKind, by principal: Principal, in tx: borrowing Transaction) throws
        -> RecordID
    {
        let since = tx.moment.milliseconds - Bin.keptMilliseconds
        guard let found = try tx.bin.find(id, kind, since: since), principal.isOperator || found.account == principal.account
        else { throw NodeError(.notFound, "回收站中没有这份草稿，或已满 30 天", "there is no such draft in the recycle list") }
        if let conflict = try personConflict(found.content, kind, except: nil, in: tx) {
            throw NodeError(.conflict, conflict.message.zh, conflict.message.en)
        }
        let status = kind.workflow.draft
        let row = try tx.records.insert(
            found.record, kind: kind.number, home: identity.node, homeSeat: identity.seat.code, key: found.key,
            status: status, at: tx.moment.milliseconds)
        try save(found.content, kind, row, found.record, status: status, in: tx)
        try tx.lastEdits.note(found.record, by: principal, isNew: true)
        try tx.bin.remove(id)
        try tx.audit.append(
            tx.moment, by: principal, action: Action.restore.rawValue, record: found.record, area: Area(kind.code),
            detail: found.key)
        return found.record
    }
}
