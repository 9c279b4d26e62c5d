internal import SyncProtocol

/// What is due and what is overdue, by deadline.
public enum ReminderEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "reminders", Label("催办提醒", "Open reminders, the earliest due first"), needs: .right(.view, .reminders),
            query: [
                ("role", "only those for this role"), ("settled", "1: with those whose matter is done"),
                ("limit", "1 to 10000, 500 by default"),
            ], .read(list)),
        Endpoint(
            "GET", "reminders/plan", Label("提醒预览", "What a run as of a day would note; nothing is written"),
            needs: .right(.view, .reminders), query: [("asOf", "day, today by default")], .read(preview)),
        Endpoint(
            "POST", "reminders/runs", Label("生成提醒", "Note the reminders that are due by a day"),
            needs: .right(.config, .reminders), body: "{asOf: day, today by default}", .write(run)),
    ]

    public struct ReminderView: Codable, Sendable {
        public let rule: String
        public let kind: String
        public let record: String
        public let key: String
        public let role: String
        public let stage: String
        public let due: String
        /// Working days from the due day at which this step stands.
        public let step: Int
        public let day: String
        public let isLate: Bool
        public let settled: String?
        /// False when a calendar it counts over was not published: the day may move.
        public let isPublished: Bool?

        init(_ reminder: Reminder, settled: CalendarDay? = nil, isPublished: Bool? = nil) {
            rule = reminder.rule
            kind = reminder.kind
            record = reminder.record.description
            key = reminder.key
            role = reminder.role.rawValue
            stage = reminder.stage.rawValue
            due = reminder.due.description
            step = reminder.step
            day = reminder.day.description
            isLate = reminder.isLate
            self.settled = settled?.description
            self.isPublished = isPublished
        }
    }

    public struct CountView: Codable, Sendable {
        public let rule: String
        public let kind: String
        public let zh: String
        public let en: String
        public let stage: String
        public let count: Int
    }

    public struct ListView: Codable, Sendable {
        public let items: [ReminderView]
        /// Each open matter once, by the furthest step it has reached.
        public let counts: [CountView]
        /// The day up to which reminders were noted; nil when there was no run yet.
        public let notedUpTo: String?
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let reminders = Reminders(try call.enrolled())
        let roles = call.concernedRoles
        let limit = try call.number("limit", 1...NodeLimits.reminderRows, otherwise: 500)
        let lines = try reminders.lines(roles: roles, withSettled: call.flag("settled"), limit: limit, in: snapshot)
        let counts = try reminders.counts(roles: roles, in: snapshot).map { line in
            let deadline = call.charter.kind(code: line.kind)?.deadlines.first { $0.rule == line.rule }
            return CountView(
                rule: line.rule, kind: line.kind, zh: deadline?.label.zh ?? line.rule, en: deadline?.label.en ?? line.rule,
                stage: line.stage.rawValue, count: line.count)
        }
        return try Reply(
            ListView(
                items: lines.map { ReminderView($0.reminder, settled: $0.settled, isPublished: $0.isPublished) },
                counts: counts, notedUpTo: try Upkeep.lastReminders(in: snapshot)?.description))
    }

    public struct PlanView: Codable, Sendable {
        public let items: [ReminderView]
        public let rowsRead: Int
    }

    @Sendable static func preview(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let plan = try Reminders(call.enrolled()).plan(asOf: call.day("asOf"), in: snapshot)
        let roles = call.concernedRoles
        let shown = plan.reminders.filter { roles?.contains($0.role.rawValue) ?? true }.prefix(NodeLimits.reminderRows)
        return try Reply(PlanView(items: shown.map { ReminderView($0) }, rowsRead: plan.rowsRead))
    }

    struct Body: Decodable { let asOf: String? }

    @Sendable static func run(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let (body, actor): (Body, Principal) = (try call.decode(), try call.actor())
        let today = CalendarDay(milliseconds: call.milliseconds)
        let day = try body.asOf.map { try Call.day($0, "asOf") } ?? today
        guard day <= today else {
            throw NodeError(
                .badRequest, "不能提前生成 \(day) 的提醒：请用预览（nodectl reminders preview）",
                "reminders of \(day) cannot be noted ahead: look at them with nodectl reminders preview")
        }
        let outcome = try Reminders(call.enrolled()).run(asOf: day, in: tx)
        try tx.audit.append(
            tx.moment, by: actor, action: "remind", record: nil, detail: "\(day): \(outcome.noted) noted")
        return (try Reply(outcome), [])
    }
}
