/// A COSE_Sign1 message (RFC 9052) in the one shape this protocol uses: tag 18, protected header `{1: alg, 4: kid}`,
/// empty unprotected header, payload inside, 64 bytes of signature.
public struct SignedMessage: Sendable, Hashable {
    /// What is signed; its name and the federation are bound into every signature as external data.
    public enum Purpose: String, Sendable {
        case seal, cover, certificate = "cert", receipt, hello, enrolment = "enrol", rotation = "rotate", bundle, backup,
            audit, witness
    }

    public let suite: Suite
    public let key: KeyID
    public let payload: ArraySlice<UInt8>
    public let signature: ArraySlice<UInt8>
    /// The message as it stands on the wire.
    public let encoded: [UInt8]

    public init(signing payload: [UInt8], as purpose: Purpose, in federation: FederationID, with key: SigningKey) throws {
        let header = SignedMessage.header(key.suite, key.publicKey.id)
        let signature = try key.sign(SignedMessage.structure(header[...], payload[...], purpose, federation))
        var writer = CanonicalWriter(reserving: payload.count + 128)
        writer.tag(18)
        writer.array(4)
        writer.byteString(header)
        writer.map(0)
        writer.byteString(payload)
        writer.byteString(signature)
        suite = key.suite
        self.key = key.publicKey.id
        self.payload = payload[...]
        self.signature = signature[...]
        encoded = writer.bytes
    }

    /// Checks shape only; `verify` checks the signature.
    public init(decoding bytes: ArraySlice<UInt8>, atMost limit: Int = Limits.messageBytes) throws {
        guard bytes.count <= limit else { throw ProtocolError(.tooLarge, "a signed message of \(bytes.count) bytes") }
        var reader = CanonicalReader(bytes)
        guard case .tag(18) = try reader.head() else { throw ProtocolError(.malformed, "expected COSE_Sign1 (tag 18)") }
        try reader.array(exactly: 4)
        let header = try reader.byteString()
        guard try reader.map() == 0 else { throw ProtocolError(.malformed, "the unprotected header must be empty") }
        payload = try reader.byteString()
        signature = try reader.byteString()
        try reader.expectEnd()
        (suite, key) = try SignedMessage.parse(header: header)
        encoded = Array(bytes)
    }

    public func verify(as purpose: Purpose, in federation: FederationID, with key: PublicKey) throws {
        guard key.id == self.key, key.suite == suite else { throw ProtocolError(.unknownKey, "signed by another key") }
        let header = SignedMessage.header(suite, self.key)
        guard key.isValid(signature, of: SignedMessage.structure(header[...], payload, purpose, federation)) else {
            throw ProtocolError(.badSignature, "the signature of a \(purpose.rawValue) does not fit")
        }
    }

    private static func header(_ suite: Suite, _ key: KeyID) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.map(2)
        writer.unsigned(1)
        writer.integer(suite.algorithm)
        writer.unsigned(4)
        writer.byteString(key)
        return writer.bytes
    }

    private static func parse(header: ArraySlice<UInt8>) throws -> (Suite, KeyID) {
        var reader = CanonicalReader(header)
        guard try reader.map() == 2, try reader.unsigned() == 1 else { throw ProtocolError(.malformed, "protected header") }
        let algorithm: Int64
        switch try reader.head() {
        case .negative(let value): algorithm = -1 - Int64(clamping: value)
        case .unsigned(let value): algorithm = Int64(clamping: value)
        default: throw ProtocolError(.malformed, "the algorithm is an integer")
        }
        let suite = try Suite(algorithm: algorithm)
        guard try reader.unsigned() == 4 else { throw ProtocolError(.malformed, "protected header") }
        let key = try reader.fixed(KeyID.self)
        try reader.expectEnd()
        return (suite, key)
    }

    /// Sig_structure of RFC 9052 section 4.4.
    private static func structure(
        _ header: ArraySlice<UInt8>, _ payload: ArraySlice<UInt8>, _ purpose: Purpose, _ federation: FederationID
    ) -> [UInt8] {
        var writer = CanonicalWriter(reserving: payload.count + 128)
        writer.array(4)
        writer.text("Signature1")
        writer.byteString(header)
        writer.byteString(Array("bangfu/1/\(purpose.rawValue)".utf8) + federation.bytes)
        writer.byteString(payload)
        return writer.bytes
    }
}
