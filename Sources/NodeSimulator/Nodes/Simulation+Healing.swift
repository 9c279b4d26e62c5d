internal import NodeCore
internal import SyncProtocol

/// What the daemon's uplink does before a line is open: logs of earlier lives go where they are lacking.
extension Simulation {
    /// True when there is something to do first.
    mutating func heal(_ index: Int, _ meeting: Link.Meeting, _ answer: Hello, _ link: Link) throws -> Bool {
        let own = sites[index].engine?.identity.isFirstLife ?? true
        let earlier = answer.positions.down.filter { $0.incarnation != answer.incarnation }
        let channels = try read(index) { try link.channelsToGiveBack([], life: answer.incarnation, in: $1) }
        guard !own || !earlier.isEmpty || !meeting.giveBack.isEmpty || !meeting.fetch.isEmpty || !channels.isEmpty else {
            return false
        }
        // As in the daemon: whom to believe comes first, since what goes back may be signed by a key not known here.
        var chores: [Call.Chore] = hasNewKeys && link.trustDigest != answer.trustDigest ? [.share] : []
        chores += meeting.giveBack.map { .giveBack($0.log, after: $0.from) }
        chores.append(.askChannels)
        chores += meeting.fetch.map { .fetch($0.log, after: $0.from) }
        for life in earlier {
            let log = link.incoming(life.incarnation)
            let held = try read(index) { try link.held(log, in: $1) }
            if held < life.next { chores.append(.pull(log, after: held, until: life.next)) }
        }
        chores += meeting.send.dropLast().map { .send($0.log, after: $0.from) }
        chores.append(.settle)
        sites[index].call?.phase = .healing
        sites[index].call?.chores = chores
        note(index, "heals: \(chores.count) chores")
        try doNextChore(index)
        return true
    }

    mutating func doNextChore(_ index: Int) throws {
        guard let call = sites[index].call, call.phase == .healing, let parent = sites[index].parent,
            let engine = sites[index].engine, let link = Link(engine, peer: sites[parent].node)
        else { return }
        guard let chore = call.chores.first else { return try begin(index, link) }
        switch chore {
        case .share:
            sites[index].call?.told = link.trustDigest
            try ask(.trust(link.shared.map(\.message.encoded)), by: index)
        case .askChannels: try ask(.askChannels, by: index)
        case .fetch(let log, let position): try ask(.fetch(log, after: position), by: index)
        case .pull(let log, let position, let end):
            guard position < end else { return try finishChore(index) }
            try ask(.fetch(log, after: position), by: index)
        case .giveBack(let log, let position): try move(log, position, index, link) { .giveBack($0) }
        case .send(let log, let position): try move(log, position, index, link) { .up($0) }
        case .settle:
            sites[index].call?.chores = []
            // Both ends look at the logs again when anything moved.
            if call.hasMoved { return endCall(index, "healed") }
            try perform(try write(index) { try $0.handle(.settled(link.peer.node), in: $1) }, at: index)
            try ask(.settled, by: index)
        }
    }

    /// The next changeset of a log, or the end of the chore.
    private mutating func move(
        _ log: LogID, _ position: UInt64, _ index: Int, _ link: Link, _ content: ([UInt8]) -> Packet.Content
    ) throws {
        let next = try read(index) { try link.changesets(of: log, from: position, budget: 1, in: $1) }.first
        guard let next else { return try finishChore(index) }
        if case .giveBack = sites[index].call?.chores.first {
            sites[index].call?.chores[0] = .giveBack(log, after: next.seal.next)
            sites[index].call?.hasMoved = true
        } else {
            sites[index].call?.chores[0] = .send(log, after: next.seal.next)
        }
        try ask(content(next.encoded), by: index)
    }

    private mutating func finishChore(_ index: Int) throws {
        guard sites[index].call?.chores.isEmpty == false else { return }
        sites[index].call?.chores.removeFirst()
        try doNextChore(index)
    }

    mutating func compareChannels(_ index: Int, _ list: [(log: LogID, next: UInt64)]) throws {
        guard let call = sites[index].call, let answer = call.answer, let parent = sites[index].parent,
            let engine = sites[index].engine, let link = Link(engine, peer: sites[parent].node)
        else { return }
        let runs = try read(index) { try link.channelsToGiveBack(list, life: answer.incarnation, in: $1) }
        sites[index].call?.chores.removeFirst()
        sites[index].call?.chores.insert(contentsOf: runs.map { .giveBack($0.log, after: $0.from) }, at: 0)
        try doNextChore(index)
    }

