/// How far a log of one life is held by the one who says so. `array(3): incarnation (bstr 8), next (uint), hash (bstr 32 or
/// null)`
public struct LogLife: Sendable, Hashable {
    public let incarnation: Incarnation
    /// The position behind the last seal.
    public let next: UInt64
    /// Of the last seal; nil when there is none.
    public let hash: Digest?

    public init(incarnation: Incarnation, next: UInt64, hash: Digest?) {
        self.incarnation = incarnation
        self.next = next
        self.hash = hash
    }
}

/// Where one end of a link stands, as said in a hello: the lives of the child's log and of the parent's, oldest first.
public struct LinkPositions: Sendable, Hashable {
    public let up: [LogLife]
    public let down: [LogLife]

    /// Older ones are not spoken of any more.
    public static let livesMax = 16

    public init(up: [LogLife], down: [LogLife]) {
        self.up = Array(up.suffix(LinkPositions.livesMax))
        self.down = Array(down.suffix(LinkPositions.livesMax))
    }

    func write(to writer: inout CanonicalWriter) {
        for lives in [up, down] {
            writer.array(lives.count)
            for life in lives {
                writer.array(3)
                writer.byteString(life.incarnation)
                writer.unsigned(life.next)
                if let hash = life.hash { writer.byteString(hash) } else { writer.null() }
            }
        }
    }

    init(from reader: inout CanonicalReader) throws {
        up = try LinkPositions.lives(&reader)
        down = try LinkPositions.lives(&reader)
    }

    private static func lives(_ reader: inout CanonicalReader) throws -> [LogLife] {
        let lives = try (0..<(try reader.array(atMost: livesMax))).map { _ in
            try reader.array(exactly: 3)
            return LogLife(incarnation: try reader.fixed(), next: try reader.unsigned(), hash: try reader.optionalFixed())
        }
        guard Set(lives.map(\.incarnation)).count == lives.count else {
            throw ProtocolError(.malformed, "a life of a log is listed twice")
        }
        return lives
    }
}

/// The latest answer that a child has accepted: what tells two copies of the child apart.
public struct HelloThread: Sendable, Hashable {
    /// The parent's life in that answer.
    public let life: Incarnation
    /// How many answers there were from that life.
    public let number: UInt64
    /// Of the whole answer message, with the session's hash.
    public let digest: Digest

    public init(life: Incarnation, number: UInt64, digest: Digest) {
        self.life = life
        self.number = number
        self.digest = digest
    }
}

/// One half of the hello: each side signs it, the answer over the digest of the question, so both sign the transcript.
/// `array(10): node (bstr 16), incarnation (bstr 8), peer (bstr 16), nonce (bstr), exchange key (bstr 32 or 33), up (array
/// of lives), down (array of lives), trust digest (bstr 32), thread (array(3) or null), transcript (bstr 32 or null)`
public struct Hello: Sendable, Hashable {
    public let node: NodeID
    public let incarnation: Incarnation
    public let peer: NodeID
    /// The challenge that the parent gave.
    public let nonce: [UInt8]
    /// Of the session's suite.
    public let exchangeKey: [UInt8]
    public let positions: LinkPositions
    /// Of the statements that the two ends share, as the speaker holds them: `Trust.digest`.
    public let trustDigest: Digest
    /// Nil in an answer, and in the first question of a life.
    public let thread: HelloThread?
    /// Digest of the child's whole signed hello; nil in the child's own.
    public let transcript: Digest?
    public let message: SignedMessage

    /// The suite of the session, which the exchange key's length shows: `init(verifying:)` has compared it with both
    /// ends' signing keys.
    public var session: Suite { exchangeKey.count == Suite.national.keySize ? .national : .international }

    public init(
        node: NodeID, incarnation: Incarnation, peer: NodeID, nonce: [UInt8], exchangeKey: [UInt8], positions: LinkPositions,
        trustDigest: Digest, thread: HelloThread? = nil, answering question: Hello?, federation: FederationID,
        key: SigningKey
    ) throws {
        self.node = node
        self.incarnation = incarnation
        self.peer = peer
        self.nonce = nonce
        self.exchangeKey = exchangeKey
        self.positions = positions
        self.trustDigest = trustDigest
        self.thread = thread
        transcript = question?.digest
        var writer = CanonicalWriter()
        writer.array(10)
        writer.byteString(node)
        writer.byteString(incarnation)
        writer.byteString(peer)
        writer.byteString(nonce)
        writer.byteString(exchangeKey)
        positions.write(to: &writer)
        writer.byteString(trustDigest)
        if let thread {
            writer.array(3)
            writer.byteString(thread.life)
            writer.unsigned(thread.number)
            writer.byteString(thread.digest)
        } else {
            writer.null()
        }
        if let transcript { writer.byteString(transcript) } else { writer.null() }
        message = try SignedMessage(signing: writer.bytes, as: .hello, in: federation, with: key)
    }

    /// Verifies the signature and that it is for `receiver`; the caller compares nonce and transcript.
    public init(verifying bytes: ArraySlice<UInt8>, to receiver: NodeID, trust: Trust) throws {
        message = try SignedMessage(decoding: bytes)
        let certificate = try trust.sender(of: message, as: .hello)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 10)
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
        trustDigest = try reader.fixed()
        if let count = try reader.optionalArray(atMost: 3) {
            guard count == 3 else { throw ProtocolError(.malformed, "a thread has a life, a number and a digest") }
            thread = HelloThread(life: try reader.fixed(), number: try reader.unsigned(), digest: try reader.fixed())
        } else {
            thread = nil
        }
        transcript = try reader.optionalFixed()
        try reader.expectEnd()
        guard thread == nil || transcript == nil else { throw ProtocolError(.malformed, "a thread in an answer") }
        guard certificate.node == node else { throw ProtocolError(.notEntitled, "a hello in another node's name") }
        guard peer == receiver else { throw ProtocolError(.wrongReceiver, "the hello is for another node") }
    }

    /// That `self` is the answer to `question`.
    public func checkAnswers(_ question: Hello) throws {
        guard transcript == question.digest, nonce == question.nonce, node == question.peer else {
            throw ProtocolError(.badSignature, "the answer belongs to another hello")
        }
    }

    /// Of the whole message, with the session's hash.
    public var digest: Digest {
        var builder = DigestBuilder(session)
        builder.append(message.encoded)
        return builder.finish()
    }
}
