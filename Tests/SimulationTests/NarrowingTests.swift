import BusinessModules
import Foundation
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

/// A lowered review ceiling takes sections away that were sent before; whoever asks for them again gets what is left.
@Suite struct NarrowingTests {
    /// A province as it was before anything arrived, and what its city would send it today.
    private struct Restored: ~Copyable {
        let store: Store
        let engine: SyncEngine
        let changesets: [Changeset]
        let city: NodeID
        let cityKey: SigningKey
        let key: String
        let phone: String
        let folder: URL

        deinit { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }

        func take(_ changeset: Changeset) throws {
            let checked = try Changeset(
                verifying: changeset.encoded, from: city, to: engine.identity.node, trust: engine.trust)
            let arrival = try engine.open(checked)
            let moment = Moment(milliseconds: 1_790_000_000_000, entropy: { [UInt8](repeating: 7, count: $0) })
            _ = try store.write(moment) { try engine.handle(.changeset(arrival), in: $0) }
        }

        func waiting() throws -> [String] {
            try store.read { try Inquiry(Catalog.charter).quarantine(limit: 10, in: $0) }.map { "\($0.code) \($0.reason)" }
        }
    }

    private func restored(seed: UInt64, lowering: Bool, to standard: String = "4", raising: Bool = false) throws -> Restored
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bangfu-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = { (name: String) in folder.appending(path: name).path }
        var world = try County.world(seed: seed) { try Store(path: path($0 + ".db"), charter: Catalog.charter, key: .known) }
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: path(World.province + ".db" + suffix), toPath: path("backup.db" + suffix))
        }
        let record = try County.records(standard: "2", 1)[0]
        let key = try world.take([record])[0]
        _ = try world.report([key])
        try world.settleWholly()
        _ = try world.approve([key], at: World.city)
        try world.settleWholly()
        if lowering {
            _ = try world.sendBack([key], at: World.province)
            try world.settleWholly()
            try world.correct(key, ["file_standard": standard])
            _ = try world.report([key])
            try world.settleWholly()
        }
        if raising {
            try world.correct(key, ["file_standard": "2"])
            _ = try world.report([key])
            try world.settleWholly()
            _ = try world.approve([key], at: World.city)
            try world.settleWholly()
        }
        let (province, city) = (try world.site(World.province), try world.site(World.city))
        let store = try Store(path: path("backup.db"), charter: Catalog.charter, key: .known)
        let engine = try store.read { try NodeSetup.engine(charter: Catalog.charter, key: province.key, in: $0) }
        let link = try #require(Link(city.engine, peer: province.engine.identity.node))
        return Restored(
            store: store, engine: try #require(engine),
            changesets: try city.store.read { try link.changesets(from: 0, budget: 1 << 24, in: $0) },
            city: city.engine.identity.node, cityKey: city.key, key: key,
            phone: try #require(record[WorkerFiles.phone]), folder: folder)
    }

    @Test func `a restored parent gets the older version without what it may no longer see`() throws {
        let province = try restored(seed: 90, lowering: true)
        let (key, phone) = (province.key, province.phone)
        for changeset in province.changesets { try province.take(changeset) }
        let inquiry = Inquiry(Catalog.charter)
        let found = try province.store.read { try inquiry.find(key, WorkerFiles.kind, in: $0) }
        #expect(found?.version == 2 && found?.status == "60")
        let hits = try province.store.read { try ByteSearch([phone]).run(in: $0) }
        #expect(hits == [])
        #expect(try province.waiting().filter { $0.hasPrefix("deferred") } == [])
        let id = try #require(found.flatMap { RecordID(hex: $0.id) })
        let steps = try province.store.read { try ProofReader(province.engine).steps(id, in: $0) }
        #expect(steps.contains { $0.version == 1 && $0.act == "report" } && steps.allSatisfy { $0.failure == nil })
    }

    @Test func `a ceiling that was lowered and raised again gives nothing back, and leaves nothing waiting`() throws {
        let province = try restored(seed: 92, lowering: true, raising: true)
        for changeset in province.changesets { try province.take(changeset) }
        let found = try province.store.read { try Inquiry(Catalog.charter).find(province.key, WorkerFiles.kind, in: $0) }
        #expect(found?.version == 3)
        #expect(try province.waiting().filter { $0.hasPrefix("deferred") } == [])
        let id = try #require(found.flatMap { RecordID(hex: $0.id) })
        let steps = try province.store.read { try ProofReader(province.engine).steps(id, in: $0) }
        let reports = steps.filter { $0.act == "report" }
        #expect(reports.map(\.version) == [1, 2, 3])
        #expect(reports[0].withheld.contains("reviewers") && !reports[2].withheld.contains("reviewers"))
    }

    @Test func `a reviewers' section that is withheld without a later version waits, and nothing of it is shown`() throws {
        let province = try restored(seed: 91, lowering: false)
        let key = province.key
        for changeset in province.changesets {
            let body = try Body(unpacking: changeset.packed, size: changeset.cover.unpackedSize, of: changeset.seal)
            let cut = Body(
                block: body.block,
                excerpts: body.excerpts.map { excerpt in
                    excerpt.replacing(
                        EntryBlock(
                            excerpt.block.items.map {
                                .init(context: $0.context, entry: $0.entry.reduced(to: [.nation, .match, .path]))
                            }))
                })
            let (bytes, identity) = (cut.encoded, province.engine.identity)
            let packed = try Packing.pack(bytes)
            let cover = try Cover(
                sender: province.city, receiver: identity.node, seal: changeset.seal, packed: packed[...],
                unpackedSize: bytes.count, federation: identity.federation, key: province.cityKey)
            try province.take(Changeset(cover: cover, seal: changeset.seal, packed: packed[...]))
        }
        #expect(try province.store.read { try Inquiry(Catalog.charter).find(key, WorkerFiles.kind, in: $0) } == nil)
        let waiting = try province.waiting()
        #expect(waiting.count == 1 && waiting[0].hasPrefix("deferred waits for a later version of record"), "\(waiting)")
    }

    @Test func `while the version with the lower ceiling has not gone up, the level above still gets the older one whole`()
        throws
    {
        // It waits for the city.
        let province = try restored(seed: 93, lowering: true, to: "3")
        for changeset in province.changesets { try province.take(changeset) }
        let found = try province.store.read { try Inquiry(Catalog.charter).find(province.key, WorkerFiles.kind, in: $0) }
        #expect(found?.version == 1)
        #expect(try province.waiting().filter { $0.hasPrefix("deferred") } == [])
    }
}
