/// One code with its labels.
public struct Code: Sendable, Hashable {
    public let code: String
    public let label: Label
    public init(_ code: String, _ label: Label) {
        self.code = code
        self.label = label
    }
}

/// All code tables and the divisions, as loaded into the node, with what levels below the nation added to them (QG.7). Read
/// once, asked often.
public struct CodeTables: Sendable {
    /// A code that a province or city added for its own subtree.
    public struct Local: Sendable, Hashable {
        public let table: String
        public let code: Code
        /// The division that added it.
        public let owner: String

        public init(table: String, code: Code, owner: String) {
            self.table = table
            self.code = code
            self.owner = owner
        }
    }

    private let tables: [String: [String: Label]]
    private let order: [String: [Code]]
    /// Additions that count: by table, then as published. One that the base has as well is the base's.
    public let locals: [Local]

    public init(_ tables: [String: [Code]], locals: [Local] = []) {
        self.locals = locals.filter { local in
            tables[local.table].map { !$0.contains { $0.code == local.code.code } } ?? false
        }
        var order = tables
        for local in self.locals { order[local.table, default: []].append(local.code) }
        self.order = order
        self.tables = order.mapValues { codes in
            Dictionary(codes.map { ($0.code, $0.label) }, uniquingKeysWith: { first, _ in first })
        }
    }

    public func contains(_ code: String, in table: String) -> Bool { tables[table]?[code] != nil }

    public func label(_ code: String, in table: String) -> Label? { tables[table]?[code] }

    public func has(table: String) -> Bool { tables[table] != nil }

    /// The codes of a table in their order: the nation's, then what was added below. Empty for a table that is not known.
    public func codes(of table: String) -> [Code] { order[table] ?? [] }

    public var names: [String] { tables.keys.sorted() }
}
