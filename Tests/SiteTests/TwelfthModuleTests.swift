import BusinessModules
import NodeSimulator
import Testing

@testable import NodeCore
@testable import Site

/// A module with one kind of record, declared in twenty lines, has all its pages.
private enum Tools {
    static let number = Field<String>.text("tool_no", 1, "编号", "number", maximum: 20, .kept, required: true)
    static let status = Field<String>.code("tool_status", 2, "状态", "state", of: "file_status", .kept)
    static let standard = Field<String>.code("standard", 3, "标准", "standard", of: "file_standard", .kept, required: true)
    static let name = Field<String>.text("name", 4, "名称", "name", maximum: 30, .kept, required: true)
    static let price = Field<Int64>.money("price", 5, "价格", "price", .kept)
    static let bought = Field<Int64>.date("bought_on", 6, "购置日期", "bought on", .kept)
    static let kind = RecordKind(
        number: 90, code: "tool", label: Label("工具", "tools"), schema: 1,
        fields: [
            number.definition, status.definition, standard.definition, name.definition, price.definition, bought.definition,
        ],
        lists: [], key: number.definition, status: status.definition,
        authority: .standard(field: standard.definition, levels: ["5": .county, "3": .city]),
        workflow: Workflow(
            draft: "10", ready: "40", pending: "50", returned: "55", approved: "60", active: ["40", "50", "60"],
            editable: ["10", "40", "55", "60"], steps: [Workflow.Step("10", "40", "待上报", "ready")]),
        statistics: [], rules: { _, _ in [] })
    static let module = BusinessModule(
        heading: .aid, records: [RecordPages(kind, path: "tools", noun: Label("工具", "tool"))],
        permissions: [
            Permission([.clerk], at: [.county], "tool", [.view, .create, .update, .report, .takeIn, .export, .print]),
            Permission([.cityReviewer], at: [.city], "tool", [.view, .review, .approve, .return]),
        ])
}

@Suite struct TwelfthModuleTests {
    @Test func `list, form, record, review, import, export and paper work from the declaration alone`() throws {
        let charter = Charter([Tools.kind], permissions: Tools.module.permissions)
        var office = try Office(modules: [Tools.module], charter: charter)
        let clerk = try office.sit([.clerk], at: Office.county)
        let reviewer = try office.sit([.cityReviewer], at: Office.city)
        let made = try office.post(
            "/tools/new", [("name", "扳手"), ("standard", "3"), ("price", "12.50"), ("bought_on", "2026-06-30")], by: clerk)
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        #expect(try office.get(path, by: clerk).html.contains("12.50"))
        #expect(try office.get("/tools?name=%E6%89%B3&price.from=10", by: clerk).html.contains("共 1 条"))
        #expect(try office.get(path + "/print", by: clerk).html.contains("扳手"))
        #expect(try office.get("/tools/import", by: clerk).status == 200)
        #expect(try office.get("/tools/import/tool", by: clerk).html.contains("bought_on"))
        #expect(try office.post("/tools/export", [("purpose", "盘点")], by: clerk).html.contains("扳手"))
        #expect(try office.post(path + "/steps", [("to", "40")], by: clerk).status == 303)
        let second = try office.sit([.clerk], at: Office.county, login: "second")
        #expect(try office.post(path + "/report", [], by: second).status == 303)
        try office.world.settle()
        #expect(try office.get("/reviews/tools", by: reviewer).html.contains("扳手"))
    }
}
