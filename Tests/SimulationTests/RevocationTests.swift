import BusinessModules
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore

/// A key is taken away, and what it signed beyond the bound with it.
@Suite struct RevocationTests {
    /// Every node learns what every other knows of the trust log.
    private func spread(_ world: inout World) throws {
        for seat in world.seats.reversed() {
            guard let parent = seat.parent else { continue }
            try tell(parent, from: seat.code, &world)
        }
        for seat in world.seats {
            guard let parent = seat.parent else { continue }
            try tell(seat.code, from: parent, &world)
        }
    }

    private func tell(_ seat: String, from other: String, _ world: inout World) throws {
        let engine = try world.site(other).engine
        try world.act(seat, .statements(engine.trust.statements, from: engine.identity.node))
    }

    private func revoke(_ seat: String, at issuer: String, position: UInt64?, _ world: inout World) throws {
        let site = try world.site(issuer)
        _ = try site.store.write(world.moment()) { tx in
            try Enrolment(site.engine).revoke(
                seat: seat, position: position, reason: "示例", by: Principal("test"), in: tx)
        }
        try world.reload(issuer)
    }

    private func end(of seat: String, at parent: String, _ world: World) throws -> UInt64 {
        let (child, site) = (try world.site(seat).engine.identity.node, try world.site(parent))
        return try site.store.read { try Inspection.heads(in: $0) }.first {
            $0.log.author == child && $0.log.direction == .up
        }?.next ?? 0
    }

