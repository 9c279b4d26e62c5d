public import SyncProtocol

/// The home writes; nobody else sees. A draft is a working copy beside the reported versions.
public struct Draft: Sendable {
    let identity: NodeIdentity
    public let codes: CodeTables
    public let parameters: Parameters
    public let calendar: WorkCalendar

    public init(
        identity: NodeIdentity, codes: CodeTables, parameters: Parameters, calendar: WorkCalendar = WorkCalendar([])
    ) {
        self.identity = identity
        self.codes = codes
        self.parameters = parameters
        self.calendar = calendar
    }

    /// What became of one record that came in from a file.
    public enum Intake: Sendable, Hashable {
        case taken(RecordID)
        /// The key is here already: a second import changes nothing.
        case present(RecordID)
        case refused(Finding)
    }

    /// Takes a record over from another system: it enters as ready to report.
    public func take(_ record: Record, kind: RecordKind, by principal: Principal, in tx: borrowing Transaction) throws
        -> Intake
    {
        let key = record.row[kind.key.tag]?.text ?? ""
        guard key.hasPrefix(identity.seat.code), mayBeHome else {
            return .refused(
                Finding(
                    "R-03", .error, kind.key.code, "档案编号不属于本单位（\(identity.seat.code)）",
                    "the number does not belong to this unit"))
        }
        if let known = try tx.records.find(key: key, kind: kind.number).first(where: { $0.home == identity.node }) {
            return .present(known.uuid)
        }
        if let conflict = try personConflict(record, kind, except: nil, in: tx) { return .refused(conflict) }
        guard let uuid = RecordID(milliseconds: tx.moment.milliseconds, entropy: tx.moment.entropy(10)) else {
            throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little")
        }
        let id = try tx.records.insert(
            uuid, kind: kind.number, home: identity.node, homeSeat: identity.seat.code, key: key,
            status: kind.workflow.ready,
            at: tx.moment.milliseconds)
        try save(record, kind, id, uuid, status: kind.workflow.ready, in: tx)
        try tx.lastEdits.note(uuid, by: principal, isNew: true)
        try tx.audit.append(tx.moment, by: principal, action: "import", record: uuid, detail: key)
        return .taken(uuid)
    }

    /// Changes of a record by the home: nil takes a value away. The record falls to draft.
    public func edit(
        _ uuid: RecordID, by principal: Principal, in tx: borrowing Transaction,
        _ change: (inout Record, RecordKind) throws -> Void
    ) throws {
        let (state, kind) = try own(uuid, in: tx)
        guard kind.workflow.editable.contains(state.status) else {
            throw NodeError(.conflict, "当前状态不能编辑", "the record cannot be edited in its present state")
        }
        guard let working = try Projection(identity: identity).working(uuid, kind, in: tx) else {
            throw NodeError(.notFound, "找不到档案内容", "the record's content is not here")
        }
        var record = working.record
        try change(&record, kind)
        if record.row[kind.key.tag] != working.record.row[kind.key.tag] {
            throw NodeError(.notAllowed, "档案编号不能更改", "the number of a record never changes")
        }
        if let conflict = try personConflict(record, kind, except: state.id, in: tx) {
            throw NodeError(.invalid, conflict.message.zh, conflict.message.en)
        }
        try save(record, kind, state.id, uuid, status: kind.workflow.draft, in: tx)
        try tx.lastEdits.note(uuid, by: principal, isNew: false)
        try tx.audit.append(tx.moment, by: principal, action: "edit", record: uuid, detail: state.key)
    }

    /// One step of the home's own work, as the workflow declares it (to check, to notice, ready ...).
    public func step(_ uuid: RecordID, to status: String, by principal: Principal, in tx: borrowing Transaction) throws {
        let (state, kind) = try own(uuid, in: tx)
        guard let step = kind.workflow.steps.first(where: { $0.from == state.status && $0.to == status }) else {
            throw NodeError(
                .conflict, "不能从 \(state.status) 到 \(status)", "there is no step from \(state.status) to \(status)")
        }
        guard let working = try Projection(identity: identity).working(uuid, kind, in: tx) else {
            throw NodeError(.notFound, "找不到档案内容", "the record's content is not here")
        }
        if let finding = findings(working.record, kind, today: tx.moment.today).first(where: { $0.severity == .error }) {
            throw NodeError(.invalid, finding.message.zh, finding.message.en)
        }
        try save(working.record, kind, state.id, uuid, status: status, in: tx)
        try tx.audit.append(
            tx.moment, by: principal, action: "step", record: uuid, detail: "\(step.from) -> \(step.to)")
    }

