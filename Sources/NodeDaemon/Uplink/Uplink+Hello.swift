internal import NIOHTTP1
internal import NodeCore
internal import SyncProtocol

/// Greeting the parent, and what both ends have to know before anything is sent.
extension Uplink {
    // MARK: Hello

    /// One hello after the other: each names the answer to the one before.
    func greet(_ work: Work) async throws -> ParentSession {
        let before = lastHello
        let node = node
        let hello = Task {
            await before?.value
            return try await work.client.hello(work.engine, work.link, node: node)
        }
        lastHello = Task { do { _ = try await hello.value } catch { /* told to whoever asked for it */  } }
        do {
            // A parent that takes calls and answers none must not hold up a node that is to stop.
            let session = try await withTaskCancellationHandler {
                try await hello.value
            } onCancel: {
                hello.cancel()
            }
            await note(parentLife: session.answer.incarnation)
            return session
        } catch {
            try await learn(from: error, work)
            throw error
        }
    }

    /// The loop that waits for news of its own would not hear that the parent began a new life: it has to greet as well.
    private func note(parentLife life: Incarnation) async {
        guard life != parentLife else { return }
        parentLife = life
        await node.wakeAll()
    }

    /// What a failed hello teaches: a new key of the parent, one of this node that the parent lost, or that this node
    /// is one of two copies.
    func learn(from error: any Error, _ work: Work) async throws {
        switch error {
        case let error as ProtocolError where error.code == .unknownKey || error.code == .retiredKey:
            try await learnStatements(work)
        case let refusal as ParentRefusal where Uplink.isAboutOwnKey(refusal):
            // The parent certified the next key, and its answer was lost, or took the present one away: the statement is
            // there to be had.
            try await learnStatements(work, "?node=\(work.engine.identity.node)")
        case let refusal as ParentRefusal where refusal.code == ProtocolError.Code.unknownKey.rawValue:
            _ = try await work.client.plain(.POST, "/sync/trust", StatementList.encode(work.link.shared))
        case let refusal as ParentRefusal where refusal.code == ProtocolError.Code.copied.rawValue:
            let proof = refusal.proof ?? []
            let store = node.store
            guard try await Offload.run({ try store.read { try work.link.provesCopy(proof, in: $0) } }) else { return }
            try await node.standStill(
                "另一份本节点的拷贝在运行", "another copy of this node is at work", life: work.engine.identity.incarnation)
        default: return
        }
    }

    private static func isAboutOwnKey(_ refusal: ParentRefusal) -> Bool {
        [ProtocolError.Code.retiredKey, .revoked].contains { $0.rawValue == refusal.code }
    }

    private func learnStatements(_ work: Work, _ query: String = "") async throws {
        let bytes = try await work.client.plain(.GET, "/sync/trust" + query)
        try await node.handle(.statements(try StatementList.decode(bytes), from: work.link.peer.node))
    }

    /// What both ends have to hold of the trust log, where they differ. Returns what the parent holds by now.
    func share(_ session: ParentSession, peerHas digest: Digest) async throws -> Digest {
        guard let engine = node.engine, let parent = node.parentNode(), let link = Link(engine, peer: parent) else {
            return digest
        }
        let shared = link.shared
        guard Trust.digest(of: shared) != digest else { return digest }
        let reply = try await session.call(.POST, "/sync/trust", StatementList.encode(shared))
        let theirs = try StatementList.decode(reply.body)
        try await node.handle(.statements(theirs, from: parent))
        return Trust.digest(of: theirs)
    }

    // MARK: Earlier lives

    func meet(_ answer: Hello, _ work: Work) async throws -> Link.Meeting {
        do {
            return try await Offload.run { [store = node.store] in
                try store.read { try work.link.compare(answer.positions, answer.incarnation, in: $0) }
            }
        } catch let error as ProtocolError where error.code == .recoverFirst {
            try await node.standStill(
                "上级所存多于本节点：数据库来自旧备份", "the parent holds more than this node wrote",
                life: work.engine.identity.incarnation)
            throw error
        }
    }

