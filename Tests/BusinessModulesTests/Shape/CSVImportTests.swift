import NodeCore
import Testing

@testable import BusinessModules

struct CSVImportTests {
    @Test func `a sound import is taken whole; lines keep their file order, and refer to members by number`() throws {
        let small = try SmallImport()
        let plan = try small.plan()
        #expect(plan.total == 2 && plan.records.map(\.key) == small.keys() && plan.refused.isEmpty)
        #expect(plan.records.map(\.row) == [2, 3])
        for taken in plan.records {
            let members = taken.record[WorkerFiles.Member.list]
            #expect(members.map(\.number) == (1...Int64(members.count)).map { $0 })
        }
    }

    @Test func `a byte order mark, and a file without a last line break, change nothing`() throws {
        let small = try SmallImport()
        var files = try small.files()
        let bare = "\u{FEFF}" + files[0].text.dropLast(1)
        // An empty last cell is the one that the reader loses.
        let unquoted = bare.replacing(",\"样例\"\r\n", with: ",\r\n").replacing("\"样例\"", with: "")
        files[0] = ImportFile(name: "a folder/worker_file.csv", text: unquoted)
        #expect(!unquoted.hasSuffix("\n"))
        let plan = Samples.plan(files)
        #expect(plan.records.count == 2, "\(plan.problems)")
    }

    @Test func `quotes, commas and line breaks belong to their cell, and rows count as in a spreadsheet`() throws {
        var small = try SmallImport()
        let text = "第一行，“引号”\n第二行, \"引用\""
        try small.set("worker_file", 1, "cause_text", text)
        try small.set("worker_file", 2, "sex", "9")
        let plan = try small.plan()
        #expect(plan.records.first?.record[WorkerFiles.causeText] == text)
        #expect(plan.problems.first { $0.severity == 1 }?.row == 3)
    }

    @Test func `columns may stand in another order`() throws {
        var small = try SmallImport()
        small.tables["worker_file"] = small.tables["worker_file"]?.map { Array($0.reversed()) }
        #expect(try small.plan().records.count == 2)
    }

    @Test func `a row with too few or too many cells is refused alone`() throws {
        var small = try SmallImport()
        let keys = small.keys()
        small.tables["worker_file"]?[1].removeLast()
        var plan = try small.plan()
        #expect(plan.refused == [keys[0]] && plan.records.map(\.key) == [keys[1]])
        #expect(plan.problems.filter { $0.severity == 1 }.map(\.row) == [2])

        small = try SmallImport()
        small.tables["worker_file"]?[2].append("more")
        plan = try small.plan()
        #expect(plan.refused == [keys[1]])
    }

    @Test func `an unknown, missing or double column refuses the file and is named`() throws {
        for (column, wanted) in [("fone", ["fone", "phone"]), ("", ["25", "phone"]), ("id", ["id", "phone"])] {
            var small = try SmallImport()
            let place = try #require(small.tables["worker_file"]?[0].firstIndex(of: "phone"))
            small.tables["worker_file"]?[0][place] = column
            let plan = try small.plan()
            #expect(plan.records.isEmpty && plan.total == 0)
            #expect(plan.problems.filter { $0.rule == "R-03" && $0.row == 1 && $0.severity == 1 }.map(\.field) == wanted)
        }
    }

    @Test func `when the file of a list cannot be read, no record is whole and none is taken`() throws {
        var small = try SmallImport()
        small.tables["rigid_expense"]?[0][2] = "who"
        let plan = try small.plan()
        #expect(plan.total == 2 && plan.records.isEmpty && plan.refused == small.keys())
        #expect(plan.problems.contains { $0.file == "rigid_expense.csv" && $0.field == "member_id" })
        #expect(plan.problems.contains { $0.file == "worker_file.csv" && $0.zh.contains("rigid_expense.csv") })
    }

    @Test(arguments: ["\u{200D}", "\u{301}"])
    func `an invisible mark that hides a comma or a quote refuses the file and names the line`(mark: String) throws {
        for sign in [",", "\""] {
            var files = try SmallImport().files()
            files[0] = ImportFile(name: "worker_file.csv", text: files[0].text + "1\(sign)\(mark)x,2\n3,4\n")
            let plan = Samples.plan(files)
            let line = files[0].text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count - 2
            #expect(plan.records.isEmpty)
            #expect(plan.problems.contains { $0.file == "worker_file.csv" && $0.en.contains("in line \(line) ") })
        }
    }

    @Test func `a first row of data is not repeated in the message about the missing header`() throws {
        var small = try SmallImport()
        small.tables["worker_file"]?.removeFirst()
        let plan = try small.plan()
        let problem = try #require(plan.problems.first { $0.severity == 1 })
        #expect(plan.records.isEmpty && problem.rule == "R-03" && problem.row == 1)
        #expect(problem.field.isEmpty && !problem.zh.contains("3702"))
    }

    @Test(arguments: ["", "\n", "\u{FEFF}"])
    func `an empty file, a missing file and a file given twice are said to be so`(text: String) throws {
        var files = try SmallImport().files()
        files[0] = ImportFile(name: "worker_file.csv", text: text)
        #expect(Samples.plan(files).records.isEmpty)
        #expect(Samples.plan(files).problems.contains { $0.file == "worker_file.csv" && $0.rule == "R-03" })
        #expect(Samples.plan([]).problems.contains { $0.file == "worker_file.csv" && $0.severity == 1 })
        let twice = try SmallImport().files() + [SmallImport().file("family_member")]
        #expect(Samples.plan(twice).records.isEmpty)
    }

    @Test func `a file of a header alone is an import of nothing`() throws {
        var small = try SmallImport()
        for (name, rows) in small.tables { small.tables[name] = [rows[0], [""]] }
        let plan = try small.plan()
        #expect(plan.total == 0 && !plan.problems.contains { $0.severity == 1 })
    }

    @Test func `what is too large is refused before it is read to the end`() throws {
        let header = (["id"] + WorkerFiles.kind.fields.map(\.code)).joined(separator: ",") + "\n"
        let rows = header + String(repeating: "1\n", count: NodeLimits.importRows + 1)
        let long = Samples.plan([ImportFile(name: "worker_file.csv", text: rows)])
        #expect(long.problems.first?.zh.contains("200000") ?? false)
        let bytes = header + String(repeating: "1", count: NodeLimits.importBytes)
        #expect(Samples.plan([ImportFile(name: "worker_file.csv", text: bytes)]).problems.first?.zh.contains("64") ?? false)
    }

    @Test func `an open quote spoils the file, not the program`() throws {
        var files = try SmallImport().files()
        files[0] = ImportFile(name: files[0].name, text: files[0].text + "\"no end")
        let plan = Samples.plan(files)
        #expect(plan.records.count == 2 && plan.refused.count == 1)
        files[0] = ImportFile(name: files[0].name, text: "\"id\"x,\"y\"\n")
        #expect(Samples.plan(files).problems.contains { $0.rule == "R-03" && $0.severity == 1 })
    }
}
