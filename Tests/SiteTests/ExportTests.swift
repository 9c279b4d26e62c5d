import BusinessModules
import NodeSimulator
import Testing
import Workbooks

@testable import NodeCore
@testable import Site

/// Lists that leave the node as files: alone up to 500 rows, beyond them with a second person.
@Suite struct ExportTests {
    private static let wish = [("purpose", "年度核对"), ("format", "xlsx"), ("column", "name"), ("column", "birth_date")]

    /// A county with 501 files, one who asks and one who decides.
    private func crowded() throws -> (office: Office, clerk: Office.Visitor, head: Office.Visitor) {
        var office = try Office()
        try office.takeFiles(501)
        let clerk = try office.sit([.clerk], at: Office.county)
        return (office, clerk, try office.sit([.unitHead], at: Office.county, login: "head", name: "吕主任"))
    }

    @Test func `over 500 rows a second person sees what is asked and approves, and then the file goes out`() throws {
        var (office, clerk, head) = try crowded()
        #expect(try office.get("/workers/export", by: clerk).html.contains("超过 500 条须由第二人批准"))
        let asked = try office.post("/workers/export", ExportTests.wish + [("sex", "1"), ("sex", "2")], by: clerk)
        #expect(asked.location == "/exports?done=export-asked#export-1")
        #expect(try office.post("/exports/1/file", [], by: clerk).status == 409)
        #expect(try office.get("/", by: head).html.contains("待审批的导出"))
        #expect(try office.get("/notices", by: head).html.contains("王晓 申请导出 501 条"))
        let page = try office.get("/exports/1", by: head).html
        for text in ["501", "年度核对", "性别：男性、女性", "姓名、出生日期", "Excel"] { #expect(page.contains(text), "\(text)") }
        #expect(try office.post("/exports/1", [("do", "approve")], by: head).status == 303)
        #expect(try office.get("/notices", by: clerk).html.contains("您申请导出的 501 条已批准"))
        let file = try office.post("/exports/1/file", [], by: clerk)
        let rows = try WorkbookReader.tables(file.body)[0].rows
        #expect(rows.count == 502 && rows[0] == ["档案编号", "姓名", "出生日期"])
        #expect(rows[1].prefix(2) == ["3702852026100001", "第1号"])
        #expect(!(try office.get("/notices", by: clerk)).html.contains("您申请导出的 501 条已批准"))
        let auditor = try office.sit([.auditor], at: Office.county, login: "auditor")
        let audit = try office.get("/admin/audit", by: auditor).html
        for text in ["asked, 501 rows", "approved, 501 rows for 王晓", "fetched, 501 rows as xlsx", "年度核对"] {
            #expect(audit.contains(text), "\(text)")
        }
    }

    @Test func `nobody decides about the own request, and who has no right does not see it`() throws {
        var (office, _, head) = try crowded()
        let both = try office.sit([.clerk, .countyReviewer], at: Office.county, login: "both", name: "李梅")
        _ = try office.post("/workers/export", ExportTests.wish, by: both)
        #expect(try office.get("/exports/1", by: both).html.contains("须由第二人审批"))
        #expect(try office.post("/exports/1", [("do", "approve")], by: both).status == 403)
        let other = try office.sit([.clerk], at: Office.county, login: "other")
        #expect(try office.get("/exports/1", by: other).status == 403)
        #expect(try office.post("/exports/1/file", [], by: other).status == 404)
        #expect(try office.post("/exports/1/withdrawal", [], by: other).status == 404)
        #expect(try office.post("/exports/1", [("do", "perhaps")], by: head).status == 400)
        #expect(try office.get("/exports/99", by: head).status == 404)
    }

    @Test func `a refusal needs a reason, and the one who asked reads it`() throws {
        var (office, clerk, head) = try crowded()
        _ = try office.post("/workers/export", ExportTests.wish, by: clerk)
        let without = try office.post("/exports/1", [("do", "refuse"), ("reason", " ")], by: head)
        #expect(without.status == 422 && without.html.contains("id=\"f-reason-error\""))
        #expect(try office.post("/exports/1", [("do", "refuse"), ("reason", "用途不明，请补充")], by: head).status == 303)
        #expect(try office.get("/exports", by: clerk).html.contains("用途不明，请补充"))
        #expect(try office.post("/exports/1/file", [], by: clerk).status == 409)
        #expect(try office.post("/exports/1", [("do", "approve")], by: head).status == 409, "decided once")
        #expect(try office.post("/exports/1/seen", [], by: clerk).status == 303)
        #expect(!(try office.get("/", by: clerk)).html.contains("已有结果的导出申请"))
    }

    @Test func `the file is fetched three times within 72 hours and no more`() throws {
        var (office, clerk, head) = try crowded()
        for _ in 1...2 { _ = try office.post("/workers/export", ExportTests.wish, by: clerk) }
        for id in 1...2 { #expect(try office.post("/exports/\(id)", [("do", "approve")], by: head).status == 303) }
        for _ in 1...3 { #expect(try office.post("/exports/1/file", [], by: clerk).status == 200) }
        let again = try office.post("/exports/1/file", [], by: clerk)
        #expect(again.status == 409 && again.html.contains("已下载 3 次"))
        office.world.advance(days: 3)
        let later = try office.sit([.countyReviewer], at: Office.county, login: "later")
        #expect(try office.get("/exports", by: later).status == 200)
        let clerkAgain = try office.again("someone", at: Office.county)
        #expect(try office.post("/exports/2/file", [], by: clerkAgain).status == 409)
        #expect(try office.get("/exports", by: clerkAgain).html.contains("已过期"))
    }

    @Test func `what is asked for has a purpose, a format and an end, and can be taken back`() throws {
        var (office, clerk, head) = try crowded()
        #expect(try office.post("/workers/export", [("purpose", "x")], by: clerk).status == 422)
        #expect(try office.post("/workers/export", [("purpose", "核对"), ("format", "exe")], by: clerk).status == 422)
        for _ in 1...5 { #expect(try office.post("/workers/export", ExportTests.wish, by: clerk).status == 303) }
        let sixth = try office.post("/workers/export", ExportTests.wish, by: clerk)
        #expect(sixth.status == 422 && sixth.html.contains("未办完的导出申请"))
        #expect(try office.post("/exports/3/withdrawal", [], by: clerk).status == 303)
        #expect(try office.post("/exports/3/withdrawal", [], by: clerk).status == 409)
        #expect(try office.post("/exports/3", [("do", "approve")], by: head).status == 409)
        #expect(try office.post("/workers/export", ExportTests.wish, by: clerk).status == 303)
        office.world.advance(days: 8)
        let head2 = try office.again("head", at: Office.county)
        #expect(try office.post("/exports/1", [("do", "approve")], by: head2).status == 409, "nobody decided in time")
    }

    @Test func `up to 500 rows the file comes at once, with labels, days and amounts`() throws {
        var office = try Office()
        let path = try office.takeFile(standard: "2")
        let clerk = try office.sit([.clerk], at: Office.county)
        let columns = ["name", "sex", "birth_date", "family_income_year"].map { ("column", $0) }
        let file = try office.post("/workers/export", columns + [("purpose", "核对"), ("format", "xlsx")], by: clerk)
        let row = try WorkbookReader.tables(file.body)[0].rows[1]
        #expect(row[1] == "何娜" && ["男性", "女性"].contains(row[2]))
        #expect(CalendarDay(row[3]) != nil && Double(row[4]) != nil)
        #expect(try office.get(path, by: clerk).status == 200)
    }

    @Test func `a list masks what the record's page masks`() throws {
        var office = try Office()
        _ = try office.takeFile(standard: "2", named: "何娜娜")
        let approver = try office.sit([.approver], at: Office.county)
        for page in ["/workers?column=name&column=sex", "/workers/print?column=name&column=sex"] {
            let html = try office.get(page, by: approver).html
            #expect(html.contains("何某") && !html.contains("何娜娜"), "\(page)")
        }
    }
}
