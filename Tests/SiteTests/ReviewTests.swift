import BusinessModules
import NodeSimulator
import Testing

@testable import NodeCore
@testable import Site

/// A file on its way between the offices, with people at each of their pages.
@Suite struct ReviewTests {
    @Test func `a file goes up, comes back with marked fields, is corrected and approved`() throws {
        var office = try Office()
        let path = try office.takeFile(standard: "2")
        let clerk = try office.sit([.clerk], at: Office.county)
        let reviewer = try office.sit([.countyReviewer], at: Office.county, login: "reviewer", name: "李强")
        let city = try office.sit([.cityReviewer], at: Office.city, name: "赵市")
        #expect(try office.post(path + "/report", [], by: clerk).status == 403, "a clerk does not report")
        #expect(try office.post(path + "/report", [], by: reviewer).status == 303)
        try office.world.settle()
        let queue = try office.get("/reviews/workers", by: city)
        #expect(queue.status == 200 && queue.html.contains("何娜"))
        let id = path.split(separator: "/").last.map(String.init) ?? ""
        let short = try office.post(
            "/reviews/workers/\(id)", [("do", "return"), ("code", "02"), ("words", "太短"), ("field", "address")], by: city)
        #expect(short.status == 422 && short.html.contains("10"))
        let returned = try office.post(
            "/reviews/workers/\(id)",
            [("do", "return"), ("code", "02"), ("words", "家庭住址缺少门牌号，请核对后补充完整"), ("field", "address")], by: city)
        #expect(returned.status == 303)
        try office.world.settle()
        let home = try office.get(path, by: clerk)
        #expect(home.html.contains("家庭住址缺少门牌号") && home.html.contains("edit#f-address"))
        let form = try office.get(path + "/edit", by: clerk)
        let saved = try office.post(
            path + "/edit", [("_version", try #require(form.value(of: "_version"))), ("address", "示例路1号2单元301")], by: clerk)
        #expect(saved.status == 303)
        for status in ["20", "30", "35", "40"] {
            #expect(try office.post(path + "/steps", [("to", status)], by: clerk).status == 303)
        }
        #expect(try office.post(path + "/report", [], by: reviewer).status == 303)
        try office.world.settle()
        let second = try office.get("/reviews/workers/\(id)", by: city)
        #expect(second.html.contains("与上一版的不同"))
        #expect(try office.post("/reviews/workers/\(id)", [("do", "approve")], by: city).status == 303)
        try office.world.settle()
        let province = try office.sit([.provinceReviewer], at: Office.province)
        let several = try office.post("/reviews/workers", [("id", id)], by: province)
        #expect(several.status == 200 && several.html.contains("成功 1 件"))
        try office.world.settle()
        #expect(try office.get(path, by: clerk).html.contains("已审核在档"))
    }

    @Test func `what is selected is reported as far as it is ready, each with its result`() throws {
        var office = try Office()
        let path = try office.takeFile(standard: "2")
        let clerk = try office.sit([.clerk], at: Office.county)
        let draft = try office.post("/workers/new", JourneyTests.sheet("草稿"), by: clerk)
        let other = try #require(draft.location?.split(separator: "?").first?.split(separator: "/").last.map(String.init))
        let reviewer = try office.sit([.countyReviewer], at: Office.county, login: "reviewer")
        let id = path.split(separator: "/").last.map(String.init) ?? ""
        let result = try office.post("/workers/reports", [("id", id), ("id", other)], by: reviewer)
        #expect(result.html.contains("成功 1 件，未成功 1 件"))
        #expect(try office.post("/workers/reports", [("scope", "all")], by: reviewer).status == 422)
    }

    @Test func `an export says what it is for, holds no formula and masks what the page masks`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk, .countyReviewer], at: Office.county)
        var sheet = JourneyTests.sheet()
        sheet.append(("employer_name", "=HYPERLINK(\"http://x\")"))
        #expect(try office.post("/workers/new", sheet, by: clerk).status == 303)
        let columns = [("column", "name"), ("column", "employer_name")]
        #expect(try office.post("/workers/export", columns, by: clerk).status == 422)
        let file = try office.post("/workers/export", columns + [("purpose", "年度核对")], by: clerk)
        #expect(file.status == 200 && file.html.contains("何娜"))
        #expect(file.html.contains("'=HYPERLINK") && !file.html.contains(",=HYPERLINK"))
        #expect(!file.html.contains("370285197602299979"))
    }

