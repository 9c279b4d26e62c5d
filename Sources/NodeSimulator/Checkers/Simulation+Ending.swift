internal import NodeCore
internal import SyncProtocol

/// The second phase: nothing goes wrong any more. Invariant 18, and everything that is too dear for every step.
extension Simulation {
    private static let stepsMax = 6_000
    private static let stillness: Int64 = 150_000

    mutating func playSecondPhase() throws {
        isCalm = true
        network.heal()
        for index in sites.indices {
            sites[index].disk.disarm()
            sites[index].disk.makeRoom()
            armed[index] = nil
        }
        note(0, "calm")
        try upgradeEverybody()
        // The site with the old copy must have met its parent before anybody can notice.
        let meeting = now + (turnedBack == nil ? 0 : Simulation.stillness)
        while now < meeting, try step() {}
        try comeToRest()
        for _ in 0..<12 where try finishReviews() > 0 { try comeToRest() }
        try stayStill()
        for index in sites.indices { try lookAt(index) }
        try checkEverything()
    }

    private mutating func comeToRest() throws {
        for _ in 0..<Simulation.stepsMax {
            if inFlight == 0, try isAtRest() { return }
            guard try step() else { break }
        }
        // That a line is just busy says nothing about why.
        let words = try unrest(ignoringLines: true) ?? unrest() ?? "messages are still under way"
        throw Violation(18, "the country does not come to rest: \(words)")
    }

    private func isAtRest() throws -> Bool { try unrest() == nil }

    /// What still differs between two neighbours; nil when they agree. Asked after every step: first what needs no look into
    /// a store, and each store is read once.
    private func unrest(ignoringLines: Bool = false) throws -> String? {
        if twin != nil { return "two copies of a node are at work" }
        if revoking != nil || revoked?.isAgain == false { return "a node whose key was taken away is not enrolled again" }
        for site in sites {
            guard site.isUp else { return "\(site.seat.code) is down" }
            guard let parent = site.parent, site.index != turnedBack else { continue }
            if !ignoringLines, site.call?.isIdle != true { return "\(site.seat.code) has no line" }
            if let words = try trustDifference(site.index, parent) { return words }
        }
        var heads = [[Inspection.Head]]()
        for site in sites {
            let (found, words) = try look(site.index)
            if let words { return "\(site.seat.code) \(words)" }
            heads.append(found)
        }
        for site in sites {
            guard let parent = site.parent, site.index != turnedBack else { continue }
            if let words = channelDifference(site.index, parent, heads)
                ?? difference(site.index, parent, heads) ?? difference(parent, site.index, heads)
            {
                return words
            }
        }
        return nil
    }

    /// How a site holds its logs, and what it waits for by itself.
    private func look(_ index: Int) throws -> ([Inspection.Head], String?) {
        try read(index) { _, snapshot in
            let heads = try Inspection.heads(in: snapshot)
            if livesAnew.contains(index), try !Inspection.catchingUp(in: snapshot).isEmpty {
                return (heads, "waits for what it once said")
            }
            if try KeyRotation.isPending(in: snapshot) { return (heads, "has values under old data keys") }
            if index == turnedBack { return (heads, nil) }
            for waiting in try Inspection.postponed(in: snapshot) where try !isLost(waiting, in: snapshot) {
                return (heads, "waits for \(waiting.reason)")
            }
            if turnedBack == nil, sites[index].parent != nil, try Inspection.gathering(in: snapshot) > 0 {
                return (heads, "gathers entries that nobody holds up")
            }
            return (heads, nil)
        }
    }

    /// Whether an entry waits for what was taken back and does not come again: it names what is missing, and that is all.
    private func isLost(
        _ waiting: (line: Int64, item: Int, reason: String), in snapshot: borrowing Snapshot
    ) throws -> Bool {
        guard revoked != nil, let line = try Inspection.lines(after: waiting.line - 1, in: snapshot).first,
            line.number == waiting.line, let body = try Inspection.body(of: line, in: snapshot),
            body.block.items.indices.contains(waiting.item),
            let subject = body.block.items[waiting.item].entry.core.subject
        else { return false }
        return ledger.takenBack.contains(subject)
    }

    private func difference(_ author: Int, _ peer: Int, _ heads: [[Inspection.Head]]) -> String? {
        let (from, to) = (sites[author].node, sites[peer].node)
        let mine = heads[author].filter { $0.log.author == from && $0.log.peer == to }
        let theirs = heads[peer].filter { $0.log.author == from && $0.log.peer == to }
        for log in Set(mine.map(\.log)).union(theirs.map(\.log)).sorted() {
            let (one, other) = (mine.first { $0.log == log }, theirs.first { $0.log == log })
            let isEqual = one?.next ?? 0 == other?.next ?? 0 && one?.hash == other?.hash
            if isEqual && one?.next ?? 0 == one?.peerDurable ?? 0 { continue }
            return "\(sites[author].seat.code) wrote \(one?.next ?? 0) (known \(one?.peerDurable ?? 0)) in life "
                + "\(log.incarnation), \(sites[peer].seat.code) holds \(other?.next ?? 0)"
        }
        return nil
    }

