internal import SyncProtocol

/// Who did what: read by the auditor alone.
public enum AuditEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "audit", Label("审计日志", "The audit, the newest first"), needs: .right(.view, .audit),
            query: [
                ("from", "milliseconds since 1970"), ("to", "milliseconds since 1970, left out itself"), ("actor", "name"),
                ("account", "number"), ("action", "as it is written there"), ("area", "code"), ("record", "id"),
                ("object", "as it is written there"), ("result", "ok, denied or error"),
                ("before", "number to go on behind"), ("limit", "1 to 1000, 100 by default"),
            ], .read(list)),
        Endpoint(
            "GET", "audit/verify", Label("校验审计日志", "Check the chain of the audit and its signed heads"),
            needs: .right(.view, .audit), .read(verify)),
    ]

    public struct EntryView: Codable, Sendable {
        public let number: Int64
        public let atMilliseconds: Int64
        public let actor: String
        public let account: AccountID?
        public let session: SessionID?
        public let source: String
        public let action: String
        public let area: String
        public let record: String?
        public let object: String
        public let detail: String
        public let result: AuditResult
        public let reason: String
        public let fields: [String]

        init(_ entry: AuditEntry) {
            number = entry.number
            atMilliseconds = entry.milliseconds
            actor = entry.actor
            account = entry.account
            session = entry.session
            source = entry.source
            action = entry.action
            area = entry.area
            record = entry.record?.description
            object = entry.object
            detail = entry.detail
            result = entry.result
            reason = entry.reason
            fields = entry.fields
        }
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        var filter = AuditFilter()
        filter.from = try number(call, "from")
        filter.to = try number(call, "to")
        filter.account = try number(call, "account").map { AccountID($0) }
        filter.before = try number(call, "before")
        filter.actor = call.query["actor"]
        filter.action = call.query["action"]
        filter.area = call.query["area"].map { Area($0) }
        filter.object = call.query["object"]
        if let text = call.query["record"] {
            guard let record = RecordID(hex: text) else {
                throw NodeError(.badRequest, "record 须为档案标识", "record is the id of a file")
            }
            filter.record = record
        }
        if let text = call.query["result"] {
            guard let result = AuditResult(rawValue: text) else {
                throw NodeError(.badRequest, "result 为 ok、denied 或 error", "result is ok, denied or error")
            }
            filter.result = result
        }
        if let limit = try number(call, "limit") {
            guard (1...Int64(NodeLimits.auditRows)).contains(limit) else {
                throw NodeError(.badRequest, "limit 为 1 至 1000", "limit is 1 to 1000")
            }
            filter.limit = Int(limit)
        }
        return try Reply(AuditInquiry.list(filter, in: snapshot).map(EntryView.init))
    }

    private static func number(_ call: Call, _ name: String) throws -> Int64? {
        guard let text = call.query[name] else { return nil }
        guard let number = Int64(text) else { throw NodeError(.badRequest, "\(name) 须为整数", "\(name) is a whole number") }
        return number
    }

    public struct CheckView: Codable, Sendable {
        public let entries: Int64
        /// The last entry whose hash this node signed, and the last that the parent saw.
        public let signed: Int64
        public let witnessed: Int64
        public let failures: [String]
    }

    @Sendable static func verify(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let check = try AuditInquiry.verify(call.engine, in: snapshot)
        return try Reply(
            CheckView(
                entries: check.entries, signed: check.signed, witnessed: check.witnessed, failures: check.failures))
    }
}
