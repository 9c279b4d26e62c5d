/// The kinds of file that a list goes out as.
public enum ExportFormat: String, Sendable, Hashable, CaseIterable, Codable {
    case xlsx
    case csv
}

/// What one person asks to take out of the node, and what a second person said to it.
public struct ExportRequest: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// For a second person's word.
        case waiting
        /// The file can be fetched.
        case approved
        case refused
        /// Taken back by the one who asked.
        case withdrawn
        /// Fetched as often as it may be.
        case used
        /// Nobody decided, or nobody fetched it in time.
        case lapsed
    }

    /// What somebody said to a request, or that its own author took it back.
    public struct Decision: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable { case approved, refused, withdrawn }

        public let kind: Kind
        public let actor: String
        public let account: AccountID?
        public let reason: String
        public let milliseconds: Int64

        public init(_ kind: Kind, by actor: String, account: AccountID?, reason: String, milliseconds: Int64) {
            self.kind = kind
            self.actor = actor
            self.account = account
            self.reason = reason
            self.milliseconds = milliseconds
        }
    }

    public let id: Int64
    public let account: AccountID
    /// As the one who asked is shown.
    public let name: String
    /// Code of the record kind.
    public let kind: String
    /// The list as its address says it: filters, order, columns.
    public let query: String
    /// The filters in words.
    public let words: Label
    /// Codes of the columns.
    public let columns: [String]
    public let format: ExportFormat
    public let rows: Int
    /// The homes whose records it is about.
    public let homes: [String]
    public let purpose: String
    public let askedMilliseconds: Int64
    public let decision: Decision?
    public let fetches: Int
    /// Whether the one who asked has seen the decision.
    public let isSeen: Bool

    /// Until when the file can be fetched; nil when it was not approved.
    public var fetchUntil: Int64? {
        guard let decision, decision.kind == .approved else { return nil }
        return decision.milliseconds + Exports.fetchMilliseconds
    }

    public func state(at now: Int64) -> State {
        guard let decision else { return now - askedMilliseconds >= Exports.waitMilliseconds ? .lapsed : .waiting }
        switch decision.kind {
        case .refused: return .refused
        case .withdrawn: return .withdrawn
        case .approved:
            if fetches >= Exports.fetchesMax { return .used }
            return now - decision.milliseconds >= Exports.fetchMilliseconds ? .lapsed : .approved
        }
    }
}
