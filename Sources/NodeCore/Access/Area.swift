/// What a right is about: a kind of record, by its code, or something of the node's own.
public struct Area: Sendable, Hashable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let code: String

    public init(_ code: String) { self.code = code }
    public init(stringLiteral code: String) { self.code = code }

    public init(from decoder: any Decoder) throws { code = try decoder.singleValueContainer().decode(String.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }

    public var description: String { code }

    /// In what an endpoint needs: the kind of record that its path names.
    public static let kind: Area = "{kind}"

    /// Who the node is, and the tree it stands in.
    public static let node: Area = "node"
    public static let accounts: Area = "accounts"
    public static let audit: Area = "audit"
    public static let sync: Area = "sync"
    /// Versions that do not count and were kept: they hold what somebody wrote.
    public static let late: Area = "late"
    /// Seals, quarantine and checks of the journal, without what records say.
    public static let log: Area = "log"
    /// Whole bodies of the journal, and searches through the store: for its owner alone.
    public static let store: Area = "store"
    public static let enrolments: Area = "enrolments"
    public static let keys: Area = "keys"
    public static let backups: Area = "backups"
    public static let publishing: Area = "publishing"
    public static let parameters: Area = "parameters"
    /// Which days are worked: set by the nation and by provinces alone.
    public static let calendar: Area = "calendar"
    public static let statistics: Area = "statistics"
    public static let notices: Area = "notices"
    /// What is due by a deadline.
    public static let reminders: Area = "reminders"
    /// What happened at another node and concerns a role here.
    public static let notifications: Area = "notifications"
    public static let matching: Area = "matching"
    /// Exports of more rows than one person takes alone.
    public static let exports: Area = "exports"
    /// What an outside person has here of its own.
    public static let ownData: Area = "own_data"
    /// What people from outside ask for at the portal: accounts of their own, corrections; and the accounts of files.
    public static let portal: Area = "portal"
}
