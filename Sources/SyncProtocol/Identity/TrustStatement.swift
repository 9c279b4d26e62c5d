/// Where a statement stands in its issuer's trust log: numbered over all keys the issuer ever has, and chained.
public struct TrustPlace: Sendable, Hashable {
    public let number: UInt64
    /// Hash of the issuer's statement before; nil for the first.
    public let previous: Digest?

    public static let first = TrustPlace(number: 0, previous: nil)

    public init(number: UInt64, previous: Digest?) {
        self.number = number
        self.previous = previous
    }

    enum Kind: UInt64 {
        case certificate = 1
        case revocation = 2
    }

    func write(_ kind: Kind, to writer: inout CanonicalWriter) {
        writer.unsigned(kind.rawValue)
        writer.unsigned(number)
        if let previous { writer.byteString(previous) } else { writer.null() }
    }

    /// How many items the payload's array has, and the kind that the first of them names.
    static func readKind(_ reader: inout CanonicalReader) throws -> (count: Int, kind: UInt64) {
        (count: try reader.array(atMost: 64), kind: try reader.unsigned())
    }

    /// What follows the kind.
    init(from reader: inout CanonicalReader) throws {
        number = try reader.unsigned()
        previous = try reader.optionalFixed()
        guard number < UInt64(Int64.max) else { throw ProtocolError(.malformed, "a statement's number is too high") }
        guard (number == 0) == (previous == nil) else {
            throw ProtocolError(.chainBroken, "only the first statement of an issuer has none before it")
        }
    }

    static func hash(_ message: SignedMessage) -> Digest {
        DigestBuilder.digest(.statement, message.payload, suite: message.suite)
    }
}

/// What an issuer says about whom to believe.
public enum TrustStatement: Sendable, Hashable {
    case certificate(Certificate)
    case revocation(Revocation)

    /// Checks shape and keys; an unknown kind is `unsupported-type`.
    public init(decoding bytes: ArraySlice<UInt8>) throws {
        let message = try SignedMessage(decoding: bytes)
        var reader = CanonicalReader(message.payload)
        switch try TrustPlace.readKind(&reader) {
        case (10, TrustPlace.Kind.certificate.rawValue): self = .certificate(try Certificate(message, &reader))
        case (8, TrustPlace.Kind.revocation.rawValue): self = .revocation(try Revocation(message, &reader))
        case (_, TrustPlace.Kind.certificate.rawValue), (_, TrustPlace.Kind.revocation.rawValue):
            throw ProtocolError(.malformed, "a statement with too many or too few items")
        case (_, let kind):
            throw ProtocolError(.unsupportedType, "statements of kind \(kind) are not known to this program: upgrade it")
        }
    }

    public var message: SignedMessage {
        switch self {
        case .certificate(let certificate): certificate.message
        case .revocation(let revocation): revocation.message
        }
    }

    public var place: TrustPlace {
        switch self {
        case .certificate(let certificate): certificate.place
        case .revocation(let revocation): revocation.place
        }
    }

    public var hash: Digest {
        switch self {
        case .certificate(let certificate): certificate.hash
        case .revocation(let revocation): revocation.hash
        }
    }
}

/// Takes a key away: of what it signed, exactly the chains listed stay.
public struct Revocation: Sendable, Hashable {
    /// The end of a log as far as it stays.
    public struct Bound: Sendable, Hashable {
        public let log: LogID
        public let next: UInt64
        /// Of the last seal that stays; nil when none does.
        public let hash: Digest?

        public init(log: LogID, next: UInt64, hash: Digest?) {
            self.log = log
            self.next = next
            self.hash = hash
        }
    }

    public let place: TrustPlace
    public let key: KeyID
    /// How many statements of the node that had the key stay, and the hash of the last.
    public let statements: UInt64
    public let statementHash: Digest?
    /// Ascending by log.
    public let bounds: [Bound]
    public let reason: String
    public let message: SignedMessage
    public let hash: Digest

    static let reasonBytes = 1_000
    /// The logs of one key: a node with forty neighbours through three lives.
    static let boundsMax = 128