    /// Whether a record with this number is here already, as this node's own.
    public func isPresent(_ key: String, _ kind: RecordKind, in tx: borrowing Transaction) throws -> Bool {
        try tx.records.find(key: key, kind: kind.number).contains { $0.home == identity.node }
    }

    public func findings(_ record: Record, _ kind: RecordKind, today: CalendarDay) -> [Finding] {
        kind.fieldFindings(record, today: today)
            + kind.rules(record, RuleSurroundings(today: today, parameters: parameters, codes: codes))
    }

    var mayBeHome: Bool { !identity.seat.isRelay && identity.level != .national }

    func own(_ uuid: RecordID, in tx: borrowing Transaction) throws -> (RecordState, RecordKind) {
        guard let state = try tx.records.find(uuid), let kind = identity.charter.kind(number: state.kind) else {
            throw NodeError(.notFound, "没有这份档案", "there is no such record")
        }
        guard state.home == identity.node else {
            throw NodeError(.notAllowed, "只有建档单位可以修改", "only the home of a record may change it")
        }
        return (state, kind)
    }

    func save(
        _ record: Record, _ kind: RecordKind, _ id: Int64, _ uuid: RecordID, status: String, in tx: borrowing Transaction
    ) throws {
        var record = record
        record.row[kind.status.tag] = .text(status)
        let body = HomeBody(
            version: 0, kind: kind.number, status: status, bytes: Sections.makeWhole(record),
            milliseconds: tx.moment.milliseconds)
        try tx.home.put(uuid, body)
        try Projection(identity: identity).put(TypedRows(record, kind: kind), kind: kind, id: id, uuid: uuid, in: tx)
        try Projection(identity: identity).refresh(id, in: tx)
    }

    /// One person, one active file (U-01, U-02): inside this node it blocks.
    func personConflict(
        _ record: Record, _ kind: RecordKind, except own: Int64?, in tx: borrowing Transaction
    ) throws -> Finding? {
        guard let persons = kind.persons, kind.isActive(record) else { return nil }
        if let number = record.row[persons.head.tag]?.text {
            if let other = try firstActive(tx.persons.heads(number, kind: kind), kind, except: own, in: tx) {
                return Finding(
                    "U-01", .error, persons.head.code, "此人已有在册档案 \(other)", "the person has an active file already: \(other)"
                )
            }
            if let other = try firstActive(tx.persons.members(number, kind: kind), kind, except: own, in: tx) {
                return Finding(
                    "U-02", .error, persons.head.code, "此人是在册档案 \(other) 的家庭成员",
                    "the person is a member of the active file \(other)")
            }
        }
        guard let member = persons.member else { return nil }
        for child in record[member.list] {
            guard let number = child.row[member.field.tag]?.text else { continue }
            if let other = try firstActive(tx.persons.heads(number, kind: kind), kind, except: own, in: tx) {
                return Finding(
                    "U-02", .error, member.field.code, list: member.list.code, child: child.number,
                    "该成员是在册档案 \(other) 的户主", "the member is head of the active file \(other)")
            }
        }
        return nil
    }

    private func firstActive(_ ids: [Int64], _ kind: RecordKind, except own: Int64?, in tx: borrowing Transaction) throws
        -> String?
    {
        for id in ids where id != own {
            guard let state = try tx.records.find(id: id), let record = try tx.typed(kind).record(id: id) else { continue }
            if kind.workflow.active.contains(state.status) && kind.isActive(record) { return state.key }
        }
        return nil
    }
}

extension RecordKind {
    /// What the form and range of each single value say, in the record and in its lines.
    func fieldFindings(_ record: Record, today: CalendarDay) -> [Finding] {
        var findings = [Finding]()
        for field in fields {
            if let value = record.row[field.tag] { findings += field.check(value, today: today) }
        }
        for list in lists {
            for child in record[list] {
                for field in list.fields {
                    guard let value = child.row[field.tag] else { continue }
                    findings += field.check(value, today: today).map { $0.at(list: list.code, child: child.number) }
                }
            }
        }
        return findings
    }

    /// Whether the record counts as open: a file taken over keeps the state it had in the old system for this.
    func isActive(_ record: Record) -> Bool {
        guard let legacy = field("legacy_status").flatMap({ record.row[$0.tag]?.text }) else { return true }
        return workflow.active.contains(legacy)
    }
}
