internal import NodeCore

/// The data keys of a store are changed while everything else goes on, falls and old copies of its disk among it.
extension Simulation {
    /// Small, so that much happens between two steps.
    private static let rowsPerStep = 6

    /// In every other seed, somewhere. Drawn apart from everything else: a seed means what it meant without it.
    mutating func planKeyRotations() {
        let chance = Entropy(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x6B65)
        guard chance.below(2) == 0 else { return }
        for _ in 0...chance.below(2) {
            let index = chance.below(sites.count)
            agenda.plan(.rotateKeys(index), at: now + 60_000 + Int64(chance.below(Int(Simulation.firstPhase) - 120_000)))
        }
    }

    mutating func rotateKeys(_ index: Int) throws {
        guard sites[index].isUp else { return agenda.plan(.rotateKeys(index), at: now + 5_000) }
        agenda.plan(.reseal(index), at: now + 500)
        let charter = sites[index].charter
        try write(index, isDeep: false) { try KeyRotation.begin(charter, by: Principal("operator"), in: $1) }
        table.add(.keyRotation)
        note(index, "has new data keys")
    }

    mutating func reseal(_ index: Int) throws {
        guard sites[index].isUp else { return agenda.plan(.reseal(index), at: now + 5_000) }
        guard try isResealing(index) else { return }
        // Planned first: the power may go in it.
        agenda.plan(.reseal(index), at: now + 2_000)
        let charter = sites[index].charter
        let step = try write(index, isDeep: false) {
            try KeyRotation.step(charter, limit: Simulation.rowsPerStep, in: $1)
        }
        guard step?.isDone == true else { return }
        note(index, "has everything under its new data keys")
        let keys = try read(index) { try KeyRotation.keys(charter, in: $1) }
        guard keys.allSatisfy(\.isInUse) else {
            throw Violation(7, "\(sites[index].seat.code) kept data keys that are out of use")
        }
    }

    func isResealing(_ index: Int) throws -> Bool { try read(index) { try KeyRotation.isPending(in: $1) } }
}