    /// Earlier lives: what the parent lacks of its own, what this node lacks of its own, and what is missing here of the
    /// parent's. True when anything was given back or fetched.
    func giveBack(_ meeting: Link.Meeting, _ session: ParentSession, _ work: Work) async throws -> Bool {
        let (node, link) = (node, work.link)
        var hasMoved = false
        let channels = try ChannelList.decode(try await session.call(.GET, "/sync/channel").body)
        let ofChannel = try await Offload.run {
            try node.store.read { try link.channelsToGiveBack(channels, life: session.answer.incarnation, in: $0) }
        }
        for run in meeting.giveBack + ofChannel where try await giveBack(run.log, from: run.from, session, work) {
            hasMoved = true
        }
        for run in meeting.fetch {
            do { try await fetch(run.log, from: run.from, session, work) } catch let error as ProtocolError
                where run.from > 0 && Regaining.isOtherBranch(error)
            {
                // The parent holds another branch than this database: its own counts, from where they part.
                try await fetch(run.log, from: 0, session, work)
            }
            hasMoved = true
        }
        // The parent says where its life before ended as soon as both ends are done: they have to hold the same by then.
        try await pullEarlierLives(session, work)
        return hasMoved
    }

    /// What this node holds of a log that the parent wrote in an earlier life. False when there was nothing.
    private func giveBack(_ log: LogID, from start: UInt64, _ session: ParentSession, _ work: Work) async throws -> Bool {
        let (store, link) = (node.store, work.link)
        var position = start
        while true {
            let from = position
            let next = try await Offload.run {
                try store.read { try link.changesets(of: log, from: from, budget: 1, in: $0).first }
            }
            guard let next else { return position > start }
            _ = try await session.call(.POST, "/sync/back", next.encoded)
            position = next.seal.next
        }
    }

    func fetch(_ log: LogID, from start: UInt64, _ session: ParentSession, _ work: Work) async throws {
        var position = start
        while true {
            let name = Hex.encode(log.encoded)
            let reply = try await session.call(.GET, "/sync/back?log=\(name)&after=\(position)")
            guard case .array(let items) = try Uplink.items(reply.body), !items.isEmpty else { return }
            for case .bytes(let bytes) in items {
                position = try await Intake(node: node).takeBack(bytes, from: work.link.peer.node)
            }
        }
    }

    /// What is missing here of what the parent wrote in earlier lives.
    func pullEarlierLives(_ session: ParentSession, _ work: Work) async throws {
        for life in session.answer.positions.down where life.incarnation != session.answer.incarnation {
            try await pull(life, session, work)
        }
    }

    /// The rest of a log that the parent wrote in an earlier life. Where it does not follow what is held here the parent
    /// wrote on in a copy: the branch that is held here counts, the parent gets it back, and both greet anew.
    private func pull(_ life: LogLife, _ session: ParentSession, _ work: Work) async throws {
        let (store, link) = (node.store, work.link)
        let log = link.incoming(life.incarnation)
        var held = try await Offload.run { try store.read { try link.held(log, in: $0) } }
        while held < life.next {
            let reply = try await session.call(.GET, "/sync/down?after=\(held)&life=\(life.incarnation)")
            guard case .array(let items) = try Uplink.items(reply.body) else { return }
            var receipt: Receipt?
            do {
                for case .bytes(let bytes) in items {
                    receipt = try await Intake(node: node).take(bytes, from: link.peer.node)
                }
            } catch let error as ProtocolError where Regaining.isOtherBranch(error) { receipt = nil }
            guard let receipt else {
                _ = try await giveBack(log, from: 0, session, work)
                throw ProtocolError(.chainBroken, "the parent held another branch of its earlier life, and has this one now")
            }
            held = receipt.durable
            _ = try await session.call(.POST, "/sync/receipt", receipt.message.encoded)
        }
    }
}
