/// "My audit holds so many entries, and this is the hash of the last." A node says it to its parent, which keeps it: what is
/// cut off, altered or reordered afterwards does not fit it any more.
/// `array(5): node (bstr 16), incarnation (bstr 8), number (uint), hash (bstr 32), made (uint, milliseconds)`
public struct AuditHead: Sendable, Hashable {
    public let node: NodeID
    public let incarnation: Incarnation
    /// Of the last entry; the first has number 1.
    public let number: UInt64
    public let hash: Digest
    public let milliseconds: UInt64
    public let message: SignedMessage

    public init(
        node: NodeID, incarnation: Incarnation, number: UInt64, hash: Digest, milliseconds: UInt64,
        federation: FederationID, key: SigningKey
    ) throws {
        self.node = node
        self.incarnation = incarnation
        self.number = number
        self.hash = hash
        self.milliseconds = milliseconds
        var writer = CanonicalWriter()
        writer.array(5)
        writer.byteString(node)
        writer.byteString(incarnation)
        writer.unsigned(number)
        writer.byteString(hash)
        writer.unsigned(milliseconds)
        message = try SignedMessage(signing: writer.bytes, as: .audit, in: federation, with: key)
    }

    /// Checks shape only: for what was verified when it was taken.
    public init(decoding bytes: ArraySlice<UInt8>) throws {
        message = try SignedMessage(decoding: bytes)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 5)
        node = try reader.fixed()
        incarnation = try reader.fixed()
        number = try reader.unsigned()
        hash = try reader.fixed()
        milliseconds = try reader.unsigned()
        try reader.expectEnd()
        guard number > 0 else { throw ProtocolError(.malformed, "an audit begins with entry 1") }
    }

    /// A head that comes from `sender`: signed by it, about its own audit.
    public init(verifying bytes: ArraySlice<UInt8>, from sender: NodeID, trust: Trust) throws {
        try self.init(decoding: bytes)
        let certificate = try trust.sender(of: message, as: .audit)
        guard certificate.node == node, node == sender else {
            throw ProtocolError(.notEntitled, "an audit head of another node than the one it comes from")
        }
    }

    /// What a witness signs: H(0x06 || the head's payload), of the suite that signed it.
    public var digest: Digest { DigestBuilder.digest(.audit, message.payload, suite: message.suite) }
}

/// The parent's word that it has seen a head: `array(3): witness (bstr 16), digest of the head (bstr 32), seen (uint,
/// milliseconds)`.
public struct AuditWitness: Sendable, Hashable {
    public let witness: NodeID
    public let head: Digest
    public let milliseconds: UInt64
    public let message: SignedMessage

    public init(
        of head: AuditHead, by witness: NodeID, milliseconds: UInt64, federation: FederationID, key: SigningKey
    ) throws {
        self.witness = witness
        self.head = head.digest
        self.milliseconds = milliseconds
        var writer = CanonicalWriter()
        writer.array(3)
        writer.byteString(witness)
        writer.byteString(self.head)
        writer.unsigned(milliseconds)
        message = try SignedMessage(signing: writer.bytes, as: .witness, in: federation, with: key)
    }

    /// Checks shape only: for what was verified when it was taken.
    public init(decoding bytes: ArraySlice<UInt8>) throws {
        message = try SignedMessage(decoding: bytes)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 3)
        witness = try reader.fixed()
        head = try reader.fixed()
        milliseconds = try reader.unsigned()
        try reader.expectEnd()
    }

    public init(verifying bytes: ArraySlice<UInt8>, of head: AuditHead, from parent: NodeID, trust: Trust) throws {
        try self.init(decoding: bytes)
        let certificate = try trust.sender(of: message, as: .witness)
        guard certificate.node == witness, witness == parent, self.head == head.digest else {
            throw ProtocolError(.notEntitled, "a witness of another node, or of another head")
        }
    }
}
