import BusinessModules
import Foundation
import NodeCore
import NodeSimulator
import Testing

@Suite struct SeparationTests {
    private struct Selection: Encodable { let ids: [String] }

    private static func principal(_ number: Int64, _ roles: Role...) -> Principal {
        Principal(
            account: AccountID(number), name: "account \(number)", grants: roles.map { Grant($0) }, session: nil,
            source: "10.0.0.1")
    }

    @Test func `who wrote a file last does not report it, whoever else has the right does`() throws {
        var world = try County.world(seed: 11)
        let key = try world.take(County.records(standard: "2", 1))[0]
        let (both, other) = (Self.principal(1, .clerk, .countyReviewer), Self.principal(2, .countyReviewer))
        func call(_ method: String, _ path: String, _ body: some Encodable, _ principal: Principal) throws -> Reply {
            try County.call(
                &world, World.home,
                .init(method, path, body: [UInt8](try JSONEncoder().encode(body)), principal: principal))
        }
        let edit = ["set": ["remark": "核对过"]]
        #expect(try call("PATCH", "records/worker_file/\(key)", edit, both).status == 200)
        for status in ["20", "30", "35", "40"] {
            #expect(try call("POST", "records/worker_file/\(key)/steps", ["to": status], both).status == 200)
        }
        func report(_ principal: Principal) throws -> JourneyEndpoints.Result {
            let reply = try call("POST", "records/worker_file/reports", Selection(ids: [key]), principal)
            return try County.json(reply, as: JourneyEndpoints.Result.self)
        }
        #expect(try report(both).outcomes.map(\.code) == ["not-allowed"])
        // A clerk has no right to report at all; the other reviewer has.
        let clerk = try call("POST", "records/worker_file/reports", Selection(ids: [key]), Self.principal(3, .clerk))
        #expect(clerk.status == 403)
        #expect(try report(other).done == 1)
    }
}
