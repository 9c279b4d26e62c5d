import BusinessModules
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore
@testable import Site

/// From a form that anybody may fill in to one's own data, by way of the counter.
@Suite struct SignUpTests {
    static let filled = [("name", "何娜"), ("phone", "154 2363 3091"), ("agree", "1")]

    /// The code that the page of a request shows.
    private func send(_ office: inout Office, _ form: [(String, String)] = filled, source: String = "10.0.0.9") throws
        -> String
    {
        let sent = try office.ask("POST", "/p/sign-up", form, nil, source: source)
        #expect(sent.status == 303, "\(sent.html)")
        return try #require(sent.location?.split(separator: "/").last.map(String.init))
    }

    @Test func `a worker asks, is known at the counter, sets a password and sees their own file alone`() throws {
        var office = try Office()
        let path = try office.takeFile(standard: "2")
        let clerk = try office.sit([.clerk], at: Office.county)
        let code = try send(&office)
        let waiting = try office.get("/p/sign-up/\(code)", by: nil)
        #expect(waiting.html.contains("申请收到了") && waiting.html.contains("身份证原件"))
        #expect(!waiting.html.contains("何娜") && !waiting.html.contains("15423633091"), "a state and no person")
        // At the counter.
        #expect(try office.get("/", by: clerk).html.contains("申请网上账号"))
        let list = try office.get("/requests", by: clerk)
        #expect(list.html.contains("何娜") && list.html.contains("15423633091"))
        let desk = try office.get("/requests/sign-ups/1", by: clerk)
        #expect(desk.html.contains("核对本人和身份证原件"))
        let number = try #require(try idNumber(office, path))
        let found = try office.post("/requests/sign-ups/1/find", [("file", number)], by: clerk)
        #expect(found.location == path + "/account?request=1", "the number itself stands in no address")
        let account = try office.get(path + "/account?request=1", by: clerk)
        #expect(account.html.contains("与档案一致") && account.html.contains("value=\"15423633091\""))
        let unchecked = try office.post(path + "/account", [("login", "15423633091"), ("request", "1")], by: clerk)
        #expect(unchecked.status == 422 && unchecked.html.contains("再勾选"))
        let opened = try office.post(
            path + "/account", [("login", "15423633091"), ("request", "1"), ("checked", "1")], by: clerk)
        #expect(opened.status == 200 && opened.html.contains("class=\"qr\""))
        #expect(try office.get("/p/sign-up/\(code)", by: nil).html.contains("账号已开通"))
        let token = try #require(opened.html.split(separator: "/welcome/").dropFirst().first?.prefix(64).description)
        // On the worker's telephone.
        let word = "四月的风吹过青岛的海面上"
        let set = try office.ask("POST", "/welcome/\(token)", [("password", word), ("again", word)], nil)
        #expect(set.location == "/p")
        let worker = try phone(set)
        let me = try office.get("/p/me", by: worker)
        #expect(me.status == 200 && me.html.contains("何娜") && !me.html.contains(number))
        #expect(try office.get("/p/matter", by: worker).status == 200)
        #expect(try office.get(path, by: worker).status == 303, "and nothing of the console")
        #expect(try !office.get("/requests", by: clerk).html.contains("15423633091"))
    }

    private func idNumber(_ office: Office, _ path: String) throws -> String? {
        let site = try office.world.site(Office.county)
        let id = String(path.split(separator: "/")[1])
        return try site.store.read { snapshot in
            try Inquiry(office.charter).find(id, WorkerFiles.kind, in: snapshot)?.record[WorkerFiles.idNumber]
        }
    }

    private func phone(_ answer: Office.Answer) throws -> Office.Visitor {
        let cookie = try #require(answer.cookie)
        let secret = try #require(cookie.split(separator: ";")[0].split(separator: "=").last.map(String.init))
        return Office.Visitor(seat: Office.county, secret: secret, csrf: "")
    }

