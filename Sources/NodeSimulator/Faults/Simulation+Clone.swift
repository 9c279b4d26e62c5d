internal import NodeCore
internal import SyncProtocol

/// A county's whole disk is copied and both machines run: one name, one key, one token. Their hellos give them away, neither
/// is believed, and a person ends one and begins a new life on the other.
extension Simulation {
    struct Twin {
        let original: Int
        /// Always the last of the sites.
        let copy: Int
        let entropy: Entropy
        /// Whose answers were accepted since, in order.
        var threads: [Int] = []
        /// The parent's last answer to either of them.
        var latest: Digest?
    }

    mutating func cloneSomebody(_ entropy: Entropy) throws -> Bool {
        guard !climate.hasStaleCopy, !climate.hasRestore, revoked == nil, cloned == nil else { return true }
        let counties = sites.indices.filter {
            sites[$0].children.isEmpty && sites[$0].isUp && sites[$0].mayBeHome && sites[$0].nextKey == nil
        }
        guard !counties.isEmpty else { return false }
        let index = counties[entropy.below(counties.count)]
        let site = sites[index]
        var copy = Site(
            index: sites.count, seat: site.seat, key: site.key, storeKey: site.storeKey, charter: site.charter,
            node: site.node, parent: site.parent,
            disk: try site.disk.durableCopy(), entropy: Entropy(seed: entropy.next()),
            nonces: Entropy(seed: ~seed &+ UInt64(sites.count)))
        copy.skew = site.skew
        table.add(.clone)
        note(index, "is copied, and both run")
        sites.append(copy)
        ledger.clone(site.node)
        ledger.copy(index, to: copy.index)
        twin = Twin(original: index, copy: copy.index, entropy: entropy)
        cloned = index
        agenda.plan(.start(copy.index), at: now + 1_000 + Int64(entropy.below(20_000)))
        agenda.plan(.endTwin, at: now + 60_000 + Int64(entropy.below(240_000)))
        return true
    }

    /// The sites below that answer to a node's name, in order.
    func copies(of node: NodeID, below index: Int) -> [Int] {
        let children = sites[index].children.filter { sites[$0].node == node }
        guard let twin, children.contains(twin.original) else { return Array(children.prefix(1)) }
        return [twin.original, twin.copy]
    }

    /// Invariant 15: of two copies that both go on one is refused, as soon as it greets again behind the other.
    /// One that accepts an answer late, when the other was answered since, is behind and found when it greets again.
    mutating func checkThread(_ index: Int, _ answer: Digest) throws {
        guard let pair = twin, index == pair.original || index == pair.copy, pair.latest == answer else { return }
        if twin?.threads.last != index { twin?.threads.append(index) }
        guard twin?.threads.count ?? 0 < 3 else {
            throw Violation(15, "two copies of \(sites[index].seat.code) go on, and nobody notices")
        }
    }

    /// The parent has shown a hello that this copy did not send.
    mutating func standStill(_ index: Int, _ proof: [UInt8]) throws {
        guard let engine = sites[index].engine, let parent = sites[index].parent,
            let link = Link(engine, peer: sites[parent].node), try read(index, { try link.provesCopy(proof, in: $1) })
        else { return }
        // Seeds with an old copy keep their course.
        if turnedBack != nil { return }
        guard cloned != nil else { throw Violation(15, "\(sites[index].seat.code) is told that it was copied, and was not") }
        try write(index) { try Standstill.set(Label("另一份拷贝在运行", "another copy is at work"), in: $1) }
        try loadEngine(index)
        note(index, "stands still")
    }

    /// Where two copies were at work a link may stand still, and with it who writes into it.
    var mayStandStill: Bool { turnedBack != nil || cloned != nil }

    /// Whether a site can say nothing: it stands still, its own log does, or its key was taken away.
    func isWithoutVoice(_ index: Int) throws -> Bool {
        guard let engine = sites[index].engine else { return true }
        if engine.standstill != nil || engine.trust.revocation(of: engine.identity.key.publicKey.id) != nil { return true }
        guard cloned == index || twin?.copy == index else { return false }
        return try read(index) { engine, snapshot in
            try Inspection.heads(in: snapshot).contains {
                $0.log.author == engine.identity.node && $0.log.incarnation == engine.identity.incarnation
                    && $0.frozen != nil
            }
        }
    }

    /// Whether something reported may have become a draft again.
    var hasTakenBack: Bool { revoked != nil || cloned != nil }

    // MARK: A person decides

    /// Ends one of the copies for good; the other begins a new life.
    mutating func endTwin() throws {
        guard let pair = twin else { return }
        let isCopy = pair.entropy.below(2) == 0
        let (original, copy) = (pair.original, pair.copy)
        note(original, "goes on as the \(isCopy ? "copy" : "original")")
        for index in [original, copy] where sites[index].store != nil {
            sites[index].disk.cutPower()
            try fall(index)
        }
        if let parent = sites[original].parent { sites[parent].served[copy] = nil }
        var gone = sites.removeLast()
        if isCopy { swap(&gone.disk, &sites[original].disk) }
        gone.disk.destroy()
        armed[copy] = nil
        ledger.endClone(survivor: isCopy, of: original)
        touched.removeAll { $0.site == copy }
        twin = nil
        livesAnew.insert(original)
        mustRecover = original
        if !sites[original].isUp { agenda.plan(.start(original), at: now + 1_000) }
    }

    /// What came back as a draft when it was taken back is made ready again.
    mutating func makeReady(_ own: [Inspection.Record], at index: Int) throws {
        let drafts = own.filter { $0.status == "10" }
        guard hasTakenBack, !drafts.isEmpty else { return }
        try write(index) { engine, tx in
            for record in drafts { try engine.draft.step(record.id, to: "40", by: Principal("clerk"), in: tx) }
        }
    }
}
