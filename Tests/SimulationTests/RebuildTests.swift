import BusinessModules
import Foundation
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

@Suite struct RebuildTests {
    /// A folder of its own for the stores of one test.
    private struct Folder: ~Copyable {
        let url: URL

        init() throws {
            url = FileManager.default.temporaryDirectory.appending(path: "bangfu-" + UUID().uuidString)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }

        func path(_ name: String) -> String { url.appending(path: name).path }

        deinit { do { try FileManager.default.removeItem(at: url) } catch { Issue.record(error) } }
    }

    /// A life with everything in it: all standards, a return, a withdrawal, a lowered standard, an open draft, a
    /// publication, reports that wait to be sealed.
    private func live(_ folder: borrowing Folder) throws -> World {
        let base = folder.path("")
        var world = try County.world(seed: 16) {
            try Store(path: base + "/" + $0 + ".db", charter: Catalog.charter, key: .known)
        }
        var keys = [String]()
        for standard in ["1", "2", "3", "4", "5"] { keys += try world.take(County.records(standard: standard, 2)) }
        _ = try world.report(keys)
        try world.settle()
        _ = try world.sendBack([keys[0]], at: World.city)
        _ = try world.approve(Array(keys[1...4]), at: World.city)
        try world.settle()
        _ = try world.withdraw([keys[5], keys[1]])
        try world.settle()
        _ = try world.approve([keys[2]], at: World.province)
        _ = try world.sendBack([keys[3]], at: World.province)
        try world.settle()
        try world.correct(keys[2], ["file_standard": "4"])
        try world.correct(keys[3], [:])
        _ = try world.report([keys[2], keys[3]])
        _ = try world.send("PATCH", World.home, "records/worker_file/\(keys[8])", ["set": ["remark": "已电话联系"]])
        let entry = Parameters.Entry(
            key: "notice_working_days", division: "000000", from: try #require(CalendarDay("2027-01-01")), to: nil,
            value: "6")
        try world.act(World.national, .publish(.parameters([entry]), by: Principal("analyst")))
        try world.settle()
        // The line is down now: the first is sealed, the others wait.
        for key in try world.take(County.records(standard: "2", 5).suffix(3)) { _ = try world.report([key]) }
        return world
    }

    @Test func `every store that is made again from its journal knows the same, also years later`() throws {
        let folder = try Folder()
        var world = try live(folder)
        // Children have come of age meanwhile: what was derived from their birthdays was derived then.
        world.advance(days: 5_000)
        for seat in world.seats {
            let path = folder.path(seat.code + ".db")
            let rebuilt = folder.path(seat.code + ".again.db")
            let engine = try world.site(seat.code).engine
            _ = try Rebuild.run(from: path, into: rebuilt, engine: engine, key: .known, at: world.moment())
            let again = try Store(readOnly: rebuilt, key: .known).read { try StoreDigest.make(Catalog.charter, in: $0) }
            #expect(again == (try world.digest(seat.code)), "\(seat.code)")
        }
    }

    @Test func `a row that was changed by hand shows in the digest, and a rebuild puts it right`() throws {
        let folder = try Folder()
        var world = try live(folder)
        let before = try world.digest(World.city)
        let site = try world.site(World.city)
        try site.store.write(world.moment()) { tx in
            let record = try #require(try tx.records.find(id: 1))
            #expect(record.status != "80")
            try tx.typed(WorkerFiles.kind).setStatus("80", id: record.id)
        }
        #expect(try world.digest(World.city) != before)
        let rebuilt = folder.path("again.db")
        _ = try Rebuild.run(
            from: folder.path(World.city + ".db"), into: rebuilt, engine: site.engine, key: .known, at: world.moment())
        #expect(try Store(readOnly: rebuilt, key: .known).read { try StoreDigest.make(Catalog.charter, in: $0) } == before)
    }

    @Test func `every acknowledged report is in the journal after the node falls over at any point`() throws {
        for seed in UInt64(1)...3 {
            let folder = try Folder()
            let base = folder.path("")
            let open = { (code: String) in try Store(path: base + "/" + code + ".db", charter: Catalog.charter, key: .known)
            }
            var world = try County.world(seed: seed, makeStore: open)
            let entropy = Entropy(seed: seed)
            world.weather.cutPercent = 20
            let keys = try world.take(County.records(standard: "3", 6) + County.records(standard: "4", 4))
            var reported = Set<String>()
            for key in keys {
                if entropy.below(2) == 0 { try cutShort(key, &world) }
                reported.formUnion(try world.report([key]).outcomes.filter { $0.code == nil }.map(\.key))
                if entropy.below(2) == 0 { _ = try world.exchange(world.seats[entropy.below(world.seats.count)].code) }
                let fallen = world.seats[entropy.below(world.seats.count)].code
                try world.site(fallen).store.close()
                try world.restart(fallen, with: open(fallen))
                for key in reported {
                    let steps = try world.steps(key, at: World.home)
                    #expect(steps.first?.act == "report" && steps.allSatisfy { $0.failure == nil }, "\(key) after \(fallen)")
                }
            }
            #expect(reported == Set(keys))
            try world.settleWholly()
            _ = try world.approveAll(at: World.city)
            try world.settleWholly()
            for key in keys { #expect(try world.states(key) == ["60", "60", "60", "60"]) }
            for seat in world.seats { #expect(try world.journal(seat.code).failures == []) }
        }
    }

    private struct PowerCut: Error {}

    /// The power goes before the commit: nothing of the act may remain.
    private func cutShort(_ key: String, _ world: inout World) throws {
        let id = try #require(try world.find(key, at: World.home).flatMap { RecordID(hex: $0.id) })
        let (site, written) = (try world.site(World.home), try world.written(World.home))
        #expect(throws: PowerCut.self) {
            try site.store.write(world.moment()) { tx in
                _ = try site.engine.handle(.report([id], by: Principal("clerk")), in: tx)
                throw PowerCut()
            }
        }
        #expect(try world.written(World.home) == written && world.find(key, at: World.home)?.status == "40")
    }
}
