/// A seal with its entries under the sender's cover, as it travels.
/// `"BGFU" || major || minor || flags (2) || cover length (4, big-endian) || cover || packed`
public struct Changeset: Sendable {
    public static let magic: [UInt8] = Array("BGFU".utf8)
    public static let preambleSize = 12

    public let cover: Cover
    public let seal: Seal
    public let packed: ArraySlice<UInt8>
    public let encoded: [UInt8]

    public init(cover: Cover, seal: Seal, packed: ArraySlice<UInt8>) {
        self.cover = cover
        self.seal = seal
        self.packed = packed
        let size = UInt32(clamping: cover.message.encoded.count)
        var bytes = Changeset.magic + [ProtocolVersion.major, ProtocolVersion.minor, 0, 0]
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: size >> UInt32(shift))) }
        bytes.append(contentsOf: cover.message.encoded)
        bytes.append(contentsOf: packed)
        encoded = bytes
    }

    /// Preamble and cover, cover signature and its right, packed digest, seal signature: in this order. What stands
    /// inside is still unread; `Body.init` reads it once the caller has compared the position.
    public init(verifying bytes: [UInt8], from sender: NodeID, to receiver: NodeID, trust: Trust) throws {
        let (coverBytes, packed) = try Changeset.split(bytes)
        let cover = try Cover(decoding: coverBytes)
        let certificate = try trust.sender(of: cover.message, as: .cover)
        guard certificate.node == cover.sender, cover.sender == sender else {
            throw ProtocolError(.notEntitled, "the cover is signed by another node than the one that sends it")
        }
        guard cover.receiver == receiver || cover.receiver == nil else {
            throw ProtocolError(.wrongReceiver, "the changeset is for another node")
        }
        guard packed.count == cover.packedSize,
            DigestBuilder.digest(.packed, packed, suite: cover.message.suite) == cover.packedDigest
        else {
            throw ProtocolError(.digestMismatch, "the packed bytes are not those the cover names")
        }
        let seal = try Seal(decoding: cover.seal[...])
        try seal.verify(trust)
        try Changeset.checkRoute(seal.log, cover, from: sender, to: receiver)
        self.cover = cover
        self.seal = seal
        self.packed = packed
        encoded = bytes
    }

    /// Which log a changeset is of, as it says itself: nothing is verified.
    public static func log(in bytes: [UInt8]) throws -> LogID {
        let cover = try Cover(decoding: split(bytes).cover)
        return try Seal(decoding: cover.seal[...]).log
    }

    /// A log between two nodes is sent by its author to its peer; one of an earlier life is given back the other way.
    /// A channel is handed on by whoever holds it, to no one in particular; whether it concerns the reader is asked
    /// of the tree.
    private static func checkRoute(_ log: LogID, _ cover: Cover, from sender: NodeID, to receiver: NodeID) throws {
        guard (log.direction == .channel) == (cover.receiver == nil) else {
            throw ProtocolError(.wrongReceiver, "channels are for no node in particular, and nothing else is")
        }
        let isRight =
            log.direction == .channel
            ? log.peer == log.author
            : (log.author, log.peer) == (sender, receiver) || (log.author, log.peer) == (receiver, sender)
        guard isRight else { throw ProtocolError(.notEntitled, "the seal is of a log between other nodes") }
    }

    static func split(_ bytes: [UInt8]) throws -> (cover: ArraySlice<UInt8>, packed: ArraySlice<UInt8>) {
        guard bytes.count >= preambleSize, bytes.starts(with: magic) else {
            throw ProtocolError(.malformed, "no changeset: the first bytes are not BGFU")
        }
        guard bytes[4] == ProtocolVersion.major else {
            throw ProtocolError(
                .unsupportedVersion, "version \(bytes[4]) of the protocol; this node speaks \(ProtocolVersion.major)")
        }
        guard bytes[6] == 0, bytes[7] == 0 else { throw ProtocolError(.unsupportedVersion, "unknown flags") }
        let size = bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
        guard size <= Limits.coverBytes else { throw ProtocolError(.tooLarge, "a cover of \(size) bytes") }
        guard bytes.count <= preambleSize + size + Limits.packedBytes else {
            throw ProtocolError(.tooLarge, "a changeset of \(bytes.count) bytes")
        }
        guard bytes.count > preambleSize + size else { throw ProtocolError(.malformed, "the changeset is cut") }
        return (bytes[preambleSize..<preambleSize + size], bytes[(preambleSize + size)...])
    }
}

/// What a changeset carries: the entries of its seal, and excerpts of other seals that those entries rest on.
/// `array(2): entries (block), excerpts (array, ascending by log and seq)`
public struct Body: Sendable, Hashable {
    public let block: EntryBlock
    public let excerpts: [Excerpt]
    /// The hashes of the block's entries, known from comparing the root; empty in a body that was not read.
    public let leaves: [Digest]

    public init(block: EntryBlock, excerpts: [Excerpt]) {
        self.block = block
        self.excerpts = excerpts
        leaves = []
    }

    public var encoded: [UInt8] {
        var writer = CanonicalWriter()
        writer.array(2)
        block.write(to: &writer)
        writer.array(excerpts.count)
        for excerpt in excerpts { excerpt.write(to: &writer) }
        return writer.bytes
    }

    /// Unpacks and walks the body of a verified seal; section digests and the tree root are compared.
    public init(unpacking packed: ArraySlice<UInt8>, size: Int, of seal: Seal) throws {
        try self.init(decoding: Packing.unpack(packed, size: size)[...], of: seal)
    }

    public init(decoding bytes: ArraySlice<UInt8>, of seal: Seal) throws {
        var reader = CanonicalReader(bytes)
        try reader.array(exactly: 2)
        block = try EntryBlock(from: &reader, contexts: seal.contexts.count)
        try block.check(seal.suite)
        leaves = block.leaves(seal.contexts)
        guard leaves.count == seal.count, MerkleTree.root(leaves, suite: seal.suite) == seal.root else {
            throw ProtocolError(.rootMismatch, "the entries are not those the seal covers")
        }
        var excerpts = [Excerpt]()
        for _ in 0..<(try reader.array(atMost: Limits.entriesPerSeal)) {
            let excerpt = try Excerpt(from: &reader)
            if let last = excerpts.last, (last.log, last.first) >= (excerpt.log, excerpt.first) {
                throw ProtocolError(.malformed, "excerpts out of order or twice")
            }
            excerpts.append(excerpt)
        }
        self.excerpts = excerpts
        try reader.expectEnd()
    }
}
