import Foundation
import NodeCore
import Testing

@testable import BusinessModules

struct ImportHouseholdTests {
    private func errors(_ plan: ImportPlan) -> [ImportProblem] { plan.problems.filter { $0.severity == 1 } }

    @Test func `a file number that stands twice is taken once`() throws {
        var small = try SmallImport()
        let key = small.keys()[0]
        var again = try #require(small.tables["worker_file"]?[1])
        small.tables["worker_file"]?.append(again)
        var plan = try small.plan()
        #expect(plan.total == 3 && plan.records.map(\.key) == small.keys().prefix(2).map { $0 } && plan.refused == [key])
        #expect(errors(plan).map(\.field) == ["file_no"] && errors(plan).map(\.row) == [4])

        again[1] = "3702112026999999"
        small.tables["worker_file"]?[3] = again
        plan = try small.plan()
        #expect(plan.refused == ["3702112026999999"] && errors(plan).map(\.field) == ["id"])
    }

    @Test func `an error in a line refuses its household, whose own row names the line`() throws {
        var small = try SmallImport()
        let key = try small.cell("family_member", 1, "worker_file_id")
        try small.set("family_member", 1, "id_number", "123")
        let plan = try small.plan()
        #expect(plan.refused == [key] && plan.records.count == 1)
        #expect(errors(plan).map(\.file) == ["family_member.csv", "worker_file.csv"])
        #expect(errors(plan).map(\.rule) == ["I-01", "I-01"])
        #expect(errors(plan)[1].key == key && errors(plan)[1].en.contains("family_member.csv, row 2, id_number"))
    }

    @Test func `a rule that fits a line stands at that line`() throws {
        var small = try SmallImport()
        try small.set("rigid_expense", 1, "evidence_id", "")
        let plan = try small.plan()
        let first = try #require(errors(plan).first)
        #expect(first.file == "rigid_expense.csv" && first.row == 2 && first.field == "evidence_id" && first.rule == "R-01")
        #expect(first.key == (try small.cell("rigid_expense", 1, "id")))
    }

    @Test func `a line of an unknown file is reported and refuses no other`() throws {
        var small = try SmallImport()
        var line = try #require(small.tables["family_member"]?[1])
        (line[0], line[1]) = ("X-M1", "X")
        small.tables["family_member"]?.append(line)
        let plan = try small.plan()
        #expect(plan.refused.isEmpty && errors(plan).map(\.key) == ["X-M1"])
        #expect(errors(plan)[0].field == "worker_file_id" && errors(plan)[0].en.contains("no such file in worker_file.csv"))
    }

    @Test func `a line may name only a member of its own household`() throws {
        var small = try SmallImport()
        let other = small.keys()[1]
        let member = try #require(small.tables["family_member"]?.first { $0[1] == other }?[0])
        let row = try #require(small.tables["income_item"]?.firstIndex { $0[1] == small.keys()[0] })
        try small.set("income_item", row, "member_id", member)
        let plan = try small.plan()
        #expect(plan.refused == [small.keys()[0]])
        let first = try #require(errors(plan).first)
        #expect(first.file == "income_item.csv" && first.field == "member_id" && first.rule == "R-03")
    }

    @Test func `a file of another unit is refused here`() throws {
        let plan = Samples.plan(try SmallImport().files(), home: "370285")
        #expect(plan.records.isEmpty && Set(errors(plan).map(\.field)) == ["file_no"])
    }

    @Test func `only one open file per person: the later row is refused, a closed file does not count`() throws {
        for (status, refused) in [("60", true), ("80", false)] {
            var small = try SmallImport()
            for column in ["id_number", "birth_date", "sex", "disability_cert_no"] {
                try small.set("worker_file", 2, column, try small.cell("worker_file", 1, column))
            }
            try small.set("worker_file", 1, "file_status", status)
            if status == "80" { try small.set("worker_file", 1, "deregister_reason", "01") }
            try small.set("worker_file", 2, "file_status", "60")
            let plan = try small.plan()
            #expect(plan.problems.contains { $0.rule == "U-01" && $0.key == small.keys()[1] } == refused)
            #expect(!plan.problems.contains { $0.rule == "U-01" && $0.key == small.keys()[0] })
        }
    }

    @Test func `a member who heads another open file refuses the household, not the other file`() throws {
        var small = try SmallImport()
        let (first, second) = (small.keys()[0], small.keys()[1])
        let row = try #require(small.tables["family_member"]?.firstIndex { $0[1] == first })
        for (at, status) in [(1, "60"), (2, "60")] { try small.set("worker_file", at, "file_status", status) }
        try small.set("family_member", row, "id_number", " " + (try small.cell("worker_file", 2, "id_number")).lowercased())
        let plan = try small.plan()
        #expect(plan.refused == [first] && plan.records.map(\.key) == [second])
        #expect(errors(plan).map(\.rule).contains("U-02"))
    }

    @Test func `the status of the file is kept unless the old one is given, and must be a code`() throws {
        var small = try SmallImport()
        try small.set("worker_file", 1, "file_status", "60")
        try small.set("worker_file", 1, "legacy_status", "70")
        try small.set("worker_file", 2, "file_status", "61")
        let plan = try small.plan()
        #expect(plan.records.first?.record[WorkerFiles.legacyStatus] == "70")
        #expect(plan.records.first?.record[WorkerFiles.fileStatus] == "40")
        #expect(errors(plan).map(\.rule) == ["R-02"])
    }

    @Test func `amounts that come along are used at once and go before the stored ones`() throws {
        let small = try SmallImport()
        var files = try small.files()
        let stored = files.removeLast()
        #expect(Samples.plan(files).parameters.isEmpty)
        let dear = stored.text.replacingOccurrences(of: ",300.00,", with: ",0.00,")
        let plan = Samples.plan(files + [ImportFile(name: "local_standard.csv", text: dear)])
        let withCost = try small.keys().filter { key in
            try #require(small.tables["rigid_expense"]).contains { $0[1] == key && $0[3] == "5" }
        }
        #expect(plan.refused == withCost && !withCost.isEmpty)
        #expect(plan.parameters.allSatisfy { $0.division == "370211" })
        #expect(plan.parameters.contains { $0.key == "work_cost_monthly" && $0.value == "0.00" })
    }

    @Test func `a row of amounts that cannot be read is left out`() throws {
        let small = try SmallImport()
        var files = try small.files()
        let stored = files.removeLast()
        let broken = stored.text.replacingOccurrences(of: "LS0,370211,", with: "LS0,3702,")
        let plan = Samples.plan(files + [ImportFile(name: "local_standard.csv", text: broken)])
        #expect(plan.problems.contains { $0.file == "local_standard.csv" && $0.key == "LS0" && $0.rule == "R-03" })
        #expect(plan.parameters.count == 25)
    }

    @Test func `two plans of one import are the same, problem by problem`() throws {
        let files = try Samples.files("370285")
        #expect(Samples.plan(files, home: "370285").problems == Samples.plan(files, home: "370285").problems)
    }
}
