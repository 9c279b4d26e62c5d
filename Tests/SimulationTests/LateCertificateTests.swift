import BusinessModules
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

@Suite struct LateCertificateTests {
    @Test func `seals whose certificates have not come wait, and are healed when they come`() throws {
        var world = try County.world(seed: 40)
        let keys = try world.take(County.records(standard: "4", 3))
        _ = try world.report(keys)
        for seat in [World.home, World.city] { _ = try world.exchange(seat) }
        let national = try world.site(World.national)
        var engine = try forgetful(national.engine, of: World.home)
        try carry(from: World.province, to: engine, &world)
        for key in keys { #expect(try world.find(key, at: World.national) == nil) }
        let waiting = try world.refused(at: World.national)
        #expect(
            !waiting.isEmpty
                && waiting.allSatisfy {
                    $0.hasPrefix("deferred: waits for certificate of") || $0.hasPrefix("deferred: waits for seal")
                })

        let known = national.engine.trust.statements
        let sender = try world.site(World.province).engine.identity.node
        let effects = try national.store.write(world.moment()) {
            try engine.handle(.statements(known, from: sender), in: $0)
        }
        #expect(effects.contains(.trustChanged))
        try national.store.read { try engine.reload(from: $0) }
        for key in keys {
            #expect(try world.find(key, at: World.national)?.status == "60")
            #expect(try world.steps(key, at: World.national).allSatisfy { $0.failure == nil })
        }
        #expect(try world.refused(at: World.national) == [])
        try world.settle()
        #expect(try world.digest(World.national) == world.digest(World.province))
    }

    /// The same node before it heard of one seat.
    private func forgetful(_ engine: SyncEngine, of seat: String) throws -> SyncEngine {
        var trust = try Trust(federation: engine.identity.federation, root: engine.trust.root)
        let city = try #require(engine.trust.certificate(ofSeat: World.city)).key.id
        for statement in engine.trust.statements where statement.message.key != city { try trust.admit(statement) }
        for statement in engine.trust.statements where statement.message.key == city {
            // An issuer's statements follow each other: without one those behind it are missing, too.
            if case .certificate(let certificate) = statement, certificate.seat.code == seat { break }
            try trust.admit(statement)
        }
        return SyncEngine(
            identity: engine.identity, trust: trust, codes: engine.draft.codes, parameters: engine.draft.parameters)
    }

    private func carry(from sender: String, to engine: SyncEngine, _ world: inout World) throws {
        let (from, store) = (try world.site(sender), try world.site(World.national).store)
        let link = try #require(Link(from.engine, peer: engine.identity.node))
        for changeset in try from.store.read({ try link.changesets(from: 0, budget: 1 << 20, in: $0) }) {
            let received = try Changeset(
                verifying: changeset.encoded, from: from.engine.identity.node, to: engine.identity.node, trust: engine.trust)
            let arrival = try engine.open(received)
            _ = try store.write(world.moment()) { try engine.handle(.changeset(arrival), in: $0) }
        }
    }
}
