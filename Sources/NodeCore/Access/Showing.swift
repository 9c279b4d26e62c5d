/// How a value of a field is shown to somebody.
public enum FieldClass: String, Sendable, Hashable, CaseIterable, Codable {
    case plain
    /// In its masked form, and no more.
    case masked
    /// In its masked form; opened in full with a purpose, for one record at a time (`Unmasking`).
    case sealed
    /// Not at all.
    case hidden
}

/// Fields of a kind that need more care than their mark on the wire says.
public struct Guarded: Sendable {
    /// Illness and disability: never in a list, opened with a purpose (V.2).
    public let health: [FieldDefinition]
    /// Ethnicity and political status: never in a list (V.27).
    public let traits: [FieldDefinition]
    /// Bank accounts: the last four digits (V.6).
    public let accounts: [FieldDefinition]
    /// Where somebody lives: as far as the division.
    public let addresses: [FieldDefinition]

    public init(
        health: [FieldDefinition] = [], traits: [FieldDefinition] = [], accounts: [FieldDefinition] = [],
        addresses: [FieldDefinition] = []
    ) {
        self.health = health
        self.traits = traits
        self.accounts = accounts
        self.addresses = addresses
    }
}

/// What one person sees of a kind of record. Everything is masked that need not be seen, and what may be opened is opened
/// one by
/// one. The owner of the node, at its socket, sees what the store holds.
public struct Showing: Sendable {
    public enum Place: Sendable { case list, record }

    public let kind: RecordKind
    private let isOperator: Bool
    /// Whether the person may open what is sealed: who writes the file, or decides about it.
    private let mayOpen: Bool

    public init(_ principal: Principal, _ kind: RecordKind, _ permissions: Permissions, at level: Level) {
        self.kind = kind
        isOperator = principal.isOperator
        mayOpen = permissions.allows(principal, .viewSensitive, Area(kind.code), at: level)
    }

    /// `list`: the lines that the field belongs to; nil for the record's own.
    public func fieldClass(_ field: FieldDefinition, in list: ChildList? = nil, at place: Place) -> FieldClass {
        if isOperator { return .plain }
        let guarded = list?.guarded ?? kind.guarded
        if guarded.health.contains(field) {
            return place == .list || !mayOpen ? .hidden : .sealed
        }
        if guarded.traits.contains(field) { return place == .list || !mayOpen ? .hidden : .plain }
        if field.isNumber || field.form == .mobile || guarded.accounts.contains(field) {
            return mayOpen ? .sealed : .masked
        }
        if field.form == .personName || guarded.addresses.contains(field) { return mayOpen ? .plain : .masked }
        // What else was thought worth sealing is free text: it may say anything about anybody.
        return field.isSealed && !mayOpen || field.mark == .local && !mayOpen ? .hidden : .plain
    }

    /// What stands instead of a value.
    public func mask(_ text: String, _ field: FieldDefinition, in list: ChildList? = nil) -> String {
        Showing.mask(text, field, of: kind, in: list)
    }

    /// The same, whoever looks.
    public static func mask(
        _ text: String, _ field: FieldDefinition, of kind: RecordKind, in list: ChildList? = nil
    ) -> String {
        let guarded = list?.guarded ?? kind.guarded
        if text.isEmpty { return "" }
        if field.isNumber {
            return text.count >= 15 ? "\(text.prefix(6))\(stars(text.count - 10))\(text.suffix(4))" : stars(text.count)
        }
        if field.form == .mobile { return text.count == 11 ? "\(text.prefix(3))****\(text.suffix(4))" : stars(text.count) }
        if guarded.accounts.contains(field) { return text.count >= 8 ? "****\(text.suffix(4))" : "****" }
        if guarded.addresses.contains(field) { return Showing.division(of: text) + "***" }
        if field.form == .personName { return "\(text.prefix(1))某" }
        return "***"
    }

    private static func stars(_ count: Int) -> String { String(repeating: "*", count: max(count, 1)) }

    /// Up to the name of the county or district, if it begins with one.
    private static func division(of address: String) -> String {
        let head = Array(address.prefix(20))
        guard let end = head.lastIndex(where: { "省市区县旗州盟".contains($0) }) else { return "" }
        return String(head[...end])
    }

    /// The text of a value as this person sees it at `place`; nil for nothing.
    public func text(
        _ value: Value, _ field: FieldDefinition, in list: ChildList? = nil, at place: Place
    ) -> String? {
        switch fieldClass(field, in: list, at: place) {
        case .plain: field.text(value)
        case .masked, .sealed: mask(field.text(value), field, in: list)
        case .hidden: nil
        }
    }
}

extension FieldDefinition {
    /// A number that names a person.
    var isNumber: Bool { mark == .hidden || mark == .hiddenCity || form == .citizenNumber }
}
