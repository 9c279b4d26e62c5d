public import NodeCore
public import SyncProtocol

/// A whole tree of nodes in one process, on a virtual clock and virtual lines, driving the very engine of the daemon over
/// real SQLite. What happens follows from the seed.
public struct World {
    public struct Site: Sendable {
        public var engine: SyncEngine
        public let store: Store
        public let seat: String
        public let key: SigningKey
    }

    /// What the lines do to traffic: out of 100 exchanges.
    public struct Weather: Sendable {
        public var cutPercent = 0
        public var repeatPercent = 0
        public var flipPercent = 0

        public init() {}
    }

    public private(set) var sites: [String: Site] = [:]
    /// Parents before children.
    public let seats: [TreeSeat]
    public var weather = Weather()
    /// What was refused on the way, by code.
    public private(set) var refusals: [String: Int] = [:]
    private let charter: Charter
    private let entropy: Entropy
    /// For what stores draw, so that what happens does not depend on it.
    private let nonces: Entropy
    private var clock: Int64

    /// `start`: milliseconds since 1970 of the virtual clock.
    public init(
        _ tree: NodeTree, charter: Charter, codes: [String: [Code]], parameters: [Parameters.Entry], seed: UInt64,
        start: Int64, suites: [String: Suite] = [:],
        makeStore: (String) throws -> Store
    ) throws {
        self.charter = charter
        entropy = Entropy(seed: seed)
        nonces = Entropy(seed: ~seed)
        clock = start
        seats = tree.seats.sorted { ($0.level, $0.code) < ($1.level, $1.code) }
        for seat in seats {
            let store = try makeStore(seat.code)
            let key = try SigningKey(suite: suites[seat.code] ?? .international, seed: entropy.bytes(32))
            let plan = NodeSetup.Plan(seat: seat.code, tree: tree, codes: codes, parameters: parameters)
            let root = seat.level == .national ? try SigningKey(suite: key.suite, seed: entropy.bytes(32)) : nil
            try store.write(moment()) { try NodeSetup.create(plan, key: key, root: root, in: $0) }
            if let parent = seat.parent { try enrol(seat.code, at: parent, store, key) }
            guard let engine = try store.read({ try NodeSetup.engine(charter: charter, key: key, in: $0) }) else { continue }
            sites[seat.code] = Site(engine: engine, store: store, seat: seat.code, key: key)
        }
        try spreadTrust()
    }

    public func site(_ code: String) throws -> Site {
        guard let site = sites[code] else { throw NodeError(.notFound, "没有 \(code)", "there is no site \(code)") }
        return site
    }

    public mutating func moment() -> Moment {
        clock += 1
        return Moment(
            milliseconds: clock, entropy: { [entropy] in entropy.bytes($0) }, nonces: { [nonces] in nonces.bytes($0) })
    }

    public mutating func advance(days: Int64) { clock += days * 86_400_000 }

    /// One event at one site, in one transaction.
    @discardableResult
    public mutating func act(_ code: String, _ event: Event) throws -> [Effect] {
        let site = try site(code)
        let effects = try site.store.write(moment()) { try site.engine.handle(event, in: $0) }
        if effects.contains(.trustChanged) || effects.contains(.referenceChanged) { try reload(code) }
        return effects
    }

    public mutating func reload(_ code: String) throws {
        var site = try site(code)
        try site.store.read { try site.engine.reload(from: $0) }
        sites[code] = site
    }

    /// A node that fell over comes back with nothing but its store.
    public mutating func restart(_ code: String, with store: Store) throws {
        let site = try site(code)
        guard let engine = try store.read({ try NodeSetup.engine(charter: charter, key: site.key, in: $0) }) else {
            throw NodeError(.notEnrolled, "\(code) 尚未入网", "site \(code) is not enrolled")
        }
        sites[code] = Site(engine: engine, store: store, seat: code, key: site.key)
    }

    // MARK: Enrolment

    private mutating func enrol(_ code: String, at parent: String, _ store: Store, _ key: SigningKey) throws {
        let above = try site(parent)
        let invitation = try above.store.write(moment()) { tx in
            try Enrolment(above.engine).invite(seat: code, by: Principal("world"), in: tx)
        }
        guard let place = try store.read({ try NodeSetup.place(in: $0) }) else { return }
        let request = try EnrolmentRequest(invitation, node: place.node, key: key)
        try above.store.write(moment()) { tx in
            guard try Enrolment(above.engine).accept(request, in: tx) == nil else { return }
            _ = try Enrolment(above.engine).confirm(
                seat: code, fingerprint: request.key.id, by: Principal("world"), in: tx)
        }
        try reload(parent)
        let informed = try site(parent).engine
        let statements = try above.store.write(moment()) { try Enrolment(informed).accept(request, in: $0) } ?? []
        try store.write(moment()) { try Enrolment.complete(invitation, statements, node: place.node, key: key, in: $0) }
    }

