/// One code with its labels.
public struct Code: Sendable, Hashable {
    public let code: String
    public let label: Label
    public init(_ code: String, _ label: Label) {
        self.code = code
        self.label = label
    }
}

/// All code tables and the divisions, as loaded into the node. Read once, asked often.
public struct CodeTables: Sendable {
    private let tables: [String: [String: Label]]

    public init(_ tables: [String: [Code]]) {
        self.tables = tables.mapValues { codes in
            Dictionary(codes.map { ($0.code, $0.label) }, uniquingKeysWith: { first, _ in first })
        }
    }

    public func contains(_ code: String, in table: String) -> Bool { tables[table]?[code] != nil }

    public func label(_ code: String, in table: String) -> Label? { tables[table]?[code] }

    public func has(table: String) -> Bool { tables[table] != nil }
}

/// Amounts, multiples and periods by key, division and day; the nearest division in force on the day wins.
public struct Parameters: Sendable {
    public struct Entry: Sendable, Hashable {
        public let key: String
        public let division: String
        public let from: CalendarDay
        public let to: CalendarDay?
        public let value: String

        public init(key: String, division: String, from: CalendarDay, to: CalendarDay?, value: String) {
            self.key = key
            self.division = division
            self.from = from
            self.to = to
            self.value = value
        }
    }

    private let entries: [String: [Entry]]

    public init(_ entries: [Entry]) { self.entries = Dictionary(grouping: entries, by: \.key) }

    /// `path`: the division and those above it, nearest first.
    public func value(_ key: String, path: [String], on day: CalendarDay) -> String? {
        let candidates = (entries[key] ?? []).filter { $0.from <= day && ($0.to.map { day <= $0 } ?? true) }
        for division in path {
            let here = candidates.filter { $0.division == division }
            if let latest = here.max(by: { $0.from < $1.from }) { return latest.value }
        }
        return nil
    }
}
