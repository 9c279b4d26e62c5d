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

    private func revoke(
        _ seat: String, at issuer: String, position: UInt64?, life: Incarnation? = nil, _ world: inout World
    ) throws {
        let site = try world.site(issuer)
        _ = try site.store.write(world.moment()) { tx in
            try Enrolment(site.engine).revoke(
                seat: seat, trusted: position.map { TrustedEnd(life: life, position: $0) }, reason: "示例",
                by: Principal("test"), in: tx)
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

    /// A file is reported, a new life of the home begins, two more are reported. Returns the three.
    private func reportInTwoLives(_ world: inout World) throws -> [String] {
        let keys = try world.take(County.records(standard: "2", 3))
        _ = try world.report([keys[0]])
        try world.settleWholly()
        let home = try world.site(World.home)
        _ = try home.store.write(world.moment()) {
            try NewLife.begin(Incarnation(words: [0xA6A1]), home.engine, by: Principal("operator"), in: $0)
        }
        try world.restart(World.home, with: home.store)
        try world.act(World.home, .settled(try world.site(World.city).engine.identity.node))
        for key in keys[1...] {
            _ = try world.report([key])
            try world.settleWholly()
        }
        for key in keys { #expect(try world.find(key, at: World.city)?.status == "50", "\(key)") }
        return keys
    }

    private func statuses(_ keys: [String], at seat: String, _ world: World) throws -> [String?] {
        try keys.map { try world.find($0, at: seat)?.status }
    }

    private func lives(of seat: String, at parent: String, _ world: World) throws -> [LogState] {
        let (child, site) = (try world.site(seat).engine.identity.node, try world.site(parent))
        return try site.store.read { try $0.logs.all() }.filter { $0.log.author == child && $0.log.direction == .up }
    }

    @Test func `a position counts in the last life of a node, and what it sealed in earlier ones stays`() throws {
        var world = try County.world(seed: 77)
        let keys = try reportInTwoLives(&world)
        let last = try #require(try lives(of: World.home, at: World.city, world).last)
        let city = try world.site(World.city)
        let seals = try city.store.read { try Inspection.lines(after: 0, in: $0) }.map(\.seal).filter { $0.log == last.log }
        let end = try #require(seals.last { $0.next < last.next }?.next)
        try revoke(World.home, at: World.city, position: end, &world)
        let left = try statuses(keys, at: World.city, world)
        #expect(left == ["50", "50", nil])
        try expectRebuilt(&world)
    }

    @Test func `of lives after the one that is named nothing stays`() throws {
        var world = try County.world(seed: 78)
        let keys = try reportInTwoLives(&world)
        let first = try #require(try lives(of: World.home, at: World.city, world).first)
        try revoke(World.home, at: World.city, position: first.next, life: first.log.incarnation, &world)
        let left = try statuses(keys, at: World.city, world)
        #expect(left == ["50", nil, nil])
    }

    @Test func `a position beyond what is held, and a life that nobody knows, are refused`() throws {
        var world = try County.world(seed: 79)
        _ = try reportInTwoLives(&world)
        let last = try #require(try lives(of: World.home, at: World.city, world).last)
        let beyond = #expect(throws: NodeError.self) {
            try revoke(World.home, at: World.city, position: last.next + 1, &world)
        }
        let unknown = #expect(throws: NodeError.self) {
            try revoke(World.home, at: World.city, position: 0, life: Incarnation(words: [1]), &world)
        }
        #expect(beyond?.code == .badRequest && unknown?.code == .notFound)
    }
}
