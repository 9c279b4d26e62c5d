import BusinessModules
import Foundation
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore

/// What travels as files: both ways, twice, late, in the wrong order, beside the line.
@Suite struct StickTests {
    private func carry(_ world: inout World, _ sender: String, _ receiver: String) throws {
        for file in try world.export(from: sender, to: receiver) { try world.take(file, at: receiver) }
    }

    private func owed(_ world: World, _ sender: String, _ receiver: String) throws -> UInt64 {
        let (from, to) = (try world.site(sender).engine, try world.site(receiver).engine.identity.node)
        let link = try #require(Link(from, peer: to))
        return try world.site(sender).store.read { try StickDebts(link, in: $0).runs(in: $0) }.reduce(0) {
            $0 + ($1.next - $1.from)
        }
    }

    private func refusal(_ code: ProtocolError.Code, _ body: () throws -> Void) {
        #expect(throws: ProtocolError(code, ""), performing: body)
    }

    @Test func `a report goes up and its decision comes down without any line`() throws {
        var world = try County.world(seed: 90)
        let keys = try world.take(County.records(standard: "2", 3))
        _ = try world.report(keys)
        try carry(&world, World.home, World.city)
        #expect(try world.states(keys[0], [World.city]) == ["50"])
        _ = try world.approve(keys, at: World.city)
        try carry(&world, World.city, World.province)
        _ = try world.approve(keys, at: World.province)
        try carry(&world, World.province, World.national)
        try carry(&world, World.province, World.city)
        try carry(&world, World.city, World.home)
        #expect(try world.states(keys[2]) == ["60", "60", "60", "60"])
        // The receipts came along: nothing is owed any more, and what is made anew holds no changeset.
        #expect(try owed(world, World.home, World.city) == 0)
        try carry(&world, World.home, World.city)
        #expect(try owed(world, World.city, World.home) == 0)
        for seat in world.seats { #expect(try world.refused(at: seat.code) == [], "\(seat.code)") }
    }

    @Test func `twice, late and after the line has gone on it changes nothing`() throws {
        var world = try County.world(seed: 91)
        let keys = try world.take(County.records(standard: "2", 4))
        _ = try world.report(Array(keys[..<2]))
        let early = try world.export(from: World.home, to: World.city)
        #expect(try world.take(early[0], at: World.city) == 1)
        #expect(try world.take(early[0], at: World.city) == 0)
        let down = try world.export(from: World.city, to: World.home)
        try world.settleWholly()
        _ = try world.report(Array(keys[2...]))
        try world.settleWholly()
        _ = try world.approve(keys, at: World.city)
        try world.settleWholly()
        let (before, owes) = (try world.digests(), try owed(world, World.city, World.home))
        #expect(try world.take(early[0], at: World.city) == 0)
        #expect(try world.take(down[0], at: World.home) == 0)
        #expect(try world.digests() == before && owed(world, World.city, World.home) == owes)
        try world.settleWholly()
        #expect(try world.digests() == before)
        for seat in world.seats { #expect(try world.refused(at: seat.code) == [], "\(seat.code)") }
    }

    @Test func `a stick that is lost is exported again, since nothing counts as sent`() throws {
        var world = try County.world(seed: 92)
        _ = try world.report(try world.take(County.records(standard: "2", 2)))
        let owes = try owed(world, World.home, World.city)
        _ = try world.export(from: World.home, to: World.city)
        #expect(try owed(world, World.home, World.city) == owes && owes > 0)
        try carry(&world, World.home, World.city)
        #expect(try owed(world, World.home, World.city) == owes)
        try carry(&world, World.city, World.home)
        #expect(try owed(world, World.home, World.city) == 0)
    }

    @Test func `of several files the missing one is named, and nothing is lost`() throws {
        var world = try County.world(seed: 93)
        let keys = try world.take(County.records(standard: "2", 6))
        for key in keys {
            _ = try world.report([key])
            let site = try world.site(World.home)
            let city = try world.site(World.city).engine.identity.node
            let link = try #require(Link(site.engine, peer: city))
            // As if the city had everything: so each report has a seal of its own.
            let positions = try site.store.read { try link.positions(peerIncarnation: nil, in: $0) }
            try world.act(World.home, .met(city, Incarnation(words: [7]), positions))
        }
        var home = try world.site(World.home)
        try home.store.write(world.moment()) { tx in
            let state = try #require(try tx.logs.all().first { $0.log.direction == .up })
            try tx.logs.setDurable(state.id, 0)
        }
        home = try world.site(World.home)
        let files = try world.export(from: World.home, to: World.city, room: 1_000)
        #expect(files.count == 6)
        for early in [2, 5, 1] {
            do {
                try world.take(files[early], at: World.city)
                Issue.record("file \(early + 1) was taken before the first")
            } catch let error as ProtocolError {
                #expect(error.code == .position && error.reason.contains("import file 1 first"), "\(error)")
            }
        }
        try world.take(files[0], at: World.city)
        do { try world.take(files[3], at: World.city) } catch let error as ProtocolError {
            #expect(error.code == .position && error.reason.contains("file 4 of 6: import file 2 first"), "\(error)")
        }
        for file in files[1...] { #expect(try world.take(file, at: World.city) == 1) }
        for file in files.reversed() { #expect(try world.take(file, at: World.city) == 0) }
        #expect(try world.states(keys[5], [World.city]) == ["50"])
        #expect(try world.refused(at: World.city) == [])
    }

    @Test func `altered, cut and of another node it is refused, and what stood before the damage counts`() throws {
        var world = try County.world(seed: 94)
        _ = try world.report(try world.take(County.records(standard: "2", 2)))
        let file = try world.export(from: World.home, to: World.city)[0]
        for place in stride(from: 0, to: file.count, by: 97) {
            var altered = file
            altered[place] ^= 0x10
            #expect(throws: ProtocolError.self, "\(place)") { try world.take(altered, at: World.city) }
            #expect(throws: ProtocolError.self, "\(place)") { try world.take(Array(file[..<place]), at: World.city) }
        }
        refusal(.wrongReceiver) { try world.take(file, at: World.province) }
        refusal(.wrongReceiver) { try world.take(file, at: World.home) }
        var other = try County.world(seed: 95)
        refusal(.wrongReceiver) { try other.take(file, at: World.city) }
        #expect(try world.take(file, at: World.city) == 1)
    }

    @Test func `channels go along, and only what the child has not told that it holds`() throws {
        var world = try County.world(seed: 96)
        let entry = Parameters.Entry(
            key: "notice_working_days", division: "000000", from: try #require(CalendarDay("2026-01-01")), to: nil,
            value: "6")
        try world.act(World.national, .publish(.parameters([entry]), by: Principal("analyst")))
        for (above, below) in [(World.national, World.province), (World.province, World.city), (World.city, World.home)] {
            try carry(&world, above, below)
        }
        let (day, engine) = (try #require(CalendarDay("2026-06-01")), try world.site(World.home).engine)
        #expect(
            engine.draft.parameters.value("notice_working_days", path: engine.identity.divisionPath, on: day) == "6")
        #expect(try owed(world, World.city, World.home) == 1)
        try carry(&world, World.home, World.city)
        #expect(try owed(world, World.city, World.home) == 0)
    }

    @Test func `statements come first: a new county's certificate, a stranger's never`() throws {
        var world = try County.world(seed: 97)
        let site = try world.site(World.city)
        // The city takes a key away; the province hears of it by stick.
        _ = try site.store.write(world.moment()) { tx in
            try Enrolment(site.engine).revoke(
                seat: World.home, trusted: nil, reason: "示例", by: Principal("test"), in: tx)
        }
        _ = try world.report(try world.take(County.records(standard: "2", 1)))
        let file = try world.export(from: World.home, to: World.city)[0]
        try world.reload(World.city)
        refusal(.revoked) { try world.take(file, at: World.city) }
        let county = try world.site(World.home).key.publicKey.id
        #expect(try world.site(World.province).engine.trust.revocation(of: county) == nil)
        try carry(&world, World.city, World.province)
        #expect(try world.site(World.province).engine.trust.revocation(of: county) != nil)
    }

    @Test func `an old receipt stays old, also for a log that began after the two had met`() throws {
        var world = try County.world(seed: 101)
        let (city, home) = (try world.site(World.city).engine, try world.site(World.home).engine)
        let keys = try world.take(County.records(standard: "2", 2))
        try world.act(World.home, .met(city.identity.node, city.identity.incarnation, LinkPositions(up: [], down: [])))
        _ = try world.report([keys[0]])
        let link = try #require(Link(city, peer: home.identity.node))
        let log = home.identity.log(.up, toward: city.identity.node)
        // Made before anything came, taken in after all has been acknowledged.
        let old = try world.site(World.city).store.write(world.moment()) { try link.receipt(for: log, in: $0) }
        let file = try world.export(from: World.city, to: World.home)[0]
        try world.take(world.export(from: World.home, to: World.city)[0], at: World.city)
        let new = try world.site(World.city).store.write(world.moment()) { try link.receipt(for: log, in: $0) }
        try world.act(World.home, .receipt(new))
        #expect(try owed(world, World.home, World.city) == 0)
        try world.take(file, at: World.home)
        try world.act(World.home, .receipt(old))
        #expect(try owed(world, World.home, World.city) == 0)
    }

    // MARK: Lives

    /// A world whose stores are files, so that one can be taken back.
    private func worldOnDisk(_ seed: UInt64, _ folder: String) throws -> World {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try County.world(seed: seed) {
            try Store(path: folder + "/" + $0 + ".db", charter: Catalog.charter, key: .known)
        }
    }

    /// The node works on from an older database, in a new life.
    private func restore(_ seat: String, from copy: String, life: UInt64, _ world: inout World) throws {
        let store = try Store(path: copy, charter: Catalog.charter, key: .known)
        try world.restart(seat, with: store)
        let engine = try world.site(seat).engine
        _ = try store.write(world.moment()) {
            try NewLife.begin(Incarnation(words: [life]), engine, by: Principal("operator"), in: $0)
        }
        try world.restart(seat, with: store)
    }

    private func isCatchingUp(_ seat: String, _ world: World) throws -> Bool {
        try world.site(seat).store.read { try !$0.catchingUp.all().isEmpty }
    }

    @Test func `a restored county gets back by stick what it had reported, and goes on`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/bangfu-stick-" + UUID().uuidString
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
        var world = try worldOnDisk(98, folder)
        let keys = try world.take(County.records(standard: "2", 4))
        _ = try world.report([keys[0]])
        try world.settleWholly()
        try world.site(World.home).store.copy(to: folder + "/copy.db")
        _ = try world.report([keys[1]])
        let early = try world.export(from: World.home, to: World.city)[0]
        try world.take(early, at: World.city)
        _ = try world.report([keys[2]])
        let late = try world.export(from: World.home, to: World.city)[0]
        let stale = try world.export(from: World.city, to: World.home)[0]

        try restore(World.home, from: folder + "/copy.db", life: 0xC0FFEE, &world)
        // What the city had written before it heard of the new life settles nothing.
        try world.take(stale, at: World.home)
        #expect(try isCatchingUp(World.home, world))
        let waiting = try #require(try world.find(keys[3], at: World.home)).id
        let record = try #require(RecordID(hex: waiting))
        #expect(throws: NodeError(.recovering, "", "")) {
            try world.act(World.home, .report([record], by: Principal("clerk")))
        }
        try carry(&world, World.home, World.city)
        // A stick of the life that has ended counts no more, though nobody else has what is on it.
        refusal(.late) { try world.take(late, at: World.city) }
        refusal(.late) { try world.take(early, at: World.city) }
        try carry(&world, World.city, World.home)
        #expect(try !isCatchingUp(World.home, world))
        #expect(try world.find(keys[1], at: World.home)?.status == "50")
        _ = try world.report([keys[2], keys[3]])
        try carry(&world, World.home, World.city)
        #expect(try world.states(keys[3], [World.home, World.city]) == ["50", "50"])
        #expect(try world.states(keys[2], [World.city]) == ["50"])
        try carry(&world, World.city, World.home)
        #expect(try owed(world, World.home, World.city) == 0)
        #expect(try world.journal(World.city).failures == [])
    }

    @Test func `a restored city gets back by stick what its county holds, and its decisions with it`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/bangfu-stick-" + UUID().uuidString
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
        var world = try worldOnDisk(99, folder)
        let keys = try world.take(County.records(standard: "2", 3))
        try world.settleWholly()
        try world.site(World.city).store.copy(to: folder + "/copy.db")
        _ = try world.report(keys)
        try world.settleWholly()
        _ = try world.approve([keys[0]], at: World.city)
        try world.settleWholly()
        let before = try world.digest(World.city)

        try restore(World.city, from: folder + "/copy.db", life: 0xC17E, &world)
        let others = [World.province, "370285", World.home]
        for other in others { try carry(&world, World.city, other) }
        for other in others { try carry(&world, other, World.city) }
        #expect(try !isCatchingUp(World.city, world))
        #expect(try world.digest(World.city) == before)
        #expect(try world.approve([keys[1]], at: World.city).done == 1)
        for other in others { try carry(&world, World.city, other) }
        #expect(try world.find(keys[1], at: World.home)?.pendingLevel == .province)
        #expect(try world.find(keys[1], at: World.province)?.status == "50")
        for seat in world.seats { #expect(try world.journal(seat.code).failures == [], "\(seat.code)") }
    }

    @Test func `a county whose database was put back unseen stands out by its own bundle`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/bangfu-stick-" + UUID().uuidString
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
        var world = try worldOnDisk(100, folder)
        let keys = try world.take(County.records(standard: "2", 2))
        try world.site(World.home).store.copy(to: folder + "/copy.db")
        _ = try world.report([keys[0]])
        try carry(&world, World.home, World.city)
        let answer = try world.export(from: World.city, to: World.home)[0]
        try world.restart(World.home, with: Store(path: folder + "/copy.db", charter: Catalog.charter, key: .known))
        refusal(.recoverFirst) { try world.take(answer, at: World.home) }
        _ = try world.report([keys[1]])
        let forked = try world.export(from: World.home, to: World.city)[0]
        refusal(.fork) { try world.take(forked, at: World.city) }
    }
}
