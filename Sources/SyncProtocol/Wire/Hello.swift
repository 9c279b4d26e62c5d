/// Where one end of a link stands, as said in a hello.
/// `array(4): up position, up hash or null, down position, down hash or null`
/// The child says: the end of its up log, and how far it holds the parent's down log. The parent says: how far it holds
/// the child's up log, and the end of its down log.
public struct LinkPositions: Sendable, Hashable {
    public let up: UInt64
    public let upHash: Digest?
    public let down: UInt64
    public let downHash: Digest?

    public init(up: UInt64, upHash: Digest?, down: UInt64, downHash: Digest?) {
        self.up = up
        self.upHash = upHash
        self.down = down
        self.downHash = downHash
    }

    func write(to writer: inout CanonicalWriter) {
        writer.array(4)
        writer.unsigned(up)
        if let upHash { writer.byteString(upHash) } else { writer.null() }
        writer.unsigned(down)
        if let downHash { writer.byteString(downHash) } else { writer.null() }
    }

    init(from reader: inout CanonicalReader) throws {
        try reader.array(exactly: 4)
        up = try reader.unsigned()
        upHash = try reader.optionalFixed()
        down = try reader.unsigned()
        downHash = try reader.optionalFixed()
    }
}

/// One half of the hello: each side signs it, the answer over the digest of the question, so both sign the transcript.
/// `array(8): node (bstr 16), incarnation (bstr 8), peer (bstr 16), nonce (bstr), exchange key (bstr 32 or 33), positions,
///  trust count (uint), transcript (bstr 32 or null)`
public struct Hello: Sendable, Hashable {
    public let node: NodeID
    public let incarnation: Incarnation
    public let peer: NodeID
    /// The challenge that the parent gave.
    public let nonce: [UInt8]
    /// Of the session's suite.
    public let exchangeKey: [UInt8]
    public let positions: LinkPositions
    /// Child: certificates of its subtree it has to hand on. Parent: how many of them it holds.
    public let trustCount: UInt64
    /// Digest of the child's whole signed hello; nil in the child's own.
    public let transcript: Digest?
    public let message: SignedMessage

    /// The suite of the session, which the exchange key's length shows: `init(verifying:)` has compared it with both
    /// ends' signing keys.
    public var session: Suite { exchangeKey.count == Suite.national.keySize ? .national : .international }

    public init(
        node: NodeID, incarnation: Incarnation, peer: NodeID, nonce: [UInt8], exchangeKey: [UInt8], positions: LinkPositions,
        trustCount: UInt64, answering question: Hello?, federation: FederationID, key: SigningKey
    ) throws {
        self.node = node
        self.incarnation = incarnation
        self.peer = peer
        self.nonce = nonce
        self.exchangeKey = exchangeKey
        self.positions = positions
        self.trustCount = trustCount
        transcript = question.map { Hello.digest(of: $0) }
        var writer = CanonicalWriter()
        writer.array(8)
        writer.byteString(node)
        writer.byteString(incarnation)
        writer.byteString(peer)
        writer.byteString(nonce)
        writer.byteString(exchangeKey)
        positions.write(to: &writer)
        writer.unsigned(trustCount)
        if let transcript { writer.byteString(transcript) } else { writer.null() }
        message = try SignedMessage(signing: writer.bytes, as: .hello, in: federation, with: key)
    }

    /// Verifies the signature and that it is for `receiver`; the caller compares nonce and transcript.
    public init(verifying bytes: ArraySlice<UInt8>, to receiver: NodeID, trust: Trust) throws {
        message = try SignedMessage(decoding: bytes)
        guard let certificate = trust.certificate(of: message.key) else {
            throw ProtocolError(.unknownKey, "the key of a hello is not certified here")
        }
        try message.verify(as: .hello, in: trust.federation, with: certificate.key)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 8)
        node = try reader.fixed()
        incarnation = try reader.fixed()
        peer = try reader.fixed()
        nonce = Array(try reader.byteString())
        exchangeKey = Array(try reader.byteString())
        // Neither end may lower the suite of a session by its choice of key.
        let session = Suite.session(
            certificate.key.suite, trust.certificate(of: receiver)?.key.suite ?? certificate.key.suite)
        guard exchangeKey.count == session.keySize else {
            throw ProtocolError(.malformed, "the exchange key of this session has \(session.keySize) bytes")
        }
        positions = try LinkPositions(from: &reader)
        trustCount = try reader.unsigned()
        transcript = try reader.optionalFixed()
        try reader.expectEnd()
        guard certificate.node == node else { throw ProtocolError(.notEntitled, "a hello in another node's name") }
        guard peer == receiver else { throw ProtocolError(.wrongReceiver, "the hello is for another node") }
    }

    /// That `self` is the answer to `question`.
    public func checkAnswers(_ question: Hello) throws {
        guard transcript == Hello.digest(of: question), nonce == question.nonce, node == question.peer else {
            throw ProtocolError(.badSignature, "the answer belongs to another hello")
        }
    }

    static func digest(of hello: Hello) -> Digest {
        var builder = DigestBuilder(hello.session)
        builder.append(hello.message.encoded)
        return builder.finish()
    }
}
