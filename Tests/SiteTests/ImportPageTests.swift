import BusinessModules
import Foundation
import NodeSimulator
import Testing

@testable import NodeCore
@testable import Site

@Suite struct ImportPageTests {
    private func send(
        _ office: inout Office, _ visitor: Office.Visitor, _ act: String, _ files: [(name: String, text: String)]
    )
        throws -> Office.Answer
    {
        var body = ""
        for (name, value) in [("_csrf", visitor.csrf), ("do", act)] {
            body += "--mark\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        for file in files {
            body += "--mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(file.name)\"\r\n"
            body += "Content-Type: text/csv\r\n\r\n\(file.text)\r\n"
        }
        let site = try office.world.site(visitor.seat)
        let moment = office.world.moment()
        let request = WebRequest(
            "POST", "/workers/import", headers: ["host": "localhost", "content-type": "multipart/form-data; boundary=mark"],
            cookies: ["__Host-session": visitor.secret ?? ""], body: Array((body + "--mark--\r\n").utf8),
            source: "127.0.0.1",
            milliseconds: moment.milliseconds)
        return try office.run(request, site, moment, visitor.seat)
    }

    private var files: [(name: String, text: String)] {
        get throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try ["worker_file", "family_member", "income_item", "rigid_expense", "local_standard"].map { name in
                let url = root.appending(path: "samples/county-370285/\(name).csv")
                return (name: name + ".csv", text: try String(contentsOf: url, encoding: .utf8))
            }
        }
    }

    @Test func `nothing is taken by a trial run, and a real one reports what it did not take, row by row`() throws {
        var office = try Office(everyPlace: true)
        let steward = try office.sit([.dataSteward], at: Office.county)
        let clerk = try office.sit([.clerk], at: Office.county, login: "clerk")
        let trial = try send(&office, steward, "try", try files)
        #expect(trial.status == 200 && trial.html.contains("未改动任何数据"))
        #expect(try office.get("/workers", by: clerk).html.contains("还没有"))
        let taken = try send(&office, steward, "take", try files)
        #expect(taken.html.contains("已导入") && taken.html.contains("worker_file.csv 第"))
        #expect(!(try office.get("/workers", by: clerk)).html.contains("还没有"))
    }

    @Test func `files that did not arrive whole are refused`() throws {
        var office = try Office()
        let steward = try office.sit([.dataSteward], at: Office.county)
        #expect(try office.ask("POST", "/workers/import", [("_csrf", steward.csrf)], steward).status == 400)
        #expect(try send(&office, steward, "try", []).status == 400)
    }
}
