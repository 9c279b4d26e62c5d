import BusinessModules
import Foundation
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

@Suite struct KeyRotationTests {
    private static let key = StoreKey(seed: [UInt8](repeating: 6, count: 32), suite: .international)

    private func open(_ folder: borrowing StoreFolder, _ seat: String) throws -> Store {
        try Store(path: "\(folder.path)/\(seat).db", charter: Catalog.charter, key: Self.key)
    }

    private func live(_ folder: borrowing StoreFolder) throws -> (world: World, keys: [String]) {
        let path = folder.path
        var world = try County.world(seed: 62) { seat in
            try Store(path: "\(path)/\(seat).db", charter: Catalog.charter, key: Self.key)
        }
        let keys = try world.take(County.records(standard: "2", 6))
        _ = try world.report(keys)
        try world.settle()
        _ = try world.sendBack([keys[0]], at: World.city)
        _ = try world.approve(Array(keys[1...2]), at: World.city)
        try world.settle()
        return (world, keys)
    }

    private func numbers(_ store: Store) throws -> [Int64] {
        try store.read { try KeyRotation.keys(Catalog.charter, in: $0).map(\.number) }
    }

    @Test(arguments: [World.home, World.city])
    func `new data keys take over while the node works, through a fall, and the old ones are gone`(_ seat: String) throws {
        let folder = try StoreFolder()
        var (world, keys) = try live(folder)
        let store = try world.site(seat).store
        let (before, digest) = (try numbers(store), try world.digest(seat))
        #expect(before.count == 3)
        try store.write(world.moment()) { try KeyRotation.begin(Catalog.charter, by: Principal("admin"), in: $0) }
        let after = try numbers(store).filter { !before.contains($0) }
        #expect(after.count == 3)
        // A few rows at a time; half way the node falls over, and a step that was not committed is done again.
        for _ in 0..<2 { _ = try store.write(world.moment()) { try KeyRotation.step(Catalog.charter, limit: 2, in: $0) } }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try store.write(world.moment()) { tx in
                _ = try KeyRotation.step(Catalog.charter, limit: 2, in: tx)
                throw Stop()
            }
        }
        try store.close()
        let again = try open(folder, seat)
        try world.restart(seat, with: again)
        #expect(try again.read { try KeyRotation.isPending(in: $0) } && world.digest(seat) == digest)
        // Work goes on in the middle: new reports, decisions, and look-ups under both keys.
        let late = try world.take(County.records(standard: "3", 2))
        _ = try world.report(late)
        try world.correct(keys[0], ["remark": "换密钥期间补充的说明"])
        _ = try world.report([keys[0]])
        try world.settle()
        _ = try world.approve([keys[3]], at: World.city)
        let grown = try world.digest(seat)
        let left = try again.read { try KeyRotation.keys(Catalog.charter, in: $0) }.compactMap(\.left)
        #expect(left.count == 3 && left.allSatisfy { $0 > 0 })
        let number = try #require(try County.records(standard: "2", 6)[5][WorkerFiles.idNumber])
        #expect(try again.read { try $0.persons.heads(number, kind: WorkerFiles.kind).count } == 1)
        var steps = 0
        while let step = try again.write(world.moment(), { try KeyRotation.step(Catalog.charter, limit: 3, in: $0) }) {
            steps += 1
            #expect(try world.digest(seat) == grown)
            if step.isDone { break }
        }
        #expect(steps > 3)
        #expect(try numbers(again) == after)
        #expect(try !again.read { try KeyRotation.isPending(in: $0) })
        #expect(try again.write(world.moment()) { try KeyRotation.step(Catalog.charter, in: $0) } == nil)
        #expect(try again.read { try $0.persons.heads(number, kind: WorkerFiles.kind).count } == 1)
        // Everything can be read, proved and made again with the new keys alone.
        #expect(try world.journal(seat).failures == [])
        let engine = try world.site(seat).engine
        _ = try Rebuild.run(
            from: "\(folder.path)/\(seat).db", into: "\(folder.path)/again.db", engine: engine, key: Self.key,
            at: world.moment())
        let made = try Store(readOnly: "\(folder.path)/again.db", key: Self.key)
        #expect(try made.read { try StoreDigest.make(Catalog.charter, in: $0) } == grown)
        try made.close()
        let phone = try #require(try County.records(standard: "2", 6)[5][WorkerFiles.phone])
        #expect(try folder.raw([number, phone, "换密钥期间补充的说明"], seat) == [])
        #expect(try folder.raw(keys, seat) == Set(keys))
    }

    @Test func `a rotation that begins before the last one ended leaves no key behind either`() throws {
        let folder = try StoreFolder()
        var (world, _) = try live(folder)
        let (store, digest) = (try world.site(World.home).store, try world.digest(World.home))
        for _ in 0..<3 {
            try store.write(world.moment()) { try KeyRotation.begin(Catalog.charter, by: Principal("admin"), in: $0) }
            _ = try store.write(world.moment()) { try KeyRotation.step(Catalog.charter, limit: 5, in: $0) }
        }
        #expect(try numbers(store).count == 12)
        while try store.write(world.moment(), { try KeyRotation.step(Catalog.charter, in: $0) })?.isDone == false {}
        #expect(try numbers(store).count == 3)
        #expect(try world.digest(World.home) == digest)
    }

    @Test func `keys are changed after a year by rule`() throws {
        let folder = try StoreFolder()
        var (world, _) = try live(folder)
        let store = try world.site(World.home).store
        let now = world.moment().milliseconds
        #expect(try !store.read { try KeyRotation.isDue(at: now + 364 * 86_400_000, in: $0) })
        #expect(try store.read { try KeyRotation.isDue(at: now + 366 * 86_400_000, in: $0) })
        world.advance(days: 366)
        try store.write(world.moment()) { try KeyRotation.begin(Catalog.charter, by: Principal("rule"), in: $0) }
        let later = world.moment().milliseconds
        #expect(try !store.read { try KeyRotation.isDue(at: later, in: $0) })
    }

    @Test func `a program that does not know a kind of record leaves its keys alone`() throws {
        let folder = try StoreFolder()
        var (world, _) = try live(folder)
        let (store, digest) = (try world.site(World.home).store, try world.digest(World.home))
        #expect(throws: NodeError(.conflict, "", "")) {
            try store.write(world.moment()) { try KeyRotation.begin(Charter([]), by: Principal("admin"), in: $0) }
        }
        try store.write(world.moment()) { try KeyRotation.begin(Catalog.charter, by: Principal("admin"), in: $0) }
        #expect(try store.write(world.moment()) { try KeyRotation.step(Charter([]), in: $0) } == nil)
        #expect(try numbers(store).count == 6 && world.digest(World.home) == digest)
    }
}
