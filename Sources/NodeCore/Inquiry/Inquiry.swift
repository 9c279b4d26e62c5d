public import SyncProtocol

/// Questions to one node's own tables. Nothing here writes.
public struct Inquiry: Sendable {
    let charter: Charter

    public init(_ charter: Charter) { self.charter = charter }

    /// One line of a list.
    public struct Summary: Sendable, Hashable {
        public let id: String
        public let key: String
        public let homeSeat: String
        public let version: UInt64
        public let standing: String
        public let pendingLevel: Level?
        public let status: String
        /// When it last changed here, in milliseconds since 1970.
        public let changedMilliseconds: Int64
        public let record: Record
    }

    public struct Filter: Sendable {
        public var status: String?
        public var pending: Level?
        public var homeSeat: String?
        /// Only records of these homes; nil for all.
        public var homes: [String]?
        public var after = ""
        public var limit = 100

        public init() {}
    }

    public func list(_ kind: RecordKind, _ filter: Filter, in snapshot: borrowing Snapshot) throws -> [Summary] {
        let table = snapshot.typed(kind)
        return try page(kind, filter, in: snapshot).map { state in
            try Inquiry.summary(state, table.record(id: state.id) ?? Record())
        }
    }

    /// The records of a list, without what they hold.
    public func selection(_ kind: RecordKind, _ filter: Filter, in snapshot: borrowing Snapshot) throws -> [RecordID] {
        try page(kind, filter, in: snapshot).map(\.uuid)
    }

    private func page(_ kind: RecordKind, _ filter: Filter, in snapshot: borrowing Snapshot) throws -> [RecordState] {
        try snapshot.records.page(
            kind: kind.number, status: filter.status, pending: filter.pending, homeSeat: filter.homeSeat,
            homes: filter.homes, after: filter.after, limit: min(max(filter.limit, 1), NodeLimits.recordsPerCommand))
    }

    /// Which record an identifier or a number names.
    public func identify(_ name: String, _ kind: RecordKind, in snapshot: borrowing Snapshot) throws -> RecordID? {
        try state(name, kind, in: snapshot)?.uuid
    }

    private func state(_ name: String, _ kind: RecordKind, in snapshot: borrowing Snapshot) throws -> RecordState? {
        let byID = try RecordID(hex: name).flatMap { try snapshot.records.find($0) }
        return try byID ?? snapshot.records.find(key: name, kind: kind.number).first
    }

    /// One record by its identifier or its number.
    public func find(_ name: String, _ kind: RecordKind, in snapshot: borrowing Snapshot) throws -> Summary? {
        guard let state = try state(name, kind, in: snapshot) else { return nil }
        return try Inquiry.summary(state, snapshot.typed(kind).record(id: state.id) ?? Record())
    }

    /// Records in which a field with this code, of the record or of a line of it, has exactly this value: where this node
    /// may see it, and without opening anything else.
    public func lookUp(
        _ kind: RecordKind, _ code: String, _ text: String, codes: CodeTables, in snapshot: borrowing Snapshot
    ) throws -> [Summary] {
        let tables = [(kind.code, kind.fields)] + kind.lists.map { ($0.code, $0.fields) }
        let fields = tables.flatMap { table, fields in fields.filter(\.isLookedUp).map { (table: table, field: $0) } }
        let fitting = fields.filter { $0.field.code == code }
        guard !fitting.isEmpty else {
            let list = Set(fields.map(\.field.code)).sorted().joined(separator: ", ")
            throw NodeError(.badRequest, "不能按 \(code) 精确查找，可用：\(list)", "nothing is found by \(code); there are: \(list)")
        }
        var ids = Set<Int64>()
        for (table, field) in fitting {
            switch field.parse(text, codes: codes) {
            case .success(let value): ids.formUnion(try snapshot.persons.records(table, field, value.text ?? ""))
            case .failure(let finding): throw NodeError(.invalid, finding.message.zh, finding.message.en)
            }
        }
        let states = try ids.sorted().prefix(NodeLimits.recordsPerCommand).compactMap { try snapshot.records.find(id: $0) }
        return try states.map { try Inquiry.summary($0, snapshot.typed(kind).record(id: $0.id) ?? Record()) }
    }

