internal import NodeCore

/// What could stand where a rule found something: computed where it can be, else the mistakes that people make most.
extension WorkerFiles {
    @Sendable static func proposals(_ record: Record, _ surroundings: RuleSurroundings) -> (Finding) -> [Proposal] {
        let household = Household(record, surroundings)
        return { finding in
            household.proposedSum(finding) ?? household.proposedForm(finding) ?? household.proposedNumber(finding)
                ?? household.proposedRelation(finding) ?? []
        }
    }
}

extension Household {
    /// Amounts that follow from the lines: M-01, M-02, M-05, M-09 to M-12, F-01; M-04 tries a digit more or less.
    func proposedSum(_ finding: Finding) -> [Proposal]? {
        let months = 12 * size
        return switch finding.rule {
        case "M-01": head(WorkerFiles.familyIncomeYear, income)
        case "M-02": head(WorkerFiles.incomePerHeadMonthly, Household.rounded(income, by: months))
        case "M-04": wage(finding)
        case "M-05": selfPaid(finding)
        case "M-09": head(WorkerFiles.rigidExpenseYear, recurring + event)
        case "M-10": parameter("minimum_living_monthly").map { head(WorkerFiles.minimumLivingUsed, $0) } ?? []
        // Over the limit the lines themselves are too high: which, a person has to say.
        case "M-11": record[WorkerFiles.workCostYear] ?? 0 == work ? [] : head(WorkerFiles.workCostYear, work)
        case "M-12":
            head(WorkerFiles.netPerHeadMonthly, Household.rounded(income - recurring - work, by: months))
        case "F-01": head(WorkerFiles.familySize, size)
        default: nil
        }
    }

    private func head(_ field: Field<Int64>, _ value: Int64) -> [Proposal] { [Proposal(field.definition, .integer(value))] }

    private func line(_ finding: Finding, _ list: ChildList) -> Child? {
        guard finding.list == list.code else { return nil }
        return record[list].first { $0.number == finding.child }
    }

    /// A digit too few, too many, or the wage of a month for that of a year and the other way round.
    private func wage(_ finding: Finding) -> [Proposal] {
        typealias Income = WorkerFiles.Income
        guard let line = line(finding, Income.list), let least = parameter("minimum_wage_monthly"), least > 0 else {
            return []
        }
        let year = Household.bounded(line.row[Income.amountYear])
        let likely = [year / 10, year * 10, year / 12, year * 12].filter {
            2 * $0 >= 12 * least && $0 <= 5 * 12 * least
        }
        return likely.map {
            Proposal(Income.amountYear.definition, list: Income.list, child: line.number, .integer($0))
        }
    }

    private func selfPaid(_ finding: Finding) -> [Proposal] {
        typealias Expense = WorkerFiles.Expense
        guard let line = line(finding, Expense.list) else { return [] }
        let gross = Household.bounded(line.row[Expense.grossAmount])
        let back = Household.bounded(line.row[Expense.reimbursedAmount])
        guard gross >= 0, (0...gross).contains(back) else { return [] }
        return [Proposal(Expense.selfPaidAmount.definition, list: Expense.list, child: line.number, .integer(gross - back))]
    }

    /// What a field should be by its neighbours, and how it is written,
    /// A-06, C-90, F-06, F-07, F-11, N-04.
    func proposedForm(_ finding: Finding) -> [Proposal]? {
        switch finding.rule {
        case "A-01": countiesInAddress.prefix(3).map { Proposal(WorkerFiles.residenceDivision.definition, .text($0)) }
        case "A-03": [Proposal(WorkerFiles.postcode.definition, nil)]
        case "A-06": written(finding)
        case "C-90": categoryByRule.map { [Proposal(WorkerFiles.hardshipCategory.definition, .text($0))] } ?? []
        case "F-06": [Proposal(WorkerFiles.isSingleParent.definition, .flag(false))]
        case "F-07": [Proposal(WorkerFiles.isZeroEmployment.definition, .flag(false))]
        case "F-11": otherCauses()
        case "N-04": [Proposal(WorkerFiles.disabilityCertNo.definition, .text(wantedCertificate))]
        default: nil
        }
    }

    private func written(_ finding: Finding) -> [Proposal] {
        if finding.field == WorkerFiles.address.definition.code {
            let address = record[WorkerFiles.address] ?? ""
            return [Proposal(WorkerFiles.address.definition, .text(Household.halfWidth(address)))]
        }
        guard let person = person(finding) else { return [] }
        let name = Household.halfWidth(person.name).filter { !$0.isWhitespace }
        let isHead = person.child == nil
        let field = isHead ? WorkerFiles.name.definition : WorkerFiles.Member.name.definition
        return name.isEmpty || name == person.name ? [] : [on(person, field, .text(name))]
    }

    /// Digits, letters and blanks; commas and brackets are full-width in any Chinese text.
    private static func halfWidth(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.compactMap { scalar in
                    switch scalar.value {
                    case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A: Unicode.Scalar(scalar.value - 0xFEE0)
                    case 0x3000: nil
                    default: scalar
                    }
                }))
    }

    private func otherCauses() -> [Proposal] {
        var left = [String]()
        for code in record[WorkerFiles.otherCauses] ?? [] where code != record[WorkerFiles.mainCause] && !left.contains(code)
        {
            left.append(code)
        }
        // Which of more than three weigh least, a person has to say.
        guard left.count <= 3 else { return [] }
        return [Proposal(WorkerFiles.otherCauses.definition, left.isEmpty ? nil : .list(left))]
    }

    /// F-04: the relation of the other sex, or the other sex.
    func proposedRelation(_ finding: Finding) -> [Proposal]? {
        guard finding.rule == "F-04" else { return nil }
        typealias Member = WorkerFiles.Member
        guard let person = person(finding), person.child != nil, let relation = person.relation else { return [] }
        var proposals = [Proposal]()
        if let other = Household.counterpart(relation), surroundings.codes.contains(other, in: "family_relation") {
            proposals.append(on(person, Member.relation.definition, .text(other)))
        }
        if let sex = person.sex { proposals.append(on(person, Member.sex.definition, .text(sex == "1" ? "2" : "1"))) }
        return proposals
    }

    /// GB/T 4761: husband and wife, sons and daughters, fathers and mothers, brothers and sisters.
    private static func counterpart(_ relation: String) -> String? {
        guard relation.count == 2, let code = Int(relation) else { return nil }
        return switch code {
        case 20...29: String(code + 10)
        case 30...39: String(code - 10)
        case 11, 41, 43, 51, 53, 55, 57, 61, 63: String(code + 1)
        case 12, 42, 44, 52, 54, 56, 58, 62, 64: String(code - 1)
        case 71, 73: String(code + 4)
        case 75, 77: String(code - 4)
        default: nil
        }
    }

    /// Whom a finding is about: the head, or the member of its line.
    func person(_ finding: Finding) -> Person? {
        guard let list = finding.list else { return people.first }
        guard list == WorkerFiles.Member.list.code else { return nil }
        return people.first { $0.child == finding.child }
    }

    /// A value of the head or on a member's line.
    func on(_ person: Person, _ field: FieldDefinition, _ value: Value?, confidence: Int? = nil) -> Proposal {
        let list = person.child == nil ? nil : WorkerFiles.Member.list
        return Proposal(field, list: list, child: person.child, value, confidence: confidence)
    }
}
