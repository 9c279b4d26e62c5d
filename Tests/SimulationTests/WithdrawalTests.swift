import BusinessModules
import NodeCore
import NodeSimulator
import Testing

@Suite struct WithdrawalTests {
    @Test func `a file is withdrawn while it is pending at the city, and reported again`() throws {
        var world = try County.world(seed: 5)
        let key = try world.take(County.records(standard: "2", 1))[0]
        _ = try world.report([key])
        try world.settle()
        #expect(try world.withdraw([key]).done == 1)
        try world.settle()
        #expect(try world.states(key) == ["40", "40", nil, nil])
        #expect(try world.find(key, at: World.home)?.standing == "withdrawn")
        #expect(try world.report([key]).done == 1)
        try world.settle()
        #expect(try world.states(key) == ["50", "50", nil, nil])
        try approveAllTheWay(key, &world)
    }

    @Test func `a file is withdrawn while it is pending at the province, and reported again`() throws {
        var world = try County.world(seed: 6)
        let key = try world.take(County.records(standard: "1", 1))[0]
        _ = try world.report([key])
        try world.settle()
        _ = try world.approve([key], at: World.city)
        try world.settle()
        #expect(try world.withdraw([key]).done == 1)
        try world.settle()
        #expect(try world.states(key) == ["40", "40", "40", nil])
        #expect(try world.report([key]).done == 1)
        try world.settle()
        try approveAllTheWay(key, &world)
    }

    @Test func `a withdrawal and an approval that cross each other end alike at every level`() throws {
        var world = try County.world(seed: 7)
        let key = try world.take(County.records(standard: "2", 1))[0]
        _ = try world.report([key])
        try world.settle()
        #expect(try world.withdraw([key]).done == 1)
        #expect(try world.approve([key], at: World.city).done == 1)
        try world.settle()
        #expect(try world.states(key) == ["40", "40", "40", nil])
        _ = try world.report([key])
        try world.settle()
        _ = try world.approve([key], at: World.city)
        try world.settle()
        #expect(try world.withdraw([key]).done == 1)
        #expect(try world.approve([key], at: World.province).done == 1)
        try world.settle()
        #expect(try world.states(key) == ["60", "60", "60", "60"])
        for seat in world.seats { #expect(try world.refused(at: seat.code) == []) }
    }

    @Test func `a second withdrawal is refused and leaves nothing in the log`() throws {
        var world = try County.world(seed: 8)
        let key = try world.take(County.records(standard: "2", 1))[0]
        _ = try world.report([key])
        try world.settle()
        #expect(try world.withdraw([key]).done == 1)
        let written = try world.written(World.home)
        #expect(try world.withdraw([key]).refused == 1)
        #expect(try world.written(World.home) == written)
        try world.settle()
        #expect(try world.withdraw([key]).refused == 1)
        for seat in world.seats { #expect(try world.refused(at: seat.code) == []) }
    }

    private func approveAllTheWay(_ key: String, _ world: inout World) throws {
        for seat in [World.city, World.province] {
            #expect(try world.approve([key], at: seat).done == 1)
            try world.settle()
        }
        #expect(try world.states(key) == ["60", "60", "60", "60"])
        #expect(try world.find(key, at: World.national)?.version == 2)
        #expect(try world.steps(key, at: World.national).allSatisfy { $0.failure == nil })
        for seat in world.seats { #expect(try world.refused(at: seat.code) == []) }
    }
}
