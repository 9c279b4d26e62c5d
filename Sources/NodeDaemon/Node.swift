internal import BusinessModules
internal import Foundation
internal import Logging
internal import NodeCore
internal import NodeFiles
internal import Synchronization
internal import SyncProtocol

/// The running node: one writer, the engine it turns, and those who wait for news. Effects leave after the commit.
actor Node {
    let store: Store
    private let facts: HostFacts
    let pressure: Pressure
    let passwords = PasswordGate()
    let metrics: Metrics
    let logger: Logger
    /// Of files for sticks.
    let progress = BundleProgress()
    /// Of the parent.
    let contact = Contact()
    var key: SigningKey
    /// Nil in tests without a folder.
    let keys: (any KeyStore)?
    let isLineSlow: Bool
    /// Writes the token of a life before the life begins; nil in tests without a folder.
    nonisolated let folder: NodeFolder?
    /// Read from everywhere and never waits for the writer; set by the writer only.
    nonisolated var engine: SyncEngine? { current.withLock { $0 } }
    private let current: Mutex<SyncEngine?>
    private var arrived: [Waiting] = []
    private let queue = StoreQueue("bangfu.store")
    private var news: [NodeID: UInt64] = [:]
    private var waiters: [NodeID: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var waiterCount = 0
    private var isStopping = false
    /// The number of the challenge that each child answered last.
    var answered: [NodeID: UInt64] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    init(
        store: Store, key: SigningKey, folder: NodeFolder? = nil, host: HostFacts, pressure: Pressure,
        metrics: Metrics, logger: Logger
    ) throws {
        let isLineSlow = folder?.config.slowLine ?? false
        self.folder = folder
        keys = folder
        self.store = store
        self.key = key
        self.isLineSlow = isLineSlow
        facts = host
        self.pressure = pressure
        self.metrics = metrics
        self.logger = logger
        current = Mutex(
            try store.read {
                try NodeSetup.engine(charter: Catalog.charter, key: key, isLineSlow: isLineSlow, in: $0)
            })
    }

    /// Now, and the system's randomness.
    static func moment() -> Moment {
        Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
    }

    /// What the host adds to a call, as it is now.
    nonisolated var host: HostFacts {
        var host = facts
        host.pressure = pressure.view
        host.lastContactMilliseconds = contact.last
        return host
    }

    // MARK: Calls of the API

    nonisolated func answer(_ request: API.Request) async throws -> Reply {
        if Catalog.api.isReading(request) {
            let engine = self.engine
            return try await Offload.run { [store, host] in
                try Catalog.api.answer(
                    request, engine: engine, charter: Catalog.charter, host: host, store: store, moment: Node.moment()
                ).0
            }
        }
        if Catalog.api.isStaged(request) {
            try pressure.admit()
            let engine = self.engine
            let prepared = try await passwords.run { [store, host] in
                try Catalog.api.prepare(
                    request, engine: engine, charter: Catalog.charter, host: host, store: store, moment: Node.moment())
            }
            return try await finish(prepared)
        }
        // Whom to stop believing is written whatever room there is: the reserve is for that.
        if !request.path.hasSuffix("/revoke") { try pressure.admit() }
        return try await write(request)
    }

    private func finish(_ prepared: API.Prepared) throws -> Reply {
        switch prepared {
        case .reply(let reply): return reply
        case .write(let write):
            let (reply, effects) = try Catalog.api.finish(write, store: store, moment: Node.moment())
            try perform(effects)
            return reply
        }
    }

    private func write(_ request: API.Request) throws -> Reply {
        let (reply, effects) = try Catalog.api.answer(
            request, engine: engine, charter: Catalog.charter, host: host, store: store, moment: Node.moment())
        if reply.status == NodeError.Code.diskFull.status { exhaust() }
        try perform(effects)
        return reply
    }

    // MARK: The engine

    /// One transaction of what is under way. When the disk is full the reserve is given up, so that it can end.
    func commit<Result>(_ body: (borrowing Transaction) throws -> Result) throws -> Result {
        do { return try store.write(Node.moment(), body) } catch let error as NodeError where error.code == .diskFull {
            guard exhaust() else { throw error }
            return try store.write(Node.moment(), body)
        }
    }

    /// A write found no room. True when the reserve made some.
    @discardableResult
    private func exhaust() -> Bool {
        let isReleased = pressure.exhaust()
        if isReleased { logger.error("the disk is full: the reserve is given up", metadata: [:]) }
        metrics.add("bangfu_disk_exhausted_total")
        return isReleased
    }

    /// On a full disk what the write-ahead log holds is worth more in the database.
    func shrinkLog() {
        do { try store.shrinkLog() } catch {
            logger.debug("the log could not be made smaller", metadata: ["error": "\(error)"])
        }
    }

    /// One event in one transaction; its effects are performed when it is on the disk.
    func handle(_ event: Event) throws {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        let effects = try commit { try engine.handle(event, in: $0) }
        switch event {
        case .receipt: Failpoint.receiptCommitted.reach()
        case .settled: Failpoint.settledCommitted.reach()
        default: break
        }
        try perform(effects)
    }

    private static let noNeighbour = ProtocolError(.notEntitled, "the sender is no neighbour of this node")

    /// A changeset that waits for the writer, and who waits for its receipt.
    private struct Waiting: Sendable {
        let arrival: Arrival
        let peer: NodeID
        let continuation: CheckedContinuation<Receipt, any Error>
    }

    /// Takes a changeset in and answers with the receipt, both in one transaction. Those that arrive while the writer works
    /// share the next transaction: a commit waits for the disk, and would otherwise be most of the price.
    nonisolated func ingest(_ arrival: Arrival, from peer: NodeID) async throws -> Receipt {
        guard let engine, Link(engine, peer: peer) != nil else { throw Node.noNeighbour }
        return try await withCheckedThrowingContinuation { continuation in
            let waiting = Waiting(arrival: arrival, peer: peer, continuation: continuation)
            queue.run { self.assumeIsolated { $0.add(waiting) } }
        }
    }

    private func add(_ waiting: Waiting) {
        arrived.append(waiting)
        if arrived.count == 1 { queue.run { self.assumeIsolated { $0.takeArrived() } } }
    }

    /// Changesets of one transaction: enough to share its price, few enough that no command waits long behind them.
    static let changesetsPerCommit = 10

    private func takeArrived() {
        let group = Array(arrived.prefix(Node.changesetsPerCommit))
        arrived.removeFirst(group.count)
        if !arrived.isEmpty { queue.run { self.assumeIsolated { $0.takeArrived() } } }
        do {
            let results = try write(group)
            for case .success(let taken) in results { try perform(taken.effects) }
            for (waiting, result) in zip(group, results) {
                if case .success = result {
                    pressure.stored(waiting.arrival.changeset.packed.count, of: waiting.peer)
                }
                waiting.continuation.resume(with: result.map(\.receipt))
            }
        } catch {
            if let error = error as? NodeError, error.code == .diskFull { exhaust() }
            logger.error("changesets not stored", metadata: ["error": "\(type(of: error))"])
            for waiting in group { waiting.continuation.resume(throwing: error) }
        }
        // To free the entries of a changeset takes a tenth of the time that it takes to write them.
        Offload.release(consume group)
    }

    /// One transaction; a changeset that is refused is taken back alone.
    private func write(_ group: [Waiting]) throws -> [Result<(effects: [Effect], receipt: Receipt), any Error>] {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        return try store.write(Node.moment()) { tx in
            var results = [Result<(effects: [Effect], receipt: Receipt), any Error>]()
            for waiting in group {
                do {
                    // Of the life that takes it in, which may have begun since it came.
                    guard let link = Link(engine, peer: waiting.peer) else { throw Node.noNeighbour }
                    let taken = try tx.part {
                        (
                            effects: try engine.handle(.changeset(waiting.arrival), in: tx),
                            receipt: try link.receipt(
                                for: waiting.arrival.changeset.seal.log,
                                credit: pressure.credit(of: waiting.peer, applying: waiting.arrival.size), in: tx)
                        )
                    }
                    results.append(.success(taken))
                } catch let error as ProtocolError {
                    results.append(.failure(error))
                } catch let error as NodeError where error.code != .storeBroken {
                    results.append(.failure(error))
                }
            }
            return results
        }
    }

    func receipt(for log: LogID, to peer: NodeID) throws -> Receipt {
        guard let engine, let link = Link(engine, peer: peer) else {
            throw ProtocolError(.notEntitled, "the peer is no neighbour of this node")
        }
        let credit = pressure.credit(of: peer)
        return try commit { try link.receipt(for: log, credit: credit, in: $0) }
    }

    /// `kept`: a verified changeset that does not count, or forks its log.
    func refuse(_ error: ProtocolError, from peer: NodeID, subject: String, kept: Changeset? = nil) throws {
        try refuse(error, from: peer, subject: subject, forked: error.code == .fork ? kept?.seal : nil, kept: kept)
    }

    func refuse(
        _ error: ProtocolError, from peer: NodeID, subject: String, forked seal: Seal?, kept: Changeset? = nil,
        evidence: [UInt8]? = nil
    ) throws {
        try commit { tx in
            try Inquiry.refuse(error, from: peer, subject: subject, forked: seal, evidence: evidence, in: tx)
            if let kept { try LateEntries.keep(kept, reason: error.code, in: tx) }
        }
        metrics.add("bangfu_refused_total", labels: ["code": error.code.rawValue])
        logger.warning("changeset refused", metadata: ["code": "\(error.code.rawValue)", "peer": "\(peer)"])
    }

    func perform(_ effects: [Effect]) throws {
        for effect in effects {
            effect.committed?.reach()
            switch effect {
            case .wake(let peer): wake(peer)
            case .counted(let stage, let name, let count):
                metrics.add("bangfu_entries_total", labels: ["stage": stage.rawValue, "kind": name], by: count)
            case .trustChanged, .referenceChanged:
                try reload()
                // Among what was learned may be the certificate of a next key whose answer got lost.
                try finishRotation()
                if let parent = parentNode() { wake(parent) }
            case .outcome: continue
            }
        }
    }

    /// Certificates, codes and parameters anew from the store.
    func reload() throws {
        let renewed = try store.read {
            try NodeSetup.engine(charter: Catalog.charter, key: key, isLineSlow: isLineSlow, in: $0)
        }
        current.withLock { $0 = renewed }
    }

    nonisolated func parentNode() -> NodeID? {
        guard let engine, let parent = engine.identity.seat.parent else { return nil }
        return engine.trust.certificate(ofSeat: parent)?.node
    }

    // MARK: Enrolment

    /// Nil while nobody has confirmed the key.
    func accept(_ bytes: [UInt8]) throws -> [TrustStatement]? {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        let request = try EnrolmentRequest(verifying: bytes, in: engine.identity.federation)
        let statements = try commit { try Enrolment(engine).accept(request, in: $0) }
        Failpoint.enrolCommitted.reach()
        if statements == nil { logger.info("a seat asks to be enrolled", metadata: ["seat": "\(request.seat)"]) }
        return statements
    }

    func rotate(_ bytes: [UInt8], of peer: NodeID) throws {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        let effects = try commit { try Enrolment(engine).rotate(bytes, of: peer, in: $0) }
        Failpoint.rotationCommitted.reach()
        try perform(effects)
    }

    // MARK: Reminders

    /// Computed beside the writer; what is new is noted in one transaction.
    nonisolated func remind(asOf day: CalendarDay) async throws -> Reminders.Outcome {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        try pressure.admit()
        let reminders = Reminders(engine)
        let plan = try await Offload.run { [store] in try store.read { try reminders.plan(asOf: day, in: $0) } }
        let outcome = try await note(plan, reminders)
        metrics.add("bangfu_reminders_total", by: outcome.noted)
        return outcome
    }

    /// Once a day: deleted drafts that nobody brought back, exports that nobody fetched, requests for accounts from a month
    /// ago. Returns how many drafts went.
    func tidy() throws -> Int {
        try pressure.admit()
        return try commit { tx in
            try Exports.tidy(in: tx)
            try SignUps.tidy(in: tx)
            return try Bin.purge(in: tx)
        }
    }

    private func note(_ plan: Reminders.Plan, _ reminders: Reminders) throws -> Reminders.Outcome {
        try commit { try reminders.note(plan, in: $0) }
    }

    // MARK: News

    /// A number that rises whenever something is written into the log toward `peer`: ask for it before reading the log.
    func newsCount(of peer: NodeID) -> UInt64 { news[peer] ?? 0 }

    /// Returns when there is news beyond `seen`, when the time is over, when the task is cancelled or the daemon stops.
    func waitForNews(of peer: NodeID, beyond seen: UInt64, within time: Duration) async {
        guard newsCount(of: peer) == seen, !isStopping else { return }
        waiterCount += 1
        let number = waiterCount
        let alarm = Task {
            do { try await Task.sleep(for: time) } catch { /* cancelled: the wait is over either way */  }
            self.release(number, of: peer)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiters[peer, default: [:]][number] = $0 }
        } onCancel: {
            alarm.cancel()
        }
        alarm.cancel()
    }

    private func release(_ number: Int, of peer: NodeID) { waiters[peer]?.removeValue(forKey: number)?.resume() }

    func wake(_ peer: NodeID) {
        news[peer, default: 0] += 1
        for (_, waiter) in waiters.removeValue(forKey: peer) ?? [:] { waiter.resume() }
    }

    func wakeAll() {
        for peer in Array(waiters.keys) { wake(peer) }
    }

    /// Ends every wait, so that open polls answer before the daemon stops.
    func endWaits() {
        isStopping = true
        wakeAll()
    }
}
