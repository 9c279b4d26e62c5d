import BusinessModules
import Foundation
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore
@testable import Site

/// What somebody does with their own file: consents, a copy, corrections.
@Suite struct OwnDataTests {
    private struct Desk {
        var office: Office
        let path: String
        var clerk: Office.Visitor
        var worker: Office.Visitor
        let stranger: Office.Visitor

        init() throws {
            office = try Office()
            path = try office.takeFile(standard: "2")
            clerk = try office.sit([.clerk], at: Office.county)
            let id = try #require(RecordID(hex: String(path.split(separator: "/")[1])))
            worker = try office.sit([.worker], at: Office.county, login: "hena", name: "何娜", record: id)
            stranger = try office.sit([.worker], at: Office.county, login: "other", name: "别人")
        }
    }

    // MARK: Consents

    @Test func `a consent is given and taken back by the person, and the clerk sees it on the record`() throws {
        var desk = try Desk()
        let list = try desk.office.get("/p/consents", by: desk.worker)
        #expect(list.status == 200 && list.html.contains("逐级上报") && list.html.contains("没有登记"))
        let ask = try desk.office.get("/p/consents/04", by: desk.worker)
        #expect(ask.html.contains("我同意") && ask.html.contains("我不同意") && ask.html.contains("从现在起不再上报"))
        #expect(
            try desk.office.post("/p/consents/04", [("act", "given")], by: desk.worker).location
                == "/p/consents?done=consent")
        #expect(try desk.office.get(desk.path, by: desk.clerk).html.contains("id=\"consents\""))
        #expect(try desk.office.get(desk.path, by: desk.clerk).html.contains("告知书 2026-1 版"))
        let back = try desk.office.get("/p/consents/04", by: desk.worker)
        #expect(back.html.contains("正在发放的帮扶不会因为撤回而取消"))
        #expect(
            try desk.office.post("/p/consents/04", [("act", "given")], by: desk.worker).status == 409, "it holds already")
        #expect(try desk.office.post("/p/consents/04", [("act", "withdrawn")], by: desk.worker).status == 303)
        #expect(try desk.office.get("/p/consents", by: desk.worker).html.contains("已撤回"))
        #expect(try desk.office.get("/requests", by: desk.clerk).html.contains("逐级上报"))
    }

    @Test func `taking back 04 takes back the report that waits above, and says so`() throws {
        var desk = try Desk()
        let reviewer = try desk.office.sit([.countyReviewer], at: Office.county, login: "reviewer")
        _ = try desk.office.post("/p/consents/04", [("act", "given")], by: desk.worker)
        #expect(try desk.office.post(desk.path + "/report", [], by: reviewer).status == 303)
        try desk.office.world.settle()
        let taken = try desk.office.post("/p/consents/04", [("act", "withdrawn")], by: desk.worker)
        #expect(taken.location == "/p/consents?done=taken-back")
        #expect(try desk.office.get("/p/consents?done=taken-back", by: desk.worker).html.contains("也一并撤回"))
    }

    @Test func `who never said anything on record can say no all the same`() throws {
        var desk = try Desk()
        #expect(try desk.office.post("/p/consents/04", [("act", "withdrawn")], by: desk.worker).status == 303)
        #expect(try desk.office.post("/p/consents/04", [("act", "withdrawn")], by: desk.worker).status == 409)
        let reviewer = try desk.office.sit([.countyReviewer], at: Office.county, login: "reviewer")
        _ = try desk.office.post(desk.path + "/report", [], by: reviewer)
        try desk.office.world.settle()
        let city = try desk.office.sit([.cityReviewer], at: Office.city, login: "city")
        #expect(try !desk.office.get("/reviews/workers", by: city).html.contains("何娜"), "nothing went up")
    }

    @Test func `data of a child need the relation, and unknown purposes are not there`() throws {
        var desk = try Desk()
        let without = try desk.office.post("/p/consents/07", [("act", "given")], by: desk.worker)
        #expect(without.status == 422 && without.html.contains("f-guardian-error"))
        #expect(
            try desk.office.post("/p/consents/07", [("act", "given"), ("guardian", "40")], by: desk.worker).status == 303)
        #expect(try desk.office.get("/p/consents/09", by: desk.worker).status == 404, "no file rests on it")
        #expect(try desk.office.post("/p/consents/04", [("act", "maybe")], by: desk.worker).status == 409)
        #expect(try desk.office.get("/p/consents/04", by: desk.stranger).status == 409, "no file, no consent")
        #expect(try desk.office.get("/p/consents", by: desk.stranger).html.contains("还没有关联档案"))
    }

    @Test func `the counter writes down what was signed, and an error changes nothing`() throws {
        var desk = try Desk()
        let sheet = [
            ("purpose", "01"), ("act", "given"), ("basis", "1"), ("method", "paper"), ("text", "2026-1"), ("by", "何娜"),
            ("day", "2026-06-01"),
        ]
        let unsigned = try desk.office.post(desk.path + "/consents", sheet, by: desk.clerk)
        #expect(unsigned.status == 422 && unsigned.html.contains("扫描件"))
        let signed = try desk.office.post(desk.path + "/consents", sheet + [("attachment", "AT00033")], by: desk.clerk)
        #expect(signed.status == 303)
        #expect(try desk.office.get("/p/consents", by: desk.worker).html.contains("2026-06-01"))
        let future = sheet.filter { $0.0 != "day" } + [("day", "2099-01-01"), ("attachment", "AT1")]
        #expect(try desk.office.post(desk.path + "/consents", future, by: desk.clerk).status == 422)
        let broken = sheet.filter { $0.0 != "day" } + [("day", "gestern"), ("attachment", "AT1")]
        #expect(try desk.office.post(desk.path + "/consents", broken, by: desk.clerk).status == 422)
    }

    // MARK: A copy

    private struct Copy: Decodable {
        struct Field: Decodable { let code: String; let value: String? }
        struct Table: Decodable { let rows: [[String]] }
        struct Section: Decodable { let fields: [Field]; let tables: [Table] }
        let sections: [Section]
        let consents: Table
        let fileNumber: String

        func value(_ code: String) -> String? { sections.flatMap(\.fields).first { $0.code == code }?.value }
    }

    @Test func `a copy has one's own numbers whole and those of others in part, and is audited`() throws {
        var desk = try Desk()
        let record = try record(desk)
        _ = try desk.office.post("/p/consents/01", [("act", "given")], by: desk.worker)
        let file = try desk.office.post("/p/me/copy", [], by: desk.worker)
        let copy = try JSONDecoder().decode(Copy.self, from: Data(file.html.utf8))
        #expect(copy.value("id_number") == record[WorkerFiles.idNumber] && copy.value("phone") == record[WorkerFiles.phone])
        #expect(copy.value("name_pinyin") == nil, "notes of the office alone are not in it")
        #expect(copy.consents.rows.count == 1)
        let members = record[WorkerFiles.Member.list].compactMap { $0.row[WorkerFiles.Member.idNumber.definition.tag]?.text }
        #expect(!members.isEmpty && members.allSatisfy { !file.html.contains($0) })
        let account = try #require(record[WorkerFiles.bankAccount])
        #expect(copy.value("bank_account") == account)
        #expect(try !desk.office.get("/p/me", by: desk.worker).html.contains(account), "the page shows its last digits")
        let paper = try desk.office.post("/p/me/paper", [], by: desk.worker)
        #expect(paper.html.contains(try #require(record[WorkerFiles.idNumber])) && paper.html.contains("打印于"))
        #expect(members.allSatisfy { !paper.html.contains($0) })
        let noted = try desk.office.world.site(Office.county).store.read { snapshot in
            var filter = AuditFilter()
            filter.area = .ownData
            return try AuditInquiry.list(filter, in: snapshot).filter { $0.action == "export" }
        }
        #expect(noted.count == 2 && noted.allSatisfy { $0.record != nil && $0.account != nil })
        #expect(try desk.office.post("/p/me/copy", [], by: desk.stranger).status == 409)
        #expect(try desk.office.get("/p/me/copy", by: desk.stranger).html.contains("没有可下载的"))
    }

    @Test func `copies are ten a day`() throws {
        var desk = try Desk()
        for _ in 0..<10 { #expect(try desk.office.post("/p/me/copy", [], by: desk.worker).status == 200) }
        #expect(try desk.office.post("/p/me/copy", [], by: desk.worker).status == 429)
    }

    private func record(_ desk: Desk) throws -> Record {
        let site = try desk.office.world.site(Office.county)
        let id = String(desk.path.split(separator: "/")[1])
        return try site.store.read { snapshot in
            try #require(try Inquiry(desk.office.charter).find(id, WorkerFiles.kind, in: snapshot)).record
        }
    }

    // MARK: Corrections

    private static let wrong = [("field", "postcode"), ("wish", "266600"), ("reason", "邮编打错了")]

    @Test func `what the person says is wrong becomes work, is corrected in the form, and answered`() throws {
        var desk = try Desk()
        let form = try desk.office.get("/p/corrections/new", by: desk.worker)
        #expect(form.html.contains("value=\"postcode\"") && form.html.contains("value=\"family_member.1\""))
        #expect(!form.html.contains("value=\"name_pinyin\""))
        #expect(
            try desk.office.post("/p/corrections/new", Self.wrong, by: desk.worker).location
                == "/p/corrections?done=correction")
        #expect(try desk.office.get("/p/corrections", by: desk.worker).html.contains("等工作人员看"))
        #expect(try desk.office.get("/", by: desk.clerk).html.contains("本人要求更正"))
        #expect(try desk.office.get("/requests", by: desk.clerk).html.contains("/requests/corrections/1"))
        #expect(try desk.office.get(desk.path, by: desk.clerk).html.contains("本人要求更正“邮政编码”"))
        let early = try desk.office.post("/requests/corrections/1/answer", [("do", "done")], by: desk.clerk)
        #expect(early.status == 422 && early.html.contains("还没有改过"))
        let taken = try desk.office.post("/requests/corrections/1/take", [], by: desk.clerk)
        #expect(taken.location == desk.path + "/edit#f-postcode")
        #expect(try desk.office.get("/p/corrections", by: desk.worker).html.contains("正在办理"))
        desk.office.world.advance(days: 1)
        desk.clerk = try desk.office.again("someone", at: Office.county)
        desk.worker = try desk.office.again("hena", at: Office.county)
        let edit = try desk.office.get(desk.path + "/edit", by: desk.clerk)
        let token = try #require(edit.value(of: "_version"))
        let saved = try desk.office.post(desk.path + "/edit", [("_version", token), ("postcode", "266600")], by: desk.clerk)
        #expect(saved.status == 303)
        let done = try desk.office.post(
            "/requests/corrections/1/answer", [("do", "done"), ("answer", "已改好")], by: desk.clerk)
        #expect(done.location == "/requests?done=answered")
        let told = try desk.office.get("/p/corrections", by: desk.worker).html
        #expect(told.contains("已改正") && told.contains("已改好"))
        #expect(try desk.office.post("/requests/corrections/1/answer", [("do", "done")], by: desk.clerk).status == 409)
        #expect(try desk.office.post("/p/corrections/1/withdraw", [], by: desk.worker).status == 409)
    }

    @Test func `a refusal needs a reason, which the person reads; their own request they take back`() throws {
        var desk = try Desk()
        _ = try desk.office.post("/p/corrections/new", Self.wrong, by: desk.worker)
        _ = try desk.office.post(
            "/p/corrections/new", [("field", "other"), ("wish", "删掉备注"), ("reason", "不再需要")], by: desk.worker)
        #expect(
            try desk.office.post("/requests/corrections/1/answer", [("do", "refuse"), ("answer", "不")], by: desk.clerk)
                .status == 422)
        let refused = try desk.office.post(
            "/requests/corrections/1/answer", [("do", "refuse"), ("answer", "与户口本一致，不用改")], by: desk.clerk)
        #expect(refused.status == 303)
        #expect(try desk.office.get("/p/corrections", by: desk.worker).html.contains("与户口本一致"))
        #expect(try desk.office.post("/p/corrections/2/withdraw", [], by: desk.stranger).status == 404)
        #expect(try desk.office.post("/p/corrections/2/withdraw", [], by: desk.worker).status == 303)
        #expect(try desk.office.get("/requests", by: desk.clerk).html.contains("没有待答复的更正"))
    }

    @Test func `an unknown field, an empty wish and too many at once are said in words`() throws {
        var desk = try Desk()
        let wrong = try desk.office.post(
            "/p/corrections/new", [("field", "file_status"), ("wish", " "), ("reason", "x")], by: desk.worker)
        #expect(wrong.status == 422)
        for id in ["f-field-error", "f-wish-error", "f-reason-error"] { #expect(wrong.html.contains(id), "\(id)") }
        for _ in 0..<Corrections.openMax {
            #expect(try desk.office.post("/p/corrections/new", Self.wrong, by: desk.worker).status == 303)
        }
        let more = try desk.office.post("/p/corrections/new", Self.wrong, by: desk.worker)
        #expect(more.status == 429 && more.html.contains("266600"), "what was typed is still there")
        #expect(try desk.office.post("/p/corrections/new", Self.wrong, by: desk.stranger).status == 409)
        #expect(try desk.office.get("/p/corrections/new", by: desk.stranger).status == 409)
        let neighbour = try desk.office.sit([.clerk], at: Office.neighbour, login: "other")
        #expect(try desk.office.get("/requests/corrections/1", by: neighbour).status == 404)
    }

    @Test func `markup that people send shows as text, on the portal and at the counter`() throws {
        var desk = try Desk()
        let planted = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
        _ = try desk.office.post(
            "/p/corrections/new", [("field", "other"), ("wish", planted), ("reason", planted)], by: desk.worker)
        _ = try desk.office.post(
            "/p/sign-up",
            [
                ("name", planted.replacing("1", with: "").replacing("2", with: "").prefix(30).description),
                ("phone", "13900000001"), ("agree", "1"),
            ], by: nil)
        for (path, who) in [
            ("/p/corrections", desk.worker), ("/requests", desk.clerk), ("/requests/corrections/1", desk.clerk),
            ("/requests/sign-ups/1", desk.clerk),
        ] {
            let answer = try desk.office.get(path, by: who)
            #expect(
                answer.status == 200 && !answer.html.contains("<script>alert") && !answer.html.contains("<img src=x"),
                "\(path)")
        }
    }

    @Test func `the person sees who opened a number of theirs, and what for`() throws {
        var desk = try Desk()
        #expect(try desk.office.get("/p/me/looks", by: desk.worker).html.contains("还没有人看过"))
        let opened = try desk.office.post(
            desk.path + "/open", [("field", "id_number"), ("purpose", "核对银行开户信息")], by: desk.clerk)
        #expect(opened.status == 200)
        _ = try desk.office.post("/p/me/copy", [], by: desk.worker)
        let looks = try desk.office.get("/p/me/looks", by: desk.worker).html
        #expect(looks.contains("身份证号") && looks.contains("核对银行开户信息") && looks.contains("王晓"))
        #expect(looks.components(separatedBy: "<li class=\"panel\">").count == 2, "one's own copy is no look of others")
        #expect(try desk.office.get("/p/me/looks", by: desk.stranger).status == 409)
    }

    @Test func `one's own account shows where it is signed in, and ends the others`() throws {
        var desk = try Desk()
        let page = try desk.office.get("/p/account", by: desk.worker)
        #expect(page.status == 200 && page.html.contains("hena") && page.html.contains("这台手机或电脑"))
        #expect(try desk.office.get("/me", by: desk.worker).location == "/p/account")
    }
}
