import Foundation
import NodeCore
import Testing

@testable import NodeSimulator

/// Bugs planted on purpose: a simulator that does not find them would not find others either.
@Suite struct PlantedBugTests {
    private static func play(_ seed: UInt64, _ bug: PlantedBugs) throws -> Violation? {
        var simulation = try Simulation(seed: seed, planted: bug)
        return simulation.run().violation
    }

    /// The first seed that finds each, and the invariant it breaks.
    private static let kept: [(name: String, seed: UInt64, invariant: Int)] = [
        ("acknowledge-before-commit", 1, 3), ("ignore-peer-hash", 163, 15), ("apply-twice", 13, 4),
        ("decide-superseded", 30, 6), ("pass-unapproved", 85, 6), ("order-dependent-fold", 1, 7),
        ("skip-section-digest", 4, 6), ("forget-outcome", 104, 4), ("show-everything", 1, 9), ("keep-rejection", 13, 4),
        ("trust-the-stick", 17, 1),
        ("acknowledge-unstored", 33, 3),
        ("forget-revocation", 27, 12), ("keep-revoked-folds", 27, 12), ("forget-evidence", 27, 12),
        ("open-before-settled", 34, 18), ("follow-stale-thread", 122, 15), ("begin-unclosed", 12, 3),
        ("keep-old-columns", 2, 7), ("forget-upgrade", 47, 18), ("drop-unknown-field", 2, 18),
        ("turn-position-back", 22685, 3),
    ]

    @Test(arguments: kept.map(\.name)) func `the kept seed finds the planted bug, and nothing without it`(name: String)
        throws
    {
        let bug = try #require(PlantedBugs.all.first { $0.name == name }).bug
        let (_, seed, invariant) = try #require(PlantedBugTests.kept.first { $0.name == name })
        #expect(try PlantedBugTests.play(seed, bug)?.invariant == invariant)
        #expect(try PlantedBugTests.play(seed, []) == nil)
    }

    @Test func `every bug that can be planted has its seed`() {
        #expect(Set(PlantedBugTests.kept.map(\.name)) == Set(PlantedBugs.all.map(\.name)))
    }

    /// What a bug needs to show itself: other seeds need not be played to find it.
    private static let needed: [String: FaultKind] = [
        "forget-revocation": .revocation, "keep-revoked-folds": .revocation, "forget-evidence": .revocation,
        "open-before-settled": .revocation, "follow-stale-thread": .clone, "begin-unclosed": .clone,
        "keep-old-columns": .upgrade, "forget-upgrade": .upgrade, "drop-unknown-field": .upgrade,
        "turn-position-back": .restore,
    ]

    private static let hunted =
        ProcessInfo.processInfo.environment["BANGFU_HUNT"]?.split(separator: " ").map(String.init) ?? []

    /// BANGFU_HUNT="all", or names of bugs, looks for the first seed of each.
    @Test(.enabled(if: !hunted.isEmpty), arguments: PlantedBugs.all.map(\.name))
    func `each bug has a seed below a thousand that finds it`(name: String) throws {
        guard PlantedBugTests.hunted.contains(name) || PlantedBugTests.hunted == ["all"] else { return }
        let bug = try #require(PlantedBugs.all.first { $0.name == name }).bug
        let fault = PlantedBugTests.needed[name]
        for seed in UInt64(1)...1_000 where fault?.comes(to: seed) ?? true {
            guard let violation = try PlantedBugTests.play(seed, bug) else { continue }
            return print("HUNT \(name) seed \(seed): \(violation)")
        }
        Issue.record("no seed finds \(name)")
    }
}
