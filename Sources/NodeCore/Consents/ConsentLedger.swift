public import SyncProtocol

/// One row of the ledger of consents: something was agreed to, or taken back. Rows are added and never changed; what holds
/// on a day follows from them (`ConsentLedger`).
public struct ConsentEntry: Sendable, Hashable {
    public enum Act: String, Sendable, Hashable, Codable { case given, withdrawn }
    /// How somebody said so; paper needs its scan.
    public enum Method: String, Sendable, Hashable, Codable, CaseIterable { case paper, app, sms }

    public let number: Int64
    /// The record whose head the consent is about.
    public let record: RecordID
    /// Code of `consent_purpose`.
    public let purpose: String
    public let act: Act
    /// Code of `lawful_basis`; 1 is consent.
    public let basis: String
    /// Of the text that was read out or shown.
    public let textVersion: String
    public let givenBy: String
    /// Code of `family_relation`; empty when the person said so themselves.
    public let guardian: String
    public let method: Method
    /// When the person said so, in milliseconds since 1970.
    public let milliseconds: Int64
    public let expires: CalendarDay?
    /// The scan of the signature.
    public let attachment: String
    /// Who wrote it down.
    public let actor: String

    public init(
        number: Int64 = 0, record: RecordID, purpose: String, act: Act, basis: String, textVersion: String,
        givenBy: String, guardian: String, method: Method, milliseconds: Int64, expires: CalendarDay?,
        attachment: String, actor: String
    ) {
        self.number = number
        self.record = record
        self.purpose = purpose
        self.act = act
        self.basis = basis
        self.textVersion = textVersion
        self.givenBy = givenBy
        self.guardian = guardian
        self.method = method
        self.milliseconds = milliseconds
        self.expires = expires
        self.attachment = attachment
        self.actor = actor
    }

    fileprivate func isInTime(_ day: CalendarDay) -> Bool { expires.map { day <= $0 } ?? true }
}

/// What follows from the rows about one person.
public struct ConsentLedger: Sendable {
    /// In the order in which they were written down.
    public let entries: [ConsentEntry]

    public init(_ entries: [ConsentEntry]) { self.entries = entries }

    public enum Standing: Sendable, Hashable {
        /// Nothing was ever written down for this purpose.
        case never
        /// The row it rests on.
        case holds(ConsentEntry)
        /// It was given for a time that is over.
        case expired(ConsentEntry)
        case withdrawn(ConsentEntry)
    }

    /// Whether there is a basis for a purpose on a day. Taking back ends what rested on consent, not what rests on a duty or
    /// another basis of the law; a later consent counts again.
    public func standing(_ purpose: String, on day: CalendarDay) -> Standing {
        let own = entries.filter { $0.purpose == purpose && CalendarDay(milliseconds: $0.milliseconds) <= day }
        if let lawful = own.last(where: { $0.act == .given && $0.basis != ConsentLedger.consent && $0.isInTime(day) }) {
            return .holds(lawful)
        }
        // By when it was said; of two at one time the one written down last.
        let said = own.filter { $0.basis == ConsentLedger.consent || $0.act == .withdrawn }.enumerated().max {
            ($0.element.milliseconds, $0.offset) < ($1.element.milliseconds, $1.offset)
        }
        guard let last = said?.element else { return own.last.map { .expired($0) } ?? .never }
        if last.act == .withdrawn { return .withdrawn(last) }
        return last.isInTime(day) ? .holds(last) : .expired(last)
    }

    public func holds(_ purpose: String, on day: CalendarDay) -> Bool {
        if case .holds = standing(purpose, on: day) { return true }
        return false
    }

    /// Whether a withdrawal forbids that anything new about the person goes up. Where nothing was written down the paper
    /// application stands for itself: files were taken over from an older system without their consents.
    public func stopsReports(on day: CalendarDay) -> Bool {
        if case .withdrawn = standing(ConsentLedger.reportUpward, on: day) { return true }
        return false
    }

    public static let consent = "1"
    /// Report upward.
    public static let reportUpward = "04"
    public static let minorChild = "07"
}
