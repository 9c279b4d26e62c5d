import BusinessModules
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

@Suite struct ChannelTests {
    private static let key = "notice_working_days"

    private func entry(_ division: String, _ value: String) throws -> Parameters.Entry {
        Parameters.Entry(
            key: Self.key, division: division, from: try #require(CalendarDay("2026-01-01")), to: nil, value: value)
    }

    private func value(_ world: World, at seat: String) throws -> String? {
        let engine = try world.site(seat).engine
        let day = try #require(CalendarDay("2026-06-01"))
        return engine.draft.parameters.value(Self.key, path: engine.identity.divisionPath, on: day)
    }

    @Test func `what the nation publishes is obeyed in every seat, and a city's own amount below that city only`() throws {
        var world = try County.world(seed: 70)
        try world.act(World.national, .publish(.parameters([entry("000000", "6")]), by: Principal("analyst")))
        #expect(try value(world, at: World.national) == "6" && value(world, at: World.home) == "5")
        try world.act(World.city, .publish(.parameters([entry(World.city, "7")]), by: Principal("clerk")))
        try world.settle()
        let values = try [World.national, World.province, World.city, World.home].map { try value(world, at: $0) }
        #expect(values == ["6", "6", "7", "7"])
        // Nothing new: a repeated meeting brings nothing.
        #expect(try world.exchange(World.home) == 0)
        #expect(try world.journal(World.home).failures == [])
    }

    @Test func `of a channel in two lives the earlier one comes first, in whatever order they are offered`() throws {
        var world = try County.world(seed: 73)
        try world.act(World.city, .publish(.parameters([entry(World.city, "7")]), by: Principal("clerk")))
        let first = try world.site(World.city)
        _ = try first.store.write(world.moment()) {
            try NewLife.begin(Incarnation(words: [0xC17E]), first.engine, by: Principal("operator"), in: $0)
        }
        try world.restart(World.city, with: first.store)
        for seat in world.seats where seat.parent == World.city || seat.code == World.province {
            try world.act(World.city, .settled(try world.site(seat.code).engine.identity.node))
        }
        try world.act(World.city, .publish(.parameters([entry(World.city, "8")]), by: Principal("clerk")))

        let (city, home) = (try world.site(World.city), try world.site(World.home))
        let link = try #require(Link(city.engine, peer: home.engine.identity.node))
        let channels = try city.store.read { try $0.logs.all() }.filter {
            $0.log.direction == .channel && $0.log.author == city.engine.identity.node && $0.next > 0
        }
        #expect(channels.count == 2)
        let lives = try channels.map { state in
            try city.store.read { try link.changesets(of: state.log, from: 0, budget: 1 << 20, in: $0) }
        }
        let sender = city.engine.identity.node
        #expect(try world.deliver(lives[1][0].encoded, from: sender, at: World.home) == nil)
        #expect(world.refusals["position"] == 1)
        for changeset in lives[0] + lives[1] {
            #expect(try world.deliver(changeset.encoded, from: sender, at: World.home) != nil)
        }
        #expect(try value(world, at: World.home) == "8")
    }

    @Test func `a code table is replaced as a whole, and only by the nation`() throws {
        var world = try County.world(seed: 71)
        let codes = [Code("01", Label("资料不全", "incomplete")), Code("99", Label("其他", "other"))]
        try world.act(World.national, .publish(.codes(table: "return_reason", codes), by: Principal("analyst")))
        try world.settle()
        let tables = try world.site(World.home).engine.draft.codes
        #expect(tables.contains("99", in: "return_reason") && !tables.contains("03", in: "return_reason"))
        #expect(throws: NodeError(.notAllowed, "", "")) {
            try world.act(World.city, .publish(.codes(table: "return_reason", codes), by: Principal("clerk")))
        }
        #expect(throws: NodeError(.notAllowed, "", "")) {
            try world.act(World.city, .publish(.parameters([entry("370000", "9")]), by: Principal("clerk")))
        }
    }

    @Test func `a version that is not newer, and an amount for another's division, change nothing`() throws {
        var world = try County.world(seed: 72)
        try world.act(World.city, .publish(.parameters([entry(World.city, "7")]), by: Principal("clerk")))
        try world.settle()
        for (version, division) in [(UInt64(1), World.city), (2, World.national)] {
            try forge(&world, version: version, [try entry(division, "8")])
        }
        try world.settle()
        #expect(try value(world, at: World.home) == "7")
        let refused = try world.refused(at: World.home).map { String($0.prefix { $0 != ":" }) }
        #expect(refused.sorted() == ["out-of-scope", "superseded"])
    }

    /// A publication that this program would not make.
    private func forge(_ world: inout World, version: UInt64, _ entries: [Parameters.Entry]) throws {
        let site = try world.site(World.city)
        let identity = site.engine.identity
        try site.store.write(world.moment()) { tx in
            var outgoing = Outgoing(identity)
            let entry = Entry(
                core: EntryCore(type: .publish, version: version, reaches: [.nation]), seed: tx.moment.entropy(16),
                sections: [(.nation, Artefact.parameters(entries).encoded)])
            _ = try outgoing.append(
                .init(context: identity.context(kind: nil), entry: entry, carries: []),
                to: .channel(of: identity.node, in: identity.incarnation), in: tx)
            _ = try outgoing.seal(in: tx)
        }
    }

    @Test func `a rebuild knows what was published`() throws {
        var world = try County.world(seed: 73)
        try world.act(World.national, .publish(.parameters([entry("000000", "6")]), by: Principal("analyst")))
        try world.settle()
        for seat in [World.national, World.home] {
            let site = try world.site(seat)
            let lines = try site.store.read { try $0.publications.all() }
            #expect(lines.map(\.artefact) == ["parameters"] && lines.map(\.version) == [1])
        }
    }
}
