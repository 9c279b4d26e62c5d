package import NodeCore
internal import SyncProtocol

/// One seed: a country, its people, its lines and its bad luck, driving the daemon's engine over real SQLite. Everything
/// follows from the seed; nothing reads a clock or draws a random number.
package struct Simulation {
    /// What is going to happen.
    enum Happening {
        case deliver(Packet)
        /// A child looks whether its call still lives.
        case look(Int, call: UInt64)
        case call(Int)
        case person
        case fault
        case start(Int)
        case join(Int)
        /// The copy taken before takes the place of a node's disk.
        case turnBack(Int)
        /// A backup takes the place of a lost disk.
        case restore(Int)
        /// Somebody exports to a stick; a file of one is taken in.
        case export
        case stick(Stick)
        case fill(FullDisk)
        case makeRoom(Int)
        /// New data keys of a site's store, and the next rows sealed under them.
        case rotateKeys(Int)
        case reseal(Int)
        /// A fault with a stream of its own.
        case own(FaultKind)
        /// A node whose key was taken away gets another.
        case enrolAgain(Int)
        /// A person decides which of two copies of a node goes on.
        case endTwin
    }

    package let seed: UInt64
    let planted: PlantedBugs
    let climate: Climate
    let own: OwnStreams
    let tree: NodeTree
    /// For what happens in the country; lines, people and nodes have sources of their own.
    let luck: Entropy
    let minds: Entropy
    /// For sticks, apart from everything else.
    let sticks: Entropy
    var sites: [Site] = []
    var network: VirtualNetwork
    var agenda = Agenda<Happening>()
    var now: Int64 = Simulation.start
    var table = FaultTable()
    var trace: Trace
    var ledger: Ledger
    var inFlight = 0
    var acts = 0
    var steps = 0
    var serial = 0
    /// Nothing goes wrong any more, and people only finish what is open.
    var isCalm = false
    /// The kind of power cut that is armed, by site.
    var armed: [Int: FaultKind] = [:]
    /// An old copy of a site's disk.
    var oldCopy: (site: Int, disk: VirtualDisk)?
    /// The site that works on from an old copy.
    var turnedBack: Int?
    /// A backup of a site's disk, the site that was restored from one, and until a person has begun its new life.
    var backup: (site: Int, disk: VirtualDisk)?
    var restored: Int?
    var mustRecover: Int?
    /// Sites that began a new life: they wait for what they once said.
    var livesAnew: Set<Int> = []
    var revoked: Revoked?
    var revoking: Revoking?
    /// Sites that decided against the rules.
    var crooked: Set<Int> = []
    /// The second copy of a site while it runs, and the site that had one.
    var twin: Twin?
    var cloned: Int?
    /// Sites whose state changed in this step, and whether that may concern records.
    var touched: [(site: Int, isDeep: Bool)] = []
    let usesClockJumps: Bool

    /// 2026-07-01 in China.
    static let start: Int64 = 1_782_835_200_000
    /// How long the first phase lasts.
    static let firstPhase: Int64 = 600_000

    package init(seed: UInt64, planted: PlantedBugs = [], keeping lines: Int = 0, withClockJumps: Bool = true) throws {
        self.seed = seed
        self.planted = planted
        let root = Entropy(seed: seed)
        luck = Entropy(seed: root.next())
        minds = Entropy(seed: root.next())
        sticks = Entropy(seed: ~seed)
        climate = Climate(Entropy(seed: root.next()))
        network = VirtualNetwork(climate, Entropy(seed: root.next()))
        tree = Country.tree(Entropy(seed: root.next()))
        own = OwnStreams(seed: seed)
        trace = Trace(keeping: lines)
        ledger = Ledger(sites: tree.seats.count)
        usesClockJumps = withClockJumps && climate.hasClockJumps
        try found(root)
    }

    // MARK: The founding

    private mutating func found(_ root: Entropy) throws {
        let last = tree.seats.lastIndex { $0.level == .county }
        for (index, seat) in tree.seats.enumerated() {
            let entropy = Entropy(seed: root.next())
            let key = try SigningKey(suite: .international, seed: entropy.bytes(32))
            let isNewer = seat.level == .county && entropy.below(3) == 0
            let charter = firstProgram(isNewer)
            let nonces = Entropy(seed: ~seed &+ UInt64(index))
            let storeKey = StoreKey(seed: key.seed, suite: key.suite)
            let disk = try VirtualDisk.fresh(charter)
            let store = try Store(path: disk.path, charter: charter, key: storeKey)
            let plan = NodeSetup.Plan(seat: seat.code, tree: tree, codes: Sheet.codes, parameters: [])
            let moment = Moment(
                milliseconds: now, entropy: { [entropy] in entropy.bytes($0) }, nonces: { [nonces] in nonces.bytes($0) })
            let root = seat.level == .national ? try SigningKey(suite: .international, seed: entropy.bytes(32)) : nil
            try store.write(moment) { try NodeSetup.create(plan, key: key, root: root, in: $0) }
            guard let place = try store.read({ try NodeSetup.place(in: $0) }) else { throw SimulatorError("no node") }
            let parent = seat.parent.flatMap { code in tree.seats.firstIndex { $0.code == code } }
            sites.append(
                Site(
                    index: index, seat: seat, key: key, storeKey: storeKey, charter: charter, node: place.node,
                    parent: parent,
                    disk: disk,
                    entropy: entropy, nonces: nonces, store: store))
            if let parent {
                sites[parent].children.append(index)
                if climate.hasLateJoiner && index == last {
                    agenda.plan(.join(index), at: now + 60_000 + Int64(luck.below(300_000)))
                    continue
                }
                try enrol(index, at: parent)
            }
            try loadEngine(index)
        }
        for site in sites.indices {
            try loadEngine(site)
            if sites[site].isUp && sites[site].parent != nil { agenda.plan(.call(site), at: now + Int64(luck.below(500))) }
        }
        planFirstPhase()
        for site in sites.indices where sites[site].isUp { try lookAt(site) }
    }

    /// The last county comes, as soon as its parent is there.
    private mutating func join(_ index: Int) throws {
        guard let parent = sites[index].parent, sites[parent].isUp else {
            return agenda.plan(.join(index), at: now + 5_000)
        }
        do { try enrol(index, at: parent) } catch {
            agenda.plan(.join(index), at: now + 5_000)
            if (error as? NodeError)?.code == .diskFull { throw NoRoom(site: parent) }
            guard sites[parent].disk.isDead else { throw error }
            throw PowerCut(site: parent)
        }
        table.add(.lateJoiner)
        note(index, "joins")
        try loadEngine(index)
        touch(index)
        touch(parent)
        try pump(parent)
        try begin(index)
    }

    /// `next`: the key that is to take the place of one that was taken away.
    mutating func enrol(_ index: Int, at parent: Int, as next: SigningKey? = nil) throws {
        guard let engine = sites[parent].engine, let above = sites[parent].store, let store = sites[index].store else {
            throw SimulatorError("enrolment without a parent")
        }
        let site = sites[index]
        let invitation = try above.write(moment(parent)) {
            // The power may have gone right behind the first attempt.
            try Enrolment(engine).invite(
                seat: site.seat.code, isAgain: engine.trust.certificate(ofSeat: site.seat.code) != nil,
                by: Principal("founder"), in: $0)
        }
        let key = next ?? site.key
        let request = try EnrolmentRequest(invitation, node: site.node, key: key)
        let seat = site.seat.code
        try above.write(moment(parent)) { tx in
            guard try Enrolment(engine).accept(request, in: tx) == nil else { return }
            _ = try Enrolment(engine).confirm(
                seat: seat, fingerprint: request.key.id, by: Principal("founder"), in: tx)
        }
        try loadEngine(parent)
        guard let informed = sites[parent].engine else { throw SimulatorError("enrolment without a parent") }
        let statements = try above.write(moment(parent)) { try Enrolment(informed).accept(request, in: $0) } ?? []
        try store.write(moment(index)) {
            try Enrolment.complete(invitation, statements, node: site.node, key: key, again: site.engine, in: $0)
        }
    }

    private mutating func planFirstPhase() {
        for _ in 0..<(22 + minds.below(18)) {
            agenda.plan(.person, at: now + 1_000 + Int64(minds.below(Int(Simulation.firstPhase) - 2_000)))
        }
        for full in FullDisk.plan(seed: seed, sites: sites.count, from: now, until: now + Simulation.firstPhase) {
            agenda.plan(.fill(full), at: full.begin)
        }
        for _ in 0..<climate.events {
            agenda.plan(.fault, at: now + 500 + Int64(luck.below(Int(Simulation.firstPhase) - 2_000)))
        }
        planSticks()
        planKeyRotations()
        planOwn()
    }

    // MARK: The loop

    /// Plays the seed to its end, or to the first violation.
    package mutating func run() -> RunResult {
        var violation: Violation?
        do {
            try playFirstPhase()
            try playSecondPhase()
        } catch let found as Violation {
            violation = found
        } catch {
            violation = Violation(0, "the simulated country broke: \(error)")
        }
        if let violation { trace.note("VIOLATION \(violation)") }
        close()
        return RunResult(
            seed: seed, steps: steps, acts: acts, table: table, digest: trace.digest, violation: violation,
            lines: trace.lines, states: violation == nil ? ledger.finalDigests : [])
    }

    private mutating func playFirstPhase() throws {
        let end = now + Simulation.firstPhase
        while now < end, try step() {}
    }

    /// One thing happens, and every checker looks.
    mutating func step() throws -> Bool {
        guard let next = agenda.next() else { return false }
        now = max(now, next.time)
        steps += 1
        touched.removeAll(keepingCapacity: true)
        do { try happen(next.item) } catch let cut as PowerCut { try fall(cut.site) } catch let full as NoRoom {
            refuseForRoom(full.site)
        }
        for (site, isDeep) in touched where sites[site].isUp {
            do { try lookAt(site, isDeep: isDeep) } catch let cut as PowerCut { try fall(cut.site) }
        }
        return true
    }

    private mutating func happen(_ item: Happening) throws {
        switch item {
        case .deliver(let packet):
            inFlight -= 1
            guard max(packet.from, packet.to) < sites.count else { return }
            try receive(packet)
        // One of two copies may be gone by then.
        case .look(let site, _) where site >= sites.count: return
        case .call(let site) where site >= sites.count: return
        case .start(let site) where site >= sites.count: return
        case .look(let site, let call): try look(site, call)
        case .call(let site): try begin(site)
        case .person: try actOfSomebody()
        case .fault: try somethingGoesWrong()
        case .start(let site): try start(site)
        case .join(let site): try join(site)
        case .turnBack(let site): try turnBack(site)
        case .restore(let site): try restore(site)
        case .export: try exportToStick()
        case .stick(let stick): try arrive(stick)
        case .fill(let full): fill(full)
        case .makeRoom(let site): makeRoom(site)
        case .rotateKeys(let site): try rotateKeys(site)
        case .reseal(let site): try reseal(site)
        case .own(let kind): try happenOwn(kind)
        case .enrolAgain(let site): try enrolAgain(site)
        case .endTwin: try endTwin()
        }
    }

    mutating func touch(_ site: Int, isDeep: Bool = true) {
        guard let index = touched.firstIndex(where: { $0.site == site }) else {
            return touched.append((site: site, isDeep: isDeep))
        }
        touched[index].isDeep = touched[index].isDeep || isDeep
    }

    func moment(_ site: Int) -> Moment {
        let (entropy, nonces) = (sites[site].entropy, sites[site].nonces)
        return Moment(
            milliseconds: now + sites[site].skew, entropy: { entropy.bytes($0) }, nonces: { nonces.bytes($0) })
    }

    mutating func note(_ site: Int, _ words: String) {
        trace.note("\(now - Simulation.start) \(sites[site].seat.code) \(words)")
    }

    /// The disks are given back when nothing is open on them any more.
    private mutating func close() {
        for index in sites.indices {
            if let store = sites[index].store {
                sites[index].disk.cutPower()
                do { try store.close() } catch { /* without its disk there is nothing left to close */  }
                sites[index].store = nil
            }
            sites[index].disk.destroy()
        }
        if let oldCopy { oldCopy.disk.destroy() }
        if let backup { backup.disk.destroy() }
        oldCopy = nil
    }
}

/// The power goes while a site works.
struct PowerCut: Error {
    let site: Int
}
