import BusinessModules
import Foundation
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

/// Stores in a folder of their own.
struct StoreFolder: ~Copyable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "bangfu-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) } }

    /// What the search finds in the bytes of a store's files, whatever SQLite keeps in them.
    func raw(_ strings: some Sequence<String>, _ seat: String) throws -> Set<String> {
        let search = try ByteSearch(Array(strings))
        var found = Set<String>()
        for suffix in ["", "-wal", "-shm"] {
            guard let data = FileManager.default.contents(atPath: "\(path)/\(seat).db\(suffix)") else { continue }
            found.formUnion(search.find([UInt8](data), suffix).map(\.text))
        }
        return found
    }
}

@Suite struct AtRestTests {
    private static let remark = "已电话联系本人，下周上门"
    private static let words = "家庭住址缺少门牌号，请核对后补充完整"

    /// Everything in these files that must lie encrypted, of people and their families.
    private static func secrets(_ records: [Record]) -> Set<String> {
        var secrets = Set([remark, words])
        for record in records {
            let fields = [
                WorkerFiles.idNumber, WorkerFiles.phone, WorkerFiles.address, WorkerFiles.bankAccount, WorkerFiles.causeText,
                WorkerFiles.remark, WorkerFiles.otherContact, WorkerFiles.grassrootsOpinion,
            ]
            secrets.formUnion(fields.compactMap { record[$0] })
            for list in WorkerFiles.kind.lists {
                for field in list.fields where field.isSealed {
                    secrets.formUnion(record[list].compactMap { $0.row[field.tag]?.text })
                }
            }
        }
        return secrets.filter { $0.utf8.count >= 9 }
    }

    private static func live(_ folder: borrowing StoreFolder, suite: Suite) throws -> (
        world: World, records: [Record], keys: [String]
    ) {
        let path = folder.path
        let suites = [World.home: suite, World.city: suite]
        var world = try County.world(seed: 61, suites: suites) { seat in
            let key = StoreKey(seed: [UInt8](repeating: 5, count: 32), suite: suites[seat] ?? .international)
            return try Store(path: "\(path)/\(seat).db", charter: Catalog.charter, key: key)
        }
        let records = try County.records(standard: "2", 3) + County.records(standard: "3", 3)
        let keys = try world.take(records)
        _ = try world.report(keys)
        try world.settle()
        _ = try world.sendBack([keys[0]], at: World.city, words: words)
        _ = try world.approve(Array(keys[1...4]), at: World.city)
        try world.settle()
        try world.correct(keys[0], ["remark": remark])
        _ = try world.send("PATCH", World.home, "records/worker_file/\(keys[1])", ["set": ["phone": "15423633099"]])
        // The line is down: the first is sealed, the other waits in the outbox.
        _ = try world.report([keys[0]])
        _ = try world.report(try world.take(County.records(standard: "2", 4).suffix(1)))
        return (world, records, keys)
    }

    @Test(arguments: Suite.allCases) func `nothing that says who somebody is can be read from the files`(_ suite: Suite)
        throws
    {
        let folder = try StoreFolder()
        let (world, records, keys) = try Self.live(folder, suite: suite)
        let secrets = Self.secrets(records)
        #expect(secrets.count > 20)
        for seat in [World.home, World.city] {
            #expect(try folder.raw(secrets, seat) == [], "\(seat)")
            // The same search finds what is no secret, and through the keys finds all of it.
            #expect(try folder.raw(keys, seat) == Set(keys), "\(seat)")
        }
        let known = Set(try world.hits(secrets, at: World.home).map(\.text))
        #expect(known == secrets)
        let numbers = Set(records.compactMap { $0[WorkerFiles.idNumber] })
        #expect(Set(try world.hits(numbers, at: World.city).map(\.text)) == numbers)
    }

    @Test func `a checkpoint, a rebuild and a copy of the file hold no more of it`() throws {
        let folder = try StoreFolder()
        var (world, records, keys) = try Self.live(folder, suite: .international)
        let secrets = Self.secrets(records)
        let site = try world.site(World.home)
        let key = StoreKey(seed: [UInt8](repeating: 5, count: 32), suite: .international)
        try site.store.foldLog()
        _ = try Rebuild.run(
            from: "\(folder.path)/\(World.home).db", into: "\(folder.path)/again.db", engine: site.engine, key: key,
            at: world.moment())
        try site.store.copy(to: "\(folder.path)/copy.db")
        for name in [World.home, "again", "copy"] {
            #expect(try folder.raw(secrets, name) == [], "\(name)")
            #expect(try folder.raw(keys, name) == Set(keys), "\(name)")
        }
        let again = try Store(readOnly: "\(folder.path)/again.db", key: key)
        #expect(try again.read { try StoreDigest.make(Catalog.charter, in: $0) } == world.digest(World.home))
        try again.close()
    }

    @Test func `a file is found by number and telephone at its home and its reviewers, and nowhere above`() throws {
        let folder = try StoreFolder()
        var (world, records, keys) = try Self.live(folder, suite: .international)
        let number = try #require(records[2][WorkerFiles.idNumber])
        let phone = try #require(records[2][WorkerFiles.phone])
        for (field, value) in [("id_number", number), ("phone", phone), ("id_number", " \(number.lowercased()) ")] {
            for seat in [World.home, World.city, World.province] {
                #expect(try found(field, value, at: seat, &world).contains(keys[2]), "\(field) at \(seat)")
            }
            #expect(try found(field, value, at: World.national, &world) == [])
        }
        // Members of a family too, where they may be seen.
        let member = try #require(
            records.lazy.compactMap { $0[WorkerFiles.Member.list].compactMap { $0.row[WorkerFiles.Member.idNumber] }.first }
                .first)
        #expect(try found("id_number", member, at: World.home, &world).count == 1)
        #expect(try status("name", "何娜", &world) == 400)
        #expect(try status("id_number", "", &world) == 422)
    }

    private func found(_ field: String, _ value: String, at seat: String, _ world: inout World) throws -> [String] {
        struct Page: Decodable { let items: [RecordView] }
        return try County.post(
            &world, seat, "records/worker_file/lookups", ["field": field, "value": value], as: Page.self
        ).items.map(\.key)
    }

    private func status(_ field: String, _ value: String, _ world: inout World) throws -> Int {
        try world.send("POST", World.home, "records/worker_file/lookups", ["field": field, "value": value]).status
    }
}
