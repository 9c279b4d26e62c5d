public import SyncProtocol

/// Exports of more rows than one person takes alone (handbook, section 6). One asks and says what for; another one with the
/// right sees what is asked and decides; then the one who asked fetches the file, for a while and a few times. What goes out
/// are the records that were listed when it was asked for, as they are when it is fetched.
public enum Exports {
    /// More rows than this need a second person.
    public static let aloneRows = 500
    /// More than this is no list but a copy of the store: that is what backups are for.
    public static let rowsMax = 20_000
    public static let waitMilliseconds: Int64 = 7 * 86_400_000
    public static let fetchMilliseconds: Int64 = 72 * 3_600_000
    public static let fetchesMax = 3
    /// Requests of one account that wait or can be fetched.
    public static let openMax = 5
    public static let purposeRange = 2...200
    public static let reasonRange = 2...200
    /// Days after which a request leaves the store; the audit keeps its own lines about it.
    public static let daysKept: Int64 = 90

    /// What is asked for.
    public struct Wish: Sendable {
        public let kind: RecordKind
        public let query: String
        public let words: Label
        public let columns: [String]
        public let format: ExportFormat
        public let records: [RecordID]
        public let purpose: String

        public init(
            _ kind: RecordKind, query: String, words: Label, columns: [String], format: ExportFormat, records: [RecordID],
            purpose: String
        ) {
            self.kind = kind
            self.query = query
            self.words = words
            self.columns = columns
            self.format = format
            self.records = records
            self.purpose = purpose
        }
    }

    // MARK: The one who asks

    /// A purpose as it is kept; a refusal when it says too little or too much.
    public static func purpose(_ text: String) throws -> String {
        try cleaned(text, purposeRange, Label("请写明用途（2 至 200 字）", "say what it is for (2 to 200 characters)"))
    }

    public static func ask(_ wish: Wish, by principal: Principal, in tx: borrowing Transaction) throws -> Int64 {
        guard let account = principal.account else {
            throw NodeError(.notAllowed, "导出申请须由登录人员提出", "only somebody who signed in asks for an export")
        }
        let purpose = try purpose(wish.purpose)
        guard wish.records.count <= rowsMax else { throw tooLarge }
        guard !wish.records.isEmpty else { throw NodeError(.invalid, "列表中没有内容", "the list is empty") }
        try tidy(in: tx)
        let open = try tx.exports.own(account, limit: 200).count {
            [.waiting, .approved].contains($0.state(at: tx.moment.milliseconds))
        }
        guard open < openMax else {
            throw NodeError(
                .tooMany, "您已有 \(openMax) 个未办完的导出申请，请先下载或撤回",
                "you have \(openMax) open requests: fetch or take back one first"
            )
        }
        var homes = Set<String>()
        for record in wish.records {
            if let state = try tx.records.find(record) { homes.insert(state.homeSeat) }
        }
        let id = try tx.exports.insert(
            wish, purpose: purpose, homes: homes.sorted(), account: account, name: principal.name,
            at: tx.moment.milliseconds)
        try audit(.export, Area(wish.kind.code), id, "asked, \(wish.records.count) rows", purpose, by: principal, in: tx)
        return id
    }

    /// Takes back what nobody has decided yet.
    public static func withdraw(_ id: Int64, by principal: Principal, in tx: borrowing Transaction) throws {
        let request = try own(id, principal, in: tx)
        guard request.state(at: tx.moment.milliseconds) == .waiting else { throw decided }
        try decide(request, .withdrawn, "", by: principal, in: tx)
        try audit(.export, Area(request.kind), id, "withdrawn", "", by: principal, in: tx)
    }

    /// The records that may go out now, in the order of the list. To be followed by `fetched` in the writer.
    public static func records(of id: Int64, for principal: Principal, at now: Int64, in snapshot: borrowing Snapshot) throws
        -> (request: ExportRequest, records: [RecordID])
    {
        guard let request = try snapshot.exports.find(id), request.account == principal.account else { throw unknown }
        try checkFetchable(request, at: now)
        return (request, try snapshot.exports.records(id))
    }

    /// Counts one fetching of the file, and says so in the audit.
    public static func fetched(_ id: Int64, rows: Int, by principal: Principal, in tx: borrowing Transaction) throws {
        let request = try own(id, principal, in: tx)
        try checkFetchable(request, at: tx.moment.milliseconds)
        try tx.exports.countFetch(id)
        try tx.exports.markSeen(id)
        try audit(
            .export, Area(request.kind), id, "fetched, \(rows) rows as \(request.format.rawValue)", request.purpose,
            by: principal, in: tx)
    }

    public static func markSeen(_ id: Int64, by principal: Principal, in tx: borrowing Transaction) throws {
        _ = try own(id, principal, in: tx)
        try tx.exports.markSeen(id)
    }

    private static func checkFetchable(_ request: ExportRequest, at now: Int64) throws {
        switch request.state(at: now) {
        case .approved: return
        case .waiting: throw NodeError(.conflict, "此申请尚待第二人批准", "a second person has not decided yet")
        case .refused, .withdrawn: throw NodeError(.conflict, "此申请未获批准", "the request was not approved")
        case .used:
            throw NodeError(
                .conflict, "已下载 \(fetchesMax) 次，如仍需要请重新申请", "fetched \(fetchesMax) times: ask again if it is needed again")
        case .lapsed: throw NodeError(.conflict, "此申请已过期，请重新申请", "the request has lapsed: ask again")
        }
    }

