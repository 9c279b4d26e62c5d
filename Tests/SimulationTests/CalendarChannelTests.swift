import BusinessModules
import Foundation
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

/// Calendar, parameters, local codes and notices on their way down the channels.
@Suite struct CalendarChannelTests {
    private static let header = "id,day,day_kind,note,basis,adjusted_by\n"

    private func publish(_ world: inout World, at seat: String, _ body: [String: String], calendar: Bool = false) throws
        -> Reply
    {
        struct Body: Encodable { let name, text: String; let table: String?; let calendar: Bool? }
        let file = Body(
            name: "file.csv", text: body["text"] ?? "", table: body["table"], calendar: calendar ? true : nil)
        return try world.send("POST", seat, "publications", file)
    }

    private func get<Value: Decodable>(
        _ world: inout World, _ seat: String, _ path: String, _ query: [String: String] = [:], as type: Value.Type
    ) throws -> Value {
        let reply = try County.call(&world, seat, .init("GET", path, query: query, principal: Principal("test")))
        return try County.json(reply, as: type)
    }

    private func refusal(_ reply: Reply) throws -> String {
        #expect(reply.status >= 400)
        return try County.json(reply, as: API.Refusal.self).code
    }

    private func days(_ world: inout World, _ seat: String, _ from: String, _ to: String) throws -> [Bool] {
        try get(
            &world, seat, "calendar", ["from": from, "to": to], as: [CalendarEndpoints.DayView].self
        ).map(\.isWorking)
    }

    @Test func `a parameter whose value does not fit its type is refused by row, under the file's own name`() throws {
        var world = try County.world(seed: 500)
        let header = "id,key,value,value_type,division_code,effective_from,effective_to,basis\n"
        let rows = ["5,int", "5.5,int", "5,banana", "five,dec", "5,"]
        let text = header + rows.map { "P,review_days_county,\($0),000000,2026-01-01,,\n" }.joined()
        let reply = try publish(&world, at: World.national, ["text": text])
        let result = try County.json(reply, as: PublishEndpoint.Result.self)
        #expect(result.rows == 0)
        #expect(result.problems.map(\.row) == [3, 4, 5, 6])
        #expect(result.problems.allSatisfy { $0.file == "file.csv" })
    }

    @Test func `the nation's year comes down whole, and a province adds a day off for its own`() throws {
        var world = try County.world(seed: 501)
        let year =
            Self.header + """
                1,2026-10-01,3,国庆节,示例通知,000000
                2,2026-09-27,4,调休上班,示例通知,000000

                """
        #expect(try publish(&world, at: World.national, ["text": year], calendar: true).status == 201)
        let local = Self.header + "1,2026-09-28,2,本省休息日,示例省通知,370000\n"
        #expect(try publish(&world, at: World.province, ["text": local], calendar: true).status == 201)
        try world.settle()
        // Sunday, Monday, Tuesday; then the first of October.
        #expect(try days(&world, World.home, "2026-09-27", "2026-09-29") == [true, false, true])
        #expect(try days(&world, World.national, "2026-09-27", "2026-09-29") == [true, true, true])
        #expect(try days(&world, World.home, "2026-10-01", "2026-10-02") == [false, true])
        let reached = try get(
            &world, World.home, "calendar/count", ["day": "2026-09-25", "add": "2"], as: CalendarEndpoints.CountView.self)
        #expect(reached.day == "2026-09-29" && reached.isPublished)
        // A new version replaces the year: the make-up day is gone, the province's stays.
        let second = Self.header + "1,2026-10-01,3,国庆节,示例通知,000000\n"
        #expect(try publish(&world, at: World.national, ["text": second], calendar: true).status == 201)
        try world.settle()
        #expect(try days(&world, World.home, "2026-09-27", "2026-09-29") == [false, false, true])
        #expect(try world.journal(World.home).failures == [])
    }