    /// This node's own changesets come back.
    mutating func regained(_ index: Int, _ list: [[UInt8]], from parent: Int) throws {
        guard case .fetch(let log, let start) = sites[index].call?.chores.first else { return }
        var position: UInt64 = 0
        for bytes in list {
            do { position = try takeBack(bytes, from: parent, at: index) } catch let error as ProtocolError
                where start > 0 && Regaining.isOtherBranch(error)
            {
                // The parent holds another branch: from where they part its own counts.
                sites[index].call?.chores[0] = .fetch(log, after: 0)
                return try doNextChore(index)
            }
        }
        if list.isEmpty { return try finishChore(index) }
        sites[index].call?.hasMoved = true
        sites[index].call?.chores[0] = .fetch(log, after: position)
        try doNextChore(index)
    }

    mutating func pulled(_ index: Int, _ list: [[UInt8]], from parent: Int) throws {
        guard case .pull(let log, _, let end) = sites[index].call?.chores.first else { return }
        var receipt: Receipt?
        for bytes in list {
            switch try intake(bytes, from: parent, at: index) {
            case .success(let taken): receipt = taken
            case .failure(let error) where Regaining.isOtherBranch(error): receipt = nil
            case .failure(let error): return endCall(index, error.code.rawValue)
            }
        }
        guard let last = receipt else {
            // The parent wrote on in a copy: the branch that is held here counts.
            sites[index].call?.chores[0] = .giveBack(log, after: 0)
            return try doNextChore(index)
        }
        sites[index].call?.chores[0] = .pull(log, after: last.durable, until: end)
        // The answer to the receipt goes on with the chore.
        try ask(.receipt(last.message.encoded), by: index)
    }

    /// Returns the position behind what came back.
    @discardableResult
    mutating func takeBack(_ bytes: [UInt8], from peer: Int, at index: Int) throws -> UInt64 {
        guard let engine = sites[index].engine else { return 0 }
        let changeset = try Changeset(
            verifying: bytes, from: sites[peer].node, to: sites[index].node, trust: engine.trust)
        let arrival = try engine.open(changeset)
        let effects = try write(index) { try $0.handle(.returned(arrival), in: $1) }
        note(index, "has \(changeset.seal.first)+\(changeset.seal.count) back")
        try perform(effects, at: index)
        // What its clerks see by now is what they had reported.
        try rememberWork(index)
        return changeset.seal.next
    }

    // MARK: The parent's side

    mutating func answerHealing(_ packet: Packet, at index: Int) throws {
        guard let engine = sites[index].engine, let link = Link(engine, peer: sites[packet.from].node) else { return }
        let content: Packet.Content
        switch packet.content {
        case .fetch(let log, let position):
            let list = try read(index) { try link.changesets(of: log, from: position, budget: 4_096, in: $1) }
            content = log.author == sites[index].node ? .down(list.map(\.encoded)) : .back(list.map(\.encoded))
        case .giveBack(let bytes):
            try takeBack(bytes, from: packet.from, at: index)
            content = .taken
        default:
            let node = sites[packet.from].node
            try perform(try write(index) { try $0.handle(.settled(node), in: $1) }, at: index)
            content = .taken
        }
        try send(content, from: index, to: packet.from, call: packet.call, request: packet.request)
    }

    // MARK: A backup

    /// Somebody makes a backup; minutes later it is all that is left.
    mutating func backUp() throws {
        let index = luck.below(sites.count)
        guard sites[index].isUp else { return }
        backup = (site: index, disk: try sites[index].disk.durableCopy())
        agenda.plan(.restore(index), at: now + 60_000 + Int64(luck.below(240_000)))
        note(index, "is backed up")
    }

    mutating func restore(_ index: Int) throws {
        guard let copy = backup, copy.site == index, sites[index].isUp, !isCalm else { return }
        table.add(.restore)
        backup = nil
        restored = index
        livesAnew.insert(index)
        mustRecover = index
        try replaceDisk(of: index, by: copy.disk)
        ledger.restore(index)
    }

    /// The person who runs recover.
    mutating func recover(_ index: Int) throws {
        guard mustRecover == index, let incarnation = Incarnation(sites[index].entropy.bytes(Incarnation.size)) else {
            return
        }
        _ = try write(index) { try NewLife.begin(incarnation, $0, by: Principal("operator"), in: $1) }
        mustRecover = nil
        try loadEngine(index)
        note(index, "begins a new life")
    }

    /// Whether a site waits for what it once said: people may only prepare.
    func isCatchingUp(_ index: Int) throws -> Bool {
        try livesAnew.contains(index) && sites[index].isUp && read(index) { try !Inspection.catchingUp(in: $1).isEmpty }
    }
}
