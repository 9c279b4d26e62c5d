import BusinessModules
import NodeCore
import NodeSimulator
import Testing

@Suite struct PassingTests {
    @Test func `the city passes on seven of ten, and the national node proves those from excerpts`() throws {
        var world = try County.world(seed: 9)
        let keys = try world.take(County.records(standard: "3", 10))
        #expect(keys.count == 10)
        #expect(try world.report(keys).done == 10)
        try world.settle()
        let chosen = [keys[0]] + keys[2...4] + keys[6...8]
        #expect(try world.approve(chosen, at: World.city).done == 7)
        try world.settle()
        for key in keys {
            #expect(try world.states(key) == (chosen.contains(key) ? ["60", "60", "60", "60"] : ["50", "50", nil, nil]))
        }
        for key in chosen {
            let steps = try world.steps(key, at: World.national)
            #expect(steps.map(\.seat) == [World.home, World.city])
            #expect(steps.allSatisfy { $0.failure == nil && $0.evidence == "excerpt" })
            #expect(steps[0].hashes > 0 && steps[0].shown == ["nation"])
        }
        let national = try world.site(World.national)
        let seals = try national.store.read { try ProofReader(national.engine).seals(in: $0) }.filter {
            $0.seat == World.home
        }
        #expect(seals.allSatisfy { $0.packedBytes == nil })
        // Every seal of the home's log is there all the same, so that a gap would show.
        #expect(try seals.map(\.count).reduce(0, +) == Int(world.written(World.home)))
        #expect(try world.journal(World.national).failures == [])
    }

    @Test func `files of standards 4 and 5 pass for the record without a decision`() throws {
        var world = try County.world(seed: 10)
        let keys = try world.take(County.records(standard: "4", 2) + County.records(standard: "5", 2))
        #expect(try world.report(keys).done == 4)
        try world.settle()
        for key in keys {
            #expect(try world.states(key) == ["60", "60", "60", "60"])
            #expect(try world.steps(key, at: World.national).map(\.act) == ["report"])
        }
        for seat in [World.city, World.province] {
            #expect(try world.approveAll(at: seat).outcomes.isEmpty)
            let refused = try world.approve(keys, at: seat)
            #expect(refused.done == 0 && refused.outcomes.allSatisfy { $0.code == "conflict" })
        }
    }

    @Test func `under a collective seat the province decides what a city would, and the seat only passes`() throws {
        var world = try world([
            TreeSeat(seat: "110000", .province, under: "000000", []),
            TreeSeat(seat: "110100", .city, under: "110000", ["110000"], isRelay: true),
            TreeSeat(seat: "110101", .county, under: "110100", ["110000"]),
        ])
        let seats = ["110101", "110100", "110000", "000000"]
        let three = try world.take(County.records(standard: "3", 1), at: "110101")[0]
        let four = try world.take(County.records(standard: "4", 1), at: "110101")[0]
        #expect(try world.report([three, four], at: "110101").done == 2)
        try world.settle()
        #expect(try world.steps(three, at: "110101")[0].shown == ["nation", "reviewers"])
        #expect(try world.states(three, seats) == ["50", "50", "50", nil])
        #expect(try world.states(four, seats) == ["60", "60", "60", "60"])
        #expect(try world.approve([three], at: "110100").done == 0)
        #expect(try world.approve([three], at: "110000").done == 1)
        try world.settle()
        #expect(try world.states(three, seats) == ["60", "60", "60", "60"])
        let steps = try world.steps(three, at: "000000")
        #expect(steps.map(\.seat) == ["110101", "110000"] && steps.allSatisfy { $0.failure == nil })
        #expect(throws: NodeError(.invalid, "", "")) { try world.take(County.records(standard: "4", 1), at: "110100") }
        for seat in seats { #expect(try world.refused(at: seat) == []) }
    }

    @Test func `a home at a city seat decides standards 3 to 5 itself, and the province standard 2`() throws {
        var world = try County.world(seed: 11)
        let chain = [World.city, World.province, World.national]
        let records = try ["2", "3", "4"].flatMap { try County.records(standard: $0, 1) }
        let keys = try world.take(records, at: World.city)
        #expect(try world.report(keys, at: World.city).done == 3)
        try world.settle()
        #expect(try world.states(keys[0], chain) == ["50", "50", nil])
        #expect(try world.states(keys[1], chain) == ["60", "60", "60"])
        #expect(try world.states(keys[2], chain) == ["60", "60", "60"])
        #expect(try world.approve([keys[0]], at: World.city).done == 0)
        #expect(try world.approve([keys[0]], at: World.province).done == 1)
        try world.settle()
        #expect(try world.states(keys[0], chain) == ["60", "60", "60"])
        #expect(try world.steps(keys[0], at: World.national).map(\.seat) == [World.city, World.province])
        for seat in chain { #expect(try world.refused(at: seat) == []) }
    }

    private func world(_ seats: [TreeSeat]) throws -> World {
        try World(
            NodeTree([TreeSeat(seat: "000000", .national, under: nil, [])] + seats), charter: Catalog.charter,
            codes: County.codes.get(), parameters: BundledData.parameters(), seed: 12, start: County.start,
            makeStore: { _ in try Store(inMemory: Catalog.charter) })
    }
}

extension TreeSeat {
    init(seat code: String, _ level: Level, under parent: String?, _ chain: [String], isRelay: Bool = false) {
        self.init(
            code: code, name: code, level: level, parent: parent, address: "127.0.0.1:1", reviewChain: chain,
            isRelay: isRelay)
    }
}
