/// The cryptographic suite of a key, and through it of a log and its entries. A union may mix them: each signature, digest
/// and key says which suite it is of.
public enum Suite: UInt8, Sendable, Hashable, CaseIterable {
    /// Ed25519 (RFC 8032), SHA-256, X25519, AES-256-GCM.
    case international = 1
    /// SM2 (GB/T 32918), SM3 (GB/T 32905), SM4-CTR (GB/T 32907) with HMAC-SM3.
    case national = 2

    /// The COSE algorithm number: RFC 9053, and for SM2 one of those for private use.
    public var algorithm: Int64 {
        switch self {
        case .international: -8
        case .national: -65_537
        }
    }

    /// Length of a public key, for signing and for exchange alike.
    public var keySize: Int {
        switch self {
        case .international: 32
        case .national: 33
        }
    }

    /// The suite of a session: national as soon as one end signs with it.
    public static func session(_ one: Suite, _ other: Suite) -> Suite {
        one == .national || other == .national ? .national : .international
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