    @Test func `what a key sealed beyond the bound is taken back at every level, and what it sealed before stays`() throws {
        var world = try County.world(seed: 70)
        let keys = try world.take(County.records(standard: "4", 4))
        _ = try world.report(Array(keys[..<2]))
        try world.settleWholly()
        let honest = try end(of: World.home, at: World.city, world)
        _ = try world.report(Array(keys[2...]))
        try world.settleWholly()
        for key in keys { #expect(try world.find(key, at: World.national)?.status == "60") }

        try revoke(World.home, at: World.city, position: honest, &world)
        try spread(&world)
        for seat in [World.city, World.province, World.national] {
            for key in keys[..<2] { #expect(try world.find(key, at: seat)?.status == "60", "\(key) at \(seat)") }
            for key in keys[2...] { #expect(try world.find(key, at: seat) == nil, "\(key) at \(seat)") }
            #expect(try world.site(seat).store.read { try $0.late.count() } > 0)
        }
        // At home they are drafts again, with everything that was known of them.
        for key in keys[2...] {
            let found = try #require(try world.find(key, at: World.home))
            #expect(found.version == 0)
        }
        for key in keys[..<2] { #expect(try world.find(key, at: World.home)?.status == "60") }
    }

    @Test func `decisions of a level whose key was taken away are taken back, and the versions wait for it again`() throws {
        var world = try County.world(seed: 71)
        let key = try world.take(County.records(standard: "2", 1))[0]
        _ = try world.report([key])
        try world.settleWholly()
        #expect(try world.approve([key], at: World.city).done == 1)
        try world.settleWholly()
        #expect(try world.find(key, at: World.national) == nil || world.find(key, at: World.province) != nil)
        #expect(try world.find(key, at: World.province)?.status == "50")

        try revoke(World.city, at: World.province, position: 0, &world)
        try spread(&world)
        // The approval brought the file up; without it there is nothing.
        #expect(try world.find(key, at: World.province) == nil)
        #expect(try world.find(key, at: World.home)?.status == "50")
    }

    @Test func `a rebuild of what is left equals the live tables`() throws {
        var world = try County.world(seed: 72)
        let keys = try world.take(County.records(standard: "4", 3))
        _ = try world.report([keys[0]])
        try world.settleWholly()
        let honest = try end(of: World.home, at: World.city, world)
        _ = try world.report(Array(keys[1...]))
        try world.settleWholly()
        try revoke(World.home, at: World.city, position: honest, &world)
        try spread(&world)
        try expectRebuilt(&world)
    }

    private func expectRebuilt(_ world: inout World) throws {
        for seat in [World.city, World.province, World.national] {
            let site = try world.site(seat)
            let live = try world.digest(seat)
            let again = try site.store.write(world.moment()) { tx in
                for record in try tx.withSnapshot({ try Inspection.records(in: $0) }) {
                    guard let state = try tx.records.find(record.id) else { continue }
                    try tx.takeBack.clear(record: state.id)
                    try tx.typed(WorkerFiles.kind).remove(id: state.id)
                    try tx.takeBack.remove(record: state.id)
                }
                _ = try Rebuild.play(site.engine, in: tx)
                return try tx.withSnapshot { try StoreDigest.make(Catalog.charter, in: $0) }
            }
            #expect(again == live, "\(seat)")
        }
    }

    @Test func `what was decided about older versions stays when a newer one is taken back`() throws {
        var world = try County.world(seed: 73)
        let key = try world.take(County.records(standard: "2", 1))[0]
        for round in 1...2 {
            if round > 1 { try world.correct(key, ["address": "示例市示例区示例路\(round)号"]) }
            _ = try world.report([key])
            try world.settleWholly()
            #expect(try world.approve([key], at: World.city).done == 1)
            try world.settleWholly()
            #expect(try world.approve([key], at: World.province).done == 1)
            try world.settleWholly()
        }
        let honest = try end(of: World.home, at: World.city, world)
        let before = try [World.home, World.city, World.province].map { seat in
            try world.site(seat).store.read { try Inspection.decisions(in: $0).count }
        }
        #expect(before == [4, 4, 4])
        try world.correct(key, ["address": "示例市示例区示例路3号"])
        _ = try world.report([key])
        try world.settleWholly()
        try revoke(World.home, at: World.city, position: honest, &world)
        try spread(&world)
        for seat in [World.home, World.city, World.province] {
            #expect(try world.site(seat).store.read { try Inspection.decisions(in: $0).count } == 4, "\(seat)")
        }
        try expectRebuilt(&world)
    }

    @Test func `a version that a newer one narrowed stays when that one is taken back`() throws {
        var world = try County.world(seed: 74)
        let key = try world.take(County.records(standard: "2", 1))[0]
        _ = try world.report([key])
        try world.settleWholly()
        _ = try world.sendBack([key], at: World.city)
        try world.settleWholly()
        let honest = try end(of: World.home, at: World.city, world)
        try world.correct(key, ["file_standard": "4"])
        _ = try world.report([key])
        try world.settleWholly()
        #expect(try world.find(key, at: World.city)?.version == 2)
        try revoke(World.home, at: World.city, position: honest, &world)
        try spread(&world)
        #expect(try world.find(key, at: World.city)?.version == 1)
        try expectRebuilt(&world)
    }

    @Test func `what rests on a seal behind the end of its log is refused, and does not wait for ever`() throws {
        var world = try County.world(seed: 75)
        let keys = try world.take(County.records(standard: "2", 2))
        _ = try world.report([keys[0]])
        try world.settleWholly()
        let honest = try end(of: World.home, at: World.city, world)
        _ = try world.report([keys[1]])
        _ = try world.exchange(World.home)
        #expect(try world.approveAll(at: World.city).done == 2)
        // The province hears of the revocation before the approvals that rest on what it excludes.
        try revoke(World.home, at: World.city, position: honest, &world)
        try tell(World.province, from: World.city, &world)
        for _ in 0..<4 { _ = try world.exchange(World.city) }
        let province = try world.site(World.province)
        #expect(try province.store.read { try Inspection.postponed(in: $0) }.isEmpty)
        #expect(try world.find(keys[0], at: World.province)?.status == "50")
        #expect(try world.find(keys[1], at: World.province) == nil)
        let refused = try province.store.read { try Inquiry(Catalog.charter).quarantine(limit: 10, in: $0) }
        #expect(refused.contains { $0.code == "revoked" })
    }

    @Test func `what an earlier key signed is not promised to be taken back with the present one`() throws {
        var world = try County.world(seed: 76)
        let keys = try world.take(County.records(standard: "2", 2))
        _ = try world.report([keys[0]])
        try world.settleWholly()
        let (home, city) = (try world.site(World.home), try world.site(World.city))
        let next = try SigningKey(suite: .international, seed: [UInt8](repeating: 9, count: 32))
        let node = home.engine.identity.node
        let rotation = try Rotation(
            node: node, present: home.key, new: next, federation: home.engine.identity.federation)
        _ = try city.store.write(world.moment()) {
            try Enrolment(city.engine).rotate(rotation.message.encoded, of: node, in: $0)
        }
        try world.reload(World.city)
        let refusal = #expect(throws: NodeError.self) { try revoke(World.home, at: World.city, position: 0, &world) }
        #expect(refusal?.code == .badRequest)
        let end = try end(of: World.home, at: World.city, world)
        try revoke(World.home, at: World.city, position: end, &world)
        #expect(try world.find(keys[0], at: World.city)?.status == "50")
    }
}
