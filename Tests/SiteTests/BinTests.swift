import BusinessModules
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore
@testable import Site

/// Own drafts are deleted into a recycle list and come back from it for thirty days (S.4).
@Suite struct BinTests {
    private func draft(_ office: inout Office, by clerk: Office.Visitor) throws -> String {
        let made = try office.post("/workers/new", JourneyTests.sheet(), by: clerk)
        return try #require(made.location?.split(separator: "?").first.map(String.init))
    }

    @Test func `an own draft goes into the recycle list and comes back as it was, under its number`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let path = try draft(&office, by: clerk)
        #expect(try office.get(path, by: clerk).html.contains("删除草稿"))
        #expect(try office.post(path + "/deletion", [], by: clerk).location == "/workers/deleted?done=deleted")
        #expect(try office.get(path, by: clerk).status == 404)
        #expect(try office.get("/workers", by: clerk).html.contains("还没有"))
        #expect(try office.post("/search", [("q", "370285197602299979")], by: clerk).status == 404)
        let list = try office.get("/workers/deleted", by: clerk).html
        #expect(list.contains("何娜") && list.contains("370285") && !list.contains("370285197602299979"))
        // Its number is not given away meanwhile.
        let second = try office.post("/workers/new", JourneyTests.sheet("赵杰", number: "370285198502289989"), by: clerk)
        #expect(try office.get(second.location ?? "", by: clerk).html.contains("3702852026000002"))
        let back = try office.post("/workers/deleted/1/restoration", [], by: clerk)
        #expect(back.location == path + "?done=restored")
        let page = try office.get(path, by: clerk).html
        #expect(page.contains("何娜") && page.contains("赵杰") && page.contains("3702852026000001"))
        #expect(try office.get("/workers/deleted", by: clerk).html.contains("回收站是空的"))
        let auditor = try office.sit([.auditor], at: Office.county, login: "auditor")
        let audit = try office.get("/admin/audit", by: auditor).html
        #expect(audit.contains("delete") && audit.contains("restore"))
    }

    @Test func `somebody else's draft, and what was reported once, is deleted by nobody`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let other = try office.sit([.clerk], at: Office.county, login: "other", name: "李梅")
        let path = try draft(&office, by: clerk)
        #expect(!(try office.get(path, by: other)).html.contains("删除草稿"))
        #expect(try office.post(path + "/deletion", [], by: other).status == 403)
        let ready = try office.takeFile(standard: "2")
        #expect(try office.post(ready + "/deletion", [], by: clerk).status == 409)
        let reviewer = try office.sit([.countyReviewer], at: Office.county, login: "reviewer")
        #expect(try office.post(ready + "/deletion", [], by: reviewer).status == 403)
        #expect(try office.post(path + "/deletion", [], by: clerk).status == 303)
        #expect(try office.get("/workers/deleted", by: other).html.contains("回收站是空的"))
        #expect(try office.post("/workers/deleted/1/restoration", [], by: other).status == 404)
        #expect(try office.post("/workers/deleted/x/restoration", [], by: clerk).status == 404)
    }

    @Test func `a person who has another file meanwhile keeps that one: the draft does not come back`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let path = try draft(&office, by: clerk)
        #expect(try office.post(path + "/deletion", [], by: clerk).status == 303)
        _ = try office.takeFile(standard: "2", number: "370285197602299979")
        #expect(try office.post("/workers/deleted/1/restoration", [], by: clerk).status == 409)
        #expect(try office.get("/workers/deleted", by: clerk).html.contains("何娜"), "nothing is lost")
    }

    @Test func `after thirty days a draft is gone for good, and its number stays used`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let path = try draft(&office, by: clerk)
        #expect(try office.post(path + "/deletion", [], by: clerk).status == 303)
        office.world.advance(days: 30)
        let later = try office.again("someone", at: Office.county)
        #expect(try office.get("/workers/deleted", by: later).html.contains("回收站是空的"))
        #expect(try office.post("/workers/deleted/1/restoration", [], by: later).status == 404)
        let store = try office.world.site(Office.county).store
        let gone = try store.write(office.world.moment()) { tx in [try Bin.purge(in: tx), try Bin.purge(in: tx)] }
        #expect(gone == [1, 0])
        let next = try draft(&office, by: later)
        #expect(try office.get(next, by: later).html.contains("3702852026000002"))
    }

    @Test func `who made a file does not report it, even when nobody edited it since`() throws {
        var office = try Office()
        let both = try office.sit([.clerk, .countyReviewer], at: Office.county)
        let path = try draft(&office, by: both)
        let id = try #require(RecordID(hex: path.split(separator: "/").last.map(String.init) ?? ""))
        let account = try office.world.site(Office.county).store.read { try $0.lastEdits.account(id) }
        #expect(account != nil)
    }
}
