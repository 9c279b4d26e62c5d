/// A bundle is one file for one neighbour: an open head, then one sealed stream of items, each `kind (u8) || length (u32,
/// big-endian) || bytes`: the manifest, statements, receipts, changesets, a wish for a new key, in this order.
public enum BundleItem: Sendable, Hashable {
    case statement([UInt8])
    case receipt([UInt8])
    case changeset([UInt8])
    /// The sender wants a new key of the receiver, its parent.
    case rotation([UInt8])

    enum Kind: UInt8, Comparable {
        case manifest = 1
        case statement = 2
        case receipt = 3
        case changeset = 4
        case rotation = 5

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

        var bytesMax: Int {
            self == .changeset
                ? Changeset.preambleSize + Limits.coverBytes + Limits.packedBytes : Limits.messageBytes
        }
    }

    var kind: Kind {
        switch self {
        case .statement: .statement
        case .receipt: .receipt
        case .changeset: .changeset
        case .rotation: .rotation
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .statement(let bytes), .receipt(let bytes), .changeset(let bytes), .rotation(let bytes): bytes
        }
    }

    init(_ kind: Kind, _ bytes: [UInt8]) throws {
        switch kind {
        case .manifest: throw ProtocolError(.malformed, "a second manifest in one bundle")
        case .statement: self = .statement(bytes)
        case .receipt: self = .receipt(bytes)
        case .changeset: self = .changeset(bytes)
        case .rotation: self = .rotation(bytes)
        }
    }

    /// What stands before the bytes of an item.
    public static let overhead = 5
}

/// Writes a bundle. What is sealed goes to `sink` as it becomes full.
public struct BundleSealer {
    public let manifest: BundleManifest
    private let sink: ([UInt8]) throws -> Void
    private var chunks: ChunkSealer

    /// `ephemeral`: made for this file and forgotten with it.
    public init(
        _ content: BundleManifest.Content, file: Int, to receiver: Certificate, ephemeral: ExchangeKey,
        federation: FederationID, key: SigningKey, sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        guard ephemeral.suite == receiver.key.suite else {
            throw ProtocolError(.cryptography, "the ephemeral key has the suite of the receiver's")
        }
        let head = BundleHead(from: content.sender, to: receiver, ephemeral: ephemeral)
        let theirs = try receiver.key.exchangeBytes()
        manifest = try BundleManifest(
            content, file: file, ephemeralKey: ephemeral.publicBytes, federation: federation, key: key)
        chunks = ChunkSealer(
            key: head.streamKey(try ephemeral.sharedSecret(with: theirs), receiverKey: theirs), suite: head.suite)
        self.sink = sink
        try sink(head.encoded)
        try add(.manifest, manifest.message.encoded)
    }

    public mutating func add(_ item: BundleItem) throws { try add(item.kind, item.bytes) }

    public mutating func finish() throws { try chunks.finish(to: sink) }

    private mutating func add(_ kind: BundleItem.Kind, _ bytes: [UInt8]) throws {
        try chunks.append([kind.rawValue] + SealedChunks.length(bytes.count), to: sink)
        try chunks.append(bytes, to: sink)
    }
}

/// Reads a bundle item by item; never holds more than one of them and one sealed piece.
public struct BundleOpener<Source: ByteSource>: Sendable {
    public let head: BundleHead
    /// Not verified yet: `BundleManifest.verify` does, as soon as the statements are admitted that come first.
    public let manifest: BundleManifest
    private var chunks: ChunkOpener<Source>
    private var last = BundleItem.Kind.manifest

    /// `key`: the receiver's exchange key for the signing key that the head names, or a refusal.
    public init(_ source: Source, key: (BundleHead) throws -> ExchangeKey) throws {
        var source = source
        head = try BundleHead(from: &source)
        let mine = try key(head)
        guard mine.suite == head.suite else {
            throw ProtocolError(.malformed, "the exchange key is not of the receiver's suite")
        }
        let secret = try mine.sharedSecret(with: head.ephemeralKey)
        var chunks = ChunkOpener(
            source, key: head.streamKey(secret, receiverKey: mine.publicBytes), suite: head.suite)
        guard !(try chunks.isAtEnd()) else { throw ProtocolError(.malformed, "an empty bundle") }
        let (kind, bytes) = try BundleOpener.item(&chunks)
        guard kind == .manifest else { throw ProtocolError(.malformed, "a bundle begins with its manifest") }
        manifest = try BundleManifest(decoding: bytes[...])
        self.chunks = chunks
    }

    /// Nil behind the last one.
    public mutating func next() throws -> BundleItem? {
        if try chunks.isAtEnd() { return nil }
        let (kind, bytes) = try BundleOpener.item(&chunks)
        guard kind >= last else { throw ProtocolError(.malformed, "the items of a bundle are out of order") }
        last = kind
        return try BundleItem(kind, bytes)
    }

    private static func item(_ chunks: inout ChunkOpener<Source>) throws -> (BundleItem.Kind, [UInt8]) {
        let head = try chunks.take(BundleItem.overhead)
        guard let kind = BundleItem.Kind(rawValue: head[0]) else {
            throw ProtocolError(.unsupportedType, "items of kind \(head[0]) are not known to this program: upgrade it")
        }
        let size = head[1...].reduce(0) { $0 << 8 | Int($1) }
        guard size <= kind.bytesMax else { throw ProtocolError(.tooLarge, "an item of \(size) bytes") }
        return (kind, try chunks.take(size))
    }
}
