import BusinessModules
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

/// Nodes of both suites in one tree: each signs and hashes with its own, and each reads the other's.
@Suite struct MixedSuiteTests {
    private static let all = [World.national, World.province, World.city, "370285", World.home]

    private static let mixes: [[String]] = [
        all, [World.national], [World.home], [World.city], [World.national, World.city], [World.province, World.home],
    ]

    @Test(arguments: mixes)
    func `whatever suites the seats have, everyone knows the same and can prove it`(national: [String]) throws {
        let suites = Dictionary(uniqueKeysWithValues: national.map { ($0, Suite.national) })
        var weather = World.Weather()
        weather.repeatPercent = 20
        let world = try WeatherTests.run(seed: 95, weather, suites: suites)
        #expect(try world.digests() == WeatherTests.calm.get())
        #expect(world.refusals.isEmpty)
        let site = try world.site(World.national)
        var filter = Inquiry.Filter()
        filter.limit = 100
        let keys = try site.store.read { try Inquiry(Catalog.charter).list(WorkerFiles.kind, filter, in: $0) }.map(\.key)
        #expect(!keys.isEmpty)
        for seat in world.seats {
            #expect(try world.refused(at: seat.code) == [])
            #expect(try world.journal(seat.code).failures == [])
        }
        for key in keys {
            let steps = try world.steps(key, at: World.national)
            #expect(!steps.isEmpty && steps.allSatisfy { $0.failure == nil }, "\(key)")
        }
    }

    @Test func `a key says its suite in its file, and another text is no key`() throws {
        let entropy = { (count: Int) in [UInt8](repeating: 7, count: count) }
        let text = NodeSetup.keyText(.national, entropy: entropy)
        #expect(text == "sm2:" + String(repeating: "07", count: 32))
        #expect(try NodeSetup.makeKey(text: text).suite == .national)
        #expect(try NodeSetup.makeKey(text: NodeSetup.keyText(entropy: entropy)).suite == .international)
        for wrong in ["sm2:", "sm3:" + String(repeating: "07", count: 32), "sm2:07", ""] {
            #expect(throws: NodeError(.badConfiguration, "", "")) { try NodeSetup.makeKey(text: wrong) }
        }
    }
}
