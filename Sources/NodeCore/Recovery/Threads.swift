public import SyncProtocol

/// The thread of hellos on one link: each question names the latest answer that its asker has accepted. Two copies of
/// one node cannot both do so.
extension Link {
    // MARK: The parent's end

    /// Whether a child's question goes on where the thread is. Throws `copied` with the proof in `Copied`, or
    /// `recover-first` when it is this node that lost answers.
    public func follow(_ question: Hello, in snapshot: borrowing Snapshot) throws {
        if identity.planted.contains(.followStaleThread) { return }
        let known = try snapshot.threads.find(
            peer.node, child: question.incarnation, parent: identity.incarnation)
        let place = question.thread.flatMap { $0.life == identity.incarnation ? $0 : nil }
        guard let known else {
            // A life of ours that the child knows and we do not: unless we know that we lost some.
            guard question.thread == nil || (place == nil && !identity.isFirstLife) else { throw Link.restored }
            return
        }
        if let place, place.number > known.number { throw Link.restored }
        if let place, place.number == known.number, place.digest == known.digest { return }
        if !known.isUsed, place?.number ?? 0 == known.number - 1, place?.digest == known.previous { return }
        throw Copied(proof: known.question ?? [])
    }

    private static let restored = ProtocolError(
        .recoverFirst, "the child knows more of this link than this node: it was restored from a copy")

    /// Two copies of a child are at work. `proof`: the signed hello of the other one.
    public struct Copied: Error {
        public let proof: [UInt8]
        public let refusal = ProtocolError(
            .copied, "two copies of this node are at work: a person decides which goes on, and runs nodectl recover there")
    }

    /// The answer goes out.
    public func answered(_ question: Hello, with answer: Hello, in tx: borrowing Transaction) throws {
        let known = try tx.threads.find(peer.node, child: question.incarnation, parent: identity.incarnation)
        let place = question.thread.flatMap { $0.life == identity.incarnation ? $0 : nil }
        let number = (place?.number ?? 0) + 1
        try tx.threads.put(
            ThreadState(
                number: max(number, known?.number ?? 0), digest: answer.digest, previous: place?.digest, isUsed: false,
                question: question.message.encoded),
            peer.node, child: question.incarnation, parent: identity.incarnation)
    }

    /// A sealed request came under an answer: if it is the last one, the child surely has it.
    public func used(_ answer: Digest, _ life: Incarnation, in tx: borrowing Transaction) throws {
        guard let known = try tx.threads.find(peer.node, child: life, parent: identity.incarnation),
            known.digest == answer, !known.isUsed
        else { return }
        try tx.threads.put(
            ThreadState(
                number: known.number, digest: known.digest, previous: known.previous, isUsed: true,
                question: known.question), peer.node, child: life, parent: identity.incarnation)
    }

    /// Of two copies neither is believed until one has begun a new life; a node that lost answers says nothing more
    /// under its present life.
    public func freeze(_ life: Incarnation, _ error: ProtocolError, in tx: borrowing Transaction) throws {
        let log = error.code == .copied ? incoming(life) : outgoing
        try tx.logs.freeze(tx.logs.findOrCreate(log).id, error.reason)
    }

    // MARK: The child's end

    /// Where the child is: of its present life, and the latest life of the parent that it met.
    public func thread(in snapshot: borrowing Snapshot) throws -> HelloThread? {
        guard let known = try snapshot.threads.latest(peer.node, child: identity.incarnation),
            let digest = known.state.digest
        else { return nil }
        return HelloThread(life: known.parent, number: known.state.number, digest: digest)
    }

    /// Notes a question before it is sent: what the parent may show as proof later is compared with it.
    public func asked(_ question: Hello, in tx: borrowing Transaction) throws {
        let known = try tx.threads.latest(peer.node, child: identity.incarnation)
        let sent = (known?.state.question ?? []) + question.digest.bytes
        try tx.threads.put(
            ThreadState(
                number: known?.state.number ?? 0, digest: known?.state.digest, previous: nil, isUsed: false,
                question: Array(sent.suffix(Link.questionsKept * Digest.size))),
            peer.node, child: identity.incarnation, parent: known?.parent ?? Incarnation(words: [0]))
    }

    private static let questionsKept = 32

    /// The answer is accepted; the line may be used when this is on the disk.
    public func accepted(_ answer: Hello, in tx: borrowing Transaction) throws {
        let known = try tx.threads.find(peer.node, child: identity.incarnation, parent: answer.incarnation)
        try tx.threads.put(
            ThreadState(
                number: (known?.number ?? 0) + 1, digest: answer.digest, previous: nil, isUsed: false, question: nil),
            peer.node, child: identity.incarnation, parent: answer.incarnation)
    }

    /// Whether a hello that the parent shows is by another copy of this node: signed by its key, of its present life,
    /// at this place of the thread or behind it, and not one of those it sent itself.
    public func provesCopy(_ proof: [UInt8], in snapshot: borrowing Snapshot) throws -> Bool {
        let hello = try Hello(verifying: proof[...], to: peer.node, trust: trust)
        guard hello.node == identity.node, hello.incarnation == identity.incarnation else { return false }
        let known = try snapshot.threads.latest(peer.node, child: identity.incarnation)
        let (there, here) = (hello.thread?.number ?? 0, known?.state.number ?? 0)
        guard there >= here else { return false }
        let sent = known?.state.question ?? []
        let own = stride(from: 0, to: sent.count, by: Digest.size).map {
            Array(sent[$0..<min($0 + Digest.size, sent.count)])
        }
        return there > here || !own.contains(hello.digest.bytes)
    }
}
