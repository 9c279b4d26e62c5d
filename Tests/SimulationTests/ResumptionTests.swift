import BusinessModules
import Foundation
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore

/// What a level passed on in a life of which a neighbour gives back one half goes on its way in the next life.
@Suite struct ResumptionTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/bangfu-resume-" + UUID().uuidString

    private func disk<Result>(_ body: () throws -> Result) throws -> Result {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
        return try body()
    }

    private func world(_ seed: UInt64) throws -> World {
        try County.world(seed: seed) {
            try Store(path: folder + "/" + $0 + ".db", charter: Catalog.charter, key: .known)
        }
    }

    private func backUp(_ seat: String, _ world: World) throws {
        try world.site(seat).store.copy(to: folder + "/backup.db")
    }

    /// The backup takes the place of the disk, and a new life begins.
    private func restore(_ seat: String, _ life: UInt64, _ world: inout World) throws {
        let store = try Store(path: folder + "/backup.db", charter: Catalog.charter, key: .known)
        try world.restart(seat, with: store)
        let engine = try world.site(seat).engine
        _ = try store.write(world.moment()) {
            try NewLife.begin(Incarnation(words: [life]), engine, by: Principal("operator"), in: $0)
        }
        try world.restart(seat, with: store)
    }

    /// As the daemon does at each hello: `seat` gets back what `other` holds of its earlier lives, and both settle.
    private func catchUp(_ seat: String, with other: String, _ world: inout World) throws {
        let (here, there) = (try world.site(seat), try world.site(other))
        let link = try #require(Link(there.engine, peer: here.engine.identity.node))
        let own = try #require(Link(here.engine, peer: there.engine.identity.node))
        for state in try there.store.read({ try $0.logs.all() })
        where state.log.author == here.engine.identity.node && state.log.peer == there.engine.identity.node {
            let held = try here.store.read { try own.held(state.log, in: $0) }
            for changeset in try there.store.read({
                try link.changesets(of: state.log, from: held, budget: 1 << 24, in: $0)
            }) {
                let arrival = try here.engine.open(
                    try Changeset(
                        verifying: changeset.encoded, from: there.engine.identity.node, to: here.engine.identity.node,
                        trust: here.engine.trust))
                try world.act(seat, .returned(arrival))
            }
        }
        // What the earlier life had sealed and not sent goes as always.
        let positions = try there.store.read {
            try link.positions(peerIncarnation: here.engine.identity.incarnation, in: $0)
        }
        let meeting = try here.store.read { try own.compare(positions, there.engine.identity.incarnation, in: $0) }
        for run in meeting.send.dropLast() {
            for changeset in try here.store.read({
                try own.changesets(of: run.log, from: run.from, budget: 1 << 24, in: $0)
            }) {
                _ = try world.deliver(changeset.encoded, from: here.engine.identity.node, at: other)
            }
        }
        try world.act(seat, .settled(there.engine.identity.node))
        try world.act(other, .settled(here.engine.identity.node))
    }

    private func quarantine(_ seat: String, _ world: World) throws -> [String] {
        try world.site(seat).store.read { try Inquiry(Catalog.charter).quarantine(limit: 100, in: $0) }.map(\.code)
    }

    /// A city approves a file; its line upward is down. `order`: which neighbour it meets first after it was restored.
    @Test(arguments: [[World.province, World.home], [World.home, World.province]])
    func `an approval that came back from the county goes up in the new life`(order: [String]) throws {
        try disk {
            var world = try world(210)
            let key = try world.take(County.records(standard: "2", 1))[0]
            _ = try world.report([key])
            try world.settleWholly()
            try backUp(World.city, world)
            #expect(try world.approve([key], at: World.city).done == 1)
            _ = try world.exchange(World.home)
            #expect(try world.find(key, at: World.province) == nil)
            try restore(World.city, 0xC17E, &world)
            #expect(try world.find(key, at: World.city)?.pendingLevel == .city)
            for other in order { try catchUp(World.city, with: other, &world) }
            try world.settleWholly()
            #expect(try world.find(key, at: World.city)?.pendingLevel == .province)
            #expect(try world.find(key, at: World.province)?.status == "50")
            for seat in [World.home, World.city, World.province] { #expect(try quarantine(seat, world) == [], "\(seat)") }
            #expect(try world.approve([key], at: World.province).done == 1)
            try world.settleWholly()
            #expect(try world.find(key, at: World.home)?.status == "60")
        }
    }

    @Test func `an approval that came back from the province goes down to the county in the new life`() throws {
        try disk {
            var world = try world(211)
            let key = try world.take(County.records(standard: "3", 1))[0]
            _ = try world.report([key])
            try world.settleWholly()
            try backUp(World.city, world)
            #expect(try world.approve([key], at: World.city).done == 1)
            _ = try world.exchange(World.city)
            #expect(try world.find(key, at: World.province) != nil)
            #expect(try world.find(key, at: World.home)?.status == "50")
            try restore(World.city, 0xC17E, &world)
            try catchUp(World.city, with: World.home, &world)
            try catchUp(World.city, with: World.province, &world)
            try world.settleWholly()
            #expect(try world.find(key, at: World.home)?.status == "60")
            for seat in [World.home, World.city, World.province] { #expect(try quarantine(seat, world) == [], "\(seat)") }
        }
    }

    /// The backup was made while entries waited for the line: what people did is theirs to do again, what follows by rule
    /// is not.
    @Test func `what waited to be passed on by rule when the backup was made is passed on in the new life`() throws {
        try disk {
            var world = try world(212)
            let keys = try world.take(County.records(standard: "2", 2))
            _ = try world.report([keys[0]])
            try world.settleWholly()
            #expect(try world.approve([keys[0]], at: World.city).done == 1)
            // Sent and not acknowledged: what follows is gathered behind it.
            _ = try world.report([keys[1]])
            _ = try world.exchange(World.home)
            let city = try world.site(World.city)
            #expect(try city.store.read { try !$0.outbox.logs().isEmpty })
            try backUp(World.city, world)
            try restore(World.city, 0xC17E, &world)
            try catchUp(World.city, with: World.home, &world)
            try catchUp(World.city, with: World.province, &world)
            try world.settleWholly()
            // The seals of the county go up, on which every later approval rests.
            #expect(try world.approve([keys[1]], at: World.city).done == 1)
            try world.settleWholly()
            for key in keys { #expect(try world.find(key, at: World.province)?.status == "50", "\(key)") }
            let waiting = try world.site(World.province).store.read { try Inspection.postponed(in: $0) }
            #expect(waiting.isEmpty)
        }
    }

    @Test func `a decision of the province that waited for the county's line reaches it in the new life`() throws {
        try disk {
            var world = try world(213)
            let keys = try world.take(County.records(standard: "2", 2))
            _ = try world.report(keys)
            try world.settleWholly()
            // The first waits at the county's line, so that the second is gathered behind it.
            #expect(try world.approve([keys[0]], at: World.city).done == 1)
            #expect(try world.approve([keys[1]], at: World.city).done == 1)
            for _ in 0..<3 { _ = try world.exchange(World.city) }
            #expect(try world.approveAll(at: World.province).done == 2)
            for _ in 0..<3 { _ = try world.exchange(World.city) }
            #expect(try world.find(keys[1], at: World.city)?.status == "60")
            try backUp(World.city, world)
            try restore(World.city, 0xC17E, &world)
            try catchUp(World.city, with: World.home, &world)
            try catchUp(World.city, with: World.province, &world)
            try world.settleWholly()
            for key in keys { #expect(try world.find(key, at: World.home)?.status == "60", "\(key)") }
        }
    }

    @Test func `where nothing was lost nothing is said again`() throws {
        try disk {
            var world = try world(214)
            let keys = try world.take(County.records(standard: "2", 3))
            _ = try world.report(keys)
            try world.settleWholly()
            _ = try world.approve(Array(keys[0...1]), at: World.city)
            try world.settleWholly()
            _ = try world.approve([keys[0]], at: World.province)
            try world.settleWholly()
            try backUp(World.city, world)
            try restore(World.city, 0xC17E, &world)
            try catchUp(World.city, with: World.home, &world)
            try catchUp(World.city, with: World.province, &world)
            let city = try world.site(World.city)
            let present = try city.store.read { try $0.logs.all() }.filter {
                $0.log.author == city.engine.identity.node && $0.log.incarnation == city.engine.identity.incarnation
            }
            // The entry that opens each log, and nothing behind it; another county has yet to settle.
            #expect(present.map(\.next).sorted() == [0, 1, 1])
        }
    }

    @Test func `an own version that comes back narrowed counts under the newer one that narrowed it`() throws {
        try disk {
            var world = try world(215)
            let key = try world.take(County.records(standard: "2", 1))[0]
            try backUp(World.home, world)
            _ = try world.report([key])
            try world.settleWholly()
            _ = try world.sendBack([key], at: World.city)
            try world.settleWholly()
            try world.correct(key, ["file_standard": "4"])
            _ = try world.report([key])
            try world.settleWholly()
            try restore(World.home, 0xB0B, &world)
            try catchUp(World.home, with: World.city, &world)
            try world.settleWholly()
            let home = try world.site(World.home)
            #expect(try home.store.read { try Inspection.postponed(in: $0) }.isEmpty)
            #expect(try home.store.read { try Inspection.versions(in: $0) }.map(\.number).sorted() == [1, 2])
            #expect(try world.find(key, at: World.home)?.version == 2)
        }
    }
}
