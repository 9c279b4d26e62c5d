internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Who did what, by name, each row chained to the one before. Holds no field values.
struct AuditTable {
    let database: Database
    let suite: Suite
    var held = HeldStatements()

    /// `fields`: codes of what was shown or changed, never values.
    func append(
        _ moment: Moment, by principal: Principal, action: String, record: RecordID? = nil, area: Area? = nil,
        object: String = "", detail: String = "", result: AuditResult = .ok, reason: String = "", fields: [String] = []
    ) throws {
        let head = try held.auditHead ?? last()
        let (number, overflow) = (head?.number ?? 0).addingReportingOverflow(1)
        guard !overflow else { throw NodeError(.storeBroken, "审计编号用尽", "the audit has no more numbers") }
        let entry = AuditEntry(
            number: number, milliseconds: moment.milliseconds, actor: AuditEntry.clean(principal.name),
            account: principal.account, session: principal.session,
            source: principal.isOperator ? AuditEntry.operatorSource : AuditEntry.clean(principal.source), action: action,
            area: area?.code ?? "", record: record, object: AuditEntry.clean(object), detail: AuditEntry.clean(detail),
            result: result, reason: AuditEntry.clean(reason), fields: fields)
        let hash = entry.hash(after: head?.hash, suite)
        try insert(entry, hash)
        held.auditHead = (number: number, hash: hash)
    }

