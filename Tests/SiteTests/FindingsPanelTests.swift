import BusinessModules
import Foundation
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore
@testable import Site

@Suite struct FindingsPanelTests {
    /// A file whose yearly income and ID number were mistyped; its page and the right number.
    private func spoil(_ office: inout Office) throws -> (path: String, number: String) {
        let path = try office.takeFile(standard: "3")
        let id = try #require(RecordID(hex: String(path.split(separator: "/")[1])))
        let site = try office.world.site(Office.county)
        let number = try #require(
            try site.store.read { try site.engine.draft.working(id, in: $0).record[WorkerFiles.idNumber] })
        let wrong = number.prefix(17) + (number.hasSuffix("1") ? "2" : "1")
        _ = try site.store.write(office.world.moment()) { tx in
            try site.engine.draft.edit(id, by: Principal("clerk"), in: tx) { record, _ in
                record[WorkerFiles.familyIncomeYear] = (record[WorkerFiles.familyIncomeYear] ?? 0) + 10_000_00
                record[WorkerFiles.idNumber] = String(wrong)
            }
        }
        return (path, number)
    }

    /// The fields of the form that takes a proposal of a rule over.
    private func form(_ rule: String, in html: String) throws -> [(String, String)] {
        let forms = html.components(separatedBy: "class=\"proposal\"").dropFirst()
        let form = try #require(forms.first { $0.contains("name=\"rule\" value=\"\(rule)\"") }, "no proposal of \(rule)")
        return try ["token", "rule", "field", "list", "child", "choice"].map { name in
            let start = try #require(form.range(of: "name=\"\(name)\" value=\"")?.upperBound)
            let end = try #require(form[start...].firstIndex(of: "\""))
            return (name, String(form[start..<end]))
        }
    }

    @Test func `a proposal is taken over with one press, and the finding is gone`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let (path, number) = try spoil(&office)
        let before = try office.get(path, by: clerk)
        #expect(before.html.contains("M-01") && before.html.contains("改为"))
        let sum = try form("M-01", in: before.html)
        let taken = try office.post(path + "/findings", sum, by: clerk)
        #expect(taken.status == 303 && taken.location == path + "?done=accepted")
        let after = try office.get(path, by: clerk)
        #expect(!after.html.contains("value=\"M-01\"") && after.html.contains("value=\"I-02\""))

        // Looked at before the other change: look again.
        let old = try form("I-02", in: before.html)
        #expect(try office.post(path + "/findings", old, by: clerk).status == 409)

        let right = try form("I-02", in: after.html)
        #expect(!after.html.contains(number), "the number is proposed masked")
        #expect(try office.post(path + "/findings", right, by: clerk).status == 303)
        #expect(try !office.get(path, by: clerk).html.contains("value=\"I-02\""))
    }

    @Test func `whoever may not edit is offered nothing`() throws {
        var office = try Office()
        let reviewer = try office.sit([.countyReviewer], at: Office.county)
        let (path, _) = try spoil(&office)
        let page = try office.get(path, by: reviewer)
        #expect(page.status == 200 && !page.html.contains("class=\"proposal\""))
        let forged = [("token", ""), ("rule", "M-01"), ("field", "family_income_year"), ("choice", "0")]
        #expect(try office.post(path + "/findings", forged, by: reviewer).status == 403)
    }
}
