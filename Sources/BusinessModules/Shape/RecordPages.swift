public import NodeCore

/// How the records of one kind look in lists and forms. All of it has a default that follows from the kind.
public struct RecordPages: Sendable {
    /// One part of a form and of a record's page.
    public struct Section: Sendable {
        public enum Item: Sendable {
            case field(FieldDefinition)
            case list(ChildList)
        }

        public let code: String
        public let label: Label
        public let items: [Item]

        public init(_ code: String, _ label: Label, _ items: [Item]) {
            self.code = code
            self.label = label
            self.items = items
        }
    }

    /// One question of a filter bar.
    public enum Filter: Sendable, Hashable {
        /// Part of a text.
        case text(FieldDefinition)
        /// Any of the field's codes, or yes and no.
        case choice(FieldDefinition)
        /// From and to: numbers, money, dates.
        case range(FieldDefinition)
        /// Whether the field has a value.
        case filled(FieldDefinition)

        public var field: FieldDefinition {
            switch self {
            case .text(let field), .choice(let field), .range(let field), .filled(let field): field
            }
        }
    }

    public let kind: RecordKind
    /// The first part of the addresses of its pages: `workers`.
    public let path: String
    /// One of them, as a button says it: 档案.
    public let noun: Label
    /// The field that says in words whom or what a record is about.
    public let title: FieldDefinition?
    /// The fields that the search box looks through, besides the key.
    public let searched: [FieldDefinition]
    /// What a list shows unless somebody chose other columns; the key comes first, always.
    public let columns: [FieldDefinition]
    public let filters: [Filter]
    public let sections: [Section]
    /// The filling guide: what stands beside a field where its label does not say all.
    public let guides: [FieldDefinition: Label]

    public init(
        _ kind: RecordKind, path: String, noun: Label, title: FieldDefinition? = nil, searched: [FieldDefinition]? = nil,
        columns: [FieldDefinition]? = nil, filters: [Filter]? = nil, sections: [Section]? = nil,
        guides: [FieldDefinition: Label] = [:]
    ) {
        self.kind = kind
        self.path = path
        self.noun = noun
        let open = kind.fields.filter { $0.isSearchable && $0 != kind.key && $0 != kind.status }
        self.title = title ?? open.first { $0.isText }
        self.searched = searched ?? open.filter(\.isText)
        self.columns = columns ?? Array(open.prefix(5)) + [kind.status]
        self.filters = filters ?? [.choice(kind.status)] + open.compactMap(RecordPages.filter)
        self.sections = sections ?? RecordPages.wholeForm(kind)
        self.guides = guides
        let shown = Set(self.sections.flatMap(\.items).compactMap(\.field).map(\.code))
        precondition(
            (self.searched + self.columns + self.filters.map(\.field)).allSatisfy { $0.isSearchable },
            "lists look only at what is not sealed")
        precondition(!shown.contains(kind.key.code) && !shown.contains(kind.status.code), "key and state are not typed in")
    }

    /// What a list can show: what stands in the open.
    public var offered: [FieldDefinition] { kind.fields.filter(\.isSearchable) }

    private static func filter(_ field: FieldDefinition) -> Filter? {
        switch field.type {
        case .text: .text(field)
        case .code, .codes, .flag: .choice(field)
        case .integer, .decimal, .date: .range(field)
        case .child: nil
        }
    }

    private static func wholeForm(_ kind: RecordKind) -> [Section] {
        let fields = kind.fields.filter { $0 != kind.key && $0 != kind.status }
        let whole = Section("main", kind.label, fields.map { .field($0) })
        return [whole] + kind.lists.map { Section($0.code, $0.label, [.list($0)]) }
    }
}

extension RecordPages.Section.Item {
    public var field: FieldDefinition? { if case .field(let field) = self { field } else { nil } }
}

extension FieldDefinition {
    /// Whether it is a text that people type.
    public var isText: Bool { if case .text = type { true } else { false } }
}
