/// Why bytes were refused. The code is public contract (it travels to peers and into metrics); the reason is for operators.
public struct ProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case malformed
        case tooLarge = "too-large"
        case unsupportedVersion = "unsupported-version"
        case unsupportedSuite = "unsupported-suite"
        case unsupportedType = "unsupported-type"
        case unknownKey = "unknown-key"
        case weakKey = "weak-key"
        case badSignature = "bad-signature"
        case notEntitled = "not-entitled"
        case wrongReceiver = "wrong-receiver"
        case digestMismatch = "digest-mismatch"
        case position
        case chainBroken = "chain-broken"
        case fork
        case expansion
        case rootMismatch = "root-mismatch"
        case proofMismatch = "proof-mismatch"
        case unknownSeal = "unknown-seal"
        case bodyIncomplete = "body-incomplete"
        case overDisclosed = "over-disclosed"
        case foreignAuthor = "foreign-author"
        case outOfScope = "out-of-scope"
        case schema
        case alreadyDecided = "already-decided"
        case superseded
        case revoked
        case retiredKey = "retired-key"
        case recoverFirst = "recover-first"
        case copied
        case late
        case cryptography
    }

    public let code: Code
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Tests compare codes; the wording of a reason may change.
    public static func == (left: ProtocolError, right: ProtocolError) -> Bool { left.code == right.code }

    public var description: String { "\(code.rawValue): \(reason)" }
}