    @Test func `days that a level may not set are refused with the rule, and nothing of the file is published`() throws {
        var world = try County.world(seed: 502)
        let row = { (kind: String, division: String) in Self.header + "1,2026-09-27,\(kind),,示例,\(division)\n" }
        #expect(
            try refusal(publish(&world, at: World.province, ["text": row("4", "370000")], calendar: true)) == "not-allowed")
        #expect(
            try refusal(publish(&world, at: World.province, ["text": row("2", "000000")], calendar: true)) == "not-allowed")
        #expect(try refusal(publish(&world, at: World.city, ["text": row("2", "370200")], calendar: true)) == "not-allowed")
        let faulty = Self.header + "1,2026-02-30,3,,示例,000000\n2,2026-10-01,3,,,000000\n3,2026-10-02,3,,示例,000000\n"
        let reply = try publish(&world, at: World.national, ["text": faulty], calendar: true)
        let result = try County.json(reply, as: PublishEndpoint.Result.self)
        #expect(result.rows == 0 && result.problems.map(\.row) == [2, 3])
        #expect(try world.site(World.national).engine.draft.calendar.entries.isEmpty)
    }

    @Test func `a parameter says where it comes from, and a level that may not set it is told`() throws {
        var world = try County.world(seed: 503)
        let header = "id,key,value,value_type,division_code,effective_from,effective_to,basis\n"
        let national = header + "1,minimum_living_monthly,900,dec,370200,2026-01-01,,示例〔2026〕1号\n"
        #expect(try publish(&world, at: World.national, ["text": national]).status == 201)
        let city = header + "1,minimum_living_monthly,980,dec,370211,2026-04-01,,示例〔2026〕2号\n"
        #expect(try publish(&world, at: World.city, ["text": city]).status == 201)
        try world.settle()
        let shown = try get(
            &world, World.home, "parameters/minimum_living_monthly", ["on": "2026-06-01"],
            as: ParameterEndpoints.ChainView.self)
        #expect(shown.parameter.value == "980" && shown.parameter.basis == "示例〔2026〕2号")
        #expect(
            shown.looks.map(\.value) == ["980", "900", nil, nil]
                && shown.looks.map(\.decides) == [true, false, false, false])
        let before = try get(
            &world, World.home, "parameters/minimum_living_monthly", ["on": "2026-03-31"],
            as: ParameterEndpoints.ChainView.self)
        #expect(before.parameter.value == "900" && before.parameter.division == World.city)
        let compared = try get(
            &world, World.home, "comparisons/parameters", ["on": "2026-06-01", "and": "2026-03-31"],
            as: [ParameterEndpoints.DifferenceView].self)
        #expect(compared.filter(\.differs).map(\.key) == ["minimum_living_monthly"])
        let standards = try get(
            &world, World.home, "parameters", ["standards": "1"], as: [ParameterEndpoints.ParameterView].self)
        #expect(standards.contains { $0.key == "minimum_living_monthly" } && !standards.contains { $0.key == "min_cell" })
        // The review period is a province's to change, not a city's; the smallest cell nobody's below the nation.
        let review = header + "1,review_working_days,7,int,370200,2026-01-01,,示例\n"
        #expect(try refusal(publish(&world, at: World.city, ["text": review])) == "not-allowed")
        let cell = header + "1,min_cell,1,int,370000,2026-01-01,,示例\n"
        #expect(try refusal(publish(&world, at: World.province, ["text": cell])) == "not-allowed")
        let unknown = header + "1,no_such_key,1,int,000000,2026-01-01,,示例\n"
        #expect(try refusal(publish(&world, at: World.national, ["text": unknown])) == "invalid")
    }

    @Test func `a province adds codes of its own, and no code of the base changes below`() throws {
        var world = try County.world(seed: 504)
        let table = "visit_purpose"
        let base = try world.site(World.home).engine.draft.codes.codes(of: table)
        let header = "code,label_zh,label_en\n"
        let added = header + "37.01,心理疏导,Counselling\n"
        #expect(try publish(&world, at: World.province, ["text": added, "table": table]).status == 201)
        let city = header + "3702.A,法律诊所,Law clinic\n"
        #expect(try publish(&world, at: World.city, ["text": city, "table": table]).status == 201)
        try world.settle()
        let codes = try world.site(World.home).engine.draft.codes
        #expect(codes.codes(of: table).prefix(base.count).elementsEqual(base))
        #expect(codes.contains("37.01", in: table) && codes.contains("3702.A", in: table))
        #expect(try !world.site(World.national).engine.draft.codes.contains("37.01", in: table))
        let list = try get(&world, World.home, "additions/codes", as: [ParameterEndpoints.CodeView].self)
        #expect(list.map(\.owner) == ["370000", "370200"])
        // A code of the base, one of another's, and a table that is the nation's.
        for (code, seat, name) in [
            ("01", World.province, table), ("37.02", World.city, table), ("37.01", World.province, "hardship_category"),
        ] {
            let text = header + "\(code),改,changed\n"
            #expect(try refusal(publish(&world, at: seat, ["text": text, "table": name])) == "not-allowed")
        }
        #expect(try refusal(publish(&world, at: World.national, ["text": added, "table": table])) == "invalid")
        // The base moves on; the additions stay, and go when their owner publishes without them.
        let moved = header + base.map { "\($0.code),\($0.label.zh),\($0.label.en)\n" }.joined() + "77,新增,new\n"
        #expect(try publish(&world, at: World.national, ["text": moved, "table": table]).status == 201)
        let less = header + "37.02,改名,renamed\n"
        #expect(try publish(&world, at: World.province, ["text": less, "table": table]).status == 201)
        try world.settle()
        let now = try world.site(World.home).engine.draft.codes
        #expect(now.contains("77", in: table) && now.contains("37.02", in: table) && !now.contains("37.01", in: table))
    }

    @Test func `a rogue addition is refused by every reader`() throws {
        var world = try County.world(seed: 505)
        let forged = Artefact.codes(table: "visit_purpose", [Code("01", Label("改", "changed"))])
        let site = try world.site(World.province)
        let identity = site.engine.identity
        try site.store.write(world.moment()) { tx in
            var outgoing = Outgoing(identity)
            for (version, artefact) in [
                (UInt64(1), forged),
                (
                    1,
                    .calendar(
                        year: 2026,
                        [
                            WorkCalendar.Entry(
                                day: try #require(CalendarDay("2026-09-27")), kind: .makeUp, note: "", basis: "",
                                division: "")
                        ])
                ),
            ] {
                let entry = Entry(
                    core: EntryCore(type: .publish, version: version, reaches: [.nation]), seed: tx.moment.entropy(16),
                    sections: [(.nation, artefact.encoded)])
                _ = try outgoing.append(
                    .init(context: identity.context(kind: nil), entry: entry, carries: []),
                    to: .channel(of: identity.node, in: identity.incarnation), in: tx)
            }
            _ = try outgoing.seal(in: tx)
        }
        try world.settle()
        for seat in [World.city, World.home] {
            let refused = try world.refused(at: seat).map { String($0.prefix { $0 != ":" }) }
            #expect(refused == ["not-entitled", "not-entitled"])
            let draft = try world.site(seat).engine.draft
            #expect(draft.calendar.entries.isEmpty)
            #expect(draft.codes.label("01", in: "visit_purpose")?.en != "changed")
        }
    }

    private struct Body: Encodable {
        var title = "关于做好年度核查的通知"
        var text = "各级工会：\n请于11月30日前完成核查。"
        var from = "2026-07-01"
        var to: String? = "2026-12-31"
        var roles = [String]()
        var levels = [String]()
        var id: String?
    }

    private func board(_ world: inout World, _ seat: String, _ query: [String: String] = [:]) throws
        -> NoticeEndpoints.Board
    {
        try get(&world, seat, "notices", query, as: NoticeEndpoints.Board.self)
    }

    @Test func `a notice appears below whom it is meant for, is read by each on their own, changed and withdrawn`() throws {
        var world = try County.world(seed: 506)
        let reply = try world.send("POST", World.national, "notices", Body(roles: ["clerk"], levels: ["county", "city"]))
        #expect(reply.status == 201)
        let id = try County.json(reply, as: NoticeEndpoints.NoticeView.self).id
        try world.settle()
        #expect(try board(&world, World.home).items.map(\.title) == [Body().title])
        #expect(try board(&world, World.province).items.isEmpty)
        #expect(try board(&world, World.province, ["all": "1"]).items.count == 1)
        #expect(try board(&world, World.home, ["role": "finance"]).items.isEmpty)
        #expect(try board(&world, World.home, ["role": "clerk"]).unread == 1)
        #expect(try world.send("POST", World.home, "notices/\(id)/reading", [String: String]()).status == 200)
        #expect(try board(&world, World.home).unread == 0 && board(&world, World.city).unread == 1)
        let other = try County.call(&world, World.home, .init("GET", "notices", principal: Principal("other")))
        #expect(try County.json(other, as: NoticeEndpoints.Board.self).unread == 1)
        // A new text is unread again; a withdrawn one is gone.
        #expect(try world.send("POST", World.national, "notices", Body(text: "延至12月15日。", id: id)).status == 201)
        try world.settle()
        #expect(try board(&world, World.home).items.map(\.text) == ["延至12月15日。"])
        #expect(try board(&world, World.home).unread == 1)
        #expect(try world.send("POST", World.national, "notices/\(id)/withdrawal", [String: String]()).status == 201)
        try world.settle()
        #expect(try board(&world, World.home).items.isEmpty)
        world.advance(days: 400)
        #expect(try board(&world, World.home, ["all": "1"]).items.map(\.isWithdrawn) == [true])
    }

    @Test func `who may not publish a notice, and one that is none, are refused`() throws {
        var world = try County.world(seed: 507)
        #expect(try refusal(world.send("POST", World.city, "notices", Body())) == "not-allowed")
        #expect(try refusal(world.send("POST", World.national, "notices", Body(title: ""))) == "invalid")
        #expect(try refusal(world.send("POST", World.national, "notices", Body(title: "a\u{1B}[2J"))) == "invalid")
        #expect(try refusal(world.send("POST", World.national, "notices", Body(to: "2026-06-30"))) == "invalid")
        #expect(try refusal(world.send("POST", World.national, "notices", Body(roles: ["nobody"]))) == "invalid")
        #expect(try refusal(world.send("POST", World.national, "notices", Body(levels: ["village"]))) == "bad-request")
        #expect(try refusal(world.send("POST", World.province, "notices", Body(id: "00"))) == "not-found")
        let made = try world.send("POST", World.national, "notices", Body())
        let id = try County.json(made, as: NoticeEndpoints.NoticeView.self).id
        try world.settle()
        #expect(
            try refusal(world.send("POST", World.province, "notices/\(id)/withdrawal", [String: String]())) == "not-allowed")
        #expect(try refusal(world.send("POST", World.province, "notices/\(id)x/reading", [String: String]())) == "not-found")
    }
}
