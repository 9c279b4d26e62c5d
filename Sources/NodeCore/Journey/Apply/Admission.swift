internal import SyncProtocol

/// Whether a verified seal follows what is held: decided before its body is unpacked, and again in the transaction.
public enum Admission: Sendable, Hashable {
    case next
    /// Held already; the receipt is the answer.
    case repeated

    /// Throws for a gap, a broken chain and a fork.
    static func check(_ seal: Seal, held state: LogState?, _ trust: Trust, sealAt: (UInt64) throws -> Seal?) throws
        -> Admission
    {
        if let closed = state?.closed, seal.next > closed {
            throw ProtocolError(.late, "that life of the node ended at \(closed)")
        }
        if let reason = state?.frozen { throw ProtocolError(.fork, "the link is frozen: \(reason)") }
        let next = state?.next ?? 0
        if seal.first == next {
            guard seal.previous == state?.hash else {
                throw ProtocolError(.chainBroken, "the seal does not follow the last one held")
            }
            if let key = state?.key, trust.isLater(key, than: seal.message.key) {
                throw ProtocolError(.retiredKey, "a seal by an earlier key than that of the seal before it")
            }
            return .next
        }
        guard seal.first < next else {
            throw ProtocolError(.position, "the seal begins at \(seal.first); this node waits for \(next)")
        }
        guard let held = try sealAt(seal.first) else {
            throw ProtocolError(.position, "no seal begins at \(seal.first) here; this node waits for \(next)")
        }
        guard held.hash == seal.hash else { throw ProtocolError(.fork, "another seal is held at position \(seal.first)") }
        return .repeated
    }

    /// A log author's own entries are whole; excerpts show exactly what this level's charter shows. Less or more is
    /// refused before anything is stored.
    static func checkDisclosure(_ body: Body, direction: Direction, at level: Level) throws {
        guard body.block.items.allSatisfy({ $0.entry.isComplete }) else {
            throw ProtocolError(.bodyIncomplete, "an entry of the sender's own log lacks a section")
        }
        for item in body.excerpts.flatMap(\.block.items) {
            let core = item.entry.core
            var expected: Set<Reach> = direction == .down ? [.path] : []
            if core.type == .report, let ceiling = core.ceiling.flatMap({ Int(exactly: $0) }).flatMap(Level.init(rawValue:))
            {
                expected = Disclosure.shown(at: level, ceiling: ceiling)
            }
            for section in item.entry.sections {
                let isShown = section.bytes != nil
                if isShown && !expected.contains(section.reach) {
                    throw ProtocolError(.overDisclosed, "section \(section.reach) is not for this level")
                }
                // What only reviewers see may have been taken away by a later version: that entry waits for it. A sealed
                // number leaves the levels on the way once it has arrived above; sent again, it is not there any more.
                if !isShown && expected.contains(section.reach) && !Admission.isNarrowable(section.reach)
                    && section.reach != .match
                {
                    throw ProtocolError(.bodyIncomplete, "section \(section.reach) is missing")
                }
            }
        }
    }

    /// Sections that a lowered review ceiling takes away from the levels above it.
    private static func isNarrowable(_ reach: Reach) -> Bool { reach == .reviewers || reach == .city }

    /// Whether a report shows a level everything that its own ceiling allows it to see.
    static func isWhole(_ entry: Entry, shown: Set<Reach>) -> Bool {
        entry.sections.allSatisfy { $0.bytes != nil || !isNarrowable($0.reach) || !shown.contains($0.reach) }
    }

    /// That every excerpt belongs to its seal, as far as that seal is held or comes along in a relay: a false one
    /// refuses the whole changeset, so that the true one may still come under this seal. Returns the indexes of those
    /// that were proved; the others wait for their seals.
    static func checkProofs(_ body: Body, planted: PlantedBugs = [], held: (LogID, UInt64) throws -> Seal?) throws
        -> Set<Int>
    {
        guard !body.excerpts.isEmpty else { return [] }
        if planted.contains(.skipSectionDigest) { return Set(body.excerpts.indices) }
        let relayed = relayedSeals(body.block)
        var proved = Set<Int>()
        for (index, excerpt) in body.excerpts.enumerated() {
            guard let seal = try held(excerpt.log, excerpt.first) ?? relayed[excerpt.sealHash] else { continue }
            try excerpt.verify(against: seal)
            proved.insert(index)
        }
        return proved
    }

    /// Their signatures are checked when the relays are applied; here only their roots matter.
    private static func relayedSeals(_ block: EntryBlock) -> [Digest: Seal] {
        var seals = [Digest: Seal]()
        for item in block.items where item.entry.core.type == .relay {
            guard let bytes = item.entry.section(.nation)?.bytes else { continue }
            do {
                let seal = try Seal(decoding: bytes)
                seals[seal.hash] = seal
            } catch {
                // The relay is rejected for it in its turn.
            }
        }
        return seals
    }
}