    private func channelDifference(_ index: Int, _ parent: Int, _ heads: [[Inspection.Head]]) -> String? {
        for head in heads[parent] where head.log.direction == .channel {
            let held = heads[index].first { $0.log == head.log }?.next ?? 0
            if held != head.next { return "\(sites[index].seat.code) holds \(held) of a channel that is at \(head.next)" }
        }
        return nil
    }

    /// Without input nothing new appears.
    private mutating func stayStill() throws {
        // A site that works on from an old copy may find its place again late.
        guard turnedBack == nil else { return }
        let before = ledger.known.map { $0.heads.mapValues(\.next) }
        let end = now + Simulation.stillness
        while now < end, try step() {}
        for (index, known) in ledger.known.enumerated() {
            let grown = known.heads.contains { log, head in head.next != before[index][log] ?? 0 }
            if grown {
                throw Violation(18, "a log of \(sites[index].seat.code) grows without input")
            }
        }
    }

    // MARK: The last look

    private mutating func checkEverything() throws {
        var outcomes = [Outcomes.Site]()
        for index in sites.indices { outcomes.append(try Outcomes.check(index, self)) }
        try checkTold(outcomes)
        for index in sites.indices {
            try checkProofs(index)
            try Exposure.check(index, self)
            try Contents.check(index, self)
            try Lives.check(index, self)
            ledger.finalDigests.append(try digest(index))
        }
        try Totals.check(self)
        try checkAllPublished()
        try Noticed.check(self)
        // Dear, so only two a seed.
        for _ in 0..<2 { try checkRebuild(luck.below(sites.count)) }
    }

    private func checkTold(_ outcomes: [Outcomes.Site]) throws {
        // What they said may have been taken back, and a rejection with it.
        let exempt = [turnedBack, restored, cloned, revoked?.site]
        for (index, outcome) in outcomes.enumerated() where !exempt.contains(index) {
            for refused in outcome.refusedEntries {
                guard let author = sites.firstIndex(where: { $0.node == refused.peer }), !exempt.contains(author) else {
                    continue
                }
                guard outcomes[author].told.contains(refused.entry) else {
                    throw Violation(
                        4, "\(sites[author].seat.code) never heard that \(sites[index].seat.code) rejected an entry of it")
                }
            }
        }
    }

    /// Invariants 2, 6 and 9: every signature, every proof, offline, by the node's own means.
    private func checkProofs(_ index: Int) throws {
        // The old copy of a disk may not know the key that was made since.
        if index == turnedBack, let engine = sites[index].engine,
            engine.trust.certificate(of: engine.identity.key.publicKey.id) == nil
        {
            return
        }
        let failures = try read(index) { engine, snapshot in
            let reader = ProofReader(engine)
            var failures = try reader.verifyJournal(in: snapshot).failures
            for record in try Inspection.records(in: snapshot) {
                failures += try reader.steps(record.id, in: snapshot).compactMap(\.failure)
            }
            return failures
        }
        guard let first = failures.first else { return }
        throw Violation(6, "\(sites[index].seat.code) cannot prove what it holds: \(first)")
    }

    private func digest(_ index: Int) throws -> String {
        try read(index) { try StoreDigest.make($0.identity.charter, in: $1) }
    }

    /// Invariant 7: what follows from the journal is what is there.
    private mutating func checkRebuild(_ index: Int) throws {
        // A decision against the rules counts nowhere at the one who made it, until a rebuild finds gone what it spoke
        // against.
        guard let engine = sites[index].engine, revoked == nil || !crooked.contains(index) else { return }
        let (copy, made) = (try sites[index].disk.durableCopy(), try VirtualDisk())
        defer {
            copy.destroy()
            made.destroy()
        }
        _ = try Rebuild.run(from: copy.path, into: made.path, engine: engine, key: sites[index].storeKey, at: moment(index))
        let again = try Store(path: made.path, charter: sites[index].charter, key: sites[index].storeKey)
        let rebuilt = try again.read { try StoreDigest.make(engine.identity.charter, in: $0) }
        try again.close()
        guard rebuilt == (try digest(index)) else {
            throw Violation(7, "\(sites[index].seat.code) rebuilt from its journal knows something else")
        }
    }
}
