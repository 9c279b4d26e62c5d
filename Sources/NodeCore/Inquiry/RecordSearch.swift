public import SyncProtocol

/// A question for a page of records: conditions on what stands in the open, an order, and where the page begins.
public struct RecordSearch: Sendable, Hashable {
    public enum Condition: Sendable, Hashable {
        /// One of these codes; for a field with several codes, any of them.
        case anyOf(FieldDefinition, [String])
        /// Part of a text, written in any of these ways.
        case contains(FieldDefinition, [String])
        /// Whole numbers of the field's own scale (fen, days since 1970), both ends included.
        case within(FieldDefinition, from: Int64?, to: Int64?)
        case flag(FieldDefinition, Bool)
        /// Whether there is a value at all.
        case isFilled(FieldDefinition, Bool)
        /// The key begins with one of these: a division's two, four or six digits.
        case keyBegins([String])
        /// The level that has to decide.
        case pending(Level)
        /// Not changed here since this time, in milliseconds since 1970.
        case unchangedSince(Int64)
    }

    public struct Order: Sendable, Hashable {
        public let field: FieldDefinition
        public let isDescending: Bool

        public init(_ field: FieldDefinition, isDescending: Bool = false) {
            self.field = field
            self.isDescending = isDescending
        }
    }

    public var conditions: [Condition] = []
    /// Nil: by key.
    public var order: Order?
    public var offset = 0
    public var limit = 50

    public init() {}

    /// How far a list can be turned over; who looks for more narrows the search.
    public static let offsetMax = 100_000
}

extension FieldDefinition {
    /// Whether lists can look at this field: its original stands in the open, in one column.
    public var isSearchable: Bool { !isSealed }

    /// Whether a node at `level` that is not the home has the original of it.
    public func isShown(at level: Level) -> Bool {
        switch mark {
        case .kept: true
        case .masked, .hidden, .banded, .reviewers: level != .national
        case .maskedCity, .hiddenCity, .city: level >= .city
        case .home, .local: level == .county
        }
    }
}

extension Inquiry {
    /// A page of a list and how many records fit in all.
    public struct Found: Sendable {
        public let total: Int
        public let items: [Summary]
    }

    /// The fitting records in order. Texts are bound, never written into the question; columns come from declarations.
    /// `showing`: the fields that whoever asks looks at; what is sealed is opened only for them, and lines are left out.
    /// Nil: everything.
    public func search(
        _ kind: RecordKind, _ search: RecordSearch, showing: [FieldDefinition]? = nil, in snapshot: borrowing Snapshot
    ) throws -> Found {
        let table = snapshot.typed(kind)
        let total = try snapshot.search.count(kind, search.conditions)
        let ids = try snapshot.search.page(kind, search, of: total)
        let items = try ids.compactMap { id -> Summary? in
            guard let state = try snapshot.records.find(id: id) else { return nil }
            let record = try showing.map { try table.head(id: id, showing: $0) } ?? table.record(id: id)
            return try Inquiry.summary(state, record ?? Record())
        }
        return Found(total: total, items: items)
    }

    /// The identifiers of all that fit, up to `limit`, by key: for acts on a whole list.
    public func selection(
        _ kind: RecordKind, _ conditions: [RecordSearch.Condition], limit: Int, in snapshot: borrowing Snapshot
    )
        throws -> [RecordID]
    {
        var search = RecordSearch()
        search.conditions = conditions
        search.limit = limit
        return try selection(kind, search, in: snapshot)
    }

    /// The identifiers of a page of a list, in its order.
    public func selection(_ kind: RecordKind, _ search: RecordSearch, in snapshot: borrowing Snapshot) throws -> [RecordID] {
        try snapshot.search.page(kind, search).compactMap { try snapshot.records.find(id: $0)?.uuid }
    }

    /// Records by their identifiers, in the order of these; one that is not here any more is left out. `showing`: as above.
    public func summaries(
        _ records: [RecordID], _ kind: RecordKind, showing: [FieldDefinition], in snapshot: borrowing Snapshot
    ) throws -> [Summary] {
        let table = snapshot.typed(kind)
        return try records.compactMap { record in
            guard let state = try snapshot.records.find(record), state.kind == kind.number else { return nil }
            return try Inquiry.summary(state, table.head(id: state.id, showing: showing) ?? Record())
        }
    }

    /// How many records fit.
    public func count(_ kind: RecordKind, _ conditions: [RecordSearch.Condition], in snapshot: borrowing Snapshot) throws
        -> Int
    {
        try snapshot.search.count(kind, conditions)
    }

    /// When the one among those that fit which was left alone longest last changed here, in milliseconds since 1970.
    public func oldestChange(_ kind: RecordKind, _ conditions: [RecordSearch.Condition], in snapshot: borrowing Snapshot)
        throws
        -> Int64?
    {
        try snapshot.search.oldestChange(kind, conditions)
    }
}
