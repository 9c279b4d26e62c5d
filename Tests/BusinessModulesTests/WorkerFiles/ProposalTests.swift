import NodeCore
import Testing

@testable import BusinessModules

struct ProposalTests {
    /// A head with this number, birth date and sex, alone.
    private func proposals(_ number: String, birth: String, sex: String, rule: String) throws -> [Proposal] {
        var record = Record()
        record[WorkerFiles.idNumber] = number
        record[WorkerFiles.birthDate] = try #require(CalendarDay(birth)).number
        record[WorkerFiles.sex] = sex
        record[WorkerFiles.hukouDivision] = "370285"
        let surroundings = RuleSurroundings(
            today: try #require(CalendarDay("2026-07-01")), parameters: Samples.national, codes: Samples.codes)
        let found =
            WorkerFiles.kind.rules(record, surroundings)
            + WorkerFiles.idNumber.definition.check(.text(number), today: surroundings.today)
        let finding = try #require(found.first { $0.rule == rule })
        return WorkerFiles.proposals(record, surroundings)(finding)
    }

    @Test func `a check character is computed again where birth and sex agree`() throws {
        let found = try proposals("370285197602299970", birth: "1976-02-29", sex: "1", rule: "I-02")
        #expect(found.map(\.text) == ["370285197602299979"])
    }

    @Test func `two neighbours in the wrong order are put right where only that fits`() throws {
        let found = try proposals("370285197620299979", birth: "1976-02-29", sex: "1", rule: "I-02")
        #expect(found.map(\.text) == ["370285197602299979"])
        #expect(found.map(\.confidence) == [900])
    }

    @Test func `nothing is proposed for a number whose person is not known`() throws {
        let found = try proposals("370285197602299970", birth: "1980-01-01", sex: "2", rule: "I-02")
        #expect(found.isEmpty)
    }

    @Test func `a right number corrects birth date and sex, never the other way round`() throws {
        let birth = try proposals("370285197602299979", birth: "1976-03-29", sex: "1", rule: "I-04")
        #expect(birth.map(\.text) == ["1976-02-29"] && birth.map(\.confidence) == [970])
        let sex = try proposals("370285197602299979", birth: "1976-02-29", sex: "2", rule: "I-05")
        #expect(sex.map(\.value) == [.text("1")])
    }

    @Test(arguments: [
        ("青岛市平度市北辰街179号", "370285", ["370283"]), ("山东省青岛市平度市北辰街179号", "370285", ["370283"]),
        ("平度市北辰街179号", "370285", ["370283"]), ("北辰小区3号楼", "370285", []), ("山东省济南市历下区泉城路1号", "370285", ["370102"]),
        ("青岛市莱西市平度路1号", "370285", []), ("北辰街平度市场旁1号", "370285", []), ("青岛市平度市北辰街179号", "370200", []),
        ("青岛市平度市北辰街179号", "370283", []), ("", "370285", []),
    ])
    func `a county named where the residence would stand is told from a street of that name`(
        address: String, residence: String, counties: [String]
    ) throws {
        var record = Record()
        record[WorkerFiles.address] = address
        record[WorkerFiles.residenceDivision] = residence
        let surroundings = RuleSurroundings(today: Samples.today, parameters: Samples.national, codes: Samples.codes)
        let finding = WorkerFiles.kind.rules(record, surroundings).first { $0.rule == "A-01" }
        #expect((finding == nil) == counties.isEmpty)
        let proposed = finding.map { WorkerFiles.proposals(record, surroundings)($0).map(\.text) } ?? []
        #expect(proposed == counties)
    }

    /// Rules whose right value follows from what stands in the file, so that it has to be among what is proposed.
    private static let certain: Set<String> = [
        "A-06", "C-90", "F-01", "F-06", "F-07", "F-11", "I-02", "I-04", "I-05", "I-08", "M-01", "M-02", "M-09",
        "M-10",
        "M-11", "M-12", "N-04",
    ]

    @Test func `for each planted error with one right value that value is proposed`() throws {
        let plan = Samples.plan(try Samples.files("370285"), home: "370285")
        var tried = 0
        for row in try Samples.rows("370285", "errors") {
            let (rule, entity) = (row["rule_id"] ?? "", row["entity"] ?? "")
            guard CountyImportTests.entities.contains(entity), Self.certain.contains(rule) else { continue }
            tried += 1
            let problem = try #require(
                plan.problems.first {
                    $0.rule == rule && $0.key == row["record_id"] && $0.file == entity + ".csv" && $0.field == row["field"]
                }, "\(rule) \(row["record_id"] ?? "")")
            let right = row["right_value"] ?? ""
            let isProposed = problem.proposals.contains { Self.isSame($0, right) }
            #expect(isProposed, "\(rule) \(problem.key) \(problem.field): \(right) is not among \(problem.proposals)")
        }
        #expect(tried > 30)
    }

    private static func isSame(_ text: String, _ right: String) -> Bool {
        if text == right || (text.isEmpty && right.isEmpty) { return true }
        let amounts = [text, right].map { FieldDefinition.scaled($0, digits: 2) }
        return amounts[0] != nil && amounts[0] == amounts[1]
    }

    @Test func `whatever is proposed is a value of its field, and stills the finding`() throws {
        let today = Samples.today
        let surroundings = RuleSurroundings(today: today, parameters: Samples.national, codes: Samples.codes)
        let plan = Samples.plan(try Samples.files("370285"), home: "370285")
        var tried = 0
        for taken in plan.records {
            for finding in WorkerFiles.kind.rules(taken.record, surroundings) {
                for proposal in WorkerFiles.proposals(taken.record, surroundings)(finding) {
                    tried += 1
                    var record = taken.record
                    #expect(proposal.apply(to: &record))
                    #expect(proposal.text.isEmpty || proposal.field.check(proposal.value ?? .text(""), today: today).isEmpty)
                    let left = WorkerFiles.kind.rules(record, surroundings).map(\.place)
                    #expect(!left.contains(finding.place), "\(finding.rule) \(proposal.text)")
                }
            }
        }
        #expect(tried >= 8)
    }
}
