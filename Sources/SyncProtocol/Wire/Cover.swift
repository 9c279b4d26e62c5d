/// The sender's signed envelope of one changeset: for whom it is and what exactly it holds.
/// `array(6): sender (bstr 16), receiver (bstr 16 or null), seal (bstr), packed digest (bstr 32), packed size,
/// unpacked size`
public struct Cover: Sendable, Hashable {
    public let sender: NodeID
    /// Nil for channels.
    public let receiver: NodeID?
    public let seal: [UInt8]
    /// With the suite of the cover's signature.
    public let packedDigest: Digest
    public let packedSize: Int
    public let unpackedSize: Int
    public let message: SignedMessage

    public init(
        sender: NodeID, receiver: NodeID?, seal: Seal, packed: ArraySlice<UInt8>, unpackedSize: Int,
        federation: FederationID, key: SigningKey
    ) throws {
        self.sender = sender
        self.receiver = receiver
        self.seal = seal.message.encoded
        packedDigest = DigestBuilder.digest(.packed, packed, suite: key.suite)
        packedSize = packed.count
        self.unpackedSize = unpackedSize
        var writer = CanonicalWriter()
        writer.array(6)
        writer.byteString(sender)
        if let receiver { writer.byteString(receiver) } else { writer.null() }
        writer.byteString(self.seal)
        writer.byteString(packedDigest)
        writer.unsigned(UInt64(packedSize))
        writer.unsigned(UInt64(unpackedSize))
        message = try SignedMessage(signing: writer.bytes, as: .cover, in: federation, with: key)
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws {
        message = try SignedMessage(decoding: bytes, atMost: Limits.coverBytes)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 6)
        sender = try reader.fixed()
        receiver = try reader.optionalFixed()
        seal = Array(try reader.byteString())
        packedDigest = try reader.fixed()
        packedSize = try reader.int()
        unpackedSize = try reader.int()
        try reader.expectEnd()
        guard packedSize <= Limits.packedBytes, unpackedSize <= Limits.unpackedBytes else {
            throw ProtocolError(.tooLarge, "a changeset of \(packedSize) bytes packed, \(unpackedSize) unpacked")
        }
    }
}