    /// What somebody was refused for want of a right: at most a hundred rows an hour for one account.
    func appendDenied(_ moment: Moment, by principal: Principal, _ need: Need, _ object: String) throws {
        guard let account = principal.account, case .right(let action, let area) = need else { return }
        let rows = try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM audit WHERE account = ? AND at_ms > ? AND result = 'denied'",
            arguments: [account.number, moment.milliseconds - 3_600_000])
        guard (rows ?? 0) < NodeLimits.deniedRowsPerHour else { return }
        try append(
            moment, by: principal, action: action.rawValue, area: area, object: object, result: .denied, reason: "no right")
    }

    private func insert(_ entry: AuditEntry, _ hash: Digest) throws {
        let statement = try held.statement(.addAudit, in: database) {
            """
            INSERT INTO audit (id, at_ms, actor, action, uuid, detail, account, session, source, area, object, result,
                reason, fields, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        }
        statement.bind(1, entry.number)
        statement.bind(2, entry.milliseconds)
        statement.bind(3, entry.actor)
        statement.bind(4, entry.action)
        statement.bind(5, entry.record)
        statement.bind(6, entry.detail)
        statement.bind(7, entry.account?.number)
        statement.bind(8, entry.session?.number)
        statement.bind(9, repeating: entry.source)
        statement.bind(10, repeating: entry.area)
        statement.bind(11, repeating: entry.object)
        statement.bind(12, repeating: entry.result.rawValue)
        statement.bind(13, repeating: entry.reason)
        statement.bind(14, repeating: entry.fieldText)
        statement.bind(15, hash)
        _ = try statement.run(in: database)
    }

    /// Number and hash of the newest row; nil while there is none.
    func last() throws -> (number: Int64, hash: Digest?)? {
        try GRDB.Row.fetchOne(database.cachedStatement(sql: "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")).map {
            (number: $0[0], hash: try ($0[1] as Data?).map(Digest.stored))
        }
    }

    func all(record: RecordID) throws -> [(at: Int64, actor: String, action: String, detail: String)] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM audit WHERE uuid = ? ORDER BY id", arguments: [record.data]
        ).map { (at: $0["at_ms"], actor: $0["actor"], action: $0["action"], detail: $0["detail"]) }
    }

    /// How often an account did something since a time.
    func count(_ action: String, by account: AccountID, since: Int64) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM audit WHERE account = ? AND at_ms > ? AND action = ? AND result = 'ok'",
            arguments: [account.number, since, action]) ?? 0
    }

    func list(_ filter: AuditFilter) throws -> [AuditEntry] {
        var (conditions, arguments) = ([String](), [DatabaseValue]())
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments.append(value.databaseValue)
        }
        add("at_ms >= ?", filter.from)
        add("at_ms < ?", filter.to)
        add("actor = ?", filter.actor)
        add("account = ?", filter.account?.number)
        add("action = ?", filter.action)
        add("area = ?", filter.area?.code)
        add("uuid = ?", filter.record?.data)
        add("object = ?", filter.object)
        add("result = ?", filter.result?.rawValue)
        add("id < ?", filter.before)
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM audit \(condition) ORDER BY id DESC LIMIT \(filter.limit)",
            arguments: StatementArguments(arguments)
        ).map(AuditEntry.init(row:))
    }

    /// Every row in its order, with the hash that it has.
    func forEach(_ visit: (AuditEntry, Digest?) throws -> Void) throws {
        let rows = try GRDB.Row.fetchCursor(database, sql: "SELECT * FROM audit ORDER BY id")
        while let row = try rows.next() {
            try visit(AuditEntry(row: row), (row["hash"] as Data?).map(Digest.stored))
        }
    }

    /// Gives the rows that an earlier program wrote their place in the chain.
    static func chain(in database: Database, _ suite: Suite) throws {
        guard try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM audit WHERE hash IS NULL)") == true else {
            return
        }
        // They are the oldest: since then none was written without a hash.
        var previous: Digest?
        let rows = try GRDB.Row.fetchCursor(database, sql: "SELECT * FROM audit ORDER BY id")
        var hashes = [(id: Int64, hash: Digest)]()
        while let row = try rows.next() {
            let entry = try AuditEntry(row: row)
            let hash = try (row["hash"] as Data?).map(Digest.stored) ?? entry.hash(after: previous, suite)
            if row["hash"] as Data? == nil { hashes.append((id: entry.number, hash: hash)) }
            previous = hash
        }
        let statement = try database.makeStatement(sql: "UPDATE audit SET hash = ? WHERE id = ?")
        for (id, hash) in hashes { try statement.execute(arguments: [hash.data, id]) }
    }
}

extension AuditEntry {
    fileprivate init(row: GRDB.Row) throws {
        let fields: String = row["fields"]
        number = row["id"]
        milliseconds = row["at_ms"]
        actor = row["actor"]
        account = (row["account"] as Int64?).map { AccountID($0) }
        session = (row["session"] as Int64?).map { SessionID($0) }
        source = row["source"]
        action = row["action"]
        area = row["area"]
        record = try (row["uuid"] as Data?).map(RecordID.stored)
        object = row["object"]
        detail = row["detail"]
        result = AuditResult(rawValue: row["result"]) ?? .error
        reason = row["reason"]
        self.fields = fields.split(separator: ";").map(String.init)
    }
}

/// Signed heads of audits: this node's own, and those of the nodes directly below.
struct AuditHeadTable {
    let database: Database

    struct Kept: Sendable {
        let head: AuditHead
        let witness: AuditWitness?
        let milliseconds: Int64
    }

    func put(_ head: AuditHead, at milliseconds: Int64) throws {
        try database.execute(
            sql: "INSERT OR IGNORE INTO audit_head (node, life, number, head, at_ms) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                head.node.data, head.incarnation.data, Int64(clamping: head.number), Data(head.message.encoded),
                milliseconds,
            ])
        try database.execute(
            sql: """
                DELETE FROM audit_head WHERE node = ? AND at_ms < (
                    SELECT at_ms FROM audit_head WHERE node = ? ORDER BY at_ms DESC LIMIT 1 OFFSET ?)
                """,
            arguments: [head.node.data, head.node.data, NodeLimits.auditHeads - 1])
    }

    func put(_ witness: AuditWitness, of head: AuditHead) throws {
        try database.execute(
            sql: "UPDATE audit_head SET witness = ? WHERE node = ? AND life = ? AND number = ?",
            arguments: [
                Data(witness.message.encoded), head.node.data, head.incarnation.data, Int64(clamping: head.number),
            ])
    }

    /// The highest head of one life.
    func highest(_ node: NodeID, _ life: Incarnation) throws -> Kept? {
        try GRDB.Row.fetchOne(
            database, sql: "SELECT * FROM audit_head WHERE node = ? AND life = ? ORDER BY number DESC LIMIT 1",
            arguments: [node.data, life.data]
        ).map(kept)
    }

    func all(_ node: NodeID) throws -> [Kept] {
        try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM audit_head WHERE node = ? ORDER BY number, life", arguments: [node.data]
        ).map(kept)
    }

    private func kept(_ row: GRDB.Row) throws -> Kept {
        let (head, witness): (Data, Data?) = (row["head"], row["witness"])
        return Kept(
            head: try AuditHead(decoding: [UInt8](head)[...]),
            witness: try witness.map { try AuditWitness(decoding: [UInt8]($0)[...]) }, milliseconds: row["at_ms"])
    }
}