    static func summary(_ state: RecordState, _ record: Record) throws -> Summary {
        Summary(
            id: state.uuid.description, key: state.key, homeSeat: state.homeSeat, version: state.version,
            standing: state.standing.name, pendingLevel: state.standing.pendingLevel, status: state.status,
            changedMilliseconds: state.changedMilliseconds, record: record)
    }

    public func counts(_ kind: RecordKind, in snapshot: borrowing Snapshot) throws -> [(status: String, count: Int)] {
        try snapshot.records.counts(kind: kind.number)
    }

    /// Counts by fields of the kind (codes, flags, divisions) or `division`, the home's seat.
    public func statistics(
        _ kind: RecordKind, by dimensions: [String], statuses: [String], in snapshot: borrowing Snapshot
    ) throws -> [(values: [String], count: Int)] {
        let allowed = Set(kind.statistics.flatMap(\.dimensions).map(\.code)).union(["division"])
        guard let unknown = dimensions.first(where: { !allowed.contains($0) }) else {
            return try snapshot.inquiry.count(kind, by: dimensions, statuses: statuses)
        }
        let list = allowed.sorted().joined(separator: ", ")
        throw NodeError(.badRequest, "不能按 \(unknown) 统计，可用：\(list)", "no statistic by \(unknown); there are: \(list)")
    }

    public func homes(_ kind: RecordKind, in snapshot: borrowing Snapshot) throws -> [(
        seat: String, count: Int, changed: Int64
    )] {
        try snapshot.inquiry.homes(kind: kind.number)
    }

    /// State of one of this node's links.
    public struct LinkStatus: Sendable {
        public let seat: String
        public let node: NodeID
        /// From this node's side: `up` toward the parent, `down` toward a child, or received.
        public let direction: String
        public let isOwn: Bool
        public let next: UInt64
        public let peerDurable: UInt64
        public let backlog: UInt64
        /// Entries that are gathered and not sealed yet.
        public let waiting: Int
        public let lastReceiptMilliseconds: Int64?
        public let frozen: String?
    }

    public func links(_ engine: SyncEngine, in snapshot: borrowing Snapshot) throws -> [LinkStatus] {
        let node = engine.identity.node
        return try snapshot.logs.all().filter { $0.log.author == node || $0.log.peer == node }.map { state in
            let isOwn = state.log.author == node
            let peer = isOwn ? state.log.peer : state.log.author
            return LinkStatus(
                seat: engine.trust.certificate(of: peer)?.seat.code ?? "?", node: peer,
                direction: "\(state.log.direction)", isOwn: isOwn, next: state.next,
                peerDurable: state.peerDurable, backlog: isOwn && state.log.direction != .channel ? state.backlog : 0,
                waiting: isOwn ? try snapshot.outbox.size(log: state.id).entries : 0,
                lastReceiptMilliseconds: state.peerMilliseconds, frozen: state.frozen)
        }
    }

    public struct Refused: Sendable {
        public let milliseconds: Int64
        public let peer: NodeID
        public let code: String
        public let reason: String
        public let subject: String
        public let times: Int
    }

    /// What was refused, newest first; entries that wait for something are listed as `deferred`. `settled`: also what
    /// somebody has looked at.
    public func quarantine(limit: Int, settled: Bool = false, in snapshot: borrowing Snapshot) throws -> [Refused] {
        let refused = try snapshot.quarantine.all(limit: limit, settled: settled).map {
            Refused(
                milliseconds: $0.milliseconds, peer: $0.peer, code: $0.code, reason: $0.reason, subject: $0.subject,
                times: $0.times)
        }
        let waiting = try snapshot.journal.postponed(limit: limit).compactMap { item -> Refused? in
            guard let row = try snapshot.journal.row(item.journal) else { return nil }
            return Refused(
                milliseconds: row.milliseconds, peer: row.seal.log.author, code: "deferred",
                reason: "waits for \(item.reason)",
                subject: "entry \(item.item) of seal \(row.seal.hash)", times: 1)
        }
        return refused + waiting
    }

