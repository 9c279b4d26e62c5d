import BusinessModules
import Foundation
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

/// The ledger at the home, and what a withdrawal of "report upward" stops.
@Suite struct ConsentTests {
    private struct Body: Encodable {
        var act = "given"
        var purpose = "04"
        var basis: String?
        var textVersion = "2026-1"
        var givenBy = "何娜"
        var guardian: String?
        var method = "app"
        var atMilliseconds: Int64?
        var expires: String?
        var attachment: String?
    }

    private func add(_ world: inout World, _ key: String, _ body: Body, at seat: String = World.home) throws -> Reply {
        try world.send("POST", seat, "records/worker_file/\(key)/consents", body)
    }

    private func refusal(_ reply: Reply) throws -> String {
        #expect(reply.status >= 400)
        return try County.json(reply, as: API.Refusal.self).code
    }

    private func ledger(_ world: inout World, _ key: String) throws -> ConsentEndpoints.LedgerView {
        let reply = try County.call(
            &world, World.home, .init("GET", "records/worker_file/\(key)/consents", principal: Principal("test")))
        return try County.json(reply, as: ConsentEndpoints.LedgerView.self)
    }

    private func standing(_ world: inout World, _ key: String, _ purpose: String) throws -> String? {
        try ledger(&world, key).purposes.first { $0.purpose == purpose }?.standing
    }

    @Test func `a file whose person withdrew is not reported again before they consent anew`() throws {
        var world = try County.world(seed: 801)
        let keys = try world.take(County.records(standard: "3", 2))
        #expect(try standing(&world, keys[0], "04") == "never")
        #expect(try add(&world, keys[0], Body()).status == 201)
        #expect(try standing(&world, keys[0], "04") == "holds")
        let taken = try add(&world, keys[0], Body(act: "withdrawn"))
        #expect(try !County.json(taken, as: ConsentEndpoints.Result.self).isTakenBack)
        #expect(try standing(&world, keys[0], "04") == "withdrawn" && ledger(&world, keys[0]).stopsReports)
        // The other file goes up; nothing was ever written down about it.
        let outcome = try world.report(keys)
        #expect(outcome.done == 1 && outcome.outcomes.filter { $0.code != nil }.map(\.code) == ["not-allowed"])
        #expect(outcome.outcomes.filter { $0.code != nil }.map(\.key) == [keys[0]])
        #expect(try refusal(add(&world, keys[0], Body(act: "withdrawn"))) == "conflict")
        world.advance(days: 1)
        #expect(try add(&world, keys[0], Body()).status == 201)
        #expect(try world.report([keys[0]]).done == 1)
        let entries = try ledger(&world, keys[0]).entries
        #expect(entries.map(\.act) == ["given", "withdrawn", "given"] && entries.map(\.actor) == ["test", "test", "test"])
    }

    @Test func `a report that waits above is taken back with the consent`() throws {
        var world = try County.world(seed: 802)
        let keys = try world.take(County.records(standard: "3", 1))
        _ = try world.report(keys)
        try world.settle()
        #expect(try world.states(keys[0], [World.home, World.city]) == ["50", "50"])
        let reply = try add(&world, keys[0], Body(act: "withdrawn"))
        #expect(try County.json(reply, as: ConsentEndpoints.Result.self).isTakenBack)
        try world.settle()
        #expect(try world.states(keys[0], [World.home, World.city]) == ["40", "40"])
        #expect(try world.report(keys).refused == 1)
    }

    @Test func `another basis of the law is not the person's to take back`() throws {
        var world = try County.world(seed: 803)
        let keys = try world.take(County.records(standard: "3", 1))
        #expect(try add(&world, keys[0], Body(basis: "3")).status == 201)
        #expect(try add(&world, keys[0], Body(act: "withdrawn")).status == 201)
        #expect(try standing(&world, keys[0], "04") == "holds")
        #expect(try world.report(keys).done == 1)
    }

    @Test func `a row that says too little, or stands elsewhere, is refused`() throws {
        var world = try County.world(seed: 804)
        let keys = try world.take(County.records(standard: "3", 1))
        for (body, code) in [
            (Body(act: "perhaps"), "bad-request"), (Body(method: "shouting"), "bad-request"),
            (Body(purpose: "99"), "invalid"), (Body(basis: "9"), "invalid"), (Body(textVersion: ""), "invalid"),
            (Body(givenBy: ""), "invalid"), (Body(purpose: "07"), "invalid"), (Body(guardian: "zz"), "invalid"),
            (Body(method: "paper"), "invalid"), (Body(atMilliseconds: 4_000_000_000_000), "invalid"),
            (Body(expires: "2020-01-01"), "invalid"), (Body(expires: "soon"), "bad-request"),
        ] {
            #expect(try refusal(add(&world, keys[0], body)) == code, "\(body)")
        }
        #expect(try ledger(&world, keys[0]).entries.isEmpty)
        #expect(try refusal(add(&world, "3702110000000000", Body())) == "not-found")
        _ = try world.report(keys)
        try world.settle()
        #expect(try refusal(add(&world, keys[0], Body(), at: World.city)) == "not-allowed")
    }

    @Test func `the ledger survives a rebuild and leaves its node nowhere`() throws {
        var world = try County.world(seed: 805)
        let keys = try world.take(County.records(standard: "3", 1))
        #expect(try add(&world, keys[0], Body(givenBy: "见证人甲乙丙")).status == 201)
        _ = try world.report(keys)
        try world.settle()
        for seat in [World.city, World.province, World.national] { #expect(try world.hits(["见证人甲乙丙"], at: seat).isEmpty) }
        #expect(try !world.hits(["见证人甲乙丙"], at: World.home).isEmpty)
    }
}