    /// Statements travel to every level above before anything their keys signed does.
    private mutating func spreadTrust() throws {
        for seat in seats.reversed() {
            guard let parent = seat.parent, let below = sites[seat.code] else { continue }
            let node = below.engine.identity.node
            let statements = try Link(below.engine, peer: self.node(of: parent))?.shared ?? []
            try act(parent, .statements(statements, from: node))
        }
    }

    private func node(of code: String) throws -> NodeID { try site(code).engine.identity.node }

    // MARK: Lines

    /// One meeting of a child with its parent: up, then down. Returns how many changesets arrived.
    public mutating func exchange(_ child: String) throws -> Int {
        guard let parent = seats.first(where: { $0.code == child })?.parent else { return 0 }
        if entropy.below(100) < weather.cutPercent { return 0 }
        return try carry(from: child, to: parent) + carry(from: parent, to: child) + pullChannels(child, from: parent)
    }

    /// What publishers above have sent: the child asks its parent for what it lacks.
    private mutating func pullChannels(_ child: String, from parent: String) throws -> Int {
        let (reader, holder) = (try site(child), try site(parent))
        guard let link = Link(holder.engine, peer: reader.engine.identity.node),
            let back = Link(reader.engine, peer: holder.engine.identity.node)
        else { return 0 }
        var arrived = 0
        for channel in try holder.store.read({ try link.channels(in: $0) }) {
            let held = try reader.store.read { try back.held(channel.log, in: $0) }
            let changesets = try holder.store.read {
                try link.changesets(of: channel.log, from: held, budget: 1 << 20, in: $0)
            }
            for changeset in changesets {
                let sender = holder.engine.identity.node
                guard try deliver(changeset.encoded, from: sender, at: child) != nil else { return arrived }
                arrived += 1
            }
        }
        return arrived
    }

    private mutating func carry(from sender: String, to receiver: String) throws -> Int {
        let (from, to) = (try site(sender), try site(receiver))
        let (source, target) = (from.engine.identity.node, to.engine.identity.node)
        guard let link = Link(from.engine, peer: target), let back = Link(to.engine, peer: source) else { return 0 }
        let positions = try to.store.read {
            try back.positions(peerIncarnation: from.engine.identity.incarnation, in: $0)
        }
        try act(sender, .met(target, to.engine.identity.incarnation, positions))
        let changesets = try from.store.read { snapshot in
            try link.changesets(
                from: try link.compare(positions, to.engine.identity.incarnation, in: snapshot).position,
                budget: 1 << 20, in: snapshot)
        }
        var arrived = 0
        for changeset in changesets {
            let times = entropy.below(100) < weather.repeatPercent ? 2 : 1
            for _ in 0..<times {
                guard let receipt = try deliver(changeset.encoded, from: source, at: receiver) else { return arrived }
                try act(
                    sender,
                    .receipt(try Receipt(verifying: receipt.message.encoded[...], from: target, trust: from.engine.trust)))
            }
            arrived += 1
        }
        return arrived
    }

    /// What a neighbour's bytes lead to: a receipt, or nil when they were refused.
    public mutating func deliver(_ bytes: [UInt8], from sender: NodeID, at receiver: String) throws -> Receipt? {
        var bytes = bytes
        if entropy.below(100) < weather.flipPercent {
            bytes[entropy.below(bytes.count)] ^= UInt8(1 << entropy.below(8))
        }
        let site = try site(receiver)
        do {
            let changeset = try Changeset(
                verifying: bytes, from: sender, to: site.engine.identity.node, trust: site.engine.trust)
            if try site.store.read({ try site.engine.admission(of: changeset.seal, in: $0) }) == .next {
                try act(receiver, .changeset(try site.engine.open(changeset)))
            }
            guard let link = Link(site.engine, peer: sender) else { return nil }
            return try site.store.write(moment()) { try link.receipt(for: changeset.seal.log, in: $0) }
        } catch let error as ProtocolError {
            refusals[error.code.rawValue, default: 0] += 1
            try site.store.write(moment()) { tx in
                try Inquiry.refuse(error, from: sender, subject: "changeset of \(bytes.count) bytes", in: tx)
            }
            return nil
        }
    }

    /// Meets in random order until nothing moves any more.
    public mutating func settle(rounds: Int = 200) throws {
        var quiet = 0
        for _ in 0..<rounds where quiet < 3 {
            var moved = 0
            var order = seats.map(\.code)
            while !order.isEmpty { moved += try exchange(order.remove(at: entropy.below(order.count))) }
            quiet = moved == 0 ? quiet + 1 : 0
        }
    }
}
