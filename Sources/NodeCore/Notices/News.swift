internal import SyncProtocol

/// What the entries of a changeset mean for the people at this node (S.9): gathered while they are applied, told in the same
/// transaction. A rebuild tells nothing.
struct News {
    /// What happened, as a code; the wording is made when it is shown.
    enum Event: String, Sendable, CaseIterable {
        /// Reports of a home wait for this level.
        case arrived
        /// A home took back what waited here.
        case withdrawn
        /// An own record came back from a level above.
        case returned
        case rejected
        /// An own record was approved by the last level that reviews it.
        case approved
        /// A code table, parameters or days of the calendar came down.
        case published
    }

    private struct Place: Hashable {
        let event: Event
        let kind: UInt64
        /// The home's seat; for what was published its name.
        let subject: String
    }

    private var counted: [Place: (times: Int, key: String)] = [:]
    /// In the order in which they were first seen: no order of a dictionary reaches a row.
    private var order: [Place] = []
    private var decided: [RecordID] = []

    var isEmpty: Bool { order.isEmpty && decided.isEmpty }

    mutating func arrived(_ count: Int = 1, kind: UInt64, from seat: String, key: String = "") {
        add(count, Place(event: .arrived, kind: kind, subject: seat), key)
    }

    mutating func withdrawn(_ record: RecordState) {
        add(1, Place(event: .withdrawn, kind: record.kind, subject: record.homeSeat), record.key)
    }

    /// An own record has a new decision.
    mutating func decided(_ record: RecordState) {
        if decided.last != record.uuid { decided.append(record.uuid) }
    }

    mutating func published(_ name: String) { add(1, Place(event: .published, kind: 0, subject: name), "") }

    private mutating func add(_ count: Int, _ place: Place, _ key: String) {
        if let known = counted[place] {
            counted[place] = (times: known.times + count, key: key.isEmpty ? known.key : key)
        } else {
            counted[place] = (times: count, key: key)
            order.append(place)
        }
    }

    /// Leaves a notification for the role that has to act. Of arrivals and approvals there is one a day for each home and
    /// kind, with their number; what came back has one for each record.
    func tell(_ identity: NodeIdentity, in tx: borrowing Transaction) throws {
        guard !identity.seat.isRelay, !isEmpty else { return }
        for place in order {
            guard let (times, key) = counted[place] else { continue }
            let kind = identity.charter.kind(number: place.kind)?.code ?? ""
            let role = place.event == .published ? Role.dataSteward : Deadline.Recipient.reviewer.role(at: identity.level)
            try tx.notifications.add(
                place.event, kind: kind, subject: place.subject, role: role, key: key, code: "", times: times,
                at: tx.moment)
        }
        for uuid in decided { try tell(uuid, identity, in: tx) }
        try tx.notifications.bound(NodeLimits.notificationRows)
    }

    private func tell(_ uuid: RecordID, _ identity: NodeIdentity, in tx: borrowing Transaction) throws {
        guard let record = try tx.records.find(uuid), let kind = identity.charter.kind(number: record.kind) else { return }
        let event: Event
        switch record.standing {
        case .returned: event = .returned
        case .rejected: event = .rejected
        case .approved: event = .approved
        case .draft, .pending, .withdrawn: return
        }
        let decisions = try tx.decisions.all(record.id, version: record.version)
        let code = decisions.last { $0.type == .return || $0.type == .reject }?.code ?? ""
        try tx.notifications.add(
            event, kind: kind.code, subject: event == .approved ? record.homeSeat : uuid.description, role: .clerk,
            key: record.key, code: event == .approved ? "" : code, times: 1, at: tx.moment)
    }
}
