import BusinessModules
import Foundation
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

/// T-11 to T-13 of worker files, from report to settlement.
@Suite struct ReminderTests {
    private func run(_ world: inout World, _ seat: String) throws -> Reminders.Outcome {
        let reply = try world.send("POST", seat, "reminders/runs", [String: String]())
        #expect(reply.status == 200)
        return try County.json(reply, as: Reminders.Outcome.self)
    }

    private func list(_ world: inout World, _ seat: String, settled: Bool = false) throws -> ReminderEndpoints.ListView {
        let reply = try County.call(
            &world, seat, .init("GET", "reminders", query: settled ? ["settled": "1"] : [:], principal: Principal("test")))
        return try County.json(reply, as: ReminderEndpoints.ListView.self)
    }

    /// Reported on Wednesday 2026-07-01: due on the fifteenth.
    @Test func `a review is reminded of before and on its day, after an outage once and as late, until it is done`() throws {
        var world = try County.world(seed: 601)
        let keys = try world.take(County.records(standard: "3", 2))
        #expect(try world.report(keys).done == 2)
        try world.settle()
        #expect(try run(&world, World.city).noted == 0)
        world.advance(days: 9)
        #expect(try run(&world, World.city) == Reminders.Outcome(noted: 2, late: 0, settled: 0, rowsRead: 3, postponed: 0))
        #expect(try run(&world, World.city).noted == 0)
        let soon = try list(&world, World.city)
        #expect(soon.items.map(\.stage) == ["soon", "soon"] && soon.items.allSatisfy { $0.due == "2026-07-15" })
        #expect(soon.items.allSatisfy { $0.role == "city_reviewer" && $0.isPublished == false })
        // A week without a run: the due day was missed, the day after is today's.
        world.advance(days: 6)
        let late = try run(&world, World.city)
        #expect(late.noted == 4 && late.late == 2)
        #expect(try run(&world, World.city).noted == 0)
        world.advance(days: 4)
        #expect(try run(&world, World.city).noted == 2)
        #expect(try list(&world, World.city).items.filter { $0.role == "unit_head" }.count == 2)
        let counts = try list(&world, World.city).counts
        #expect(counts.map(\.count) == [2] && counts.map(\.stage) == ["overdue"])
        #expect(try world.approve(keys, at: World.city).done == 2)
        #expect(try run(&world, World.city).settled == 8)
        #expect(try list(&world, World.city).items.isEmpty && list(&world, World.city, settled: true).items.count == 8)
        // Nobody else was to act.
        #expect(try run(&world, World.home).noted == 0 && run(&world, World.province).noted == 0)
    }

    @Test func `what was returned is reminded of at the home, and a new report settles it`() throws {
        var world = try County.world(seed: 602)
        let keys = try world.take(County.records(standard: "3", 1))
        _ = try world.report(keys)
        try world.settle()
        _ = try world.sendBack(keys, at: World.city)
        try world.settle()
        world.advance(days: 15)
        let outcome = try run(&world, World.home)
        #expect(outcome.noted == 4 && outcome.late == 2)
        #expect(try list(&world, World.home).items.map(\.role) == ["clerk", "clerk", "clerk", "county_reviewer"])
        try world.correct(keys[0], [:])
        // Editing alone ends nothing.
        #expect(try run(&world, World.home).settled == 0)
        _ = try world.report(keys)
        #expect(try run(&world, World.home).settled == 4)
    }

    @Test func `a file that the home approved is to be verified within twelve months`() throws {
        var world = try County.world(seed: 603)
        let records = try County.records(standard: "4", 3).enumerated().map { index, record in
            var record = record
            record[WorkerFiles.verifiedOn] = try #require(CalendarDay(index == 0 ? "2025-07-10" : "2026-03-02")).number
            record[WorkerFiles.nextVerifyOn] = try #require(CalendarDay(index == 0 ? "2026-12-31" : "2027-03-02")).number
            return record
        }
        let keys = try world.take(records)
        #expect(try world.report(keys).done == 3)
        world.advance(days: 4)
        let outcome = try run(&world, World.home)
        #expect(outcome.noted == 2 && outcome.late == 2)
        let items = try list(&world, World.home).items
        #expect(items.map(\.rule) == ["T-13", "T-13"] && items.map(\.due) == ["2026-07-10", "2026-07-10"])
        #expect(items.map(\.key) == [keys[0], keys[0]])
    }

    @Test func `nothing is noted ahead, and a preview writes nothing`() throws {
        var world = try County.world(seed: 604)
        _ = try world.report(world.take(County.records(standard: "3", 1)))
        try world.settle()
        let ahead = try world.send("POST", World.city, "reminders/runs", ["asOf": "2026-07-20"])
        #expect(ahead.status == 400)
        let preview = try County.call(
            &world, World.city,
            .init("GET", "reminders/plan", query: ["asOf": "2026-07-20"], principal: Principal("test")))
        #expect(try County.json(preview, as: ReminderEndpoints.PlanView.self).items.count == 4)
        #expect(try list(&world, World.city).items.isEmpty && list(&world, World.city).notedUpTo == nil)
        let unreadable = try world.send("POST", World.city, "reminders/runs", ["asOf": "tomorrow"])
        #expect(unreadable.status == 400)
    }

    @Test func `a rebuild moves no due day`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bangfu-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
        var world = try County.world(seed: 605) {
            try Store(path: folder + "/\($0).db", charter: Catalog.charter, key: .known)
        }
        let keys = try world.take(County.records(standard: "3", 2))
        _ = try world.report(keys)
        try world.settle()
        world.advance(days: 9)
        _ = try run(&world, World.city)
        let engine = try world.site(World.city).engine
        _ = try Rebuild.run(
            from: folder + "/\(World.city).db", into: folder + "/again.db", engine: engine, key: .known, at: world.moment())
        let again = try Store(path: folder + "/again.db", charter: Catalog.charter, key: .known)
        world.advance(days: 5)
        let outcome = try again.write(world.moment()) { tx in
            try Reminders(engine).run(asOf: tx.moment.today, in: tx)
        }
        // The first step is known, the second falls on the old due day.
        #expect(outcome.noted == 2 && outcome.late == 0 && outcome.settled == 0)
        try again.close()
    }
}
