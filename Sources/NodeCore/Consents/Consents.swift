public import SyncProtocol

/// The ledger of consents at the home. It never leaves the node.
public struct Consents: Sendable {
    let engine: SyncEngine

    public init(_ engine: SyncEngine) { self.engine = engine }

    public func ledger(_ record: RecordID, in snapshot: borrowing Snapshot) throws -> ConsentLedger {
        ConsentLedger(try snapshot.consents.all(record))
    }

    /// What people took back themselves in the last `days`, the newest first: whoever works on their files has to know.
    public static func takenBack(days: Int64, now: Int64, limit: Int, in snapshot: borrowing Snapshot) throws
        -> [ConsentEntry]
    {
        try snapshot.consents.takenBack(since: now - days * 86_400_000, limit: limit)
    }

    /// Adds a row; what it stops is done in the same transaction. `isTakenBack`: a report that waited above is withdrawn.
    public func add(_ entry: ConsentEntry, by principal: Principal, in tx: borrowing Transaction) throws -> (
        isTakenBack: Bool, effects: [Effect]
    ) {
        guard let state = try tx.records.find(entry.record) else {
            throw NodeError(.notFound, "没有这份档案", "there is no such record")
        }
        guard state.home == engine.identity.node else {
            throw NodeError(.notAllowed, "同意记录只在建档单位登记", "consents are kept at the home of a record only")
        }
        try check(entry, now: tx.moment.milliseconds)
        let today = tx.moment.today
        if entry.act == .withdrawn {
            switch ConsentLedger(try tx.consents.all(entry.record)).standing(entry.purpose, on: today) {
            case .withdrawn: throw NodeError(.conflict, "此项同意已撤回", "it was withdrawn already")
            case .never, .holds, .expired: break
            }
        }
        try tx.consents.add(entry, at: tx.moment.milliseconds)
        try tx.audit.append(
            tx.moment, by: principal, action: "consent-\(entry.act.rawValue)", record: entry.record,
            detail: "purpose \(entry.purpose)")
        guard entry.act == .withdrawn, entry.purpose == ConsentLedger.reportUpward,
            ConsentLedger(try tx.consents.all(entry.record)).stopsReports(on: today)
        else { return (isTakenBack: false, effects: []) }
        return try takeBack(state, by: principal, in: tx)
    }

    /// A report that waits above is withdrawn with the consent. The consent itself is taken back whatever becomes
    /// of that: a person's word waits for no line.
    private func takeBack(_ state: RecordState, by principal: Principal, in tx: borrowing Transaction) throws -> (
        isTakenBack: Bool, effects: [Effect]
    ) {
        guard case .pending = state.standing else { return (isTakenBack: false, effects: []) }
        do {
            let effects = try engine.handle(.withdraw([state.uuid], by: principal), in: tx)
            let isDone = effects.contains { effect in
                if case .outcome(let outcome) = effect { return outcome.refusal == nil }
                return false
            }
            return (isTakenBack: isDone, effects: effects)
        } catch let error as NodeError where [.conflict, .recovering, .notEnrolled].contains(error.code) {
            return (isTakenBack: false, effects: [])
        }
    }

    /// Every record that may not be reported: asked once for a whole command.
    static func stopped(in tx: borrowing Transaction) throws -> Set<RecordID> {
        var stopped = Set<RecordID>()
        for record in try tx.consents.withdrawn(ConsentLedger.reportUpward) {
            if ConsentLedger(try tx.consents.all(record)).stopsReports(on: tx.moment.today) { stopped.insert(record) }
        }
        return stopped
    }

    static let refusal = NodeError(
        .notAllowed, "本人已撤回“逐级上报”的同意（04）：不能上报；重新取得同意后再报",
        "the person withdrew the consent to report upward (04): it cannot be reported before they consent again")

    private func check(_ entry: ConsentEntry, now: Int64) throws {
        let codes = engine.draft.codes
        guard codes.contains(entry.purpose, in: "consent_purpose") else {
            throw NodeError(.invalid, "目的代码不在码表中", "the purpose is no code of consent_purpose")
        }
        guard codes.contains(entry.basis, in: "lawful_basis") else {
            throw NodeError(.invalid, "合法性基础代码不在码表中", "the basis is no code of lawful_basis")
        }
        guard entry.guardian.isEmpty || codes.contains(entry.guardian, in: "family_relation") else {
            throw NodeError(.invalid, "监护关系代码不在码表中", "the guardian's relation is no code of family_relation")
        }
        if entry.act == .given, entry.purpose == ConsentLedger.minorChild, entry.guardian.isEmpty {
            throw NodeError(
                .invalid, "未成年子女信息须由监护人同意，请填写监护关系", "data of a minor child need a guardian: name the relation")
        }
        guard (1...20).contains(entry.textVersion.count), (1...30).contains(entry.givenBy.count),
            entry.attachment.count <= 64
        else {
            throw NodeError(
                .invalid, "须填写告知书版本（1至20字）和同意人（1至30字）",
                "name the version of the text (1 to 20 characters) and who agreed (1 to 30)")
        }
        if entry.act == .given, entry.method == .paper, entry.attachment.isEmpty {
            throw NodeError(.invalid, "书面同意须附签字扫描件", "a consent on paper needs the scan of its signature")
        }
        guard entry.milliseconds <= now, entry.milliseconds > 0 else {
            throw NodeError(.invalid, "时间不能在将来", "the time lies in the future")
        }
        if let expires = entry.expires, expires < CalendarDay(milliseconds: entry.milliseconds) {
            throw NodeError(.invalid, "到期日早于同意日", "it would expire before it was given")
        }
    }
}
