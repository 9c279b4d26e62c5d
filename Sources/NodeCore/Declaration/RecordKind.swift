/// Which level decides about a record of this kind.
public enum Authority: Sendable {
    /// The level that a code field names, by code: for the hardship file its standard.
    case standard(field: FieldDefinition, levels: [String: Level])
}

/// How severe a finding is: an error blocks reporting, a warning needs a reason, a hint neither.
public enum Severity: Int, Sendable, Comparable {
    case error = 1
    case warning = 2
    case hint = 3

    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
}

/// What a rule found in a record. `list` and `child` name the line when it is not the record itself.
public struct Finding: Hashable, Sendable {
    public let rule: String
    public let severity: Severity
    public let field: String
    public let list: String?
    public let child: Int64?
    public let message: Label

    public init(
        _ rule: String, _ severity: Severity, _ field: String, list: String? = nil, child: Int64? = nil, _ zh: String,
        _ en: String
    ) {
        self.rule = rule
        self.severity = severity
        self.field = field
        self.list = list
        self.child = child
        message = Label(zh, en)
    }
}

/// What rules may look at besides the record.
public struct RuleSurroundings: Sendable {
    public let today: CalendarDay
    public let parameters: Parameters
    /// What an import brings along: for one place it goes before what the node already holds.
    public let brought: Parameters?
    public let codes: CodeTables

    public init(today: CalendarDay, parameters: Parameters, brought: Parameters? = nil, codes: CodeTables) {
        self.today = today
        self.parameters = parameters
        self.brought = brought
        self.codes = codes
    }

    /// The value in force on a day. `path`: the division and those above it, nearest first.
    public func parameter(_ key: String, path: [String], on day: CalendarDay) -> String? {
        for division in path {
            if let value = brought?.value(key, path: [division], on: day) { return value }
            if let value = parameters.value(key, path: [division], on: day) { return value }
        }
        return nil
    }
}

/// A record kind, declared once: storage, wire, validation, workflow, review and statistics follow from it. There is one of
/// each in a program, so it is shared, never copied.
public final class RecordKind: Sendable {
    /// The number on the wire; never reused.
    public let number: UInt64
    /// The name of its table and of its import file.
    public let code: String
    public let label: Label
    /// Rises when a field changes its meaning; added fields need no new number.
    public let schema: UInt64
    public let fields: [FieldDefinition]
    public let lists: [ChildList]
    /// The field people know the record by (file number); begins with the home's division code.
    public let key: FieldDefinition
    /// The field that shows the state; its value in a report is the state asked for.
    public let status: FieldDefinition
    public let authority: Authority
    public let workflow: Workflow
    public let statistics: [Statistic]
    /// Whom a record is about; nil for kinds that are about no person.
    public let persons: Persons?
    /// What lists filter, sort and show: copied beside the key into one narrow index that grows at its end only, so that a
    /// page of a list does not read whole records.
    public let listed: [FieldDefinition]
    /// By when somebody has to do something about a record.
    public let deadlines: [Deadline]
    /// Fields that need more care than their mark says when they are shown.
    public let guarded: Guarded
    public let rules: @Sendable (Record, RuleSurroundings) -> [Finding]
    /// What could stand where a rule, or the form of a field, found something wrong; the most likely first. A record is
    /// looked at once for all of its findings.
    public let proposals: @Sendable (Record, RuleSurroundings) -> (Finding) -> [Proposal]
    /// What a new record of this kind holds before anybody has typed.
    public let begins: @Sendable (inout Record, Beginning) -> Void
    let shape: TypedShape
    /// Whether a derived form of it depends on somebody's age, and so on the day.
    let dependsOnAge: Bool

    public init(
        number: UInt64, code: String, label: Label, schema: UInt64, fields: [FieldDefinition], lists: [ChildList],
        key: FieldDefinition, status: FieldDefinition, authority: Authority, workflow: Workflow, statistics: [Statistic],
        persons: Persons? = nil, guarded: Guarded = Guarded(), deadlines: [Deadline] = [],
        listed: [FieldDefinition] = [],
        begins: @escaping @Sendable (inout Record, Beginning) -> Void = { _, _ in },
        proposals: @escaping @Sendable (Record, RuleSurroundings) -> (Finding) -> [Proposal] = { _, _ in { _ in [] } },
        rules: @escaping @Sendable (Record, RuleSurroundings) -> [Finding]
    ) {
        self.number = number
        self.code = code
        self.label = label
        self.schema = schema
        self.fields = fields
        self.lists = lists
        self.key = key
        self.status = status
        self.authority = authority
        self.workflow = workflow
        self.statistics = statistics
        self.persons = persons
        precondition(listed.allSatisfy(\.isSearchable), "lists look only at what is not sealed")
        self.listed = listed
        self.begins = begins
        self.deadlines = deadlines
        self.guarded = guarded
        self.proposals = proposals
        self.rules = rules
        shape = TypedShape(code: code, fields: fields, lists: lists)
        dependsOnAge = (fields + lists.flatMap(\.fields)).contains { $0.mark == .hiddenCity }
    }

    public func field(_ code: String) -> FieldDefinition? { fields.first { $0.code == code } }

    public func list(_ code: String) -> ChildList? { lists.first { $0.code == code } }
}

/// The day, the unit and the person with whom a record begins.
public struct Beginning: Sendable {
    public let today: CalendarDay
    public let seat: String
    public let person: String

    public init(today: CalendarDay, seat: String, person: String) {
        self.today = today
        self.seat = seat
        self.person = person
    }
}

/// Whom a record is about, for "one person, one file" (U-01, U-02): the fields that hold their ID numbers.
public struct Persons: Sendable {
    /// Where the numbers of the others in the record stand.
    public struct Member: Sendable {
        public let list: ChildList
        public let field: FieldDefinition

        public init(list: ChildList, field: FieldDefinition) {
            self.list = list
            self.field = field
        }
    }

    public let head: FieldDefinition
    public let member: Member?

    public init(head: FieldDefinition, member: Member?) {
        precondition(head.isLookedUp && member?.field.isLookedUp != false, "who is registered twice is found by look-ups")
        self.head = head
        self.member = member
    }
}

/// A count or sum that every level keeps: by fields of the record, over those in one of `states`.
public struct Statistic: Sendable {
    public let code: String
    public let label: Label
    public let dimensions: [FieldDefinition]

    public init(_ code: String, _ label: Label, by dimensions: [FieldDefinition]) {
        self.code = code
        self.label = label
        self.dimensions = dimensions
    }
}

/// The states of a record kind. What the levels above decide follows from the signed facts; these are the codes it is
/// shown with, and the steps that the home takes on its own.
public struct Workflow: Sendable {
    public struct Step: Sendable, Hashable {
        public let from: String
        public let to: String
        public let label: Label
        public init(_ from: String, _ to: String, _ zh: String, _ en: String) {
            self.from = from
            self.to = to
            label = Label(zh, en)
        }
    }

    public let draft: String
    /// Imported records enter here.
    public let ready: String
    public let pending: String
    public let returned: String
    /// The state a report asks for unless the home set another.
    public let approved: String
    /// States that count as open, for "one active file per person".
    public let active: Set<String>
    /// States in which the home may edit, and the state it falls to by that.
    public let editable: Set<String>
    public let steps: [Step]

    public init(
        draft: String, ready: String, pending: String, returned: String, approved: String, active: Set<String>,
        editable: Set<String>, steps: [Step]
    ) {
        self.draft = draft
        self.ready = ready
        self.pending = pending
        self.returned = returned
        self.approved = approved
        self.active = active
        self.editable = editable
        self.steps = steps
    }
}
