import BusinessModules
import NodeCore
import NodeSimulator
import Testing

@Suite struct ReachTests {
    /// The strings of one file that not everybody may see.
    private struct Private {
        let standard: String
        let head: [String]
        let address: [String]
        let account: [String]
        let family: [String]
        let name: String

        init(_ record: Record) {
            let members = record[WorkerFiles.Member.list].map(\.row)
            standard = record[WorkerFiles.fileStandard] ?? ""
            name = record[WorkerFiles.name] ?? ""
            head = [record[WorkerFiles.idNumber], record[WorkerFiles.phone]].compactMap { $0 }
            address = [record[WorkerFiles.address]].compactMap { $0 }
            account = [record[WorkerFiles.bankAccount]].compactMap { $0 }
            family = members.flatMap { [$0[WorkerFiles.Member.name], $0[WorkerFiles.Member.idNumber]].compactMap { $0 } }
        }

        var all: [String] { head + address + account + family }
    }

    @Test func `every level holds exactly what reaches it, and the search would find the rest`() throws {
        var world = try County.world(seed: 13, everyPlace: true)
        var files = [Private]()
        for home in [World.home, "370285"] {
            #expect(try County.importSample(&world, home).taken > 50)
            let done = try County.post(
                &world, home, "records/worker_file/reports", Selection(all: true), as: JourneyEndpoints.Result.self)
            let keys = Set(done.outcomes.filter { $0.code == nil }.map(\.key))
            #expect(keys.count > 50)
            let own = try records(world, home, keys)
            // The search itself is tried where everything is.
            #expect(try found(own.flatMap(\.all), world, home) == Set(own.flatMap(\.all)))
            files += own
        }
        try world.settle()
        for seat in [World.city, World.province] {
            _ = try world.approveAll(at: seat)
            try world.settle()
        }
        // A name may also be a word of a code table: such strings prove nothing.
        let words = Array(try County.allCodes.get().values.flatMap { $0 }.map(\.label.zh).joined(separator: "\n").utf8)
        let everything = Set(files.flatMap(\.all)).subtracting(
            try ByteSearch(files.flatMap(\.all)).find(words, "").map(\.text))
        #expect(try found(everything, world, World.national) == [])

        let reviewed = files.filter { ["1", "2"].contains($0.standard) }
        try expect(world, World.province, everything, exactly: Set(reviewed.flatMap(\.head)), besides: reviewed.map(\.name))
        let decided = files.filter { ["1", "2", "3"].contains($0.standard) }
        let atCity = Set(decided.flatMap { $0.head + $0.address + $0.family })
        #expect(everything.subtracting(atCity).count > 100)
        try expect(world, World.city, everything, exactly: atCity, besides: decided.map(\.name))
    }

    /// Of all strings just `seen` are there; a short name may be part of a longer one that may be seen.
    private func expect(
        _ world: World, _ seat: String, _ everything: Set<String>, exactly seen: Set<String>, besides names: [String]
    ) throws {
        let there = try found(everything, world, seat)
        let longer = seen.filter { $0.count <= 4 }.union(names)
        #expect(seen.intersection(everything).subtracting(there) == [], "\(seat)")
        let tooMuch = there.subtracting(seen).filter { text in text.count > 3 || !longer.contains { $0.contains(text) } }
        #expect(tooMuch == [], "\(seat)")
    }

    private func records(_ world: World, _ seat: String, _ keys: Set<String>) throws -> [Private] {
        var filter = Inquiry.Filter()
        filter.limit = 1_000
        return try world.site(seat).store.read { try Inquiry(Catalog.charter).list(WorkerFiles.kind, filter, in: $0) }
            .filter { keys.contains($0.key) }.map { Private($0.record) }
    }

    private func found(_ strings: some Sequence<String>, _ world: World, _ seat: String) throws -> Set<String> {
        Set(try world.hits(Set(strings), at: seat).map(\.text))
    }

    @Test func `a corrected version that lowers the standard takes the wider sections from the levels above`() throws {
        var world = try County.world(seed: 15)
        let record = try County.records(standard: "2", 1)[0]
        let phone = try #require(record[WorkerFiles.phone])
        let key = try world.take([record])[0]
        _ = try world.report([key])
        try world.settle()
        for seat in [World.city, World.province] {
            _ = try world.approve([key], at: seat)
            try world.settle()
        }
        #expect(try !world.hits([phone], at: World.province).isEmpty)
        #expect(try !world.hits([phone], at: World.city).isEmpty)
        try world.correct(key, ["file_standard": "4"])
        _ = try world.report([key])
        try world.settle()
        #expect(try world.states(key) == ["60", "60", "60", "60"])
        #expect(try world.hits([phone], at: World.province) == [])
        #expect(try world.hits([phone], at: World.city) == [])
        #expect(try !world.hits([phone], at: World.home).isEmpty)
        for seat in [World.city, World.province, World.national] {
            #expect(try world.journal(seat).failures == [])
            let steps = try world.steps(key, at: seat)
            #expect(steps.count == 4 && steps.allSatisfy { $0.failure == nil })
            #expect(steps[0].withheld == ["reviewers", "city"])
            #expect(try world.refused(at: seat) == [])
        }
    }
}
