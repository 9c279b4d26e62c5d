/// What stands open at the beginning of a bundle: from whom to whom, and what its key is agreed on with. Everything else is
/// sealed. `"BGFB" || major || minor || flags (2) || length (4, big-endian) || array(4): sender (bstr 16), receiver (bstr
/// 16), receiver's key (bstr 16), ephemeral key (bstr 32 or 33)`
public struct BundleHead: Sendable, Hashable {
    public static let magic: [UInt8] = Array("BGFB".utf8)
    static let preambleSize = 12
    static let bytesMax = 256

    /// Not proven before the manifest is.
    public let sender: NodeID
    public let receiver: NodeID
    /// The signing key of the receiver that it was sealed to.
    public let receiverKey: KeyID
    public let ephemeralKey: [UInt8]
    /// As it stands in the file, preamble included; the key of what follows depends on every byte of it.
    public let encoded: [UInt8]

    public var suite: Suite { ephemeralKey.count == Suite.national.keySize ? .national : .international }

    init(from sender: NodeID, to receiver: Certificate, ephemeral: ExchangeKey) {
        self.sender = sender
        self.receiver = receiver.node
        receiverKey = receiver.key.id
        ephemeralKey = ephemeral.publicBytes
        var writer = CanonicalWriter()
        writer.array(4)
        writer.byteString(sender)
        writer.byteString(receiver.node)
        writer.byteString(receiverKey)
        writer.byteString(ephemeralKey)
        encoded =
            BundleHead.magic + [ProtocolVersion.major, ProtocolVersion.minor, 0, 0]
            + SealedChunks.length(writer.bytes.count) + writer.bytes
    }

    public init(from source: inout some ByteSource) throws {
        let preamble = try source.read(BundleHead.preambleSize)
        guard preamble.count == BundleHead.preambleSize, preamble.starts(with: BundleHead.magic) else {
            throw ProtocolError(.malformed, "no bundle: the first bytes are not BGFB")
        }
        guard preamble[4] == ProtocolVersion.major else {
            throw ProtocolError(
                .unsupportedVersion, "version \(preamble[4]) of the protocol; this node speaks \(ProtocolVersion.major)")
        }
        guard preamble[6] == 0, preamble[7] == 0 else { throw ProtocolError(.unsupportedVersion, "unknown flags") }
        let size = preamble[8...].reduce(0) { $0 << 8 | Int($1) }
        guard size <= BundleHead.bytesMax else { throw ProtocolError(.tooLarge, "a bundle's head of \(size) bytes") }
        let bytes = try source.read(size)
        guard bytes.count == size else { throw ProtocolError(.malformed, "the bundle is cut") }
        var reader = CanonicalReader(bytes)
        try reader.array(exactly: 4)
        sender = try reader.fixed()
        receiver = try reader.fixed()
        receiverKey = try reader.fixed()
        ephemeralKey = Array(try reader.byteString())
        try reader.expectEnd()
        let keySize = ephemeralKey.count
        guard Suite.allCases.contains(where: { $0.keySize == keySize }) else {
            throw ProtocolError(.malformed, "an exchange key of \(keySize) bytes")
        }
        encoded = preamble + bytes
    }

    /// The key of the sealed stream, from the secret of ephemeral and receiver's key.
    func streamKey(_ secret: [UInt8], receiverKey: [UInt8]) -> [UInt8] {
        KeyDerivation.hkdf(
            secret: secret, salt: ephemeralKey + receiverKey, info: Array("bangfu/1/bundle".utf8) + encoded,
            count: AEAD.keySize(suite), suite: suite)
    }
}
