internal import NodeCore
internal import SyncProtocol

/// A key is stolen, or believed to be: the parent takes it away at a seal behind the present end. What lies beyond is taken
/// back at every level, and the node is enrolled again under its old name.
extension Simulation {
    /// A county whose key was taken away.
    struct Revoked {
        let site: Int
        let key: KeyID
        /// Whether its new life has begun.
        var isAgain = false
    }

    /// A revocation whose end is not known: the power went, or there was no room. `takenBack`, `evidence`: as they were
    /// before.
    struct Revoking {
        let revoked: Revoked
        let takenBack: Set<Digest>
        let evidence: Set<Digest>
    }

    mutating func revokeSomebody(_ entropy: Entropy) throws -> Bool {
        if let revoking, let parent = sites[revoking.revoked.site].parent {
            guard sites[parent].isUp else { return false }
            self.revoking = nil
            if sites[parent].engine?.trust.revocation(of: revoking.revoked.key) != nil {
                tookAway(revoking.revoked, entropy)
                return true
            }
            (ledger.takenBack, ledger.evidence) = (revoking.takenBack, revoking.evidence)
        }
        // Two stories of one node at once would leave nothing to compare with.
        guard !climate.hasStaleCopy, !climate.hasRestore, twin == nil, cloned == nil else { return true }
        let counties = sites.indices.filter { index in
            guard let parent = sites[index].parent, sites[index].children.isEmpty, sites[index].mayBeHome else {
                return false
            }
            return sites[parent].isUp && sites[parent].engine?.trust.certificate(of: sites[index].node) != nil
        }
        guard !counties.isEmpty else { return false }
        let index = counties[entropy.below(counties.count)]
        guard let parent = sites[index].parent,
            let key = sites[parent].engine?.trust.certificate(of: sites[index].node)?.key.id
        else { return false }
        let ends = try sealEnds(of: key, sites[index].node, at: parent)
        let position = ends[max(0, ends.count - 1 - entropy.below(4))]
        let next = Revoked(site: index, key: key)
        revoking = Revoking(revoked: next, takenBack: ledger.takenBack, evidence: ledger.evidence)
        try remember(beyond: position, of: index, at: parent)
        let code = sites[index].seat.code
        let effects: [Effect]
        do {
            effects = try write(parent) { engine, tx in
                try Enrolment(engine).revoke(
                    seat: code, trusted: TrustedEnd(position: position), reason: "the machine was stolen",
                    by: Principal("operator"), in: tx)
            }
        } catch {
            agenda.plan(.own(.revocation), at: now + 5_000)
            throw error
        }
        revoking = nil
        note(index, "has its key taken away behind \(position) of \(ends.last ?? 0)")
        tookAway(next, entropy)
        try perform(effects, at: parent)
        return true
    }

    private mutating func tookAway(_ next: Revoked, _ entropy: Entropy) {
        table.add(.revocation)
        ledger.revoke(sites[next.site].node)
        revoked = next
        agenda.plan(.enrolAgain(next.site), at: now + 10_000 + Int64(entropy.below(200_000)))
    }

    /// Where a child's seals under its present key begin and end, as its parent holds them: what earlier keys signed stays.
    private func sealEnds(of key: KeyID, _ author: NodeID, at parent: Int) throws -> [UInt64] {
        let seals = try seals(of: author, at: parent).map(\.seal).sorted { $0.first < $1.first }
        let under = seals.drop { $0.message.key != key }
        return [under.first?.first ?? seals.last?.next ?? 0] + under.map(\.next)
    }

    private func seals(of author: NodeID, at index: Int) throws -> [Inspection.Line] {
        guard sites[index].isUp else { return [] }
        return try read(index) { try Inspection.lines(after: 0, in: $1) }.filter {
            $0.seal.log.author == author && $0.seal.log.direction == .up
        }
    }

    /// What will not count: entries and seals behind the position, wherever they are known in full.
    private mutating func remember(beyond position: UInt64, of county: Int, at parent: Int) throws {
        for index in [county, parent] where sites[index].isUp {
            for line in try seals(of: sites[county].node, at: index) where line.seal.next > position {
                guard let body = try read(index, { try Inspection.body(of: line, in: $1) }) else { continue }
                ledger.takenBack.formUnion(body.block.leaves(line.seal.contexts))
                ledger.takenBack.insert(line.seal.hash)
                if index == parent { ledger.evidence.insert(line.seal.hash) }
            }
        }
    }

    // MARK: Enrolled again

    /// The code, the request and the comparison of fingerprints, as two people go through them.
    mutating func enrolAgain(_ index: Int) throws {
        guard revoked?.site == index, revoked?.isAgain == false else { return }
        guard let parent = sites[index].parent, sites[parent].isUp, sites[index].isUp else {
            return agenda.plan(.enrolAgain(index), at: now + 5_000)
        }
        if let bound = try read(parent, { try Inspection.heads(in: $1) }).first(where: {
            $0.log.author == sites[index].node && $0.log.direction == .up
        }) {
            try remember(beyond: bound.next, of: index, at: parent)
        }
        let next =
            try sites[index].nextKey ?? SigningKey(suite: sites[index].key.suite, seed: sites[index].entropy.bytes(32))
        sites[index].nextKey = next
        do { try enrol(index, at: parent, as: next) } catch {
            agenda.plan(.enrolAgain(index), at: now + 5_000)
            if (error as? NodeError)?.code == .diskFull { throw NoRoom(site: sites[index].disk.isFull ? index : parent) }
            guard sites[parent].disk.isDead || sites[index].disk.isDead else { throw error }
            throw PowerCut(site: sites[parent].disk.isDead ? parent : index)
        }
        revoked?.isAgain = true
        livesAnew.insert(index)
        mustRecover = index
        sites[index].key = next
        sites[index].nextKey = nil
        endCall(index, "enrolled again")
        note(index, "is enrolled again")
        touch(index)
        touch(parent)
        try loadEngine(index)
        try recover(index)
        try rememberWork(index)
        try begin(index)
    }
}

/// Invariant 12: nothing past a revoked position stays applied.
enum Revocations {
    static func check(_ index: Int, _ simulation: Simulation) throws {
        guard let revoked = simulation.revoked, let engine = simulation.sites[index].engine,
            engine.trust.revocation(of: revoked.key) != nil
        else { return }
        let code = simulation.sites[index].seat.code
        let (lines, versions) = try simulation.read(index) { _, snapshot in
            (try Inspection.lines(after: 0, in: snapshot), try Inspection.versions(in: snapshot))
        }
        // At home the log ends when its key's owner is enrolled anew.
        if let line = lines.first(where: { !engine.trust.admits($0.seal) }), index != revoked.site || revoked.isAgain {
            throw Violation(12, "\(code) holds a seal at \(line.seal.first) that a revocation excludes")
        }
        if let version = versions.first(where: { simulation.ledger.takenBack.contains($0.hash) }),
            index != revoked.site || revoked.isAgain
        {
            throw Violation(
                12, "version \(version.number) of a record stays applied at \(code), its key was taken away before")
        }
    }
}
