import BusinessModules
import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

struct Selection: Encodable {
    var all: Bool?
    var ids: [String]?
    var verdict: String?
    var code: String?
    var words: String?
    var fields: [String]?
}

@Suite struct FederationTests {
    @Test func `files go up, decisions come down, and the national node counts`() throws {
        var world = try County.world(seed: 1, everyPlace: true)
        let taken = try County.importSample(&world, "370211")
        #expect(taken.taken == 150 && taken.refused == 0)
        let reported = try County.post(
            &world, "370211", "records/worker_file/reports", Selection(all: true), as: JourneyEndpoints.Result.self)
        #expect(reported.done == 150 && reported.refused == 0)
        try world.settle()
        for level in ["370200", "370000"] {
            _ = try County.post(
                &world, level, "records/worker_file/decisions", Selection(all: true, verdict: "approve"),
                as: JourneyEndpoints.Result.self)
            try world.settle()
        }
        #expect(world.refusals.isEmpty)
        for seat in world.seats {
            let site = try world.site(seat.code)
            guard seat.code != "370285" else { continue }
            let counts = try site.store.read { try Inquiry(Catalog.charter).counts(WorkerFiles.kind, in: $0) }
            #expect(counts.map(\.status) == ["60"] && counts.first?.count == 150, "\(seat.code): \(counts)")
            let waiting = try site.store.read { try Inquiry(Catalog.charter).quarantine(limit: 10, in: $0) }
            #expect(waiting.isEmpty, "\(seat.code): \(waiting)")
        }
    }
}
