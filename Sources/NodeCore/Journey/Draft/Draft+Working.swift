public import SyncProtocol

/// Working copies as people meet them in a form: begun, read, and written back against what was read.
extension Draft {
    /// What a form begins with.
    public struct Working: Sendable {
        public let record: Record
        public let status: String
        /// Names this content: whoever saves says on which one the changes were made. Not what anything is signed by.
        public let token: String
    }

    /// The working copy of this node's own record, else what was last reported.
    public func working(_ uuid: RecordID, in tx: borrowing Transaction) throws -> Working {
        try tx.withSnapshot { try working(uuid, in: $0) }
    }

    public func working(_ uuid: RecordID, in snapshot: borrowing Snapshot) throws -> Working {
        guard let state = try snapshot.records.find(uuid), let kind = identity.charter.kind(number: state.kind),
            state.home == identity.node,
            let body = try snapshot.home.find(uuid, version: 0) ?? snapshot.home.find(uuid, version: state.version)
        else { throw NodeError(.notFound, "找不到档案内容", "the record's content is not here") }
        let record = try Sections.readWhole(body.bytes, kind: kind)
        return Working(record: record, status: body.status, token: Draft.token(record))
    }

    static func token(_ record: Record) -> String {
        var digest = DigestBuilder(.international)
        digest.append(Sections.makeWhole(record))
        return String(digest.finish().description.prefix(32))
    }

    /// Begins a record under the next number of this home and year. What it may lack, the steps after it ask for.
    public func create(
        _ kind: RecordKind, by principal: Principal, in tx: borrowing Transaction,
        _ fill: (inout Record, RecordKind) throws -> Void
    ) throws -> RecordID {
        guard mayBeHome else {
            throw NodeError(.notAllowed, "本级单位不建立档案", "a node at this level is no home of records")
        }
        var record = Record()
        let today = tx.moment.today
        kind.begins(&record, Beginning(today: today, seat: identity.seat.code, person: principal.name))
        try fill(&record, kind)
        let key = try nextKey(kind, year: today.year, in: tx)
        record.row[kind.key.tag] = .text(key)
        if let conflict = try personConflict(record, kind, except: nil, in: tx) {
            throw NodeError(.invalid, conflict.message.zh, conflict.message.en)
        }
        guard let uuid = RecordID(milliseconds: tx.moment.milliseconds, entropy: tx.moment.entropy(10)) else {
            throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little")
        }
        let id = try tx.records.insert(
            uuid, kind: kind.number, home: identity.node, homeSeat: identity.seat.code, key: key,
            status: kind.workflow.draft, at: tx.moment.milliseconds)
        try save(record, kind, id, uuid, status: kind.workflow.draft, in: tx)
        try tx.lastEdits.note(uuid, by: principal, isNew: true)
        try tx.audit.append(tx.moment, by: principal, action: "create", record: uuid, detail: key)
        return uuid
    }

    /// Division, year and the number after the highest of that year; numbers are never used twice.
    private func nextKey(_ kind: RecordKind, year: Int, in tx: borrowing Transaction) throws -> String {
        let start = identity.seat.code + String(year)
        let taken = [
            try tx.records.lastKey(kind: kind.number, beginning: start),
            try tx.bin.lastKey(kind: kind.number, beginning: start),
        ]
        let last = taken.compactMap { $0 }.max()
        let number = (last.flatMap { Int($0.dropFirst(start.count)) } ?? 0) + 1
        guard number <= Draft.numbersPerYear else {
            throw NodeError(.conflict, "本年度编号已用完", "the numbers of this year are used up")
        }
        let digits = String(number)
        return start + String(repeating: "0", count: 6 - digits.count) + digits
    }

    private static let numbersPerYear = 999_999
}