    @Test func `the answer is the same whether somebody is known here or not`() throws {
        var office = try Office()
        let path = try office.takeFile(standard: "2")
        let id = try #require(RecordID(hex: String(path.split(separator: "/")[1])))
        _ = try office.sit([.worker], at: Office.county, login: "15423633091", name: "何娜", record: id)
        let known = try send(&office)
        let unknown = try send(&office, [("name", "无此人"), ("phone", "13900000001"), ("agree", "1")])
        let again = try send(&office)
        #expect(Set([known, unknown, again]).count == 3)
        let pages = try [known, unknown, again].enumerated().map { place, code in
            try office.get("/p/sign-up/\(code)", by: nil).html.replacing(code.prefix(5), with: "")
                .replacing(code.suffix(5), with: "").replacing("<dd class=\"code\">\(place + 1)</dd>", with: "")
                .replacing("申请编号 \(place + 1)。", with: "")
        }
        #expect(
            pages[0].filter { !$0.isNumber && !$0.isLetter || $0.unicodeScalars.allSatisfy { $0.value > 0x7F } }
                == pages[1].filter { !$0.isNumber && !$0.isLetter || $0.unicodeScalars.allSatisfy { $0.value > 0x7F } })
        #expect(pages[1].count == pages[2].count)
    }

    @Test func `what does not fit is said beside its field, and nothing is kept`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let wrong = try office.ask("POST", "/p/sign-up", [("name", "何"), ("phone", "1542363")], nil)
        #expect(wrong.status == 422)
        for id in ["f-name-error", "f-phone-error", "href=\"#agree\""] { #expect(wrong.html.contains(id), "\(id)") }
        #expect(wrong.html.contains("value=\"1542363\""))
        #expect(try office.get("/requests", by: clerk).html.contains("没有待办的申请"))
        let other = try office.ask("POST", "/p/sign-up", Self.filled, nil, headers: ["sec-fetch-site": "cross-site"])
        #expect(other.status == 403, "another site cannot send it")
    }

    @Test func `one network asks only so often in an hour, and another one is not kept out by it`() throws {
        var office = try Office()
        for number in 0..<SignUps.perHour {
            _ = try send(&office, [("name", "某某"), ("phone", "1390000\(1_000 + number)"), ("agree", "1")])
        }
        let refused = try office.ask("POST", "/p/sign-up", Self.filled, nil, source: "10.0.0.9")
        #expect(refused.status == 429 && refused.html.contains("稍后再试") && refused.html.contains("value=\"何娜\""))
        _ = try send(&office, source: "10.0.0.10")
        office.world.advance(days: 1)
        _ = try send(&office)
    }

    @Test func `a refusal says why to whoever has the code, and a request is gone after thirty days`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let code = try send(&office)
        #expect(try office.post("/requests/sign-ups/1/refuse", [("reason", "none")], by: clerk).status == 422)
        #expect(try office.post("/requests/sign-ups/1/refuse", [("reason", "not_here")], by: clerk).status == 303)
        #expect(try office.post("/requests/sign-ups/1/refuse", [("reason", "again")], by: clerk).status == 409)
        let told = try office.ask(
            "POST", "/p/sign-up/state", [("code", " \(code.lowercased().prefix(5))-\(code.suffix(5))")], nil)
        #expect(told.location == "/p/sign-up/\(code)")
        #expect(try office.get("/p/sign-up/\(code)", by: nil).html.contains("户籍或工作所在地"))
        let unknown = try office.ask("POST", "/p/sign-up/state", [("code", "ABCDEFGHJK")], nil)
        #expect(unknown.status == 404 && unknown.html.contains("f-code-error"))
        office.world.advance(days: 31)
        #expect(try office.get("/p/sign-up/\(code)", by: nil).status == 404)
        _ = try send(&office)
        let rows = try office.world.site(Office.county).store.read { try $0.signUps.waiting(since: 0, limit: 10).map(\.id) }
        #expect(rows == [2], "the next one sweeps what is too old")
    }

    @Test func `only the head's own number finds a file, and only one of this office`() throws {
        var office = try Office()
        _ = try office.takeFile(standard: "2")
        let clerk = try office.sit([.clerk], at: Office.county)
        _ = try send(&office)
        for typed in ["", "110101199003079999", "乱写", String(repeating: "9", count: 60)] {
            let answer = try office.post("/requests/sign-ups/1/find", [("file", typed)], by: clerk)
            #expect(answer.status == 422 && answer.html.contains("没有这个号码"), "\(typed)")
        }
    }

    @Test func `an account that is there is linked, unlinked and renewed, each once and by who has seen the card`() throws {
        var office = try Office()
        let path = try office.takeFile(standard: "2")
        let clerk = try office.sit([.clerk], at: Office.county)
        let worker = try office.sit([.worker], at: Office.county, login: "hena", name: "何娜")
        #expect(try office.get("/p/me", by: worker).html.contains("还没有关联档案"))
        #expect(try office.post(path + "/account/find", [("known", "nobody")], by: clerk).status == 404)
        #expect(try office.post(path + "/account/find", [("known", "someone")], by: clerk).status == 409, "staff")
        let found = try office.post(path + "/account/find", [("known", "hena")], by: clerk)
        let number = try #require(found.value(of: "account"))
        #expect(try office.post(path + "/account/link", [("account", number)], by: clerk).status == 422)
        let linked = try office.post(path + "/account/link", [("account", number), ("checked", "1")], by: clerk)
        #expect(linked.status == 303)
        #expect(try office.get("/p/me", by: worker).status == 303, "whoever was signed in signs in anew")
        let twice = try office.post(path + "/account", [("login", "other1"), ("checked", "1")], by: clerk)
        #expect(twice.status == 409)
        let renewed = try office.post(path + "/account/renew", [("checked", "1")], by: clerk)
        #expect(renewed.status == 200 && renewed.html.contains("/welcome/"))
        #expect(try office.post(path + "/account/unlink", [], by: clerk).status == 303)
        #expect(try office.post(path + "/account/unlink", [], by: clerk).status == 409)
        #expect(try office.post(path + "/account/renew", [("checked", "1")], by: clerk).status == 409)
        let entries = try office.world.site(Office.county).store.read { snapshot in
            try AuditInquiry.list(AuditFilter(), in: snapshot).map(\.action)
        }
        #expect(entries.contains("link-account") && entries.contains("unlink-account") && entries.contains("reset-account"))
    }

    @Test func `the counter's role is worker and nothing more, and other offices find nothing`() throws {
        var office = try Office()
        let path = try office.takeFile(standard: "2")
        let clerk = try office.sit([.clerk], at: Office.county)
        _ = try office.post(path + "/account", [("login", "15423633091"), ("checked", "1")], by: clerk)
        let grants = try office.world.site(Office.county).store.read { snapshot in
            let account = try #require(try Accounts.find(login: "15423633091", in: snapshot))
            #expect(account.isOutside)
            return try Accounts.grants(of: account.id, in: snapshot)
        }
        #expect(grants.map(\.role) == [.worker] && grants.allSatisfy { $0.approvedBy != nil })
        let other = try office.sit([.clerk], at: Office.neighbour, login: "other")
        #expect(try office.get(path + "/account", by: other).status == 404)
        let reviewer = try office.sit([.countyReviewer], at: Office.county, login: "reviewer")
        #expect(try office.get(path + "/account", by: reviewer).status == 403)
    }
}
