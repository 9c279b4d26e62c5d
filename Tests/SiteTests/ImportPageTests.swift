import Foundation
import NodeSimulator
import Testing
import Workbooks

@testable import BusinessModules
@testable import NodeCore
@testable import Site

@Suite struct ImportPageTests {
    private func send(
        _ office: inout Office, _ visitor: Office.Visitor, _ act: String, _ files: [(name: String, text: String)]
    ) throws -> Office.Answer {
        try upload(&office, visitor, act, files.map { (name: $0.name, bytes: Array($0.text.utf8)) })
    }

    private func upload(
        _ office: inout Office, _ visitor: Office.Visitor, _ act: String, _ files: [(name: String, bytes: [UInt8])]
    ) throws -> Office.Answer {
        var body = [UInt8]()
        for (name, value) in [("_csrf", visitor.csrf), ("do", act)] {
            body += "--mark\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8
        }
        for file in files {
            body += "--mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(file.name)\"\r\n\r\n".utf8
            body += file.bytes + "\r\n".utf8
        }
        let site = try office.world.site(visitor.seat)
        let moment = office.world.moment()
        let request = WebRequest(
            "POST", "/workers/import", headers: ["host": "localhost", "content-type": "multipart/form-data; boundary=mark"],
            cookies: ["__Host-session": visitor.secret ?? ""], body: body + "--mark--\r\n".utf8,
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

    /// The sample as a clerk would fill in the template: labels for codes, yes and no in words.
    private func workbook(_ template: [WorkbookTable], _ codes: CodeTables) throws -> [UInt8] {
        let texts = Dictionary(uniqueKeysWithValues: try files.map { ($0.name, $0.text) })
        let kind = WorkerFiles.kind
        let sheets = [(kind.code, kind.fields)] + kind.lists.map { ($0.code, $0.fields) }
        let tables = try zip(sheets, template).compactMap { sheet, table -> WorkbookSheet? in
            guard let text = texts[sheet.0 + ".csv"], let rows = try CSVRows.read(text) as [[String]]?, let head = rows.first
            else {
                return nil
            }
            let titles = head.map { code in
                let columns = ["id"] + (sheet.0 == kind.code ? [] : [kind.code + "_id"]) + sheet.1.map(\.code)
                return columns.firstIndex(of: code).map { table.rows[0][$0] } ?? code
            }
            let body = rows.dropFirst().map { row in
                zip(head, row).map { code, text -> WorkbookCell in
                    let field = sheet.1.first { $0.code == code }
                    guard !text.isEmpty else { return .empty }
                    switch field?.type {
                    case .code(let table): return .text(codes.label(text, in: table)?.zh ?? text)
                    case .codes(let table):
                        let parts = text.split(separator: ";").map { codes.label(String($0), in: table)?.zh ?? String($0) }
                        return .text(parts.joined(separator: "；"))
                    case .flag: return .text(text == "1" ? "是" : text == "0" ? "否" : text)
                    case .decimal: return .number(text)
                    case .date: return CalendarDay(text).map { .day($0.number) } ?? .text(text)
                    default: return .text(text)
                    }
                }
            }
            return WorkbookSheet(table.name, columns: titles.map { .init($0) }, rows: body)
        }
        return try WorkbookWriter.bytes(tables)
    }

    @Test func `a filled-in workbook is taken as its CSV files are, to the row`() throws {
        var office = try Office(everyPlace: true)
        let steward = try office.sit([.dataSteward], at: Office.county)
        let template = try office.ask("GET", "/workers/import/workers.xlsx", [], steward)
        let sheets = try WorkbookReader.tables(template.body)
        #expect(sheets.map(\.name).prefix(2) == ["困难职工档案", "家庭成员"] && sheets.last?.name == "填写说明")
        #expect(sheets[0].rows[0].contains("身份证号") && sheets.last?.rows.contains { $0.contains("必填") } == true)
        let codes = try office.world.site(Office.county).engine.draft.codes
        let standards = try files.filter { $0.name == "local_standard.csv" }.map {
            (name: $0.name, bytes: Array($0.text.utf8))
        }
        let book = (name: "workers.xlsx", bytes: try workbook(sheets, codes))
        let fromBook = try upload(&office, steward, "try", [book] + standards)
        let fromText = try send(&office, steward, "try", try files)
        func counts(_ answer: Office.Answer) throws -> Substring {
            let start = try #require(answer.html.range(of: "试运行：可导入"))
            return answer.html[start.lowerBound...].prefix { $0 != "<" }
        }
        #expect(try counts(fromBook) == counts(fromText))
        #expect(try upload(&office, steward, "take", [book] + standards).html.contains("已导入"))
    }

    @Test func `a workbook that does harm, or is none of ours, is refused with its code, and nothing is taken`() throws {
        var office = try Office()
        let steward = try office.sit([.dataSteward], at: Office.county)
        let other = try WorkbookWriter.bytes([WorkbookSheet("工资表", columns: [.init("姓名")], rows: [])])
        let answer = try upload(&office, steward, "take", [(name: "a.xlsx", bytes: other)])
        #expect(answer.status == 422 && answer.html.contains("invalid") && answer.html.contains("请使用下载的模板"))
        let cut = try upload(&office, steward, "take", [(name: "a.xlsx", bytes: Array(other.prefix(200)))])
        #expect(cut.status == 422 && cut.html.contains("invalid"))
    }
}
