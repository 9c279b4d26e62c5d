import BusinessModules
import NodeSimulator
import Testing

@testable import NodeCore
@testable import Site

/// The declared table of rights against what pages answer, cell by cell.
@Suite struct RightsTests {
    @Test func `every role meets at every page what the table says`() throws {
        var office = try Office()
        var tried = 0
        var differences = [String]()
        for seat in [Office.county, Office.city, Office.province, Office.national] {
            let level = try office.world.site(seat).engine.identity.level
            for role in Role.allCases where role != .matchingJob {
                let visitor = try office.sit([role], at: seat, login: "r-" + role.rawValue.replacing("_", with: "-"))
                for page in office.pages.pages {
                    guard case .right(let action, let area) = page.needs else { continue }
                    let path = page.path.split(separator: "/").map { $0.hasPrefix("{") ? "0" : String($0) }.joined(
                        separator: "/")
                    let answer = try office.ask(page.method, "/" + path, [("_csrf", visitor.csrf)], visitor)
                    let mayEnter = page.side == .both || (page.side == .portal) == role.isOutside
                    let isAllowed = office.charter.permissions.allows(role, action, area, at: level)
                    // Outside people are led to their own side before any right is asked.
                    let isRefused = mayEnter ? answer.status == 403 : answer.status == 303
                    tried += 1
                    if mayEnter ? isRefused == isAllowed : !isRefused {
                        differences.append("\(seat) \(role) \(page.method) \(page.path): \(answer.status)")
                    }
                }
            }
        }
        print("pages: \(tried) cells of the table of rights tried, \(differences.count) differences")
        #expect(differences.isEmpty, "\(differences.prefix(10))")
        #expect(tried > 4 * 30 * 30)
    }

    @Test func `nobody who has not signed in gets further than the door`() throws {
        var office = try Office()
        for page in office.pages.pages {
            if case .open = page.needs { continue }
            let path = page.path.split(separator: "/").map { $0.hasPrefix("{") ? "0" : String($0) }.joined(separator: "/")
            let answer = try office.ask(page.method, "/" + path, [], nil)
            #expect(answer.status == 303 && answer.location?.hasPrefix("/sign-in") == true, "\(page.method) \(page.path)")
        }
    }

    @Test func `a form without its token, or from another site, changes nothing`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let sheet = JourneyTests.sheet()
        #expect(try office.post("/workers/new", sheet, by: clerk, csrf: "").status == 403)
        #expect(try office.post("/workers/new", sheet, by: clerk, csrf: String(repeating: "0", count: 64)).status == 403)
        for headers in [
            ["sec-fetch-site": "cross-site"], ["origin": "https://elsewhere.example"], ["sec-fetch-site": "same-site"],
        ] {
            let answer = try office.ask("POST", "/workers/new", [("_csrf", clerk.csrf)] + sheet, clerk, headers: headers)
            #expect(answer.status == 403, "\(headers)")
        }
        #expect(try office.get("/workers", by: clerk).html.contains("还没有"))
    }

    @Test func `records of neighbours, and those outside of one's scope, are not there`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let made = try office.post("/workers/new", JourneyTests.sheet(), by: clerk)
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        for seat in [Office.neighbour, Office.city, Office.province, Office.national] {
            let other = try office.sit([.clerk, .cityReviewer, .provinceReviewer], at: seat, login: "other")
            let answer = try office.get(path, by: other)
            #expect([403, 404].contains(answer.status), "\(seat)")
            #expect(!answer.html.contains("何娜"))
        }
        let narrow = try office.sit([], at: Office.county, login: "narrow")
        #expect(try office.get(path, by: narrow).status == 403)
    }

    @Test func `a session that was ended, is idle or too old opens nothing`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        #expect(try office.get("/workers", by: clerk).status == 200)
        let left = try office.post("/sign-out", [], by: clerk)
        #expect(left.cookie?.contains("Max-Age=0") == true)
        #expect(try office.get("/workers", by: clerk).status == 303)
        let other = try office.sit([.clerk], at: Office.county, login: "other")
        office.world.advance(days: 1)
        #expect(try office.get("/workers", by: other).status == 303)
    }
}
