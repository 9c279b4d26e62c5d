/// A seat in the union tree as a certificate states it.
public struct Seat: Sendable, Hashable {
    /// Division code of six digits; the national seat is 000000, the offline root has none.
    public let code: String
    /// 0 national, 1 province, 2 city, 3 county.
    public let level: Int
    /// Empty for the national seat.
    public let parent: String

    public init(code: String, level: Int, parent: String) {
        self.code = code
        self.level = level
        self.parent = parent
    }

    /// Of the offline root, which certifies the national node and nothing else.
    public static let root = Seat(code: "", level: 0, parent: "")
}

/// Who a key belongs to and where it sits: signed by the issuer above, the root's by itself.
public struct Certificate: Sendable, Hashable {
    public let place: TrustPlace
    public let node: NodeID
    public let seat: Seat
    public let key: PublicKey
    /// The rotation by which the node itself asked for this key; nil at an enrolment.
    public let consent: [UInt8]?
    /// The certificate as it travels.
    public let message: SignedMessage
    /// Over the payload: what the issuer's next statement names.
    public let hash: Digest

    /// `array(10): 1, number (uint), previous (bstr 32 or null), node (bstr 16), code (tstr), level (uint), parent (tstr),
    /// suite (uint), key (bstr 32 or 33), consent (bstr or null)`
    public init(
        _ place: TrustPlace, node: NodeID, seat: Seat, key: PublicKey, consent: [UInt8]? = nil, federation: FederationID,
        issuer: SigningKey
    ) throws {
        var writer = CanonicalWriter()
        writer.array(10)
        place.write(.certificate, to: &writer)
        writer.byteString(node)
        writer.text(seat.code)
        writer.unsigned(UInt64(seat.level))
        writer.text(seat.parent)
        writer.unsigned(UInt64(key.suite.rawValue))
        writer.byteString(key.bytes)
        if let consent { writer.byteString(consent) } else { writer.null() }
        self.place = place
        self.node = node
        self.seat = seat
        self.key = key
        self.consent = consent
        message = try SignedMessage(signing: writer.bytes, as: .certificate, in: federation, with: issuer)
        hash = TrustPlace.hash(message)
    }

    /// Checks shape and the key itself, not the signature: `Trust.admit` does that.
    public init(decoding bytes: ArraySlice<UInt8>) throws {
        let message = try SignedMessage(decoding: bytes)
        var reader = CanonicalReader(message.payload)
        let (count, kind) = try TrustPlace.readKind(&reader)
        guard kind == TrustPlace.Kind.certificate.rawValue, count == 10 else {
            throw ProtocolError(.malformed, "that is no certificate")
        }
        try self.init(message, &reader)
    }

    init(_ message: SignedMessage, _ reader: inout CanonicalReader) throws {
        self.message = message
        place = try TrustPlace(from: &reader)
        node = try reader.fixed()
        let code = try reader.text()
        let level = try reader.int(atMost: 9)
        seat = Seat(code: code, level: level, parent: try reader.text())
        let suiteNumber = try reader.unsigned()
        let bytes = Array(try reader.byteString())
        consent = try reader.optionalByteString().map { Array($0) }
        try reader.expectEnd()
        key = try PublicKey(suite: Suite(number: suiteNumber), bytes: bytes)
        hash = TrustPlace.hash(message)
    }

    public var isRoot: Bool { seat.code.isEmpty }

    /// A new root: the first statement of its own trust log.
    public static func root(_ key: SigningKey, id: NodeID, federation: FederationID) throws -> Certificate {
        try Certificate(.first, node: id, seat: .root, key: key.publicKey, federation: federation, issuer: key)
    }
}
