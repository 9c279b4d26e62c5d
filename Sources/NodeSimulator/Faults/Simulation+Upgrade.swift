internal import NodeCore
internal import SyncProtocol

/// Programs of two versions side by side, at any level of the tree; one node after the other gets the newer one. What the
/// older ones do not know passes through them or waits in them, and counts when they are replaced.
extension Simulation {
    var hasUpgrades: Bool { own.has(.upgrade) }

    /// What a node is founded with. Where nothing is exchanged only some counties are newer, and stay alone with it.
    func firstProgram(_ isNewer: Bool) -> Charter {
        guard let entropy = own.entropies[.upgrade] else { return isNewer ? Sheet.newer : Sheet.older }
        return entropy.below(3) == 0 ? Sheet.newest : Sheet.older
    }

    /// One of those left behind gets the newer program, until there is none.
    mutating func upgradeNext(_ entropy: Entropy) throws -> Bool {
        let older = sites.indices.filter { !sites[$0].isNewer && sites[$0].isUp }
        guard !older.isEmpty else { return sites.allSatisfy(\.isNewer) }
        try upgrade(older[entropy.below(older.count)])
        agenda.plan(.own(.upgrade), at: now + 20_000 + Int64(entropy.below(120_000)))
        return true
    }

    /// Before the end everybody has it: then nothing may wait any more, and every level knows everything that is for it.
    mutating func upgradeEverybody() throws {
        guard hasUpgrades else { return }
        for index in sites.indices where !sites[index].isNewer { try upgrade(index) }
    }

    /// Stopped in order, started under the other program.
    private mutating func upgrade(_ index: Int) throws {
        table.add(.upgrade)
        note(index, "gets a newer program")
        sites[index].charter = Sheet.newest
        guard sites[index].isUp else { return }
        try stopInOrder(index)
    }

    /// As the daemon does at each start.
    mutating func followDeclarations(_ index: Int) throws {
        guard hasUpgrades, sites[index].engine != nil else { return }
        let (records, effects) = try write(index) { try Reprojection.run($0, in: $1) }
        if records > 0 { note(index, "shows \(records) records anew") }
        try perform(effects, at: index)
    }

    /// Which kind of record a clerk takes; with the newer program sometimes the one that others do not know.
    mutating func kindToTake(_ index: Int) -> RecordKind {
        let kinds = sites[index].charter.kinds
        guard kinds.count > 1, let entropy = own.entropies[.upgrade] else { return kinds[0] }
        return kinds[entropy.below(3) == 0 ? 1 : 0]
    }

    /// Somebody uses what only the newer program has.
    mutating func writeLater(_ index: Int) throws {
        guard let entropy = own.entropies[.upgrade], sites[index].isNewer, entropy.below(3) == 0 else { return }
        let types = Sheet.laterTypes.sorted()
        let type = types[entropy.below(types.count)]
        note(index, "writes an entry of type \(type)")
        try perform(try write(index) { try $0.writeLater(type, in: $1) }, at: index)
    }
}
