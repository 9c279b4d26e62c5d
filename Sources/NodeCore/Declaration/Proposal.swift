/// What could stand instead of what a rule found. A person decides: nothing is written without them.
public struct Proposal: Hashable, Sendable {
    public let field: FieldDefinition
    /// The lines that the field belongs to, and which of them; nil for the record's own.
    public let list: ChildList?
    public let child: Int64?
    /// Nil takes the value away.
    public let value: Value?
    /// In thousandths, where the rule says how sure it is.
    public let confidence: Int?

    public init(_ field: FieldDefinition, _ value: Value?, confidence: Int? = nil) {
        self.init(field, list: nil, child: nil, value, confidence: confidence)
    }

    public init(_ field: FieldDefinition, list: ChildList?, child: Int64?, _ value: Value?, confidence: Int? = nil) {
        self.field = field
        self.list = list
        self.child = child
        self.value = value
        self.confidence = confidence
    }

    /// As a person writes it; empty where the value is taken away.
    public var text: String { value.map(field.text) ?? "" }

    /// False where the line that it is about is gone.
    package func apply(to record: inout Record) -> Bool {
        guard let list, let child else {
            record.row[field.tag] = value
            return true
        }
        guard let place = record[list].firstIndex(where: { $0.number == child }) else { return false }
        record[list][place].row[field.tag] = value
        return true
    }
}

extension Finding {
    /// Which rule, and where: how a person names a finding.
    public struct Place: Hashable, Sendable {
        public let rule: String
        public let field: String
        public let list: String?
        public let child: Int64?

        public init(rule: String, field: String, list: String?, child: Int64?) {
            self.rule = rule
            self.field = field
            self.list = list
            self.child = child
        }
    }

    public var place: Place { Place(rule: rule, field: field, list: list, child: child) }
}
