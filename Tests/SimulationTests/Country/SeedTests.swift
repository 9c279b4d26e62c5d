import NodeSimulator
import Testing

@Suite struct SeedTests {
    /// As many workers as there are processors take the seeds one after another.
    static func play(_ seeds: some Sequence<UInt64> & Sendable) async -> Tally {
        await withTaskGroup(of: RunResult.self) { group in
            for seed in seeds { group.addTask { Simulator.run(seed: seed) } }
            var tally = Tally()
            for await result in group { tally.add(result) }
            return tally
        }
    }

    @Test func `two hundred seeds hold every invariant, and every kind of fault happens in them`() async {
        let tally = await SeedTests.play(1...200)
        print(tally.table.text)
        #expect(tally.count == 200)
        #expect(tally.failures == [])
        #expect(tally.table.missing == [])
    }

    /// Seeds that found a fault of the program once.
    @Test(arguments: [
        UInt64(2621), 2146, 14, 8, 67, 144, 165, 400, 353, 446, 477, 532, 635, 649, 786, 957, 981, 1029, 1097, 1355, 724,
        827,
        1004, 1397, 1500, 1528, 1665, 2109, 2829, 3138, 3705, 3746, 4154, 4675, 6775, 10031, 10229, 22685,
        25379, 27964,
    ])
    func `a seed that found something finds nothing any more`(
        seed: UInt64
    ) {
        let result = Simulator.run(seed: seed, keeping: 100)
        #expect(result.violation == nil, "\(result.lines.joined(separator: "\n"))")
    }
}
