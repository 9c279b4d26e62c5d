import BusinessModules
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

@Suite struct MatchingTests {
    private static let key = Result { try ExchangeKey(seed: [UInt8](repeating: 0x51, count: 32), suite: .national) }

    private func publish(_ world: inout World) throws {
        let key = try Self.key.get()
        let artefact = Artefact.matchingKey(try MatchingKey(suite: key.suite, bytes: key.publicBytes))
        try world.act(World.national, .publish(artefact, by: Principal("analyst")))
        try world.settle()
    }

    private func sealed(_ world: World, at seat: String) throws -> [Matching.Sealed] {
        try world.site(seat).store.read { try Matching().page(after: 0, limit: 1_000, in: $0).sealed }
    }

    @Test func `a person in two counties is found at the national node, which never sees the number`() throws {
        var world = try County.world(seed: 100, suites: [World.home: .national])
        try publish(&world)
        let records = try County.records(standard: "4", 2)
        let number = try #require(records[0][WorkerFiles.idNumber])
        let here = try world.take(records)
        let there = try world.take([records[0]], at: "370285")
        _ = try world.report(here)
        _ = try world.report(there, at: "370285")
        try world.settleWholly()
        let finding = try Matching.match(sealed(world, at: World.national), with: Self.key.get())
        #expect(finding.opened == 3 && finding.unreadable == 0 && finding.persons == 2)
        #expect(finding.duplicates.map { $0.map(\.homeSeat).sorted() } == [["370211", "370285"]])
        for seat in [World.national, World.province] { #expect(try world.hits([number], at: seat) == []) }
        for seat in world.seats {
            #expect(try world.refused(at: seat.code) == [] && world.journal(seat.code).failures == [])
        }
    }

    @Test func `on the way a sealed number stays only until the level above holds it`() throws {
        var world = try County.world(seed: 103)
        try publish(&world)
        let keys = try world.take(County.records(standard: "4", 1) + County.records(standard: "2", 1))
        _ = try world.report(keys)
        try world.settleWholly()
        // The one that waits for the city has its number there still; the other has passed through.
        let counts = try [World.home, World.city, World.province, World.national].map { try sealed(world, at: $0).count }
        #expect(counts == [2, 1, 0, 1])
        for seat in world.seats {
            #expect(try world.refused(at: seat.code) == [] && world.journal(seat.code).failures == [])
        }
    }

    @Test func `approved reports bring their numbers along, and nobody else's key opens them`() throws {
        var world = try County.world(seed: 101)
        try publish(&world)
        let keys = try world.take(County.records(standard: "2", 2))
        _ = try world.report(keys)
        try world.settleWholly()
        for seat in [World.city, World.province] {
            _ = try world.approve([keys[0]], at: seat)
            try world.settleWholly()
        }
        let numbers = try sealed(world, at: World.national)
        #expect(numbers.count == 1)
        #expect(try Matching.match(numbers, with: Self.key.get()).opened == 1)
        let other = try ExchangeKey(seed: [UInt8](repeating: 0x52, count: 32), suite: .national)
        let finding = try Matching.match(numbers, with: other)
        #expect(finding.opened == 0 && finding.unreadable == 1)
    }

    @Test func `without a published key, and for other documents, nothing is sealed`() throws {
        var world = try County.world(seed: 102)
        let records = try County.records(standard: "4", 1)
        _ = try world.report(world.take(records))
        try world.settleWholly()
        #expect(try sealed(world, at: World.national).isEmpty)
        try publish(&world)
        let site = try world.site(World.home)
        try site.store.write(world.moment()) { tx in
            var sealer = try MatchSealer(in: tx)
            let (record, salt) = (RecordID(words: [1, 2]), [UInt8](repeating: 3, count: 16))
            for other in ["E12345678", "11010519491231002", ""] {
                #expect(try sealer.seal(other, of: record, salt: salt, in: tx) == nil)
            }
            #expect(try sealer.seal("110105194912319968", of: record, salt: salt, in: tx) != nil)
        }
        #expect(throws: NodeError(.notAllowed, "", "")) {
            let key = try Self.key.get()
            let artefact = Artefact.matchingKey(try MatchingKey(suite: key.suite, bytes: key.publicBytes))
            try world.act(World.city, .publish(artefact, by: Principal("clerk")))
        }
    }
}
