internal import NodeCore
internal import SyncProtocol

/// Invariant 4: each entry is exactly one of applied, deferred and rejected, and every rejection reaches its author.
enum Outcomes {
    /// What the engine says of one changeset adds up to its entries.
    static func checkCount(_ effects: [Effect], _ seal: Seal, _ admission: Admission) throws {
        guard admission == .next || effects == [.counted(.apply, "repeated", seal.count)] else {
            throw Violation(4, "a changeset that was held already had effects once more: \(effects)")
        }
        var counted = 0
        for case .counted(.apply, _, let count) in effects { counted += count }
        guard counted == seal.count else {
            throw Violation(4, "\(counted) outcomes for the \(seal.count) entries of a changeset")
        }
    }

    /// What a site's tables say of every entry that came in.
    struct Site {
        var postponed: Set<String> = []
        var rejected: Set<Digest> = []
        /// Rejections that were told to this site, by the entry they are about.
        var told: Set<Digest> = []
        /// Entries this site rejected, with the neighbour that brought them.
        var refusedEntries: [(entry: Digest, peer: NodeID)] = []
    }

    static func check(_ index: Int, _ simulation: Simulation) throws -> Site {
        let site = simulation.sites[index]
        return try simulation.read(index) { engine, snapshot in
            var found = try rejections(engine, snapshot)
            let versions = Set(try Inspection.versions(in: snapshot).map(\.hash))
            let decisions = Set(try Inspection.decisions(in: snapshot).map(\.hash))
            let published = try Inspection.publications(in: snapshot)
            let lines = try Inspection.lines(after: 0, in: snapshot)
            let seals = Set(lines.map(\.seal.hash))
            for line in lines where line.seal.log.author != site.node {
                guard let body = try Inspection.body(of: line, in: snapshot) else { continue }
                let leaves = body.block.leaves(line.seal.contexts)
                for (item, hash) in zip(body.block.items, leaves).enumerated() {
                    let entry = hash.0.entry
                    let isPublished = published.contains {
                        $0.author == line.seal.log.author && $0.version >= entry.core.version ?? 0
                    }
                    let isEffective =
                        try entry.core.type == .publish
                        ? isPublished : isEffective(entry, hash.1, versions, decisions, seals)
                    let isIgnored =
                        entry.core.type == nil
                        && (!entry.core.isMustUnderstand || engine.identity.laterTypes.contains(entry.core.typeNumber))
                    let isRejected = found.rejected.contains(hash.1)
                    let isPostponed = found.postponed.contains("\(line.number) \(item)")
                    let count = (isEffective || isIgnored ? 1 : 0) + (isPostponed ? 1 : 0) + (isRejected ? 1 : 0)
                    // What names something that was taken back went with it.
                    let subject = try entry.core.type == .relay ? relayed(entry) : entry.core.subject
                    if count == 0, let subject, simulation.ledger.takenBack.contains(subject) { continue }
                    guard count == 1 || (count == 2 && entry.core.type == .pass && isRejected) else {
                        throw Violation(
                            4,
                            "an entry (\(entry.core.type.map { "\($0)" } ?? "?")) at \(site.seat.code) has "
                                + "\(count) outcomes: "
                                + "item \(item) of the seal at \(line.seal.first), about version "
                                + "\(entry.core.version ?? 0) of \(entry.core.record.map { "\($0)" } ?? "nothing")"
                        )
                    }
                    if entry.core.type == .reject {
                        // Nobody answers a rejection with another one.
                        found.refusedEntries.removeAll { $0.entry == hash.1 }
                        if let subject = entry.core.subject { found.told.insert(subject) }
                    }
                }
            }
            return found
        }
    }

    private static func rejections(_ engine: SyncEngine, _ snapshot: borrowing Snapshot) throws -> Site {
        var found = Site()
        for item in try Inspection.postponed(in: snapshot) { found.postponed.insert("\(item.line) \(item.item)") }
        for item in try Inquiry(engine.identity.charter).quarantine(limit: 10_000, in: snapshot) {
            let words = item.subject.split(separator: " ")
            guard item.code != "deferred", words.count > 1, words[0] == "entry", let hash = Digest(hex: String(words[1]))
            else { continue }
            found.rejected.insert(hash)
            // What the other end told is its rejection, not this site's.
            if !item.reason.hasPrefix("rejected by the other end") {
                found.refusedEntries.append((entry: hash, peer: item.peer))
            }
        }
        return found
    }

    private static func relayed(_ entry: Entry) throws -> Digest? {
        try entry.section(.nation)?.bytes.map { try Seal(decoding: $0).hash }
    }

    private static func isEffective(
        _ entry: Entry, _ hash: Digest, _ versions: Set<Digest>, _ decisions: Set<Digest>, _ seals: Set<Digest>
    ) throws -> Bool {
        switch entry.core.type {
        case .report: return versions.contains(hash)
        case .approve, .return, .reject, .withdraw: return decisions.contains(hash)
        case .relay:
            return try relayed(entry).map(seals.contains) ?? false
        case .pass: return entry.core.subject.map { versions.contains($0) } ?? false
        case .open: return true
        case .publish, nil: return false
        }
    }
}
