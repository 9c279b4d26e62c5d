import BusinessModules
import Foundation
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore

/// What a neighbour gives back where this database holds another branch of the same log.
@Suite struct RegainingTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/bangfu-regain-" + UUID().uuidString

    private func disk<Result>(_ body: () throws -> Result) throws -> Result {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
        return try body()
    }

    /// The node works on in an older database, as if nothing had happened, and reports there; then a person has it recover.
    private func turnBack(
        _ seat: String, _ life: UInt64, _ world: inout World, while body: (inout World) throws -> Void
    ) throws {
        let store = try Store(path: folder + "/copy.db", charter: Catalog.charter, key: .known)
        try world.restart(seat, with: store)
        try body(&world)
        let engine = try world.site(seat).engine
        _ = try store.write(world.moment()) {
            try NewLife.begin(Incarnation(words: [life]), engine, by: Principal("operator"), in: $0)
        }
        try world.restart(seat, with: store)
    }

    private func world(_ seed: UInt64) throws -> World {
        try County.world(seed: seed) {
            try Store(path: folder + "/" + $0 + ".db", charter: Catalog.charter, key: .known)
        }
    }

    /// How `seat` meets `other`, by what the other end says of the two logs.
    private func meeting(_ seat: String, _ other: String, _ world: World) throws -> (link: Link, meeting: Link.Meeting) {
        let (here, there) = (try world.site(seat), try world.site(other))
        let link = try #require(Link(here.engine, peer: there.engine.identity.node))
        let back = try #require(Link(there.engine, peer: here.engine.identity.node))
        let life = here.engine.identity.incarnation
        let positions = try there.store.read { try back.positions(peerIncarnation: life, in: $0) }
        let meeting = try here.store.read { try link.compare(positions, there.engine.identity.incarnation, in: $0) }
        return (link, meeting)
    }

    /// Hands on what `from` holds of a log, until there is no more.
    private func hand(_ log: LogID, after start: UInt64, from: String, to: String, _ world: inout World) throws {
        let (source, target) = (try world.site(from), try world.site(to))
        let link = try #require(Link(source.engine, peer: target.engine.identity.node))
        let list = try source.store.read { try link.changesets(of: log, from: start, budget: 1 << 24, in: $0) }
        for changeset in list {
            let arrival = try target.engine.open(
                try Changeset(
                    verifying: changeset.encoded, from: source.engine.identity.node, to: target.engine.identity.node,
                    trust: target.engine.trust))
            try world.act(to, .returned(arrival))
        }
    }

    @Test func `a lost branch may end inside a seal of the one that counts, which tells where they part`() throws {
        try disk {
            var world = try world(120)
            let keys = try world.take(County.records(standard: "4", 6))
            _ = try world.report([keys[0]])
            try world.settleWholly()
            try world.site(World.home).store.copy(to: folder + "/copy.db")
            // One seal over three entries; the old copy writes two where these stand.
            _ = try world.report(Array(keys[1...3]))
            try world.settleWholly()
            try turnBack(World.home, 0xB0B, &world) { _ = try $0.report(Array(keys[4...5])) }
            let (_, meeting) = try meeting(World.home, World.city, world)
            let run = try #require(meeting.fetch.first)
            #expect(meeting.fetch.count == 1 && run.from > 0)
            try hand(run.log, after: run.from, from: World.city, to: World.home, &world)
            for key in keys[1...3] { #expect(try world.find(key, at: World.home)?.version == 1) }
            for key in keys[4...5] { #expect(try world.find(key, at: World.home)?.version == 0) }
            let home = try world.site(World.home)
            let late = try home.store.read { try LateEntries(home.engine).list(after: 0, limit: 100, in: $0) }
            #expect(late.filter(\.isOwnVersion).count == 2 && late.allSatisfy { $0.reason == "lost branch" })
            #expect(try self.meeting(World.home, World.city, world).meeting.fetch.isEmpty)
        }
    }

    @Test func `where the seals of two branches never meet again all comes back from the beginning`() throws {
        try disk {
            var world = try world(122)
            let keys = try world.take(County.records(standard: "4", 6))
            _ = try world.report([keys[0]])
            try world.settleWholly()
            try world.site(World.home).store.copy(to: folder + "/copy.db")
            _ = try world.report([keys[1]])
            try world.settleWholly()
            _ = try world.report(Array(keys[2...4]))
            try world.settleWholly()
            // Another first seal, and a last one that ends inside of the other's.
            try turnBack(World.home, 0xB0B, &world) { _ = try $0.report(Array(keys[3...5])) }
            let run = try #require(try meeting(World.home, World.city, world).meeting.fetch.first)
            let refusal = #expect(throws: ProtocolError.self) {
                try hand(run.log, after: run.from, from: World.city, to: World.home, &world)
            }
            #expect(refusal.map(Regaining.isOtherBranch) == true)
            try hand(run.log, after: 0, from: World.city, to: World.home, &world)
            for key in keys[1...4] { #expect(try world.find(key, at: World.home)?.version == 1) }
            #expect(try world.find(keys[5], at: World.home)?.version == 0)
            #expect(try meeting(World.home, World.city, world).meeting.fetch.isEmpty)
        }
    }

    @Test func `a parent that wrote on from an old copy is given its log back from the beginning`() throws {
        try disk {
            var world = try world(121)
            let keys = try world.take(County.records(standard: "2", 3))
            _ = try world.report(keys)
            try world.settleWholly()
            try world.site(World.city).store.copy(to: folder + "/copy.db")
            _ = try world.approve(Array(keys[0...1]), at: World.city)
            try world.settleWholly()
            // In the old copy the third is decided first, and nobody hears of it.
            try turnBack(World.city, 0xC17E, &world) { _ = try $0.approve([keys[2]], at: World.city) }
            let (_, meeting) = try meeting(World.home, World.city, world)
            let run = try #require(meeting.giveBack.first)
            #expect(meeting.giveBack.count == 1 && run.from == 0)
            try hand(run.log, after: run.from, from: World.home, to: World.city, &world)
            #expect(try self.meeting(World.home, World.city, world).meeting.giveBack.isEmpty)
            for key in keys[0...1] { #expect(try world.find(key, at: World.city)?.pendingLevel != .city) }
            // The third still stands in the log upward, until the province gives back what counts there.
            #expect(try world.find(keys[2], at: World.city)?.pendingLevel != .city)
            let above = try #require(try self.meeting(World.city, World.province, world).meeting.fetch.first)
            try hand(above.log, after: above.from, from: World.province, to: World.city, &world)
            #expect(try self.meeting(World.city, World.province, world).meeting.fetch.isEmpty)
            #expect(try world.find(keys[2], at: World.city)?.pendingLevel == .city)
        }
    }
}
