import NodeCore
import Testing

@testable import BusinessModules

struct CountyImportTests {
    /// Rules that a plan for hardship files cannot see: consents are other records.
    static let elsewhere: Set<String> = ["F-09"]
    static let entities: Set<String> = ["worker_file", "family_member", "income_item", "rigid_expense"]

    @Test func `the clean county is taken whole, without one error`() throws {
        let plan = Samples.plan(try Samples.files("370211"))
        #expect(plan.total == 150)
        #expect(plan.records.count == 150)
        #expect(plan.refused.isEmpty)
        #expect(plan.problems.filter { $0.severity < 3 }.isEmpty, "\(plan.problems)")
        #expect(plan.parameters.count == 12 + 6 * 5)
    }

    @Test func `every planted error refuses exactly its file, by its rule`() throws {
        let plan = Samples.plan(try Samples.files("370285"), home: "370285")
        let planted = try Samples.rows("370285", "errors").filter { row in
            row["severity"] == "1" && Self.entities.contains(row["entity"] ?? "")
                && !Self.elsewhere.contains(row["rule_id"] ?? "")
        }
        #expect(planted.count > 50)
        var expected = Set<String>()
        for row in planted {
            let (id, rule, entity) = (row["record_id"] ?? "", row["rule_id"] ?? "", row["entity"] ?? "")
            expected.insert(try household(id, entity))
            let isFound = plan.problems.contains {
                $0.file == entity + ".csv" && $0.key == id && $0.rule == rule && $0.severity == 1
            }
            #expect(isFound, "\(rule) at \(entity) \(id)")
        }
        #expect(Set(plan.refused) == expected)
        #expect(plan.refused.count == expected.count)
        #expect(plan.total == plan.records.count + plan.refused.count)
        #expect(Set(plan.records.map(\.key)).isDisjoint(with: expected))
    }

    @Test func `planted warnings are found at their household, and a household without one gets none`() throws {
        let plan = Samples.plan(try Samples.files("370285"), home: "370285")
        let rules: Set<String> = [
            "I-06", "I-08", "I-10", "M-03", "M-04", "M-06", "M-07", "M-08", "M-10", "F-03", "F-05", "F-06", "F-07", "F-08",
            "F-10", "H-02", "H-03", "H-04", "H-05", "N-03", "D-04", "D-06", "A-01", "A-02", "A-03", "A-06", "C-90",
        ]
        let taken = Set(plan.records.map(\.key))
        let wanted = try Samples.rows("370285", "errors").filter { rules.contains($0["rule_id"] ?? "") }.map { row in
            Pair(try household(row["record_id"] ?? "", row["entity"] ?? ""), row["rule_id"] ?? "")
        }
        let found = try plan.problems.filter { $0.severity > 1 && !$0.key.isEmpty }.map { problem in
            Pair(try household(problem.key, String(problem.file.dropLast(4))), problem.rule)
        }
        #expect(wanted.count > 40)
        #expect(Set(wanted.filter { taken.contains($0.file) }).subtracting(found) == [])
        #expect(Set(found).filter { taken.contains($0.file) }.subtracting(wanted) == [])
    }

    struct Pair: Hashable {
        let file: String
        let rule: String
        init(_ file: String, _ rule: String) { (self.file, self.rule) = (file, rule) }
    }

    /// The file number that a row belongs to: lines are numbered `<file>-M1`.
    private func household(_ id: String, _ entity: String) throws -> String {
        entity == "worker_file" ? id : String(try #require(id.split(separator: "-").first))
    }

    @Test func `an imported file waits to be reported and keeps what it was`() throws {
        let plan = Samples.plan(try Samples.files("370211"))
        let rows = try Samples.rows("370211", "worker_file")
        for (record, row) in zip(plan.records, rows) {
            #expect(record.key == row["file_no"])
            #expect(record.record[WorkerFiles.fileStatus] == "40")
            #expect(record.record[WorkerFiles.legacyStatus] == row["file_status"])
        }
    }

    @Test func `every cell of a taken file goes back to the text it came from`() throws {
        let plan = Samples.plan(try Samples.files("370211"))
        let rows = try Samples.rows("370211", "worker_file")
        for (taken, row) in zip(plan.records, rows) {
            for field in WorkerFiles.kind.fields where !["file_status", "legacy_status"].contains(field.code) {
                #expect(taken.record.row[field.tag].map(field.text) ?? "" == row[field.code], "\(field.code)")
            }
        }
        let members = try Samples.rows("370211", "family_member")
        let children = plan.records.flatMap { $0.record[WorkerFiles.Member.list] }
        #expect(children.count == members.count)
        let income = plan.records.flatMap { $0.record[WorkerFiles.Income.list] }
        #expect(income.filter { $0.row[WorkerFiles.Income.memberId] != nil }.count == 120)
    }
}
