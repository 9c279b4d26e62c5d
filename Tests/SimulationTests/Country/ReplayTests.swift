import NodeSimulator
import Testing

@Suite struct ReplayTests {
    private static let seeds: [UInt64] = [1, 2, 3]

    private static var digests: String { seeds.map { Simulator.run(seed: $0).digest }.joined(separator: " ") }

    @Test func `a seed plays the same again, bit by bit, in another process too`() async throws {
        let here = ReplayTests.digests
        #expect(here == ReplayTests.digests)
        #expect(Set(here.split(separator: " ")).count == ReplayTests.seeds.count)
        let other = try #require(
            await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                print("digests: \(ReplayTests.digests)")
            })
        let text = String(decoding: other.standardOutputContent, as: UTF8.self)
        #expect(text.contains("digests: \(here)"))
    }

    @Test func `clocks that jump change nothing of what every node knows`() throws {
        var jumps = 0
        for seed in [UInt64(1), 2, 13, 28, 29, 35, 45] {
            var wild = try Simulation(seed: seed)
            var calm = try Simulation(seed: seed, withClockJumps: false)
            let (one, other) = (wild.run(), calm.run())
            jumps += one.table[.clockJump]
            #expect(one.violation == nil && other.violation == nil)
            #expect(other.table[.clockJump] == 0)
            #expect(one.states == other.states, "seed \(seed)")
        }
        #expect(jumps > 0)
    }

    @Test func `a tally adds up over several runs and counts no seed twice`() {
        var tally = Tally()
        for seed in [UInt64(3), 1, 2, 2, 7] {
            tally.add(
                RunResult(
                    seed: seed, steps: 10, acts: 1, table: FaultTable(), digest: "", violation: nil, lines: [], states: []))
        }
        #expect(tally.seeds == [[1, 3], [7, 7]])
        #expect(tally.count == 4 && tally.steps == 40)
        #expect(tally.contains(2) && !tally.contains(4))
        #expect(tally.table.missing.count == FaultKind.allCases.count)
    }
}
