import BusinessModules
import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

@Suite struct WeatherTests {
    /// The same acts of the same people, whatever happens on the lines in between. Returns what every site knows then.
    static func run(seed: UInt64, _ weather: World.Weather, suites: [String: Suite] = [:]) throws -> World {
        var world = try County.world(seed: seed, suites: suites)
        world.weather = weather
        var keys = [String]()
        for standard in ["1", "2", "3", "4", "5"] { keys += try world.take(County.records(standard: standard, 2)) }
        _ = try world.report(Array(keys[..<6]))
        _ = try world.exchange(World.home)
        _ = try world.report(Array(keys[6...]))
        try world.settleWholly()
        _ = try world.sendBack([keys[0]], at: World.city)
        _ = try world.approve(Array(keys[1...4]), at: World.city)
        _ = try world.withdraw([keys[1], keys[5]])
        try world.settleWholly()
        try world.correct(keys[0], ["address": "青岛市黄岛区梧桐巷80号25号楼3单元1230"])
        _ = try world.report([keys[0], keys[5]])
        _ = try world.approve([keys[2]], at: World.province)
        _ = try world.sendBack([keys[3]], at: World.province)
        try world.settleWholly()
        try world.correct(keys[3], ["file_standard": "4"])
        _ = try world.report([keys[3]])
        _ = try world.approve([keys[0]], at: World.city)
        try world.settleWholly()
        return world
    }

    static let calm = Result { try run(seed: 0, World.Weather()).digests() }

    @Test(arguments: 1...20)
    func `lines that break and repeat change nothing of what every site knows in the end`(seed: Int) throws {
        var weather = World.Weather()
        weather.cutPercent = 30
        weather.repeatPercent = 30
        let world = try WeatherTests.run(seed: UInt64(seed), weather)
        #expect(try world.digests() == WeatherTests.calm.get())
        #expect(world.refusals.isEmpty)
        for seat in world.seats {
            #expect(try world.refused(at: seat.code) == [])
            #expect(try world.journal(seat.code).failures == [])
        }
    }

    @Test(arguments: 21...24)
    func `flipped bits are refused and counted, and the next meeting heals them`(seed: Int) throws {
        var weather = World.Weather()
        weather.flipPercent = 20
        let world = try WeatherTests.run(seed: UInt64(seed), weather)
        #expect(try world.digests() == WeatherTests.calm.get())
        let refused = world.refusals.values.reduce(0, +)
        #expect(refused > 0)
        var counted = 0
        for seat in world.seats {
            let counts = try world.site(seat.code).store.read { try Inquiry(Catalog.charter).quarantineCounts(in: $0) }
            counted += counts.map(\.count).reduce(0, +)
            #expect(try world.journal(seat.code).failures == [])
        }
        #expect(counted == refused)
    }
}
