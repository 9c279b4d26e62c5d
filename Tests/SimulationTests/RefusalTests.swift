import BusinessModules
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

@Suite struct RefusalTests {
    @Test func `a second import of the same files changes nothing`() throws {
        var world = try County.world(seed: 30, everyPlace: true)
        #expect(try County.importSample(&world, World.home).taken == 150)
        let before = try world.digest(World.home)
        let again = try County.importSample(&world, World.home)
        #expect(again.taken == 0 && again.present == 150 && again.refused == 0)
        #expect(try world.digest(World.home) == before)
    }

    @Test func `one person has one active file in a node, and is no member of another`() throws {
        var world = try County.world(seed: 31)
        let records = try County.records(standard: "2", 12)
        let first = try #require(records.first { !$0[WorkerFiles.Member.list].isEmpty })
        let second = try #require(records.first { $0[WorkerFiles.fileNo] != first[WorkerFiles.fileNo] })
        _ = try world.take([first])
        var twin = second
        twin[WorkerFiles.idNumber] = first[WorkerFiles.idNumber]
        #expect(try ruleAgainst(twin, &world) == "U-01")
        var member = second
        member[WorkerFiles.idNumber] = first[WorkerFiles.Member.list][0].row[WorkerFiles.Member.idNumber]
        #expect(try ruleAgainst(member, &world) == "U-02")
        var household = second
        household[WorkerFiles.Member.list] = [
            Child(
                number: 1,
                row: {
                    var row = Row(); row[WorkerFiles.Member.idNumber] = first[WorkerFiles.idNumber]; return row
                }())
        ]
        #expect(try ruleAgainst(household, &world) == "U-02")
        #expect(try world.take([second]).count == 1)
    }

    private func ruleAgainst(_ record: Record, _ world: inout World) throws -> String? {
        let site = try world.site(World.home)
        let intake = try site.store.write(world.moment()) { tx in
            try site.engine.draft.take(record, kind: WorkerFiles.kind, by: Principal("clerk"), in: tx)
        }
        guard case .refused(let finding) = intake else { return nil }
        return finding.rule
    }

    @Test func `a record that is not ready is not reported, and a decided one is not decided again`() throws {
        var world = try County.world(seed: 32)
        let key = try world.take(County.records(standard: "3", 1))[0]
        _ = try world.send("PATCH", World.home, "records/worker_file/\(key)", ["set": ["remark": "待补充材料"]])
        #expect(try world.report([key]).outcomes.map(\.code) == ["conflict"])
        try world.correct(key, [:])
        #expect(try world.report([key]).done == 1)
        #expect(try world.report([key]).outcomes.map(\.code) == ["conflict"])
        try world.settle()
        #expect(try world.approve([key], at: World.city).done == 1)
        #expect(try world.approve([key], at: World.city).outcomes.map(\.code) == ["conflict"])
        #expect(try world.sendBack([key], at: World.city).outcomes.map(\.code) == ["conflict"])
        #expect(try world.report(["no such number"]).outcomes.map(\.code) == ["not-found"])
    }

    @Test func `a second decision that a neighbour sends all the same is rejected as already decided`() throws {
        var world = try County.world(seed: 33)
        let key = try world.take(County.records(standard: "2", 1))[0]
        _ = try world.report([key])
        try world.settle()
        _ = try world.approve([key], at: World.city)
        try world.settle()
        try forge(.approve, of: key, version: 1, &world)
        try world.settle()
        #expect(try world.refused(at: World.province).map { $0.prefix(15) } == ["already-decided"])
        #expect(try world.refused(at: World.city).contains { $0.hasPrefix("already-decided: rejected by the other end") })
        #expect(try world.states(key) == ["50", "50", "50", nil])
        #expect(try world.approve([key], at: World.province).done == 1)
        try world.settle()
        #expect(try world.states(key) == ["60", "60", "60", "60"])
    }

    @Test func `a decision about a superseded version is rejected`() throws {
        var world = try County.world(seed: 34)
        let key = try world.take(County.records(standard: "1", 1))[0]
        _ = try world.report([key])
        try world.settle()
        _ = try world.approve([key], at: World.city)
        try world.settle()
        _ = try world.sendBack([key], at: World.province)
        try world.settle()
        try world.correct(key, ["address": "青岛市黄岛区梧桐巷80号25号楼3单元1230"])
        _ = try world.report([key])
        try world.settle()
        _ = try world.approve([key], at: World.city)
        try world.settle()
        // The home's own seat never decided about version 1: the level is free, the version is not.
        try forge(.withdraw, of: key, version: 1, &world, at: World.home)
        try world.settle()
        #expect(try world.refused(at: World.city).map { $0.prefix(10) } == ["superseded"])
        #expect(try world.states(key) == ["50", "50", "50", nil])
    }

    /// An entry that this program would not write: what another one might send.
    private func forge(
        _ type: EntryType, of key: String, version number: UInt64, _ world: inout World, at seat: String = World.city
    ) throws {
        let site = try world.site(seat)
        let identity = site.engine.identity
        let parent = try #require(identity.seat.parent.flatMap { site.engine.trust.certificate(ofSeat: $0) })
        try site.store.write(world.moment()) { tx in
            let record = try #require(try tx.records.find(key: key, kind: WorkerFiles.kind.number).first)
            let version = try #require(try tx.versions.find(record.id, number))
            let entry = Entry(
                core: EntryCore(
                    type: type, record: record.uuid, version: number, subject: version.hash, createdMilliseconds: 7),
                seed: tx.moment.entropy(16), sections: [])
            var outgoing = Outgoing(identity)
            let carries = type == .approve ? [version.place] : []
            _ = try outgoing.append(
                .init(context: identity.context(kind: WorkerFiles.kind), entry: entry, carries: carries),
                to: identity.log(.up, toward: parent.node), in: tx)
            _ = try outgoing.seal(in: tx)
        }
    }
}
