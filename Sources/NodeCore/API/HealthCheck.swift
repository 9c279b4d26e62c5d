internal import SyncProtocol

/// One thing that is well at a node, or not, and what to do about it.
public struct HealthCheck: Codable, Sendable {
    public let name: String
    public let isGood: Bool
    public let zh: String
    public let en: String

    init(_ name: String, _ isGood: Bool, _ zh: String, _ en: String) {
        self.name = name
        self.isGood = isGood
        self.zh = zh
        self.en = en
    }

    /// Every check, in the order in which a person would go through them.
    @Sendable static func all(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let faults = try Inquiry(call.charter).integrity(in: snapshot)
        let integrity = faults.joined(separator: "; ")
        var checks = [HealthCheck("store", faults == ["ok"], faults == ["ok"] ? "完好" : integrity, integrity)]
        guard let engine = call.engine else {
            checks.append(HealthCheck("enrolled", false, "尚未入网", "not yet"))
            return try Reply(checks + [try audit(nil, in: snapshot)])
        }
        checks += [HealthCheck("enrolled", true, "已入网", "yes"), standstill(engine), try audit(engine, in: snapshot)]
        checks += [
            try backup(engine, at: call.milliseconds, in: snapshot), try key(engine, at: call.milliseconds, in: snapshot),
        ]
        checks += [try journal(engine, in: snapshot), try links(engine, in: snapshot), try quarantine(call, in: snapshot)]
        return try Reply(checks)
    }

    private static func standstill(_ engine: SyncEngine) -> HealthCheck {
        guard let reason = engine.standstill else { return HealthCheck("writing", true, "正常", "goes on") }
        let refusal = Standstill.refusal(reason).message
        return HealthCheck("writing", false, refusal.zh, refusal.en)
    }

    private static func audit(_ engine: SyncEngine?, in snapshot: borrowing Snapshot) throws -> HealthCheck {
        let audit = try AuditInquiry.verify(engine, in: snapshot)
        let failures = audit.failures.prefix(failuresMax).map { "; \($0)" }.joined()
        return HealthCheck(
            "audit", audit.failures.isEmpty, "\(audit.entries) 条，上级见证至 \(audit.witnessed)\(failures)",
            "\(audit.entries) entries, seen above to \(audit.witnessed)\(failures)")
    }

    /// A backup is daily.
    private static func backup(
        _ engine: SyncEngine, at now: Int64, in snapshot: borrowing Snapshot
    ) throws -> HealthCheck {
        let since = try Upkeep.known(engine.identity.key.publicKey.id, in: snapshot) ?? now
        let made = try Upkeep.lastBackup(in: snapshot)
        let isGood = now - (made ?? since) < 2 * dayMilliseconds
        guard let made else { return HealthCheck("backup", isGood, "还没有：nodectl backup", "none yet: nodectl backup") }
        let hours = max(0, now - made) / 3_600_000
        return HealthCheck("backup", isGood, "\(hours) 小时前的备份，已试恢复一次", "restored once \(hours) h ago")
    }

    /// A key is changed quarterly; a fortnight more means that nobody manages to.
    private static func key(_ engine: SyncEngine, at now: Int64, in snapshot: borrowing Snapshot) throws -> HealthCheck {
        guard engine.trust.revocation(of: engine.identity.key.publicKey.id) == nil else {
            return HealthCheck(
                "key", false, "已被上级吊销：请上级用 enrol invite --again 邀请，再用 enrol join 重新入网",
                "the parent took it away: let it invite with enrol invite --again, then enrol join")
        }
        let since = try Upkeep.known(engine.identity.key.publicKey.id, in: snapshot) ?? now
        let days = max(0, now - since) / dayMilliseconds
        let renewal = engine.identity.seat.parent == nil ? "nodectl root request" : "nodectl enrol rotate"
        let isGood = days < keyDaysMax
        return HealthCheck(
            "key", isGood, "已用 \(days) 天" + (isGood ? "" : "：\(renewal)"),
            "\(days) days old" + (isGood ? "" : ": \(renewal)"))
    }

    private static func journal(_ engine: SyncEngine, in snapshot: borrowing Snapshot) throws -> HealthCheck {
        let journal = try ProofReader(engine).verifyJournal(in: snapshot)
        let failures = journal.failures.prefix(failuresMax).map { "; \($0)" }.joined()
        return HealthCheck(
            "journal", journal.failures.isEmpty, "\(journal.seals) 个封签，\(journal.entries) 条\(failures)",
            "\(journal.seals) seals, \(journal.entries) entries\(failures)")
    }

    private static func links(_ engine: SyncEngine, in snapshot: borrowing Snapshot) throws -> HealthCheck {
        let links = try Inquiry(engine.identity.charter).links(engine, in: snapshot)
        let frozen = Set(links.filter { $0.frozen != nil }.map(\.seat)).sorted().joined(separator: ", ")
        return frozen.isEmpty
            ? HealthCheck("links", true, "\(links.count) 个日志", "\(links.count) logs")
            : HealthCheck(
                "links", false, "停住：\(frozen)（见 nodectl sync stops）", "frozen: \(frozen), see nodectl sync stops")
    }

    /// What nobody has looked at yet.
    private static func quarantine(_ call: Call, in snapshot: borrowing Snapshot) throws -> HealthCheck {
        let counts = try Inquiry(call.charter).openRefusals(in: snapshot)
        guard !counts.isEmpty else { return HealthCheck("quarantine", true, "没有", "empty") }
        let list = counts.map { "\($0.code) \($0.count)" }.joined(separator: ", ")
        return HealthCheck(
            "quarantine", false, "\(list)：见 nodectl sync quarantine，查明后 nodectl sync settle",
            "\(list): see nodectl sync quarantine, and nodectl sync settle when it is clear")
    }

    private static let dayMilliseconds: Int64 = 24 * 3_600_000
    private static let keyDaysMax: Int64 = 104
    private static let failuresMax = 5
}
