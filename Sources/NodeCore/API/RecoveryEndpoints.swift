internal import SyncProtocol

/// What does not count and was kept, links that stand still, and what a person does about them.
public enum RecoveryEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "sync/late", Label("迟到条目", "Entries that do not count and were kept"), needs: .right(.view, .sync),
            query: [("after", "number to go on behind"), ("limit", "seals, 1 to 1000")], .read(late)),
        Endpoint(
            "GET", "sync/late/{number}/{item}", Label("迟到版本的内容", "What a kept version says"),
            needs: .right(.view, .late), .read(lateVersion)),
        Endpoint(
            "POST", "sync/late/{number}/{item}/take-up", Label("重新采用迟到版本", "Take a kept version up as a draft"),
            needs: .right(.update, .late),
            .write(takeUp)),
        Endpoint(
            "GET", "sync/stops", Label("停住的链路", "Links that stand still, and why"),
            needs: .right(.view, .sync), .read(stops)),
        Endpoint(
            "POST", "sync/stops/{seat}/thaw", Label("恢复停住的链路", "Let a link go on"),
            needs: .right(.config, .sync), .write(thaw)),
        Endpoint(
            "GET", "sync/evidence", Label("签名证据", "Signed proofs of contradictions"),
            needs: .right(.view, .log), .read(evidence)),
    ]

    public struct LateView: Codable, Sendable {
        public let number: Int64
        public let item: Int
        public let seat: String
        public let life: String
        public let position: UInt64
        public let type: String
        public let record: String?
        public let version: UInt64?
        public let reason: String
        public let atMilliseconds: Int64
        public let canTakeUp: Bool
    }

    @Sendable static func late(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        let limit = call.query["limit"].flatMap { Int($0) } ?? 100
        guard (1...1_000).contains(limit) else {
            throw NodeError(.badRequest, "limit 为 1 至 1000", "limit is 1 to 1000")
        }
        let after = call.query["after"].flatMap { Int64($0) } ?? 0
        let lines = try LateEntries(engine).list(after: after, limit: limit, in: snapshot)
        return try Reply(
            lines.map { line in
                LateView(
                    number: line.number, item: line.item,
                    seat: engine.trust.certificate(of: line.author)?.seat.code ?? line.author.description,
                    life: line.life.description, position: line.position, type: name(of: line.type),
                    record: line.record?.description, version: line.version, reason: line.reason,
                    atMilliseconds: line.milliseconds, canTakeUp: line.isOwnVersion)
            })
    }

    private static func name(of type: UInt64) -> String {
        if type == 0 { return "seal" }
        return EntryType(rawValue: type & ~EntryType.mustUnderstand).map { "\($0)" } ?? "\(type)"
    }

    private static func place(_ call: Call) throws -> (number: Int64, item: Int) {
        guard let number = call.path["number"].flatMap({ Int64($0) }), let item = call.path["item"].flatMap({ Int($0) })
        else {
            throw NodeError(.badRequest, "用编号和序号指明条目", "an entry is named by number and item")
        }
        return (number, item)
    }

    @Sendable static func lateVersion(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Field: Encodable { let list: String?; let child: Int64?; let field, zh, en, value: String }
        let (number, item) = try place(call)
        let (kind, _, record) = try LateEntries(call.enrolled()).content(number, item, in: snapshot)
        func fields(_ row: Row, _ definitions: [FieldDefinition], _ list: String?, _ child: Int64?) -> [Field] {
            definitions.compactMap { field in
                guard let value = row[field.tag] else { return nil }
                return Field(
                    list: list, child: child, field: field.code, zh: field.label.zh, en: field.label.en,
                    value: field.text(value))
            }
        }
        var shown = fields(record.row, kind.fields, nil, nil)
        for list in kind.lists {
            for child in record[list] { shown += fields(child.row, list.fields, list.code, child.number) }
        }
        return try Reply(shown)
    }

    @Sendable static func takeUp(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Taken: Encodable { let record: String }
        let (number, item) = try place(call)
        let record = try LateEntries(call.enrolled()).takeUp(number, item, by: call.actor(), in: tx)
        return (try Reply(Taken(record: record.description), status: 201), [])
    }

    public struct StopView: Codable, Sendable {
        public let seat: String
        public let life: String
        public let cause: String
        public let reason: String
        public let next: UInt64
        public let answersClaimed: UInt64?
        public let answersGiven: UInt64?
        public let claimsToHold: UInt64?
        public let canThaw: Bool
    }

    @Sendable static func stops(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        try Reply(
            try Thaw(call.enrolled()).stops(in: snapshot).map { stop in
                StopView(
                    seat: stop.seat, life: stop.life.description, cause: stop.cause.rawValue, reason: stop.reason,
                    next: stop.next, answersClaimed: stop.claim?.answers, answersGiven: stop.claim?.given,
                    claimsToHold: stop.claim?.holds, canThaw: stop.cause != .own && stop.claim?.isLoss != true)
            })
    }

    @Sendable static func thaw(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Thawed: Encodable { let links: Int }
        let engine = try call.enrolled()
        let seat = call.path["seat"] ?? ""
        let count = try Thaw(engine).run(seat: seat, by: call.actor(), in: tx)
        let wake = engine.trust.certificate(ofSeat: seat).map { [Effect.wake($0.node)] } ?? []
        return (try Reply(Thawed(links: count)), wake)
    }

    public struct EvidenceView: Codable, Sendable {
        public let atMilliseconds: Int64
        public let seat: String
        public let code: String
        public let subject: String
        /// Signed messages, hexadecimal: what stands here and what contradicts it.
        public let evidence: String
    }

    @Sendable static func evidence(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        return try Reply(
            try snapshot.quarantine.allEvidence(limit: 1_000).map { item in
                EvidenceView(
                    atMilliseconds: item.milliseconds,
                    seat: engine.trust.certificate(of: item.peer)?.seat.code ?? item.peer.description, code: item.code,
                    subject: item.subject, evidence: Hex.encode(item.evidence))
            })
    }
}
