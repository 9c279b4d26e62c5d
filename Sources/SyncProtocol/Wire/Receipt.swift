/// "I hold your log durably up to here, applied up to here." The latest wins; never part of a log.
/// `array(7): issuer (bstr 16), log id, durable (uint), durable hash (bstr 32 or null), applied (uint), credit
/// (uint), number (uint)`
public struct Receipt: Sendable, Hashable {
    public let issuer: NodeID
    public let log: LogID
    /// The next sequence number the issuer waits for.
    public let durable: UInt64
    /// Hash of the last seal held; nil when none is.
    public let durableHash: Digest?
    public let applied: UInt64
    /// Bytes the issuer is ready to take.
    public let credit: UInt64
    /// Rises with each receipt for the log in one life of the issuer.
    public let number: UInt64
    public let message: SignedMessage

    public init(
        issuer: NodeID, log: LogID, durable: UInt64, durableHash: Digest?, applied: UInt64, credit: UInt64, number: UInt64,
        federation: FederationID, key: SigningKey
    ) throws {
        self.issuer = issuer
        self.log = log
        self.durable = durable
        self.durableHash = durableHash
        self.applied = applied
        self.credit = credit
        self.number = number
        var writer = CanonicalWriter()
        writer.array(7)
        writer.byteString(issuer)
        log.write(to: &writer)
        writer.unsigned(durable)
        if let durableHash { writer.byteString(durableHash) } else { writer.null() }
        writer.unsigned(applied)
        writer.unsigned(credit)
        writer.unsigned(number)
        message = try SignedMessage(signing: writer.bytes, as: .receipt, in: federation, with: key)
    }

    public init(verifying bytes: ArraySlice<UInt8>, from issuer: NodeID, trust: Trust) throws {
        message = try SignedMessage(decoding: bytes)
        let certificate = try trust.sender(of: message, as: .receipt)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 7)
        self.issuer = try reader.fixed()
        log = try LogID(from: &reader)
        durable = try reader.unsigned()
        durableHash = try reader.optionalFixed()
        applied = try reader.unsigned()
        credit = try reader.unsigned()
        number = try reader.unsigned()
        try reader.expectEnd()
        guard certificate.node == self.issuer, self.issuer == issuer else {
            throw ProtocolError(.notEntitled, "a receipt by another node than the one it comes from")
        }
    }
}
