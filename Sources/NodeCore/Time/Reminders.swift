internal import SyncProtocol

/// The daily run: what is open, who is to be reminded of it, and what is settled. Run twice it adds nothing; after days
/// without a run it adds what was missed, marked as late.
public struct Reminders: Sendable {
    let engine: SyncEngine

    public init(_ engine: SyncEngine) { self.engine = engine }

    private var identity: NodeIdentity { engine.identity }

    /// What a run would note, and what it looked at.
    public struct Plan: Sendable {
        public let day: CalendarDay
        public fileprivate(set) var reminders: [Reminder] = []
        /// Rows of records and dates that were read for it.
        public fileprivate(set) var rowsRead = 0
        fileprivate var open: Set<Period> = []
    }

    /// A matter in one of its periods.
    struct Period: Hashable, Sendable {
        let rule: String
        let record: RecordID
        let start: CalendarDay
    }

    public struct Outcome: Sendable, Hashable, Codable {
        /// Reminders that were not noted before.
        public var noted = 0
        /// Of those: steps of an earlier day.
        public var late = 0
        /// Reminders whose matter is done.
        public var settled = 0
        public var rowsRead = 0
        /// Reminders that wait for the next run, since one run notes so many at most.
        public var postponed = 0
    }

    /// Beside the writer: nothing is written here.
    public func plan(asOf day: CalendarDay, in snapshot: borrowing Snapshot) throws -> Plan {
        var plan = Plan(day: day)
        // A collective seat has nobody to remind.
        guard !identity.seat.isRelay else { return plan }
        var reminding = Reminding(
            calendar: engine.draft.calendar, parameters: engine.draft.parameters, path: identity.divisionPath,
            level: identity.level)
        for kind in identity.charter.kinds {
            for deadline in kind.deadlines {
                let table = snapshot.reminders
                let found: (matters: [OpenMatter], rowsRead: Int) =
                    switch deadline.matter {
                    case .pendingHere: try table.pending(kind, at: identity.level, except: identity.node)
                    case .returned: try table.returned(kind, home: identity.node)
                    case .dated(let fields, let planned, let states):
                        try table.dated(
                            kind, fields, planned, states: states, home: identity.node,
                            until: day.number + deadline.lead, shortest: reminding.shortest(deadline.period))
                    }
                plan.rowsRead += found.rowsRead
                for matter in found.matters {
                    plan.open.insert(Period(rule: deadline.rule, record: matter.record, start: matter.start))
                    plan.reminders += reminding.reminders(deadline, kind: kind.code, for: matter, asOf: day)
                }
            }
        }
        return plan
    }

    /// Writes what is new of a plan and settles what is done.
    public func note(_ plan: Plan, in tx: borrowing Transaction) throws -> Outcome {
        var outcome = Outcome()
        outcome.rowsRead = plan.rowsRead
        let table = tx.reminders
        for reminder in plan.reminders {
            if outcome.noted == NodeLimits.remindersPerRun {
                outcome.postponed += 1
                continue
            }
            guard try table.add(reminder, noted: plan.day) else { continue }
            outcome.noted += 1
            if reminder.isLate { outcome.late += 1 }
        }
        for period in try table.openPeriods() where !plan.open.contains(period) {
            outcome.settled += try table.settle(period, on: plan.day)
        }
        try table.forget(settledBefore: CalendarDay(number: plan.day.number - NodeLimits.reminderDays))
        for kind in identity.charter.kinds where identity.level != .national && !identity.seat.isRelay {
            for case .dated(let fields, let planned, _) in kind.deadlines.map(\.matter) {
                try table.index(kind, fields, planned, home: identity.node)
            }
        }
        if outcome.postponed == 0 { try Upkeep.noteReminders(on: plan.day, in: tx) }
        return outcome
    }

    /// Both at once.
    public func run(asOf day: CalendarDay, in tx: borrowing Transaction) throws -> Outcome {
        try note(try tx.withSnapshot { try plan(asOf: day, in: $0) }, in: tx)
    }

    /// One that is open, with what a person asks first.
    public struct Line: Sendable, Hashable {
        public let reminder: Reminder
        /// When it was noted.
        public let noted: CalendarDay
        public let settled: CalendarDay?
        /// Whether the calendar of all years it counted over was published.
        public let isPublished: Bool
    }

    /// Those that concern somebody with these roles (nil: anybody), the earliest due first; settled ones only when asked.
    public func lines(
        roles: Set<String>?, withSettled: Bool = false, limit: Int = NodeLimits.reminderRows,
        in snapshot: borrowing Snapshot
    ) throws -> [Line] {
        let calendar = engine.draft.calendar
        return try snapshot.reminders.all(roles: roles?.sorted(), withSettled: withSettled, limit: limit).map {
            Line(
                reminder: $0.reminder, noted: $0.noted, settled: $0.settled,
                isPublished: calendar.isPublished(from: $0.reminder.start, to: $0.reminder.due))
        }
    }

    /// How many matters are open for these roles, by rule and stage.
    public func counts(roles: Set<String>?, in snapshot: borrowing Snapshot) throws -> [(
        rule: String, kind: String, stage: ReminderStage, count: Int
    )] {
        try snapshot.reminders.counts(roles: roles?.sorted())
    }
}