    /// Notes a changeset or receipt that was refused whole: nothing of it was stored. A second seal at a held position is
    /// kept as the proof it is, and its log stands still until people have looked.
    public static func refuse(
        _ error: ProtocolError, from peer: NodeID, subject: String, forked seal: Seal? = nil, evidence: [UInt8]? = nil,
        in tx: borrowing Transaction
    ) throws {
        try tx.quarantine.add(
            tx.moment, peer: peer, code: error.code.rawValue, reason: error.reason, subject: subject,
            evidence: seal?.message.encoded ?? evidence)
        guard let seal, let state = try tx.logs.find(seal.log), state.frozen == nil else { return }
        try tx.logs.freeze(state.id, "two seals at position \(seal.first)")
    }

    /// Refusals by one code, of one neighbour or of all, that a person has looked at: they leave the list and the check of
    /// the node's health until they happen again. Returns how many.
    static func settle(
        code: String, seat: String?, reason: String, by principal: Principal, _ engine: SyncEngine,
        in tx: borrowing Transaction
    ) throws -> Int {
        guard (1...200).contains(reason.count) else {
            throw NodeError(.badRequest, "请写明查明的情况（不超过 200 字）", "say what was found, in at most 200 characters")
        }
        let peer = try seat.map { code in
            guard let certificate = engine.trust.certificate(ofSeat: code) else {
                throw NodeError(.notFound, "没有单位 \(code) 的节点", "there is no node of seat \(code)")
            }
            return certificate.node
        }
        let count = try tx.quarantine.settle(code: code, peer: peer, at: tx.moment.milliseconds)
        guard count > 0 else {
            throw NodeError(
                .notFound, "隔离区里没有这样的内容（见 nodectl sync quarantine）", "nothing like that waits: see nodectl sync quarantine")
        }
        try tx.audit.append(
            tx.moment, by: principal, action: "settle-refusals", record: nil,
            detail: "\(code) \(seat ?? "-") \(count): \(reason)")
        return count
    }

    public func openRefusals(in snapshot: borrowing Snapshot) throws -> [(code: String, count: Int)] {
        try snapshot.quarantine.open()
    }

    public func quarantineCounts(in snapshot: borrowing Snapshot) throws -> [(code: String, count: Int)] {
        try snapshot.quarantine.counts()
    }

    public func integrity(in snapshot: borrowing Snapshot) throws -> [String] { try snapshot.inquiry.integrity() }

    /// What people did to one record here, by name.
    public func acts(_ record: RecordID, in snapshot: borrowing Snapshot) throws -> [(
        at: Int64, actor: String, action: String, detail: String
    )] {
        try snapshot.audit.all(record: record)
    }
}

extension Inquiry {
    /// The levels that decide about the newest version of a record, nearest to its home first; for one that was never
    /// reported, those that would. Empty when the home decides.
    public func reviewLevels(_ id: RecordID, _ kind: RecordKind, tree: NodeTree, in snapshot: borrowing Snapshot) throws
        -> [Level]
    {
        guard let state = try snapshot.records.find(id) else { return [] }
        if let version = try snapshot.versions.find(state.id, state.version) {
            return tree.reviewLevels(home: state.homeSeat, ceiling: version.ceiling)
        }
        guard case .standard(let field, let levels) = kind.authority,
            let standard = try snapshot.typed(kind).record(id: state.id)?.row[field.tag]?.text,
            let required = levels[standard], let ceiling = tree.ceiling(home: state.homeSeat, required: required)
        else { return [] }
        return tree.reviewLevels(home: state.homeSeat, ceiling: ceiling)
    }
}