    /// `array(8): 2, number, previous, key (bstr 16), statements (uint), statement hash (bstr 32 or null), logs (array of
    /// array(3): log id, next (uint), seal hash (bstr 32 or null)), reason (tstr)`
    public init(
        _ place: TrustPlace, key: KeyID, statements: (count: UInt64, hash: Digest?), bounds: [Bound], reason: String,
        federation: FederationID, issuer: SigningKey
    ) throws {
        guard reason.utf8.count <= Revocation.reasonBytes, bounds.count <= Revocation.boundsMax else {
            throw ProtocolError(.tooLarge, "a revocation with \(bounds.count) logs and \(reason.utf8.count) bytes of reason")
        }
        let bounds = bounds.sorted { $0.log < $1.log }
        var writer = CanonicalWriter()
        writer.array(8)
        place.write(.revocation, to: &writer)
        writer.byteString(key)
        writer.unsigned(statements.count)
        if let hash = statements.hash { writer.byteString(hash) } else { writer.null() }
        writer.array(bounds.count)
        for bound in bounds {
            writer.array(3)
            bound.log.write(to: &writer)
            writer.unsigned(bound.next)
            if let hash = bound.hash { writer.byteString(hash) } else { writer.null() }
        }
        writer.text(reason)
        self.place = place
        self.key = key
        self.statements = statements.count
        statementHash = statements.hash
        self.bounds = bounds
        self.reason = reason
        message = try SignedMessage(signing: writer.bytes, as: .certificate, in: federation, with: issuer)
        hash = TrustPlace.hash(message)
    }

    init(_ message: SignedMessage, _ reader: inout CanonicalReader) throws {
        self.message = message
        place = try TrustPlace(from: &reader)
        key = try reader.fixed()
        statements = try reader.unsigned()
        statementHash = try reader.optionalFixed()
        bounds = try (0..<(try reader.array(atMost: Revocation.boundsMax))).map { _ in
            try reader.array(exactly: 3)
            return Bound(log: try LogID(from: &reader), next: try reader.unsigned(), hash: try reader.optionalFixed())
        }
        reason = try reader.text()
        try reader.expectEnd()
        hash = TrustPlace.hash(message)
        guard reason.utf8.count <= Revocation.reasonBytes,
            (statements == 0) == (statementHash == nil), bounds.allSatisfy({ ($0.next == 0) == ($0.hash == nil) }),
            zip(bounds, bounds.dropFirst()).allSatisfy({ $0.log < $1.log })
        else { throw ProtocolError(.malformed, "the bounds of a revocation") }
    }

    /// Whether a seal of the key stays.
    public func admits(_ seal: Seal) -> Bool {
        guard let bound = bounds.first(where: { $0.log == seal.log }) else { return false }
        return seal.next < bound.next || (seal.next == bound.next && seal.hash == bound.hash)
    }

    /// Whether a statement of the key stays.
    func admits(_ place: TrustPlace, _ hash: Digest) -> Bool {
        place.number + 1 < statements || (place.number + 1 == statements && hash == statementHash)
    }
}

/// A node's wish for a new key, by the present key over the same by the new one: nobody gets a key that he does not have.
public struct Rotation: Sendable, Hashable {
    public let node: NodeID
    public let present: KeyID
    public let key: PublicKey
    public let message: SignedMessage

    /// Inner payload: `array(4): node (bstr 16), present key (bstr 16), suite (uint), key (bstr 32 or 33)`
    public init(node: NodeID, present: SigningKey, new: SigningKey, federation: FederationID) throws {
        guard present.suite == new.suite else {
            throw ProtocolError(.cryptography, "a new key has the suite of the present one")
        }
        var writer = CanonicalWriter()
        writer.array(4)
        writer.byteString(node)
        writer.byteString(present.publicKey.id)
        writer.unsigned(UInt64(new.suite.rawValue))
        writer.byteString(new.publicKey.bytes)
        let inner = try SignedMessage(signing: writer.bytes, as: .rotation, in: federation, with: new)
        self.node = node
        self.present = present.publicKey.id
        key = new.publicKey
        message = try SignedMessage(signing: inner.encoded, as: .rotation, in: federation, with: present)
    }

    /// Checks both signatures: that of the new key here, that of the present one against its certificate.
    public init(verifying bytes: ArraySlice<UInt8>, with certificate: (KeyID) -> Certificate?, in federation: FederationID)
        throws
    {
        message = try SignedMessage(decoding: bytes)
        let inner = try SignedMessage(decoding: message.payload)
        var reader = CanonicalReader(inner.payload)
        try reader.array(exactly: 4)
        node = try reader.fixed()
        present = try reader.fixed()
        let suite = try reader.unsigned()
        let bytes = Array(try reader.byteString())
        try reader.expectEnd()
        key = try PublicKey(suite: Suite(number: suite), bytes: bytes)
        guard present == message.key, let holder = certificate(present), holder.node == node, holder.key.suite == key.suite
        else { throw ProtocolError(.badSignature, "the wish for a new key is not by a key of that node") }
        try message.verify(as: .rotation, in: federation, with: holder.key)
        guard inner.key == key.id else { throw ProtocolError(.badSignature, "the new key did not sign") }
        try inner.verify(as: .rotation, in: federation, with: key)
    }
}
