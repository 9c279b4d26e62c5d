import BusinessModules
import NodeSimulator
import Testing

@testable import NodeCore
@testable import Site

/// Parameters, days and codes on their pages: what is set above appears below with its origin, and never the other way.
@Suite struct ReferencePagesTests {
    private static let value = [
        ("value", "1050.00"), ("division", Office.city), ("from", "2026-07-01"), ("to", ""), ("basis", "示例〔2026〕7号"),
    ]
    private static let key = "/admin/parameters/minimum_living_monthly"

    @Test func `a parameter that a city sets holds at its counties at once, with its origin, and nowhere else`() throws {
        var office = try Office()
        let city = try office.sit([.dataSteward], at: Office.city)
        let county = try office.sit([.clerk], at: Office.county)
        let set = try office.post(ReferencePagesTests.key + "/new", ReferencePagesTests.value, by: city)
        #expect(set.location == ReferencePagesTests.key + "?done=published")
        #expect(try office.get(ReferencePagesTests.key, by: city).html.contains("本单位设定"))
        try office.world.settle()
        try office.world.reload(Office.county)
        let page = try office.get(ReferencePagesTests.key, by: county).html
        for text in ["1050.00", "由单位370200下达", "示例〔2026〕7号", "2026-07-01 起"] { #expect(page.contains(text), "\(text)") }
        #expect(!page.contains("设定新值"), "a clerk sets nothing")
        #expect(try office.get("/admin/parameters", by: county).html.contains("1050.00"))
        let province = try office.sit([.dataSteward], at: Office.province)
        #expect(!(try office.get(ReferencePagesTests.key, by: province)).html.contains("1050.00 "))
    }

    @Test func `what does not fit a parameter is said beside its field, and nothing is sent`() throws {
        var office = try Office()
        let city = try office.sit([.dataSteward], at: Office.city)
        let wrong = [
            ("value", "viel"), ("division", Office.province), ("from", "2026-13-01"), ("to", "2026-01-01"), ("basis", ""),
        ]
        let answer = try office.post(ReferencePagesTests.key + "/new", wrong, by: city)
        #expect(answer.status == 422)
        for field in ["value", "division", "from", "basis"] {
            #expect(answer.html.contains("id=\"f-\(field)-error\""), "\(field)")
        }
        #expect(answer.html.contains("value=\"viel\""))
        #expect(try office.get("/admin/parameters/nothing", by: city).status == 404)
        let national = office.charter.parameters.keys.first { $0.settableBy == .national }
        let key = try #require(national).key
        #expect(try office.get("/admin/parameters/\(key)/new", by: city).status == 403)
        #expect(try office.post("/admin/parameters/\(key)/new", ReferencePagesTests.value, by: city).status == 403)
    }

    @Test func `the nation's holidays and a province's days off come down with their origin`() throws {
        var office = try Office()
        let nation = try office.sit([.nationalAnalyst], at: Office.national)
        let province = try office.sit([.dataSteward], at: Office.province)
        let holiday = [("from", "2026-10-01"), ("to", "2026-10-07"), ("kind", "3"), ("note", "国庆节"), ("basis", "样例通知1号")]
        #expect(
            try office.post("/admin/calendar/new", holiday, by: nation).location
                == "/admin/calendar?year=2026&done=published")
        let off = [("from", "2026-11-02"), ("to", ""), ("kind", "2"), ("note", ""), ("basis", "样例通知2号")]
        #expect(try office.post("/admin/calendar/new", off, by: province).status == 303)
        try office.world.settle()
        try office.world.reload(Office.county)
        let clerk = try office.sit([.clerk], at: Office.county)
        let page = try office.get("/admin/calendar?year=2026", by: clerk).html
        for text in ["2026-10-07", "国庆节", "由单位000000下达", "2026-11-02", "由单位370000下达", "已下达"] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(!page.contains("取消本单位设定的日期"))
        #expect(try office.post("/admin/calendar/2026-10-07/removal", [], by: province).status == 404, "not its own")
        #expect(try office.post("/admin/calendar/2026-10-07/removal", [], by: nation).status == 303)
        #expect(!(try office.get("/admin/calendar?year=2026", by: nation)).html.contains("2026-10-07"))
    }

    @Test func `a province makes no working day, and a city sets no day at all`() throws {
        var office = try Office()
        let province = try office.sit([.dataSteward], at: Office.province)
        let worked = [("from", "2026-10-10"), ("kind", "4"), ("basis", "样例"), ("to", "2027-01-01")]
        let answer = try office.post("/admin/calendar/new", worked, by: province)
        #expect(answer.status == 422 && answer.html.contains("f-kind-error") && answer.html.contains("f-to-error"))
        let city = try office.sit([.dataSteward], at: Office.city)
        #expect(try office.get("/admin/calendar/new", by: city).status == 403)
        #expect(try office.get("/admin/calendar?year=1", by: city).status == 400)
    }

    @Test func `a code that a city adds is offered below, and is taken back as it came`() throws {
        var office = try Office()
        let city = try office.sit([.dataSteward], at: Office.city)
        let table = try #require(office.charter.extensible.sorted().first)
        let path = "/admin/codes/\(table)"
        let wrong = try office.post(path + "/new", [("code", "99"), ("zh", ""), ("en", "x")], by: city)
        #expect(wrong.status == 422 && wrong.html.contains("f-code-error") && wrong.html.contains("f-zh-error"))
        let code = [("code", "3702.07"), ("zh", "本市新增"), ("en", "added here")]
        #expect(try office.post(path + "/new", code, by: city).status == 303)
        try office.world.settle()
        try office.world.reload(Office.county)
        let clerk = try office.sit([.clerk], at: Office.county)
        let page = try office.get(path, by: clerk).html
        #expect(page.contains("3702.07") && page.contains("由单位370200下达"))
        #expect(try office.get(path, by: city).html.contains("第 1 次"))
        #expect(try office.post(path + "/removal", [("code", "3702.07")], by: city).status == 303)
        #expect(try office.post(path + "/removal", [("code", "3702.07")], by: city).status == 404)
        #expect(!(try office.get(path, by: city)).html.contains("3702.07"))
        #expect(try office.get("/admin/codes/level/new", by: city).status != 200, "the nation's own")
    }

    @Test func `the nation renames a code of its own, and everybody reads it`() throws {
        var office = try Office()
        let nation = try office.sit([.nationalAnalyst], at: Office.national)
        let set = [("code", "1"), ("zh", "男性（改）"), ("en", "male (changed)")]
        #expect(try office.post("/admin/codes/sex/new", set, by: nation).status == 303)
        try office.world.settle()
        try office.world.reload(Office.county)
        let clerk = try office.sit([.clerk], at: Office.county)
        #expect(try office.get("/admin/codes/sex", by: clerk).html.contains("男性（改）"))
        #expect(try office.get("/workers/new", by: clerk).html.contains("男性（改）"))
        #expect(try office.get("/admin/codes", by: clerk).status == 200)
        #expect(try office.post("/admin/codes/divisions/new", set, by: nation).status == 403)
    }
}
