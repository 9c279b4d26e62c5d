public import SyncProtocol

/// How an act ended.
public enum AuditResult: String, Sendable, Hashable, CaseIterable, Codable { case ok, denied, error }

/// One row of the audit: who, when, what, about what, why. Never a value.
public struct AuditEntry: Sendable, Hashable {
    /// From 1, without gaps.
    public let number: Int64
    public let milliseconds: Int64
    public let actor: String
    /// Nil for the node's owner at its socket, for acts by rule, and for whoever failed to sign in.
    public let account: AccountID?
    public let session: SessionID?
    /// The address; `operator` for the node's owner; empty in rows from before there were accounts.
    public let source: String
    public let action: String
    public let area: String
    public let record: RecordID?
    /// What it was done to where that is no record: `account 7`.
    public let object: String
    public let detail: String
    public let result: AuditResult
    /// The purpose a person stated, or why it was denied.
    public let reason: String
    /// Codes of fields.
    public let fields: [String]

    static let operatorSource = "operator"

    var fieldText: String { fields.joined(separator: ";") }

    /// Without control characters: a name from outside must break no line of a list or log.
    static func clean(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        return String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    }

    /// H(0x06 || array(15)), as docs/protocol.md says: the hash of the entry before (bstr 32, null for the first), then
    /// number, time (uint), actor (tstr), account, session (uint or null), source, action, area (tstr), record (bstr 16 or
    /// null), object, detail, result, reason (tstr), fields (tstr, with semicolons between them).
    func hash(after previous: Digest?, _ suite: Suite) -> Digest {
        var writer = CanonicalWriter(reserving: 256)
        writer.array(15)
        if let previous { writer.byteString(previous) } else { writer.null() }
        writer.integer(number)
        writer.integer(milliseconds)
        writer.text(actor)
        if let account { writer.integer(account.number) } else { writer.null() }
        if let session { writer.integer(session.number) } else { writer.null() }
        writer.text(source)
        writer.text(action)
        writer.text(area)
        if let record { writer.byteString(record) } else { writer.null() }
        writer.text(object)
        writer.text(detail)
        writer.text(result.rawValue)
        writer.text(reason)
        writer.text(fieldText)
        return DigestBuilder.digest(.audit, writer.bytes[...], suite: suite)
    }
}

/// Which rows of the audit are asked for, the newest first.
public struct AuditFilter: Sendable {
    /// Milliseconds since 1970; `to` is left out itself.
    public var from: Int64?
    public var to: Int64?
    public var actor: String?
    public var account: AccountID?
    public var action: String?
    public var area: Area?
    public var record: RecordID?
    public var object: String?
    public var result: AuditResult?
    /// Rows older than this number.
    public var before: Int64?
    /// 1 to `NodeLimits.auditRows`.
    public var limit = 100

    public init() {}
}

/// Questions about the audit.
public enum AuditInquiry {
    public static func list(_ filter: AuditFilter, in snapshot: borrowing Snapshot) throws -> [AuditEntry] {
        var filter = filter
        filter.limit = min(max(filter.limit, 1), NodeLimits.auditRows)
        return try snapshot.audit.list(filter)
    }

    public struct Check: Sendable, Hashable {
        /// Rows that are there.
        public var entries: Int64 = 0
        /// Up to which row a head was signed, and up to which one the parent has seen it.
        public var signed: Int64 = 0
        public var witnessed: Int64 = 0
        /// What is wrong, the first of each kind; empty when nothing is.
        public var failures: [String] = []

        public init() {}
    }

    /// Every row and every signed head against each other. `engine`: nil before enrolment, when there are no heads.
    public static func verify(_ engine: SyncEngine?, in snapshot: borrowing Snapshot) throws -> Check {
        let audit = snapshot.audit
        var check = Check()
        let heads = try engine.map { try snapshot.auditHeads.all($0.identity.node) } ?? []
        var expected = [Int64: Set<Digest>]()
        for kept in heads { expected[Int64(clamping: kept.head.number), default: []].insert(kept.head.hash) }
        var previous: Digest?
        var isBroken = false
        try audit.forEach { entry, hash in
            check.entries += 1
            if !isBroken && entry.number != check.entries {
                isBroken = true
                check.failures.append("row \(check.entries) is missing")
            }
            if !isBroken && hash != entry.hash(after: previous, audit.suite) {
                isBroken = true
                check.failures.append("row \(entry.number) was altered, or stands in another's place")
            }
            if let known = expected.removeValue(forKey: entry.number), let hash, known != [hash] {
                check.failures.append("row \(entry.number) is another than the one whose hash was signed")
            }
            previous = hash
        }
        if let missing = expected.keys.min() {
            check.failures.append("the audit ends at row \(check.entries), and row \(missing) was signed: it was cut off")
        }
        if let engine { try verify(heads, engine, &check) }
        return check
    }

    private static func verify(_ heads: [AuditHeadTable.Kept], _ engine: SyncEngine, _ check: inout Check) throws {
        for kept in heads {
            let number = Int64(clamping: kept.head.number)
            do {
                try engine.trust.checkPast(kept.head.message, as: .audit, by: kept.head.node)
                check.signed = max(check.signed, number)
                guard let witness = kept.witness else { continue }
                try engine.trust.checkPast(witness.message, as: .witness, by: witness.witness)
                guard witness.head == kept.head.digest else {
                    throw ProtocolError(.digestMismatch, "the witness is of another head")
                }
                check.witnessed = max(check.witnessed, number)
            } catch let error as ProtocolError {
                check.failures.append("the head of row \(number): \(error.reason)")
            }
        }
    }
}