    @Test func `a masked value is opened for a purpose, once, and the audit says who and why`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let made = try office.post("/workers/new", JourneyTests.sheet(), by: clerk)
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        #expect(try office.post(path + "/open", [("field", "id_number"), ("purpose", "")], by: clerk).status == 422)
        let opened = try office.post(path + "/open", [("field", "id_number"), ("purpose", "核对银行卡户名")], by: clerk)
        #expect(opened.status == 200 && opened.html.contains("370285197602299979"))
        #expect(!(try office.get(path, by: clerk)).html.contains("370285197602299979"))
        let auditor = try office.sit([.auditor], at: Office.county, login: "auditor")
        let audit = try office.get("/admin/audit?action=view_sensitive", by: auditor)
        #expect(audit.html.contains("核对银行卡户名") && audit.html.contains("id_number"))
        #expect(!audit.html.contains("370285197602299979"))
    }

    @Test func `a masked value of a line is opened for a purpose, as one of the record is`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let number = "370285198502289989"
        let sheet = JourneyTests.sheet() + [("family_member.1.id_number", number)]
        let made = try office.post("/workers/new", sheet, by: clerk)
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        let page = try office.get(path, by: clerk).html
        #expect(page.contains("370285********9989") && !page.contains(number))
        #expect(page.contains("\(path)/open?field=family_member.1.id_number"))
        let place = ("field", "family_member.1.id_number")
        #expect(try office.get(path + "/open?field=family_member.1.id_number", by: clerk).html.contains("用途"))
        #expect(try office.post(path + "/open", [place, ("purpose", "")], by: clerk).status == 422)
        let opened = try office.post(path + "/open", [place, ("purpose", "核对子女学籍")], by: clerk)
        #expect(opened.status == 200 && opened.html.contains(number))
        #expect(!(try office.get(path, by: clerk)).html.contains(number))
        for wrong in ["family_member.1.nothing", "nothing.1.name", "family_member.x.name", "family_member"] {
            #expect(try office.post(path + "/open", [("field", wrong), ("purpose", "核对")], by: clerk).status == 404)
        }
        let auditor = try office.sit([.auditor], at: Office.county, login: "auditor")
        let audit = try office.get("/admin/audit?action=view_sensitive", by: auditor).html
        #expect(audit.contains("核对子女学籍") && audit.contains("family_member.1.id_number") && !audit.contains(number))
    }

    @Test func `what the checks find in a draft stands in one place, the errors first, each with a way to its field`() throws
    {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let made = try office.post("/workers/new", [("name", "何娜"), ("_do", "check")], by: clerk)
        #expect(made.location?.hasSuffix("?done=saved#findings") == true)
        let page = try office.get(made.location ?? "", by: clerk).html
        #expect(page.ranges(of: "id=\"findings\"").count == 1)
        #expect(page.contains("必须改正：") && page.contains("/edit#f-"))
    }
}

/// What the offices tell each other and their people.
@Suite struct OfficeTests {
    @Test func `without a line everything at home goes on, and the pages say what waits`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let reviewer = try office.sit([.countyReviewer], at: Office.county, login: "reviewer")
        let path = try office.takeFile(standard: "2")
        #expect(try office.post("/workers/new", JourneyTests.sheet(), by: clerk).status == 303)
        #expect(try office.post(path + "/report", [], by: reviewer).status == 303)
        let bench = try office.get("/", by: clerk)
        #expect(bench.html.contains("未连接上级"))
        #expect(try office.get("/sync", by: clerk).html.contains("已保存在本机，联网后自动上报"))
        #expect(try office.get(path + "/print", by: clerk).status == 200)
    }

    @Test func `a notice from above stands on the page of who it is for, until it is read`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let id = String(repeating: "ab", count: 16)
        let day = CalendarDay(milliseconds: Office.noon)
        let notice = Notice(
            id: id, title: "年底送温暖安排", text: "各县于十二月十五日前上报。", from: day, to: nil, roles: ["clerk"],
            milliseconds: Office.noon)
        try office.world.act(Office.national, .publish(.notice(notice), by: Principal("分析员")))
        try office.world.settle()
        let page = try office.get("/notices", by: clerk)
        #expect(page.html.contains("年底送温暖安排") && page.html.contains("标为已读"))
        #expect(try office.get("/", by: clerk).html.contains("年底送温暖安排"))
        let reviewer = try office.sit([.countyReviewer], at: Office.county, login: "reviewer")
        #expect(!(try office.get("/notices", by: reviewer)).html.contains("年底送温暖安排"))
        #expect(try office.post("/notices/read", [("notice", id)], by: clerk).status == 303)
        #expect(!(try office.get("/notices", by: clerk)).html.contains("标为已读"))
    }
}
