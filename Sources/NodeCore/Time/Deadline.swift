/// By when something has to be done, and who is reminded on the way. A record kind declares its deadlines; the daily run
/// computes who is to be reminded (`Reminding`).
public struct Deadline: Sendable {
    /// Which records it is about, and from which day it counts.
    public enum Matter: Sendable {
        /// Records of other homes that wait for this level's decision, from the day their version arrived here.
        case pendingHere
        /// Own records that were returned or rejected and not reported again, from the day the decision arrived here.
        case returned
        /// Own records in one of these states, from the first of these dates that is filled. A planned day comes first where
        /// it lies behind that.
        case dated([FieldDefinition], planned: FieldDefinition?, states: [String])
    }

    /// How long it runs.
    public enum Period: Sendable {
        /// W-02.
        case workingDays(ParameterKey)
        /// So many months, and once in each calendar year before it closes (`MM-DD`).
        case yearly(months: ParameterKey, closes: ParameterKey)
    }

    /// Who is reminded: the role follows from the node's level.
    public enum Recipient: Sendable, Hashable {
        case clerk, reviewer, head

        public func role(at level: Level) -> Role {
            switch self {
            case .clerk: return .clerk
            case .head: return .unitHead
            case .reviewer:
                switch level {
                case .national: return .nationalReviewer
                case .province: return .provinceReviewer
                case .city: return .cityReviewer
                case .county: return .countyReviewer
                }
            }
        }
    }

    /// One rung of the ladder: working days before (negative), on or after the due day.
    public struct Rung: Sendable {
        public let offset: Int
        public let recipients: [Recipient]

        public init(_ offset: Int, _ recipients: Recipient...) {
            self.offset = offset
            self.recipients = recipients
        }
    }

    /// The rule's number (T-11 ...); a stable code.
    public let rule: String
    public let label: Label
    public let matter: Matter
    public let period: Period
    public let ladder: [Rung]

    /// Traps when the rungs are not in their order.
    public init(_ rule: String, _ label: Label, _ matter: Matter, _ period: Period, ladder: [Rung]) {
        precondition(zip(ladder, ladder.dropFirst()).allSatisfy { $0.offset < $1.offset }, "rungs out of order in \(rule)")
        self.rule = rule
        self.label = label
        self.matter = matter
        self.period = period
        self.ladder = ladder
    }

    /// Calendar days ahead of a due day in which its first rung surely lies.
    var lead: Int64 { ladder.first.map { $0.offset < 0 ? Int64(-$0.offset) * 2 + 14 : 0 } ?? 0 }
}

/// Where a reminder stands to its due day.
public enum ReminderStage: String, Sendable, Hashable, Codable {
    case soon, today, overdue

    public init(offset: Int) { self = offset < 0 ? .soon : offset == 0 ? .today : .overdue }

    public var label: Label {
        switch self {
        case .soon: Label("即将到期", "due soon")
        case .today: Label("今日到期", "due today")
        case .overdue: Label("已逾期", "overdue")
        }
    }
}
