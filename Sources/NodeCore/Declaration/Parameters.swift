/// Amounts, multiples and periods by key, division and day; the nearest division in force on the day wins.
public struct Parameters: Sendable {
    public struct Entry: Sendable, Hashable {
        public let key: String
        public let division: String
        public let from: CalendarDay
        public let to: CalendarDay?
        public let value: String
        /// The document or rule it rests on; empty where none was named.
        public let basis: String

        public init(
            key: String, division: String, from: CalendarDay, to: CalendarDay?, value: String, basis: String = ""
        ) {
            self.key = key
            self.division = division
            self.from = from
            self.to = to
            self.value = value
            self.basis = basis
        }

        public func isInForce(on day: CalendarDay) -> Bool { from <= day && (to.map { day <= $0 } ?? true) }
    }

    /// Where a value was looked for, and what stood there.
    public struct Look: Sendable, Hashable {
        public let division: String
        /// The entry in force on the day; nil where there is none.
        public let entry: Entry?
    }

    private let entries: [String: [Entry]]

    public init(_ entries: [Entry]) { self.entries = Dictionary(grouping: entries, by: \.key) }

    /// `path`: the division and those above it, nearest first.
    public func value(_ key: String, path: [String], on day: CalendarDay) -> String? {
        for division in path {
            if let entry = entry(key, division, on: day) { return entry.value }
        }
        return nil
    }

    /// Every division of the path with its own entry on that day, nearest first: the first that has one decides.
    public func chain(_ key: String, path: [String], on day: CalendarDay) -> [Look] {
        path.map { Look(division: $0, entry: entry(key, $0, on: day)) }
    }

    /// The entry of this very division that is in force on a day; of several the one that began last.
    public func entry(_ key: String, _ division: String, on day: CalendarDay) -> Entry? {
        (entries[key] ?? []).filter { $0.division == division && $0.isInForce(on: day) }.max { $0.from < $1.from }
    }

    /// All entries of a key, by division and first day.
    public func entries(of key: String) -> [Entry] {
        (entries[key] ?? []).sorted { ($0.division, $0.from) < ($1.division, $1.from) }
    }

    public var keys: [String] { entries.keys.sorted() }
}
