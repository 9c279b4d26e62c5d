import BusinessModules
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

/// While a neighbour lacks what is sealed, new entries are gathered: a day without a line costs one seal, not hundreds.
@Suite struct GatheringTests {
    private func seals(_ world: World, at seat: String) throws -> [Int] {
        let site = try world.site(seat)
        return try site.store.read { try ProofReader(site.engine).seals(in: $0) }.filter { $0.seat == seat }.map(\.count)
    }

    @Test func `reports of a day without a line are sealed together when the line is back`() throws {
        var world = try County.world(seed: 80)
        let keys = try world.take(County.records(standard: "2", 5))
        for key in keys { #expect(try world.report([key]).done == 1) }
        #expect(try seals(world, at: World.home) == [1])
        #expect(try world.steps(keys[4], at: World.home).map(\.evidence) == ["waiting"])
        let site = try world.site(World.home)
        let link = try site.store.read { try Inquiry(Catalog.charter).links(site.engine, in: $0) }.first { $0.isOwn }
        #expect(link?.backlog == 1 && link?.waiting == 4)
        try world.settleWholly()
        #expect(try seals(world, at: World.home) == [1, 4])
        #expect(try world.states(keys[4], [World.home, World.city]) == ["50", "50"])
        #expect(try world.steps(keys[4], at: World.home).map(\.evidence) == ["seal"])
    }

    @Test func `what waits is withdrawn like anything else`() throws {
        var world = try County.world(seed: 81)
        let keys = try world.take(County.records(standard: "2", 3))
        for key in keys { _ = try world.report([key]) }
        #expect(try world.withdraw([keys[2]]).done == 1)
        try world.settleWholly()
        #expect(try world.states(keys[2], [World.home, World.city]) == ["40", "40"])
        #expect(try world.refused(at: World.city) == [])
    }

    @Test func `a seal's worth is sealed without waiting for the line`() throws {
        var world = try County.world(seed: 82)
        let site = try world.site(World.home)
        let parent = try #require(site.engine.trust.certificate(ofSeat: World.city)).node
        func add(_ count: Int) throws {
            try site.store.write(world.moment()) { tx in
                var outgoing = Outgoing(site.engine.identity)
                for _ in 0..<count {
                    let entry = Entry(
                        core: EntryCore(type: .relay, reaches: [.nation]), seed: tx.moment.entropy(16),
                        sections: [(.nation, [1])])
                    let context = site.engine.identity.context(kind: nil)
                    _ = try outgoing.append(
                        .init(context: context, entry: entry, carries: []),
                        to: site.engine.identity.log(.up, toward: parent), in: tx)
                }
                _ = try outgoing.seal(in: tx)
            }
        }
        try add(1)
        try add(1_000)
        #expect(try seals(world, at: World.home) == [1])
        try add(30)
        #expect(try seals(world, at: World.home) == [1, 1_024, 6])
    }

    @Test func `a lost receipt is made good by the next hello`() throws {
        var world = try County.world(seed: 83)
        let keys = try world.take(County.records(standard: "2", 2))
        _ = try world.report([keys[0]])
        let (site, above) = (try world.site(World.home), try world.site(World.city))
        let link = try #require(Link(site.engine, peer: above.engine.identity.node))
        let sent = try site.store.read { try link.changesets(from: 0, budget: 1 << 20, in: $0) }
        // It arrives, and the answer is lost.
        _ = try world.deliver(sent[0].encoded, from: site.engine.identity.node, at: World.city)
        _ = try world.report([keys[1]])
        #expect(try seals(world, at: World.home) == [1])
        try world.settleWholly()
        #expect(try seals(world, at: World.home) == [1, 1])
        #expect(try world.states(keys[1], [World.city]) == ["50"])
    }
}
