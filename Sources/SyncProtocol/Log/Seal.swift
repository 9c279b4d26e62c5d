/// Which way a log runs, seen from its author.
public enum Direction: UInt8, Sendable, Hashable {
    case up = 1
    case down = 2
    /// One publisher to all of its subtree; the log's peer is its author.
    case channel = 3
}

/// One author's entries toward one neighbour in one life of its database. `array(4)` of the four fields in this order.
public struct LogID: Sendable, Hashable, Comparable {
    public let author: NodeID
    public let incarnation: Incarnation
    public let direction: Direction
    public let peer: NodeID

    public init(author: NodeID, incarnation: Incarnation, direction: Direction, peer: NodeID) {
        self.author = author
        self.incarnation = incarnation
        self.direction = direction
        self.peer = peer
    }

    /// The same log in another life of its author.
    public func `in`(_ incarnation: Incarnation) -> LogID {
        LogID(author: author, incarnation: incarnation, direction: direction, peer: peer)
    }

    public static func channel(of author: NodeID, in incarnation: Incarnation) -> LogID {
        LogID(author: author, incarnation: incarnation, direction: .channel, peer: author)
    }

    public func write(to writer: inout CanonicalWriter) {
        writer.array(4)
        writer.byteString(author)
        writer.byteString(incarnation)
        writer.unsigned(UInt64(direction.rawValue))
        writer.byteString(peer)
    }

    public init(from reader: inout CanonicalReader) throws {
        try reader.array(exactly: 4)
        author = try reader.fixed()
        incarnation = try reader.fixed()
        guard let byte = UInt8(exactly: try reader.unsigned()), let direction = Direction(rawValue: byte) else {
            throw ProtocolError(.malformed, "the direction of a log is 1, 2 or 3")
        }
        self.direction = direction
        peer = try reader.fixed()
    }

    public var encoded: [UInt8] {
        var writer = CanonicalWriter()
        write(to: &writer)
        return writer.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws {
        var reader = CanonicalReader(bytes)
        try self.init(from: &reader)
        try reader.expectEnd()
    }

    public static func < (left: LogID, right: LogID) -> Bool {
        left.encoded.lexicographicallyPrecedes(right.encoded)
    }
}

/// What the entries of one run have in common; its digest enters every leaf.
/// `array(5): author, incarnation, record kind (uint), schema version (uint), placement version (uint)`
public struct EntryContext: Sendable, Hashable {
    public let author: NodeID
    public let incarnation: Incarnation
    /// The number of the record kind; 0 for entries about no record.
    public let kind: UInt64
    public let schema: UInt64
    public let placement: UInt64

    public init(author: NodeID, incarnation: Incarnation, kind: UInt64, schema: UInt64, placement: UInt64) {
        self.author = author
        self.incarnation = incarnation
        self.kind = kind
        self.schema = schema
        self.placement = placement
    }

    public var encoded: [UInt8] {
        var writer = CanonicalWriter()
        writer.array(5)
        writer.byteString(author)
        writer.byteString(incarnation)
        writer.unsigned(kind)
        writer.unsigned(schema)
        writer.unsigned(placement)
        return writer.bytes
    }

    /// With suite 1.
    public var digest: Digest { digest(.international) }

    public func digest(_ suite: Suite) -> Digest { DigestBuilder.digest(.context, encoded[...], suite: suite) }

    public init(from reader: inout CanonicalReader) throws {
        try reader.array(exactly: 5)
        author = try reader.fixed()
        incarnation = try reader.fixed()
        kind = try reader.unsigned()
        schema = try reader.unsigned()
        placement = try reader.unsigned()
    }
}

/// The author's signed statement over a run of a log. Positions exist only at its borders.
/// `array(6): log id, first seq (uint), count (uint), contexts (array), tree root (bstr 32), previous seal hash (bstr
/// 32 or null)`
public struct Seal: Sendable, Hashable {
    public let log: LogID
    /// Sequence number of the first entry; a log begins at 0.
    public let first: UInt64
    public let count: Int
    public let contexts: [EntryContext]
    public let root: Digest
    public let previous: Digest?
    /// Over the payload, never the signature.
    public let hash: Digest
    public let message: SignedMessage

    /// The suite of the author's key, and with it that of the tree, the seal hash and every entry of the log.
    public var suite: Suite { message.suite }

    /// The position behind this seal.
    public var next: UInt64 { first + UInt64(count) }

    public init(
        log: LogID, first: UInt64, contexts: [EntryContext], leaves: [Digest], previous: Digest?,
        federation: FederationID, key: SigningKey
    ) throws {
        precondition(!leaves.isEmpty && leaves.count <= Limits.entriesPerSeal && contexts.count <= Limits.contextsPerSeal)
        self.log = log
        self.first = first
        count = leaves.count
        self.contexts = contexts
        root = MerkleTree.root(leaves, suite: key.suite)
        self.previous = previous
        var writer = CanonicalWriter()
        writer.array(6)
        log.write(to: &writer)
        writer.unsigned(first)
        writer.unsigned(UInt64(count))
        writer.array(contexts.count)
        for context in contexts { writer.encoded(context.encoded) }
        writer.byteString(root)
        if let previous { writer.byteString(previous) } else { writer.null() }
        message = try SignedMessage(signing: writer.bytes, as: .seal, in: federation, with: key)
        hash = DigestBuilder.digest(.seal, message.payload, suite: message.suite)
    }

    /// Checks shape only.
    public init(decoding bytes: ArraySlice<UInt8>) throws {
        message = try SignedMessage(decoding: bytes, atMost: Limits.coverBytes)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 6)
        log = try LogID(from: &reader)
        first = try reader.unsigned()
        count = try reader.int(atMost: Limits.entriesPerSeal)
        guard count > 0, first <= UInt64(Int64.max) - UInt64(Limits.entriesPerSeal) else {
            throw ProtocolError(.malformed, "a seal covers 1 to \(Limits.entriesPerSeal) entries")
        }
        let contextCount = try reader.array(atMost: Limits.contextsPerSeal)
        contexts = try (0..<contextCount).map { _ in try EntryContext(from: &reader) }
        root = try reader.fixed()
        previous = try reader.optionalFixed()
        try reader.expectEnd()
        guard (first == 0) == (previous == nil) else {
            throw ProtocolError(.chainBroken, "only the first seal of a log has no predecessor")
        }
        hash = DigestBuilder.digest(.seal, message.payload, suite: message.suite)
    }

    /// The signature, that the signer's certificate is the log author's, and that no revocation excludes it.
    public func verify(_ trust: Trust) throws {
        guard let certificate = trust.certificate(of: message.key) else {
            throw ProtocolError(.unknownKey, "the key of a seal is not certified here")
        }
        try trust.check(self)
        guard certificate.node == log.author,
            contexts.allSatisfy({ $0.author == log.author && $0.incarnation == log.incarnation })
        else { throw ProtocolError(.foreignAuthor, "a seal is signed by another node than its log's author") }
        try message.verify(as: .seal, in: trust.federation, with: certificate.key)
    }
}
