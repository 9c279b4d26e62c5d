internal import NodeCore

/// Kinds of faults that came after the climate. Each draws from a stream of its own whether it comes to a seed, when and to
/// whom, so that a new kind leaves every seed that it does not come to as it was, bit by bit.
struct OwnStreams {
    /// One out of how many seeds has the kind. A new kind adds its line here and its case in `happenOwn`.
    static let kinds: [(kind: FaultKind, rarity: Int)] = [
        (.rotation, 8), (.revocation, 8), (.clone, 8), (.upgrade, 8),
    ]

    private(set) var entropies: [FaultKind: Entropy] = [:]

    init(seed: UInt64) {
        for (kind, rarity) in OwnStreams.kinds {
            let entropy = Entropy(seed: seed, stream: kind.rawValue)
            if entropy.below(rarity) == 0 { entropies[kind] = entropy }
        }
    }

    func has(_ kind: FaultKind) -> Bool { entropies[kind] != nil }
}

extension FaultKind {
    /// The kinds that do not depend on the climate of a seed.
    public static let withStreams = OwnStreams.kinds.map(\.kind)

    /// Whether a seed has this fault, known without playing it.
    public func comes(to seed: UInt64) -> Bool { OwnStreams(seed: seed).has(self) }
}

extension Simulation {
    mutating func planOwn() {
        for (kind, _) in OwnStreams.kinds {
            guard let entropy = own.entropies[kind] else { continue }
            agenda.plan(.own(kind), at: now + 60_000 + Int64(entropy.below(Int(Simulation.firstPhase) - 120_000)))
        }
    }

    /// The moment of a fault with a stream of its own has come; it tries again a little later when it finds nobody.
    mutating func happenOwn(_ kind: FaultKind) throws {
        // One that may have happened has to be seen to its end.
        let isOpen = kind == .revocation && revoking != nil
        guard !isCalm || isOpen, let entropy = own.entropies[kind] else { return }
        let hasHappened =
            switch kind {
            case .rotation: try rotateSomebody(entropy)
            case .revocation: try revokeSomebody(entropy)
            case .clone: try cloneSomebody(entropy)
            case .upgrade: try upgradeNext(entropy)
            default: true
            }
        if !hasHappened { agenda.plan(.own(kind), at: now + 5_000) }
    }
}