    // MARK: The second person

    /// Requests that wait for this person's word, the oldest first.
    public static func waiting(
        for principal: Principal, _ call: Unmasking.Reading, at now: Int64, limit: Int, in snapshot: borrowing Snapshot
    ) throws -> [ExportRequest] {
        try snapshot.exports.undecided(since: now - waitMilliseconds, limit: limit).filter {
            $0.account != principal.account && reaches($0, principal, call)
        }
    }

    /// One request, for who may decide about it; one outside of that is not there.
    public static func find(
        _ id: Int64, for principal: Principal, _ call: Unmasking.Reading, in snapshot: borrowing Snapshot
    ) throws -> ExportRequest {
        guard let request = try snapshot.exports.find(id), reaches(request, principal, call) else { throw unknown }
        return request
    }

    public static func decide(
        _ id: Int64, isApproved: Bool, reason: String, by principal: Principal, _ call: Unmasking.Reading,
        in tx: borrowing Transaction
    ) throws {
        let request = try tx.withSnapshot { try find(id, for: principal, call, in: $0) }
        guard principal.account != nil, request.account != principal.account else {
            throw NodeError(.notAllowed, "不能审批自己的导出申请，须由第二人审批", "nobody decides about the own request")
        }
        guard request.state(at: tx.moment.milliseconds) == .waiting else { throw decided }
        let needed = Label("不同意须写明原因（2 至 200 字）", "say why it is refused (2 to 200 characters)")
        let reason = isApproved && AuditEntry.clean(reason).isEmpty ? "" : try cleaned(reason, reasonRange, needed)
        try decide(request, isApproved ? .approved : .refused, reason, by: principal, in: tx)
        let detail = "\(isApproved ? "approved" : "refused"), \(request.rows) rows for \(request.name)"
        try audit(.approve, .exports, id, detail, reason.isEmpty ? request.purpose : reason, by: principal, in: tx)
    }

    /// Whether all the homes that a request is about lie within what this person may see and decide about.
    private static func reaches(_ request: ExportRequest, _ principal: Principal, _ call: Unmasking.Reading) -> Bool {
        let permissions = call.charter.permissions
        return [(Action.approve, Area.exports), (.view, Area(request.kind))].allSatisfy { action, area in
            let scope = permissions.scope(principal, action, area, at: call.level)
            return scope != .nothing && request.homes.allSatisfy { scope.contains($0, in: call.tree) }
        }
    }

    // MARK: Both

    /// The newest first.
    public static func own(_ account: AccountID, limit: Int, in snapshot: borrowing Snapshot) throws -> [ExportRequest] {
        try snapshot.exports.own(account, limit: limit)
    }

    /// Decisions of others about this account's requests that it has not seen.
    public static func unseen(_ account: AccountID, in snapshot: borrowing Snapshot) throws -> [ExportRequest] {
        try snapshot.exports.unseen(account)
    }

    /// Lets go of what nobody can use any more: what went out stands in the audit.
    public static func tidy(in tx: borrowing Transaction) throws {
        let now = tx.moment.milliseconds
        try tx.exports.tidy(
            askedBefore: now - daysKept * 86_400_000, waitingSince: now - waitMilliseconds,
            fetchableSince: now - fetchMilliseconds)
    }

    private static func own(_ id: Int64, _ principal: Principal, in tx: borrowing Transaction) throws -> ExportRequest {
        guard let request = try tx.exports.find(id), request.account == principal.account else { throw unknown }
        return request
    }

    private static func decide(
        _ request: ExportRequest, _ kind: ExportRequest.Decision.Kind, _ reason: String, by principal: Principal,
        in tx: borrowing Transaction
    ) throws {
        try tx.exports.decide(
            request.id,
            .init(
                kind, by: principal.name, account: principal.account, reason: reason, milliseconds: tx.moment.milliseconds))
    }

    private static func cleaned(_ text: String, _ range: ClosedRange<Int>, _ otherwise: Label) throws -> String {
        let plain = AuditEntry.clean(text).split(separator: " ").joined(separator: " ")
        guard range.contains(plain.count) else { throw NodeError(.badRequest, otherwise.zh, otherwise.en) }
        return plain
    }

    private static func audit(
        _ action: Action, _ area: Area, _ id: Int64, _ detail: String, _ reason: String, by principal: Principal,
        in tx: borrowing Transaction
    ) throws {
        try tx.audit.append(
            tx.moment, by: principal, action: action.rawValue, area: area, object: "export \(id)", detail: detail,
            reason: reason)
    }

    public static let tooLarge = NodeError(
        .tooLarge, "一次最多导出 \(rowsMax) 条，请缩小范围", "at most \(rowsMax) rows at once: narrow the list")
    private static let decided = NodeError(.conflict, "此申请已办结或已过期", "the request was decided or has lapsed")
    private static let unknown = NodeError(.notFound, "没有这个导出申请", "there is no such export request")
}
