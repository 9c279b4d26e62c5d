import NodeCore
import Testing

@testable import BusinessModules

/// Rules that the sample counties do not show, on one sound household that each test spoils.
struct RuleTests {
    private func household() throws -> Record { try #require(try SmallImport().plan().records.first).record }

    private func rules(_ record: Record, brought: Parameters? = nil) -> [String] {
        let surroundings = RuleSurroundings(
            today: Samples.today, parameters: Samples.national, brought: brought, codes: Samples.codes)
        return WorkerFiles.kind.rules(record, surroundings).map(\.rule)
    }

    private func spoilt(_ change: (inout Record) throws -> Void) throws -> [String] {
        var record = try household()
        try change(&record)
        return rules(record)
    }

    @Test func `a sound household shows nothing, even where no local standard is known`() throws {
        #expect(try spoilt { _ in } == [])
    }

    @Test func `an empty record lists what is required and does not fail otherwise`() throws {
        let found = rules(Record())
        #expect(found.filter { $0 == "R-01" }.count >= WorkerFiles.kind.fields.filter(\.isRequired).count)
        #expect(Set(found) == ["R-01"])
    }

    @Test func `amounts beyond all measure are found wrong, not added up into a crash`() throws {
        for amount in [Int64.max, .min] {
            let found = try spoilt { record in
                record[WorkerFiles.familyIncomeYear] = amount
                record[WorkerFiles.netPerHeadMonthly] = amount
                record[WorkerFiles.Expense.list] = record[WorkerFiles.Expense.list].map { line in
                    var line = line
                    line.row[WorkerFiles.Expense.selfPaidAmount] = amount
                    line.row[WorkerFiles.Expense.grossAmount] = amount
                    return line
                }
            }
            #expect(Set(["M-01", "M-09", "M-12"]).isSubset(of: found))
        }
    }

    @Test func `what is required depends on the rest of the file`() throws {
        #expect(
            try spoilt {
                $0[WorkerFiles.employmentStatus] = "02"; $0[WorkerFiles.employerName] = nil
            }.contains("R-01"))
        #expect(
            try spoilt {
                $0[WorkerFiles.personKind] = "4"; $0[WorkerFiles.newFormJob] = nil
            }.contains("R-01"))
        #expect(
            try spoilt {
                $0[WorkerFiles.mainCause] = "99"; $0[WorkerFiles.causeText] = "  "
            }.contains("R-01"))
        #expect(try spoilt { $0[WorkerFiles.grassrootsBy] = nil }.contains("R-01"))
        #expect(
            try spoilt {
                $0[WorkerFiles.legacyStatus] = "80"; $0[WorkerFiles.deregisterReason] = nil
            }.contains("R-01"))
        let draft = try spoilt { record in
            record[WorkerFiles.legacyStatus] = nil
            record[WorkerFiles.fileStatus] = "10"
            record[WorkerFiles.grassrootsOpinion] = nil
            record[WorkerFiles.grassrootsBy] = nil
            record[WorkerFiles.grassrootsOn] = nil
        }
        #expect(draft == [])
    }

    @Test func `relations go with the sex, and a member is not the head`() throws {
        for (relation, sex, rule) in [("38", "1", "F-04"), ("55", "2", "F-04"), ("01", "1", "R-03"), ("43", "2", "F-04")] {
            let found = try spoilt { record in
                var members = record[WorkerFiles.Member.list]
                members[0].row[WorkerFiles.Member.relation] = relation
                members[0].row[WorkerFiles.Member.sex] = sex
                record[WorkerFiles.Member.list] = members
            }
            #expect(found.contains(rule), "\(relation)")
        }
    }

    @Test func `members who live elsewhere do not count`() throws {
        let found = try spoilt { record in
            var members = record[WorkerFiles.Member.list]
            members[0].row[WorkerFiles.Member.livesTogether] = false
            record[WorkerFiles.Member.list] = members
        }
        #expect(Set(["F-01", "M-02", "M-12"]).isSubset(of: found))
    }

    @Test func `a disability has kind and grade, for members as for the head`() throws {
        let found = try spoilt { record in
            var members = record[WorkerFiles.Member.list]
            members[0].row[WorkerFiles.Member.disabilityType] = "4"
            record[WorkerFiles.Member.list] = members
        }
        #expect(found == ["H-01"])
    }

    @Test func `a period that ends before it begins is an error`() throws {
        let found = try spoilt { record in
            var lines = record[WorkerFiles.Expense.list]
            lines[0].row[WorkerFiles.Expense.periodTo] = (lines[0].row[WorkerFiles.Expense.periodFrom] ?? 0) - 1
            record[WorkerFiles.Expense.list] = lines
        }
        #expect(found == ["D-05"])
    }

    @Test func `a contract a year before the first employment is an error, less is not`() throws {
        for (days, rules) in [(Int64(366), ["D-02"]), (300, [])] {
            let found = try spoilt { record in
                record[WorkerFiles.contractSignedOn] = (record[WorkerFiles.jobStartDate] ?? 0) - days
            }
            #expect(found == rules)
        }
    }

    @Test func `another category needs a reason of ten characters`() throws {
        let standard = Parameters(
            ["minimum_living_monthly", "relative_multiple", "accident_multiple"].map { key in
                Parameters.Entry(
                    key: key, division: "370000", from: CalendarDay(number: 0), to: nil,
                    value: key == "minimum_living_monthly" ? "0.01" : "2")
            })
        var record = try household()
        record[WorkerFiles.minimumLivingUsed] = 1
        #expect(rules(record, brought: standard) == ["C-90"])
        record[WorkerFiles.categoryOverrideReason] = "家庭情况特殊"
        #expect(rules(record, brought: standard) == ["C-90"])
        record[WorkerFiles.categoryOverrideReason] = "经入户核实家庭情况特殊，予以保留"
        #expect(rules(record, brought: standard) == [])
    }

    @Test func `a permit number fits another type of document`() throws {
        let number = try #require(CitizenNumber("830000199005079981"))
        #expect(number.isPermit)
        let found = { (type: String) in
            try spoilt { record in
                record[WorkerFiles.idNumber] = number.text
                record[WorkerFiles.idType] = type
            }
        }
        #expect(try found("111").contains("I-10"))
        #expect(try !found("554").contains("I-10"))
    }

    @Test func `a wrong number says nothing about birth and sex`() throws {
        #expect(
            try spoilt {
                $0[WorkerFiles.idNumber] = "370285197602299970"; $0[WorkerFiles.disabilityCertNo] = nil
            } == [])
    }

    @Test func `a division lies in those its digits name`() {
        #expect(Household.path(from: "370285") == ["370285", "370200", "370000", "000000"])
        #expect(Household.path(from: "370000") == ["370000", "000000"])
    }
}
