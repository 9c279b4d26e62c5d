/// The number of an account at its node.
public struct AccountID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public let number: Int64
    public init(_ number: Int64) { self.number = number }

    public init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(Int64.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    public static func < (left: AccountID, right: AccountID) -> Bool { left.number < right.number }
    public var description: String { String(number) }
}

/// The number of a session at its node; not the secret that its holder presents.
public struct SessionID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public let number: Int64
    public init(_ number: Int64) { self.number = number }

    public init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(Int64.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    public static func < (left: SessionID, right: SessionID) -> Bool { left.number < right.number }
    public var description: String { String(number) }
}

/// A role that is in force for somebody.
public struct Grant: Sendable, Hashable {
    public let role: Role
    /// The division whose records it is about, with those below; nil for all that the node holds.
    public let scope: String?

    public init(_ role: Role, scope: String? = nil) {
        self.role = role
        self.scope = scope
    }
}

/// Who acts: every act of a person is audited under it.
public struct Principal: Sendable, Hashable {
    /// As it is shown and audited.
    public let name: String
    /// Nil for an operator.
    public let account: AccountID?
    public let grants: [Grant]
    public let session: SessionID?
    /// The address somebody called from; empty for an operator.
    public let source: String
    /// Whoever works on the node's own socket is its owner, and passes everywhere under the name he gives.
    public let isOperator: Bool

    public var roles: [Role] { grants.map(\.role) }

    /// The owner of the node, at its Unix socket or on its stopped store.
    public init(_ name: String) {
        self.name = name
        account = nil
        grants = []
        session = nil
        source = ""
        isOperator = true
    }

    /// Somebody who signed in, or a program with a token.
    public init(account: AccountID, name: String, grants: [Grant], session: SessionID?, source: String) {
        self.name = name
        self.account = account
        self.grants = grants
        self.session = session
        self.source = source
        isOperator = false
    }

    /// Acts by rule.
    static let rule = Principal("rule")

    /// Whoever failed to sign in, for the audit.
    static func nobody(from source: String) -> Principal { Principal(name: "", source: source) }

    private init(name: String, source: String) {
        self.name = name
        account = nil
        grants = []
        session = nil
        self.source = source
        isOperator = false
    }
}
