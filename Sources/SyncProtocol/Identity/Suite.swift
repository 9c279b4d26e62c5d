/// The cryptographic suite of a log. Suite 2 (SM2, SM3, SM4) has its number reserved; a reader that lacks it refuses
/// by name.
public enum Suite: UInt8, Sendable, Hashable, CaseIterable {
    /// Ed25519 (RFC 8032), SHA-256, X25519, AES-256-GCM.
    case international = 1

    /// The COSE algorithm number (RFC 9053).
    public var algorithm: Int64 {
        switch self {
        case .international: -8
        }
    }

    public init(number: UInt64) throws {
        guard let byte = UInt8(exactly: number), let suite = Suite(rawValue: byte) else {
            throw ProtocolError(.unsupportedSuite, "suite \(number) is not known to this node")
        }
        self = suite
    }

    public init(algorithm: Int64) throws {
        guard let suite = Suite.allCases.first(where: { $0.algorithm == algorithm }) else {
            throw ProtocolError(.unsupportedSuite, "signature algorithm \(algorithm) is not known to this node")
        }
        self = suite
    }
}
