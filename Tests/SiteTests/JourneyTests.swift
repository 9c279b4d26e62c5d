import BusinessModules
import NodeSimulator
import Testing

@testable import NodeCore
@testable import Site

@Suite struct JourneyTests {
    /// What a clerk fills in at the least.
    static func sheet(_ name: String = "何娜", number: String = "370285197602299979") -> [(String, String)] {
        [
            ("name", name), ("id_type", "111"), ("id_number", number), ("sex", "2"), ("birth_date", "1976-02-29"),
            ("phone", "15423633091"), ("file_standard", "3"), ("hardship_category", "1"), ("address", "示例路1号"),
            ("family_member.1.name", "赵杰"), ("family_member.1.relation", "10"),
        ]
    }

    @Test func `a file is made, looked at, changed and found again`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let made = try office.post("/workers/new", JourneyTests.sheet(), by: clerk)
        #expect(made.status == 303)
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        let page = try office.get(path, by: clerk)
        #expect(page.status == 200)
        #expect(page.html.contains("何娜") && page.html.contains("赵杰"))
        #expect(!page.html.contains("370285197602299979"), "an ID number is masked")
        let form = try office.get(path + "/edit", by: clerk)
        let token = try #require(form.value(of: "_version"))
        let saved = try office.post(path + "/edit", [("_version", token), ("name", "何小娜")], by: clerk)
        #expect(saved.status == 303)
        let list = try office.get("/workers?q=%E4%BD%95", by: clerk)
        #expect(list.html.contains("何小娜") && list.html.contains("共 1 条"))
        let found = try office.post("/search", [("q", "370285197602299979")], by: clerk)
        #expect(found.location == path, "a number is found by a POST, and leads to the record")
    }

    @Test func `a name is found in simplified and in traditional characters, however it was written`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        for (name, number) in [("张丽", "370285197602299979"), ("陳國", "370285197602299987")] {
            #expect(try office.post("/workers/new", JourneyTests.sheet(name, number: number), by: clerk).status == 303)
        }
        // 張麗 and 陈国.
        for (asked, name) in [("%E5%BC%B5%E9%BA%97", "张丽"), ("%E9%99%88%E5%9B%BD", "陳國")] {
            let list = try office.get("/workers?q=\(asked)", by: clerk)
            #expect(list.html.contains(name) && list.html.contains("共 1 条"))
        }
    }

    @Test func `a field says how it is filled in, and the form prints without anybody in it`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let form = try office.get("/workers/new", by: clerk)
        #expect(form.html.contains("id=\"f-contract_months-help\"") && form.html.contains("无固定期限的填0"))
        _ = try office.post("/workers/new", JourneyTests.sheet(), by: clerk)
        let paper = try office.get("/workers/blank", by: clerk)
        #expect(paper.status == 200 && !paper.html.contains("何娜"))
        #expect(paper.html.contains("□\u{00A0}男") && paper.html.contains("与户主关系"))
    }

    @Test func `what does not fit is said beside its field, and nothing is saved`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let answer = try office.post(
            "/workers/new", [("name", "何娜"), ("birth_date", "1976-13-01"), ("sex", "9")], by: clerk)
        #expect(answer.status == 422)
        #expect(answer.html.contains("id=\"f-birth_date-error\"") && answer.html.contains("value=\"何娜\""))
        #expect(try office.get("/workers", by: clerk).html.contains("还没有"))
    }

    @Test func `the second to save sees both values and chooses`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let other = try office.sit([.clerk], at: Office.county, login: "other", name: "李梅")
        let made = try office.post("/workers/new", JourneyTests.sheet(), by: clerk)
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        let token = try #require(try office.get(path + "/edit", by: clerk).value(of: "_version"))
        _ = try office.post(path + "/edit", [("_version", token), ("name", "何一")], by: other)
        let compared = try office.post(
            path + "/edit", [("_version", token), ("name", "何二"), ("sex", "2")], by: clerk)
        #expect(compared.status == 409)
        #expect(compared.html.contains("何一") && compared.html.contains("何二"))
        let newer = try #require(compared.value(of: "_version"))
        #expect(newer != token)
        #expect(try office.get(path, by: clerk).html.contains("何一"), "nothing is overwritten")
        let chosen = try office.post(path + "/edit", [("_version", newer), ("name", "何二"), ("sex", "2")], by: clerk)
        #expect(chosen.status == 303)
        #expect(try office.get(path, by: clerk).html.contains("何二"))
    }

    @Test func `a form half filled in comes back, until it is saved or thrown away`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        #expect(try office.post("/workers/form-draft", [("name", "写到一半")], by: clerk).status == 204)
        let form = try office.get("/workers/new", by: clerk)
        #expect(form.html.contains("value=\"写到一半\"") && form.html.contains("已为您恢复"))
        #expect(try office.post("/workers/form-draft/discard", [], by: clerk).status == 303)
        #expect(!(try office.get("/workers/new", by: clerk)).html.contains("写到一半"))
    }

    @Test func `a filter is kept under a name and shared, and only its owner removes it`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let other = try office.sit([.clerk], at: Office.county, login: "other")
        // "name" is a field of the record, "_name" what the filter is called.
        let asked = [("_name", "女职工"), ("_share", "1"), ("sex", "2"), ("name", "王")]
        let saved = try office.post("/workers/filters", asked, by: clerk)
        #expect(saved.status == 303)
        let seen = try office.get("/workers", by: other)
        #expect(seen.html.contains("女职工") && seen.html.contains("/workers?sex=2&amp;name="))
        _ = try office.post("/workers/filters/1/remove", [], by: other)
        #expect(try office.get("/workers", by: clerk).html.contains("女职工"))
        _ = try office.post("/workers/filters/1/remove", [], by: clerk)
        #expect(!(try office.get("/workers", by: clerk)).html.contains("女职工"))
    }

    @Test func `markup in every text field shows as text and nowhere as markup`() throws {
        var office = try Office()
        let clerk = try office.sit([.clerk], at: Office.county)
        let planted = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
        let texts = WorkerFiles.pages.sections.flatMap(\.items).compactMap(\.field).filter { field in
            if case .text(let maximum) = field.type {
                return maximum >= planted.count && field.form == .any
            } else {
                return false
            }
        }
        let made = try office.post("/workers/new", texts.map { ($0.code, planted) }, by: clerk)
        #expect(made.status == 303)
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        for page in [path, path + "/edit", path + "/print", "/workers", "/workers/print"] {
            let html = try office.get(page, by: clerk).html
            #expect(!html.contains("<script>alert") && !html.contains("<img src=x"), "\(page)")
        }
    }
}
