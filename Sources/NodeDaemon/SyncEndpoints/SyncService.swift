internal import Logging
internal import NodeCore
internal import SyncProtocol

/// What a parent answers to its children, without HTTP: bytes in, status and bytes out.
struct SyncService: Sendable {
    let node: Node
    let sessions: Sessions

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]

        init(_ status: Int, _ body: [UInt8]) {
            self.status = status
            self.body = body
        }

        init(_ error: ProtocolError, proof: [UInt8]? = nil) {
            self.init(error.code.status, Answer.refusal(error.code.rawValue, error.reason, proof))
        }

        init(_ error: NodeError) { self.init(error.code.status, Answer.refusal(error.code.rawValue, error.message.en)) }

        /// `array(2 or 3): code (tstr), sentence (tstr), the signed seal or receipt that proves it (bstr)`
        private static func refusal(_ code: String, _ reason: String, _ proof: [UInt8]? = nil) -> [UInt8] {
            CanonicalValue.array([.text(code), .text(reason)] + (proof.map { [.bytes($0)] } ?? [])).encoded
        }
    }

    // MARK: Before a session

    func challenge() async -> Answer {
        let nonce = Node.moment().entropy(32)
        guard await sessions.challenge(nonce) else { return Answer(503, []) }
        return Answer(200, nonce)
    }

    /// Answers a child's hello and opens the session it asks for.
    func hello(_ bytes: [UInt8]) async -> Answer {
        do {
            guard let engine = node.engine else { return Answer(503, []) }
            let question = try Hello(verifying: bytes[...], to: engine.identity.node, trust: engine.trust)
            guard question.transcript == nil, let challenge = await sessions.redeem(question.nonce) else {
                throw ProtocolError(.notEntitled, "the challenge is unknown, used or over a minute old")
            }
            let exchange = try ExchangeKey(seed: Node.moment().entropy(32), suite: question.session)
            let answer = try await node.greet(question, challenge, exchangeKey: exchange.publicBytes)
            let line = SealedLine(
                secret: try exchange.sharedSecret(with: question.exchangeKey), question: question, answer: answer)
            await sessions.open(
                .init(
                    line: line, peer: question.node, incarnation: question.incarnation, life: answer.incarnation,
                    answer: answer.digest))
            return Answer(200, answer.message.encoded)
        } catch let copied as Link.Copied {
            return Answer(copied.refusal, proof: copied.proof)
        } catch let error as ProtocolError {
            return Answer(error)
        } catch let error as NodeError {
            return Answer(error)
        } catch {
            return failure(error)
        }
    }

    func enrol(_ bytes: [UInt8]) async -> Answer {
        do {
            try node.pressure.admit()
            guard let statements = try await node.accept(bytes) else { return Answer(202, []) }
            return Answer(200, StatementList.encode(statements))
        } catch let error as ProtocolError {
            return Answer(error)
        } catch let error as NodeError {
            return Answer(error)
        } catch {
            return failure(error)
        }
    }

    /// Statements that a child brings before there is a session: each proves itself.
    func learn(_ bytes: [UInt8]) async -> Answer {
        do {
            let statements = try StatementList.decode(bytes)
            guard statements.count <= SyncService.strangersStatementsMax else {
                throw ProtocolError(.tooLarge, "\(statements.count) statements")
            }
            try await node.handle(.statements(statements, from: node.engine?.identity.node ?? NodeID(words: [0, 0])))
            return Answer(200, [])
        } catch let error as ProtocolError {
            return Answer(error)
        } catch {
            return failure(error)
        }
    }

    /// What a restored parent may need to know its children again; each costs a signature check.
    private static let strangersStatementsMax = 1_000

    /// What everybody may know: whom this node believes, down to itself, or down to a child that names itself. One whose
    /// new key was certified without its hearing of it has no other way to learn that.
    func path(of child: String?) -> Answer {
        guard let engine = node.engine else { return Answer(503, []) }
        if let peer = child.flatMap({ NodeID(hex: $0) }), let link = Link(engine, peer: peer), !link.isToParent {
            return Answer(200, StatementList.encode(link.shared))
        }
        return Answer(
            200, StatementList.encode(engine.trust.shared(parent: engine.identity.node, child: engine.identity.node)))
    }

    // MARK: Within a session

    /// One sealed request: method, path and query are bound into it, so is the status of the sealed answer.
    func sealed(_ name: [UInt8], _ counter: UInt64, _ method: String, _ target: Target, _ body: [UInt8]) async -> (
        Answer, isSealed: Bool
    ) {
        guard let session = await sessions.find(name), session.life == node.engine?.identity.incarnation else {
            return (Answer(401, []), false)
        }
        do {
            let binding = SealedLine.Binding(counter: counter, method: method, target: target.text)
            let plain = try session.line.open(body, from: .child, binding)
            guard await sessions.use(name, counter: counter) else {
                throw ProtocolError(.position, "the counter of the session does not rise")
            }
            if counter == 1 { try await node.used(session) }
            let answer = await respond(session, method, target, plain)
            let sealed = try session.line.seal(
                answer.body, from: .parent,
                .init(counter: counter, method: method, target: target.text, status: answer.status))
            return (Answer(answer.status, sealed), true)
        } catch let error as ProtocolError {
            return (Answer(error), false)
        } catch let error as NodeError {
            return (refused(error), false)
        } catch {
            return (failure(error), false)
        }
    }

    /// Path and query of a request.
    struct Target: Sendable {
        let path: String
        let query: [String: String]
        /// As sent: what the seal binds.
        let text: String
    }

    private func respond(_ session: Sessions.Session, _ method: String, _ target: Target, _ body: [UInt8]) async -> Answer {
        do {
            switch (method, target.path) {
            case ("POST", "/sync/up"): return try await up(session, target, body)
            case ("GET", "/sync/up"):
                let held = node.pressure.held(session.peer, cover: target.query["cover"] ?? "")
                return Answer(200, CanonicalValue.integer(Int64(held)).encoded)
            case ("GET", "/sync/down"): return try await down(session, target)
            case ("GET", "/sync/channel"): return try await channel(session, target)
            case ("POST", "/sync/receipt"): return try await receipt(session, body)
            case ("GET", "/sync/receipt"): return try await credit(session)
            case ("POST", "/sync/trust"): return try await trust(session, body)
            case ("GET", "/sync/trust"): return try news(session, target)
            case ("POST", "/sync/settled"):
                try await node.settle(session.peer, under: session.life)
                return Answer(200, [])
            case ("POST", "/sync/rotate"): return try await rotate(session, body)
            case ("GET", "/sync/copy"): return try await copy(session, target)
            case ("POST", "/sync/copy"): return try await takeCopy(session, target, body)
            case ("POST", "/sync/audit"): return try await witness(session, body)
            case ("GET", "/sync/back"): return try await back(session, target)
            case ("POST", "/sync/back"):
                try await Intake(node: node).takeBack(body, from: session.peer)
                return Answer(200, [])
            default: return Answer(404, [])
            }
        } catch let error as ProtocolError {
            return Answer(error)
        } catch let error as NodeError {
            return refused(error)
        } catch {
            return failure(error)
        }
    }

    /// A part of a changeset, or the whole of it; the last part is answered with the receipt.
    private func up(_ session: Sessions.Session, _ target: Target, _ part: [UInt8]) async throws -> Answer {
        guard let cover = target.query["cover"], cover.utf8.count == 64,
            let offset = target.query["offset"].flatMap({ Int($0) }),
            let size = target.query["size"].flatMap({ Int($0) }), offset >= 0, size >= 0, !part.isEmpty
        else { throw ProtocolError(.malformed, "an upload names cover, offset and size") }
        let pressure = node.pressure
        guard
            let held = try pressure.stage(
                part, of: session.peer, cover: cover, offset: offset, size: size, node.store)
        else {
            let here = pressure.held(session.peer, cover: cover)
            return Answer(416, CanonicalValue.integer(Int64(here)).encoded)
        }
        Failpoint.partStaged.reach()
        if held < size { return Answer(202, CanonicalValue.integer(Int64(held)).encoded) }
        guard let bytes = pressure.takeStaged(session.peer) else {
            throw ProtocolError(.malformed, "nothing was uploaded")
        }
        defer { pressure.finish(session.peer, count: bytes.count) }
        let intake = Intake(node: node)
        do {
            return Answer(200, try await intake.take(bytes, from: session.peer).message.encoded)
        } catch let error as ProtocolError where error.code.status == 409 {
            return Answer(error, proof: try await intake.proof(bytes, from: session.peer, error))
        }
    }

    /// What the child does not have yet of the log toward it; waits up to `wait` seconds when there is nothing.
    private func down(_ session: Sessions.Session, _ target: Target) async throws -> Answer {
        guard let after = target.query["after"].flatMap({ UInt64($0) }), let engine = node.engine,
            let link = Link(engine, peer: session.peer)
        else { throw ProtocolError(.malformed, "a poll names the position it holds") }
        if let life = target.query["life"] { return try await down(of: life, after, link) }
        let wait = min(max(target.query["wait"].flatMap { Int($0) } ?? 0, 0), 25)
        let news = await node.newsCount(of: session.peer)
        var changesets = try await read(link, after)
        if changesets.isEmpty && wait > 0 {
            await node.waitForNews(of: session.peer, beyond: news, within: .seconds(wait))
            changesets = try await read(link, after)
        }
        return Answer(200, CanonicalValue.array(changesets.map { .bytes($0.encoded) }).encoded)
    }

    /// The same of an earlier life of this node.
    private func down(of life: String, _ after: UInt64, _ link: Link) async throws -> Answer {
        guard let life = Incarnation(hex: life) else { throw ProtocolError(.malformed, "a life has 16 hexadecimal digits") }
        let changesets = try await Offload.run { [store = node.store] in
            try store.read {
                try link.changesets(of: link.outgoing.in(life), from: after, budget: 512 * 1_024, in: $0)
            }
        }
        return Answer(200, CanonicalValue.array(changesets.map { .bytes($0.encoded) }).encoded)
    }

    private func read(_ link: Link, _ after: UInt64) async throws -> [Changeset] {
        // The child says how much it is ready to take: what is more waits.
        let credit = node.pressure.given(by: link.peer.node)
        guard credit > 0 else { return [] }
        return try await Offload.run { [store = node.store] in
            var rest = credit
            return try store.read {
                let budget = Int(clamping: min(512 * 1_024, credit))
                return try link.changesets(from: after, budget: budget, in: $0).prefix { changeset in
                    let size = UInt64(changeset.encoded.count)
                    guard size <= rest else { return false }
                    rest -= size
                    return true
                }
            }.map { $0 }
        }
    }

    /// Without a name the channels that are here and how far; with one what the child does not have of it.
    private func channel(_ session: Sessions.Session, _ target: Target) async throws -> Answer {
        guard let engine = node.engine, let link = Link(engine, peer: session.peer) else { return Answer(503, []) }
        return try await Offload.run { [store = node.store] in
            try store.read { snapshot in
                guard let name = target.query["log"] else {
                    return Answer(200, ChannelList.encode(try link.channels(in: snapshot)))
                }
                guard let bytes = Hex.decode(name), let after = target.query["after"].flatMap({ UInt64($0) }) else {
                    throw ProtocolError(.malformed, "a channel is asked for by log and position")
                }
                let log = try LogID(decoding: bytes[...])
                guard log.direction == .channel else {
                    throw ProtocolError(.notEntitled, "only channels are read here")
                }
                let changesets = try link.changesets(of: log, from: after, budget: 512 * 1_024, in: snapshot)
                return Answer(200, CanonicalValue.array(changesets.map { .bytes($0.encoded) }).encoded)
            }
        }
    }

    private func receipt(_ session: Sessions.Session, _ body: [UInt8]) async throws -> Answer {
        guard let engine = node.engine else { return Answer(503, []) }
        let receipt = try Receipt(verifying: body[...], from: session.peer, trust: engine.trust)
        try await node.handle(.receipt(receipt))
        node.pressure.noteGiven(receipt.credit, by: session.peer)
        return Answer(200, [])
    }

    /// What is held of the child's log, and how much it may send: asked for before anything is sent.
    private func credit(_ session: Sessions.Session) async throws -> Answer {
        guard let engine = node.engine, let link = Link(engine, peer: session.peer) else { return Answer(503, []) }
        let receipt = try await node.receipt(for: link.incoming(session.incarnation), to: session.peer)
        return Answer(200, receipt.message.encoded)
    }

    /// Each end tells the other what both have to hold.
    private func trust(_ session: Sessions.Session, _ body: [UInt8]) async throws -> Answer {
        try await node.handle(.statements(try StatementList.decode(body), from: session.peer))
        return try shared(session)
    }

    /// Nothing when the child has as many.
    private func news(_ session: Sessions.Session, _ target: Target) throws -> Answer {
        guard let engine = node.engine, let link = Link(engine, peer: session.peer) else { return Answer(503, []) }
        let shared = link.shared
        return Answer(200, StatementList.encode(target.query["have"] == Trust.digest(of: shared).description ? [] : shared))
    }

    private func rotate(_ session: Sessions.Session, _ body: [UInt8]) async throws -> Answer {
        try await node.rotate(body, of: session.peer)
        return try shared(session)
    }

    private func shared(_ session: Sessions.Session) throws -> Answer {
        guard let engine = node.engine, let link = Link(engine, peer: session.peer) else { return Answer(503, []) }
        return Answer(200, StatementList.encode(link.shared))
    }

    /// A log of the child's earlier life, as far as it is held here.
    private func back(_ session: Sessions.Session, _ target: Target) async throws -> Answer {
        guard let engine = node.engine, let link = Link(engine, peer: session.peer) else { return Answer(503, []) }
        guard let bytes = target.query["log"].flatMap(Hex.decode), let after = target.query["after"].flatMap({ UInt64($0) })
        else { throw ProtocolError(.malformed, "a log is asked for by name and position") }
        let log = try LogID(decoding: bytes[...])
        guard log == link.incoming(log.incarnation), log.incarnation != session.incarnation else {
            throw ProtocolError(.notEntitled, "only logs of an earlier life are given back, to their author")
        }
        let changesets = try await Offload.run { [store = node.store] in
            try store.read { try link.changesets(of: log, from: after, budget: 512 * 1_024, in: $0) }
        }
        return Answer(200, CanonicalValue.array(changesets.map { .bytes($0.encoded) }).encoded)
    }

    /// For want of room, or because the disk failed: counted, since nothing is written down then.
    private func refused(_ error: NodeError) -> Answer {
        node.metrics.add("bangfu_refused_total", labels: ["code": error.code.rawValue])
        return Answer(error)
    }

    private func failure(_ error: any Error) -> Answer {
        node.logger.error("request failed", metadata: ["error": "\(type(of: error))"])
        return Answer(500, [])
    }
}

extension ProtocolError.Code {
    /// The HTTP status that goes with a refusal of the protocol.
    var status: Int {
        switch self {
        case .position, .chainBroken, .fork, .superseded, .alreadyDecided, .copied, .late: 409
        case .recoverFirst: 412
        case .tooLarge, .expansion: 413
        case .unsupportedVersion, .unsupportedSuite, .unsupportedType: 426
        case .badSignature, .unknownKey, .weakKey, .notEntitled, .wrongReceiver, .foreignAuthor, .outOfScope, .revoked,
            .retiredKey:
            403
        case .cryptography: 500
        case .malformed, .digestMismatch, .rootMismatch, .proofMismatch, .unknownSeal, .bodyIncomplete, .overDisclosed,
            .schema:
            422
        }
    }
}

/// Waiting for the first of two things without leaving the other behind.
enum Waiting {
    static func first(of news: AsyncStream<Void>, within time: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in news { return } }
            group.addTask { do { try await Task.sleep(for: time) } catch { return } }
            await group.next()
            group.cancelAll()
        }
    }
}
