internal import SyncProtocol

/// Consents of the head of a record, at its home.
public enum ConsentEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "records/{kind}/{id}/consents", Label("同意记录", "The ledger of consents, and what holds on a day"),
            needs: .right(.view, .kind), query: [("on", "day, today by default")], .read(list)),
        Endpoint(
            "POST", "records/{kind}/{id}/consents", Label("登记同意或撤回", "Write down a consent, or that it was taken back"),
            needs: .right(.update, .kind),
            body: """
                {act: given|withdrawn, purpose: code, basis: code (1 by default), textVersion, givenBy, guardian: code, \
                method: paper|app|sms, atMilliseconds: now by default, expires: day, attachment}
                """, .write(add)),
    ]

    public struct EntryView: Codable, Sendable {
        public let number: Int64
        public let act: String
        public let purpose: String
        public let basis: String
        public let textVersion: String
        public let givenBy: String
        public let guardian: String?
        public let method: String
        public let atMilliseconds: Int64
        public let expires: String?
        public let attachment: String?
        public let actor: String

        init(_ entry: ConsentEntry) {
            number = entry.number
            act = entry.act.rawValue
            purpose = entry.purpose
            basis = entry.basis
            textVersion = entry.textVersion
            givenBy = entry.givenBy
            guardian = entry.guardian.isEmpty ? nil : entry.guardian
            method = entry.method.rawValue
            atMilliseconds = entry.milliseconds
            expires = entry.expires?.description
            attachment = entry.attachment.isEmpty ? nil : entry.attachment
            actor = entry.actor
        }
    }

    public struct PurposeView: Codable, Sendable {
        public let purpose: String
        public let zh: String
        public let en: String
        /// `never`, `holds`, `expired` or `withdrawn`.
        public let standing: String
        /// The row that decides.
        public let number: Int64?
    }

    public struct LedgerView: Codable, Sendable {
        public let purposes: [PurposeView]
        public let entries: [EntryView]
        /// Whether nothing new about the person may go up.
        public let stopsReports: Bool
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        let ledger = try Consents(engine).ledger(record(call, in: snapshot), in: snapshot)
        let day = try call.day("on")
        let purposes = engine.draft.codes.codes(of: "consent_purpose").map { code in
            let (name, number): (String, Int64?) =
                switch ledger.standing(code.code, on: day) {
                case .never: ("never", nil)
                case .holds(let entry): ("holds", entry.number)
                case .expired(let entry): ("expired", entry.number)
                case .withdrawn(let entry): ("withdrawn", entry.number)
                }
            return PurposeView(
                purpose: code.code, zh: code.label.zh, en: code.label.en, standing: name, number: number)
        }
        return try Reply(
            LedgerView(
                purposes: purposes, entries: ledger.entries.map(EntryView.init), stopsReports: ledger.stopsReports(on: day)))
    }

    struct Body: Decodable {
        let act, purpose: String
        let basis, textVersion, givenBy, guardian, method, expires, attachment: String?
        let atMilliseconds: Int64?
    }

    public struct Result: Codable, Sendable {
        public let act: String
        public let purpose: String
        /// A report that waited above was withdrawn with it.
        public let isTakenBack: Bool
    }

    @Sendable static func add(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let (body, actor): (Body, Principal) = (try call.decode(), try call.actor())
        guard let act = ConsentEntry.Act(rawValue: body.act), let method = ConsentEntry.Method(rawValue: body.method ?? "")
        else {
            throw NodeError(
                .badRequest, "act 须为 given 或 withdrawn，method 须为 paper、app 或 sms",
                "act is given or withdrawn, method is paper, app or sms")
        }
        let entry = ConsentEntry(
            record: try tx.withSnapshot { try record(call, in: $0) }, purpose: body.purpose, act: act,
            basis: body.basis ?? ConsentLedger.consent, textVersion: body.textVersion ?? "", givenBy: body.givenBy ?? "",
            guardian: body.guardian ?? "", method: method, milliseconds: body.atMilliseconds ?? call.milliseconds,
            expires: try body.expires.map { try Call.day($0, "expires") }, attachment: body.attachment ?? "",
            actor: actor.name)
        let (isTakenBack, effects) = try Consents(call.enrolled()).add(entry, by: actor, in: tx)
        return (try Reply(Result(act: body.act, purpose: body.purpose, isTakenBack: isTakenBack), status: 201), effects)
    }

    private static func record(_ call: Call, in snapshot: borrowing Snapshot) throws -> RecordID {
        guard let record = try Inquiry(call.charter).identify(call.path["id"] ?? "", call.kind(), in: snapshot) else {
            throw NodeError(.notFound, "没有这份档案", "there is no such record")
        }
        return record
    }
}
