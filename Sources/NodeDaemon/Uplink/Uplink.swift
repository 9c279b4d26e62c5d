internal import AsyncHTTPClient
internal import BusinessModules
internal import Foundation
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import NodeCore
internal import NodeFiles
internal import ServiceLifecycle
internal import SyncProtocol

/// The child's side of its link to the parent: one loop pushes what is new up, the other waits for what comes down. Both
/// try again for ever, with full jitter, so a line that comes back is used within moments.
actor Uplink: Service {
    let node: Node
    let addressPath: String
    private let pollSeconds: Int
    private let logger: Logger
    private var hurried: [Int: AsyncStream<Void>.Continuation] = [:]
    private var hurriedCount = 0
    var lastHello: Task<Void, Never>?
    /// The life in which the parent answered last.
    var parentLife: Incarnation?

    static let retryMin = 5.0
    static let retryMax = 900.0

    init(node: Node, addressPath: String, pollSeconds: Int, logger: Logger) {
        self.node = node
        self.addressPath = addressPath
        self.pollSeconds = pollSeconds
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.keepTrying("push") { try await self.push($0) } }
                group.addTask { await self.keepTrying("poll") { try await self.poll($0) } }
            }
        }
        await node.endWaits()
    }

    /// Ends the waits of both loops: somebody pressed "now".
    func hurry() async {
        for (_, waiter) in hurried { waiter.yield() }
        await node.wakeAll()
    }

    // MARK: Trying again

    struct Work {
        let client: ParentClient
        let engine: SyncEngine
        let link: Link
    }

    private func keepTrying(_ name: String, _ body: @Sendable (Work) async throws -> Void) async {
        var failures = 0
        while !Task.isCancelled {
            do {
                guard let work = try await work() else {
                    await pause(2)
                    continue
                }
                let started = ContinuousClock.now
                do { try await body(work.0) } catch {
                    try await work.1.shutdown()
                    // A session that worked for a while is no failure when it ends.
                    if ContinuousClock.now - started > .seconds(60) { failures = 0 }
                    throw error
                }
                try await work.1.shutdown()
                failures = 0
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                note(error, name)
                await pause(Uplink.delay(failures, atLeast: (error as? ParentRefusal)?.retryAfter ?? 0))
            }
        }
    }

    /// Full jitter: anything up to a ceiling that doubles from five seconds to a quarter of an hour. `atLeast`: what the
    /// parent asked for, which can make it longer and never longer than that.
    static func delay(_ failures: Int, atLeast: Int = 0) -> Double {
        let ceiling = min(retryMax, retryMin * Double(1 << min(max(failures - 1, 0), 12)))
        let asked = min(Double(max(atLeast, 0)), retryMax)
        return min(asked + Double.random(in: 0.1...ceiling), retryMax)
    }

    private func pause(_ seconds: Double) async {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        hurriedCount += 1
        let number = hurriedCount
        hurried[number] = continuation
        await Waiting.first(of: stream, within: .seconds(seconds))
        hurried[number] = nil
    }

    private func note(_ error: any Error, _ name: String) {
        node.metrics.add("bangfu_uplink_failures_total", labels: ["loop": name])
        switch error {
        case let error as ParentRefusal:
            logger.warning(
                "the parent refused", metadata: ["loop": "\(name)", "code": "\(error.code)", "reason": "\(error.reason)"])
        case let error as NodeError:
            logger.warning("sync stands still", metadata: ["loop": "\(name)", "reason": "\(error)"])
        case let error as ProtocolError:
            logger.warning(
                "sync failed", metadata: ["loop": "\(name)", "code": "\(error.code.rawValue)", "reason": "\(error.reason)"])
        default: logger.info("the parent is not reachable", metadata: ["loop": "\(name)", "error": "\(error)"])
        }
    }

    /// Nil while there is no parent to talk to: the root, or a node that is not enrolled.
    func work() async throws -> (Work, HTTPClient)? {
        guard let engine = node.engine, engine.standstill == nil, let parent = node.parentNode(),
            let link = Link(engine, peer: parent), let address = try ParentAddress.load(addressPath)
        else { return nil }
        let client = try Uplink.client(address)
        return (Work(client: ParentClient(client: client, address: address.address), engine: engine, link: link), client)
    }

    /// Trusts the one certificate the invitation named, and no authority of the system.
    static func client(_ address: ParentAddress) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(address.tlsCertificate.utf8)))
        tls.minimumTLSVersion = .tlsv12
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(10))
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Whether both ends still are who they were when the session began: a new life or key greets anew.
    private func isCurrent(_ work: Work, _ session: ParentSession) -> Bool {
        guard let engine = node.engine, engine.standstill == nil, session.answer.incarnation == parentLife else {
            return false
        }
        return engine.identity.incarnation == work.engine.identity.incarnation
            && engine.identity.key.publicKey == work.engine.identity.key.publicKey
    }

    // MARK: Up

    func push(_ work: Work) async throws {
        let session = try await greet(work)
        let store = node.store
        let answer = session.answer
        var shared = try await share(session, peerHas: answer.trustDigest)
        let meeting = try await meet(answer, work)
        // Both ends look at the logs again when something was given back.
        if try await giveBack(meeting, session, work) { return }
        _ = try await session.call(.POST, "/sync/settled")
        try await node.settle(work.link.peer.node, under: work.engine.identity.incarnation)
        try await node.handle(.met(work.link.peer.node, answer.incarnation, answer.positions))
        try await askCredit(session, work)
        for run in meeting.send.dropLast() { try await sendAll(of: run, session, work) }
        var position = meeting.position
        logger.info("line to the parent is up", metadata: ["position": "\(position)"])
        while !Task.isCancelled && isCurrent(work, session) {
            let news = await node.newsCount(of: work.link.peer.node)
            // Statements go first: what their keys signed would wait at the parent without them.
            shared = try await share(session, peerHas: shared)
            let from = position
            let changesets = try await Offload.run {
                try store.read { try work.link.changesets(from: from, budget: 1_024 * 1_024, in: $0) }
            }
            for changeset in changesets { position = try await send(changeset, session, work) }
            if changesets.isEmpty {
                await node.waitForNews(of: work.link.peer.node, beyond: news, within: .seconds(30))
            }
        }
    }

    private func sendAll(of run: Link.Meeting.Run, _ session: ParentSession, _ work: Work) async throws {
        var position = run.from
        let store = node.store
        while true {
            let from = position
            let changesets = try await Offload.run {
                try store.read { try work.link.changesets(of: run.log, from: from, budget: 1_024 * 1_024, in: $0) }
            }
            guard !changesets.isEmpty else { return }
            for changeset in changesets { position = try await send(changeset, session, work) }
        }
    }

    private func send(_ changeset: Changeset, _ session: ParentSession, _ work: Work) async throws -> UInt64 {
        var builder = DigestBuilder()
        builder.append(changeset.cover.message.encoded)
        let encoded = changeset.encoded
        try checkCredit(encoded.count, work)
        do {
            let bytes = try await session.upload(encoded, cover: builder.finish())
            let receipt = try Receipt(verifying: bytes[...], from: work.link.peer.node, trust: work.engine.trust)
            Failpoint.receiptArrived.reach()
            try await node.handle(.receipt(receipt))
            node.pressure.noteGiven(receipt.credit, by: work.link.peer.node)
            node.metrics.add("bangfu_sent_changesets_total")
            return receipt.durable
        } catch let refusal as ParentRefusal where refusal.status == 409 {
            try await weigh(refusal, work)
            throw refusal
        } catch let refusal as ParentRefusal where refusal.status == 403 || refusal.status == 413 || refusal.status == 422 {
            // Told to both ends: the parent keeps its side, this is ours.
            let code = ProtocolError.Code(rawValue: refusal.code) ?? .malformed
            try await node.refuse(
                ProtocolError(code, "the parent refused: \(refusal.reason)"), from: work.link.peer.node,
                subject: "changeset of seal \(changeset.seal.hash)")
            throw refusal
        }
    }

    /// A refusal by position counts only with its proof: a receipt of the parent, or another seal by this node's own key.
    private func weigh(_ refusal: ParentRefusal, _ work: Work) async throws {
        guard let proof = refusal.proof else { return }
        let engine = work.engine
        guard refusal.code == ProtocolError.Code.fork.rawValue else {
            let receipt = try Receipt(verifying: proof[...], from: work.link.peer.node, trust: engine.trust)
            return try await node.handle(.receipt(receipt))
        }
        let seal = try Seal(decoding: proof[...])
        try seal.verify(engine.trust)
        let own = try await Offload.run { [store = node.store] in
            try store.read { try engine.heldSeal(at: seal.first, of: seal.log, in: $0) }
        }
        guard seal.log.author == engine.identity.node, let own, own.hash != seal.hash else { return }
        try await node.refuse(
            ProtocolError(.fork, "this node sealed position \(seal.first) twice: another copy of it runs, or ran"),
            from: work.link.peer.node, subject: "seal \(seal.hash)", forked: seal)
    }

    // MARK: Down

    private func poll(_ work: Work) async throws {
        let session = try await greet(work)
        let log = work.link.incoming(session.answer.incarnation)
        try await pullEarlierLives(session, work)
        var receipt = try await node.receipt(for: log, to: work.link.peer.node)
        _ = try await session.call(.POST, "/sync/receipt", receipt.message.encoded)
        var auditSent: Int64?
        while !Task.isCancelled && isCurrent(work, session) {
            try await pullStatements(session)
            auditSent = try await sendAuditHead(session, work, last: auditSent)
            if receipt.credit == 0 {
                // Room again: the parent has to know, or it goes on sending nothing.
                receipt = try await node.receipt(for: log, to: work.link.peer.node)
                if receipt.credit > 0 { _ = try await session.call(.POST, "/sync/receipt", receipt.message.encoded) }
            }
            if receipt.credit > 0 { try await pullChannels(session, work) }
            let reply = try await session.call(.GET, "/sync/down?after=\(receipt.durable)&wait=\(pollSeconds)")
            node.contact.note(at: Node.moment().milliseconds)
            guard case .array(let items) = try Uplink.items(reply.body) else { continue }
            for case .bytes(let bytes) in items {
                receipt = try await Intake(node: node).take(bytes, from: work.link.peer.node)
            }
            if !items.isEmpty { _ = try await session.call(.POST, "/sync/receipt", receipt.message.encoded) }
        }
    }

    /// Revocations and new keys that the parent learned of.
    private func pullStatements(_ session: ParentSession) async throws {
        guard let engine = node.engine, let parent = node.parentNode(), let link = Link(engine, peer: parent) else { return }
        let reply = try await session.call(.GET, "/sync/trust?have=\(Trust.digest(of: link.shared))")
        let theirs = try StatementList.decode(reply.body)
        if !theirs.isEmpty { try await node.handle(.statements(theirs, from: parent)) }
    }

    /// What publishers above have sent down: asked for at the beginning and whenever the parent has news.
    private func pullChannels(_ session: ParentSession, _ work: Work) async throws {
        let store = node.store
        for channel in try ChannelList.decode(try await session.call(.GET, "/sync/channel").body) {
            var held = try await Offload.run { try store.read { try work.link.held(channel.log, in: $0) } }
            while held < channel.next && !Task.isCancelled {
                let name = Hex.encode(channel.log.encoded)
                let reply = try await session.call(.GET, "/sync/channel?log=\(name)&after=\(held)")
                guard case .array(let items) = try Uplink.items(reply.body), !items.isEmpty else { break }
                for case .bytes(let bytes) in items {
                    held = try await Intake(node: node).take(bytes, from: work.link.peer.node).durable
                }
            }
        }
    }

    /// Changesets are larger than a field of a section may be, so they are read by hand.
    static func items(_ bytes: [UInt8]) throws -> CanonicalValue {
        var reader = CanonicalReader(bytes)
        let count = try reader.array(atMost: 4_096)
        let items = try (0..<count).map { _ in CanonicalValue.bytes(Array(try reader.byteString())) }
        try reader.expectEnd()
        return .array(items)
    }
}
