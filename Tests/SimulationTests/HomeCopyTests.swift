import BusinessModules
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore

/// What stays at home comes back out of its copy.
@Suite struct HomeCopyTests {
    private static func copy(_ world: World) throws -> [UInt8] {
        var bytes = [UInt8]()
        try world.site(World.home).store.read { try HomeCopy.write(in: $0) { bytes += $0 } }
        return bytes
    }

    private static func adopt(_ bytes: [UInt8], _ world: inout World) throws -> HomeCopy.Adopted {
        let site = try world.site(World.home)
        return try site.store.write(world.moment()) {
            try HomeCopy.adopt(bytes, site.engine, by: Principal("test"), in: $0)
        }
    }

    /// Two reported files, one of them corrected afterwards, and two that were never reported.
    private static func county(seed: UInt64) throws -> (world: World, keys: [String]) {
        var world = try County.world(seed: seed)
        let keys = try world.take(County.records(standard: "4", 4))
        _ = try world.report(Array(keys[..<2]))
        try world.settleWholly()
        try world.correct(keys[1], ["remark": "下次家访带上表格"])
        return (world, keys)
    }

    @Test func `a copy taken in where nothing is missing changes nothing`() throws {
        var (world, _) = try Self.county(seed: 81)
        let before = try world.digest(World.home)
        let adopted = try Self.adopt(try Self.copy(world), &world)
        #expect(adopted == HomeCopy.Adopted())
        #expect(try world.digest(World.home) == before)
    }

    @Test func `working copies and the fields that stay at home are as they were, and a second time changes nothing`() throws
    {
        var (world, keys) = try Self.county(seed: 82)
        let before = try world.digest(World.home)
        let bytes = try Self.copy(world)
        let site = try world.site(World.home)
        // What a node has that lost its disk: what the levels above could give back.
        try site.store.write(world.moment()) { tx in
            for key in keys {
                guard let record = try tx.records.find(key: key, kind: WorkerFiles.kind.number).first else { continue }
                try tx.home.remove(record.uuid, version: 0)
                if let body = try tx.home.find(record.uuid, version: 1) {
                    var known = try Sections.readWhole(body.bytes, kind: WorkerFiles.kind)
                    for field in [WorkerFiles.remark.definition, WorkerFiles.bankAccount.definition] {
                        known.row[field.tag] = nil
                    }
                    try tx.home.put(
                        record.uuid,
                        HomeBody(
                            version: 1, kind: body.kind, status: body.status, bytes: Sections.makeWhole(known),
                            milliseconds: body.milliseconds))
                    try Projection(identity: site.engine.identity).put(
                        TypedRows(known, kind: WorkerFiles.kind), kind: WorkerFiles.kind, id: record.id,
                        uuid: record.uuid, in: tx)
                } else {
                    try tx.takeBack.clear(record: record.id)
                    try tx.typed(WorkerFiles.kind).remove(id: record.id)
                    try tx.takeBack.remove(record: record.id)
                }
            }
        }
        #expect(try world.digest(World.home) != before)
        let adopted = try Self.adopt(bytes, &world)
        #expect(adopted.drafts == 3 && adopted.completed >= 1 && adopted.passedOver == 0)
        #expect(try world.digest(World.home) == before)
        #expect(try Self.adopt(bytes, &world) == HomeCopy.Adopted())
        _ = try world.report(Array(keys[1...]))
        try world.settleWholly()
        for key in keys { #expect(try world.find(key, at: World.national)?.status == "60") }
    }

    @Test func `what was edited or reported after the copy stays`() throws {
        var (world, keys) = try Self.county(seed: 83)
        let bytes = try Self.copy(world)
        try world.correct(keys[2], ["remark": "已电话联系"])
        _ = try world.report([keys[1]])
        try world.settleWholly()
        let before = try world.digest(World.home)
        #expect(try Self.adopt(bytes, &world).drafts == 0)
        #expect(try world.digest(World.home) == before)
        #expect(try world.find(keys[1], at: World.home)?.version == 2)
    }

    @Test func `a record that was entered anew under its number is passed over`() throws {
        let (world, keys) = try Self.county(seed: 84)
        let bytes = try Self.copy(world)
        var other = try County.world(seed: 85)
        _ = try other.take(County.records(standard: "4", 4))
        let adopted = try Self.adopt(bytes, &other)
        // The two that were reported come back with their versions; the others are here under another id.
        #expect(adopted.passedOver == 2 && adopted.drafts == 1)
        #expect(try other.find(keys[2], at: World.home)?.status == "40")
    }

    @Test func `a copy that is cut or altered is refused, and leaves nothing`() throws {
        var (world, _) = try Self.county(seed: 86)
        let bytes = try Self.copy(world)
        let before = try world.digest(World.home)
        for end in stride(from: 2, to: bytes.count - 1, by: 97) {
            #expect(throws: (any Error).self) {
                // A cut between two items is a shorter copy, and changes nothing here either.
                let adopted = try Self.adopt(Array(bytes[..<end]), &world)
                if adopted == HomeCopy.Adopted() { throw ProtocolError(.malformed, "cut between two items") }
            }
        }
        #expect(throws: (any Error).self) { _ = try Self.adopt([2], &world) }
        #expect(throws: (any Error).self) { _ = try Self.adopt([], &world) }
        #expect(try world.digest(World.home) == before)
    }
}
