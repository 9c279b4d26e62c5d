import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct StandingTests {
    private struct Fact: Hashable {
        let type: EntryType
        var code: String?
    }

    private static let choices: [Fact?] = [
        nil, Fact(type: .approve), Fact(type: .return, code: "02"), Fact(type: .return, code: Standing.withdrawalCode),
        Fact(type: .reject),
    ]

    private func state(_ fact: Fact, _ level: Level) -> DecisionState {
        DecisionState(
            level: level.rawValue, type: fact.type, hash: Digest(words: [1, 2, 3, UInt64(level.rawValue)]), code: fact.code,
            words: nil, fields: [], place: EntryPlace(log: 1, seq: 0, carrier: nil))
    }

    private func permutations(_ items: [DecisionState]) -> [[DecisionState]] {
        guard !items.isEmpty else { return [[]] }
        return items.indices.flatMap { index in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }

    /// Said in other words than the fold's: the lowest level that stopped the version counts, else the first missing.
    private func expected(_ reviewLevels: [Level], _ facts: [Level: Fact]) -> Standing {
        for level in [Level.county, .city, .province, .national] {
            guard let fact = facts[level] else { continue }
            if fact.type == .reject { return .rejected(level) }
            if fact.type == .return { return fact.code == Standing.withdrawalCode ? .withdrawn : .returned(level) }
        }
        let missing = reviewLevels.first { facts[$0]?.type != .approve }
        return missing.map(Standing.pending) ?? .approved
    }

    @Test(arguments: [[], [Level.city], [.city, .province], [.province]])
    func `the standing is the same in whatever order and how often the facts came`(reviewLevels: [Level]) {
        for city in StandingTests.choices {
            for province in StandingTests.choices {
                for withdrawal in [nil, Fact(type: .withdraw)] {
                    let facts = [Level.city: city, .province: province, .county: withdrawal].compactMapValues { $0 }
                    let states = facts.sorted { $0.key < $1.key }.map { state($0.value, $0.key) }
                    let standing = expected(reviewLevels, facts)
                    for order in permutations(states) {
                        #expect(Standing.fold(reviewLevels: reviewLevels, decisions: order) == standing)
                        #expect(Standing.fold(reviewLevels: reviewLevels, decisions: order + order.reversed()) == standing)
                    }
                }
            }
        }
    }

    @Test func `the state people see follows from the standing`() {
        let workflow = Fixtures.workflow
        let states: [(Standing, String)] = [
            (.draft, "10"), (.pending(.city), "50"), (.approved, "80"), (.returned(.city), "55"),
            (.rejected(.province), "55"),
            (.withdrawn, "40"),
        ]
        for (standing, state) in states { #expect(standing.status(workflow, asked: "80", draft: "10") == state) }
    }
}
