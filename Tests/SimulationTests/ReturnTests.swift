import BusinessModules
import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

@Suite struct ReturnTests {
    @Test func `a file returned by the city is corrected and approved as version 2 at every level`() throws {
        var world = try County.world(seed: 2)
        let key = try world.take(County.records(standard: "2", 1))[0]
        #expect(try world.report([key]).done == 1)
        try world.settle()
        let words = "家庭住址缺少门牌号，请核对后补充完整"
        #expect(try world.sendBack([key], at: World.city, words: words).done == 1)
        try world.settle()
        #expect(try world.states(key) == ["55", "55", nil, nil])
        let back = try #require(try world.steps(key, at: World.home).last)
        #expect(back.act == "return" && back.seat == World.city && back.failure == nil)
        #expect(back.code == "02" && back.words == words && back.fields == ["address", "phone"])

        try world.correct(key, ["address": "青岛市黄岛区梧桐巷80号25号楼3单元1230"])
        #expect(try world.states(key) == ["40", "55", nil, nil])
        #expect(try world.report([key]).done == 1)
        try world.settle()
        #expect(try world.states(key) == ["50", "50", nil, nil])
        for seat in [World.city, World.province] {
            #expect(try world.approve([key], at: seat).done == 1)
            try world.settle()
        }
        #expect(try world.states(key) == ["60", "60", "60", "60"])
        for seat in world.seats where seat.code != "370285" {
            #expect(try world.find(key, at: seat.code)?.version == 2)
            #expect(try world.refused(at: seat.code) == [])
        }
        try expectWholeWay(world.steps(key, at: World.national))
    }

    private func expectWholeWay(_ steps: [ProofStep]) throws {
        #expect(steps.map(\.act) == ["report", "approve", "approve"])
        #expect(steps.map(\.seat) == [World.home, World.city, World.province])
        #expect(steps.allSatisfy { $0.version == 2 && $0.failure == nil })
        #expect(steps.map(\.broughtBy) == [World.province, World.province, World.province])
        #expect(steps[0].certificates == ["", World.national, World.province, World.city, World.home])
        #expect(steps[2].certificates == ["", World.national, World.province])
        #expect(steps[0].shown == ["nation"] && steps[0].withheld == ["reviewers", "city"])
    }

    @Test func `a file returned by the province goes down through the city, which sees it, to the home`() throws {
        var world = try County.world(seed: 3)
        let keys = try world.take(County.records(standard: "1", 2))
        #expect(try world.report(keys).done == 2)
        try world.settle()
        #expect(try world.approve(keys, at: World.city).done == 2)
        try world.settle()
        #expect(try world.sendBack([keys[0]], at: World.province).done == 1)
        #expect(try world.approve([keys[1]], at: World.province).done == 1)
        try world.settle()
        #expect(try world.states(keys[0]) == ["55", "55", "55", nil])
        #expect(try world.states(keys[1]) == ["60", "60", "60", "60"])
        let atCity = try #require(try world.steps(keys[0], at: World.city).last)
        #expect(
            atCity.act == "return" && atCity.seat == World.province && atCity.evidence == "seal" && atCity.failure == nil)
        let atHome = try #require(try world.steps(keys[0], at: World.home).last)
        #expect(atHome.act == "return" && atHome.seat == World.province && atHome.failure == nil)
        #expect(atHome.evidence == "excerpt" && atHome.broughtBy == World.city && atHome.code == "02")
        for seat in world.seats { #expect(try world.refused(at: seat.code) == []) }
    }

    @Test func `a return without a code of the table, or with few words, is refused and changes nothing`() throws {
        var world = try County.world(seed: 4)
        let key = try world.take(County.records(standard: "3", 1))[0]
        _ = try world.report([key])
        try world.settle()
        let path = "records/worker_file/decisions"
        let words = "家庭住址缺少门牌号，请核对后补充完整"
        for selection in [
            Selection(ids: [key], verdict: "return", words: words),
            Selection(ids: [key], verdict: "return", code: "no such code", words: words),
            Selection(ids: [key], verdict: "return", code: "02", words: "太短"),
            Selection(ids: [key], verdict: "return", code: "02", words: words, fields: ["no_such_field"]),
        ] {
            #expect(try world.send("POST", World.city, path, selection).status == 400)
        }
        #expect(try world.states(key) == ["50", "50", nil, nil])
        #expect(throws: NodeError(.badRequest, "", "")) {
            let id = try #require(try world.find(key, at: World.city).flatMap { RecordID(hex: $0.id) })
            try world.act(World.city, .decide([id], Verdict(.return, words: words), by: Principal("test")))
        }
        try world.settle()
        #expect(try world.states(key) == ["50", "50", nil, nil])
    }
}
