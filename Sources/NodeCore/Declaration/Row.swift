/// The values of one list of fields, by tag.
public struct Row: Hashable, Sendable {
    public private(set) var values: [UInt64: Value] = [:]

    public init() {}

    public subscript<Kind: FieldValue>(field: Field<Kind>) -> Kind? {
        get { values[field.definition.tag].flatMap(Kind.init) }
        set { values[field.definition.tag] = newValue?.value }
    }

    public subscript(tag: UInt64) -> Value? {
        get { values[tag] }
        set { values[tag] = newValue }
    }

    public var isEmpty: Bool { values.isEmpty }

    /// Tags in ascending order: nothing may depend on a dictionary's own.
    public var sorted: [(tag: UInt64, value: Value)] {
        values.sorted { $0.key < $1.key }.map { (tag: $0.key, value: $0.value) }
    }

    mutating func merge(_ other: Row) { values.merge(other.values) { _, new in new } }
}

/// One line of a record's list (a family member, an income item). The number names it through all versions.
public struct Child: Hashable, Sendable {
    public let number: Int64
    public var row: Row

    public init(number: Int64, row: Row) {
        self.number = number
        self.row = row
    }
}

/// A whole record: its own fields and its lists.
public struct Record: Hashable, Sendable {
    public var row: Row
    /// By the tag of the list; each ascending by number.
    public var children: [UInt64: [Child]]

    public init(row: Row = Row(), children: [UInt64: [Child]] = [:]) {
        self.row = row
        self.children = children
    }

    public subscript<Kind: FieldValue>(field: Field<Kind>) -> Kind? {
        get { row[field] }
        set { row[field] = newValue }
    }

    public subscript(list: ChildList) -> [Child] {
        get { children[list.tag] ?? [] }
        set { children[list.tag] = newValue.isEmpty ? nil : newValue }
    }
}

/// A list inside a record kind, with a table of its own.
public struct ChildList: Hashable, Sendable {
    public let code: String
    /// The number on the wire, from 1000.
    public let tag: UInt64
    public let label: Label
    public let fields: [FieldDefinition]

    public init(_ code: String, _ tag: UInt64, _ label: Label, _ fields: [FieldDefinition]) {
        self.code = code
        self.tag = tag
        self.label = label
        self.fields = fields
    }
}
