internal import NodeCore

/// Amounts against each other. All in fen and whole numbers, compared before anything is rounded.
extension Household {
    func money() -> [Finding] {
        sums() + perHead() + lines() + workCost() + wages() + income(against: expenses) + standard()
    }

    /// A quotient rounded half up, as it is shown.
    static func rounded(_ amount: Int64, by divisor: Int64) -> Int64 {
        let (quotient, rest) = (2 * amount + divisor).quotientAndRemainder(dividingBy: 2 * divisor)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// M-01 and M-09: the totals of the form against their lines.
    private func sums() -> [Finding] {
        var findings = [Finding]()
        if let stated = record[WorkerFiles.familyIncomeYear], (Household.bounded(stated) - income).magnitude > 100 {
            findings += found(
                "M-01", .error, WorkerFiles.familyIncomeYear.definition,
                "家庭年度总收入与收入明细（不含低保及救助金）之和\(yuan(income))不一致，请改为合计数或补全明细",
                "the yearly family income is not \(yuan(income)), the sum of its items without relief: correct one")
        }
        let rigid = recurring + event
        if let stated = record[WorkerFiles.rigidExpenseYear], Household.bounded(stated) != rigid {
            findings += found(
                "M-09", .error, WorkerFiles.rigidExpenseYear.definition,
                "刚性支出合计与明细（必要就业成本除外）之和\(yuan(rigid))不一致，请改为合计数或补全明细",
                "the rigid expenses are not \(yuan(rigid)), the sum of their items without work cost: correct one")
        }
        return findings
    }

    /// M-02 and M-12.
    private func perHead() -> [Finding] {
        let months = 12 * size
        let checks: [(String, Field<Int64>, Int64)] = [
            ("M-02", WorkerFiles.incomePerHeadMonthly, income),
            ("M-12", WorkerFiles.netPerHeadMonthly, income - recurring - work),
        ]
        return checks.flatMap { rule, field, amount -> [Finding] in
            // A fen too much or too little per head and month is rounding.
            guard let stated = record[field] else { return [] }
            if (Household.bounded(stated) * months - amount).magnitude <= months { return [] }
            let right = yuan(Household.rounded(amount, by: months))
            return found(
                rule, .error, field.definition, "\(field.definition.label.zh)应为\(right)（按明细和共同生活人数计算），请重新计算",
                "the \(field.definition.label.en) comes to \(right) by the items and the family size: compute it again")
        }
    }

    /// M-05: each line in itself.
    private func lines() -> [Finding] {
        typealias Expense = WorkerFiles.Expense
        let spent = expenses.flatMap { line -> [Finding] in
            let gross = Household.bounded(line.row[Expense.grossAmount])
            let back = Household.bounded(line.row[Expense.reimbursedAmount])
            let own = Household.bounded(line.row[Expense.selfPaidAmount])
            if gross >= 0 && (0...max(0, gross)).contains(back) && own == gross - back { return [] }
            let field = back > gross || back < 0 ? Expense.reimbursedAmount : Expense.selfPaidAmount
            return found(
                "M-05", .error, line, Expense.list, field.definition, "金额不得为负，报销不得超过总额，自付应等于总额减报销，请核对票据",
                "nothing is negative, at most the gross comes back, the family pays the difference: check the receipts")
        }
        let negative = incomes.filter { ($0.row[WorkerFiles.Income.amountYear] ?? 0) < 0 }
        return spent
            + negative.flatMap {
                found(
                    "M-05", .error, $0, WorkerFiles.Income.list, WorkerFiles.Income.amountYear.definition, "年金额不得为负，请核对",
                    "an income is not negative: check it")
            }
    }

    /// M-11.
    private func workCost() -> [Finding] {
        let field = WorkerFiles.workCostYear.definition
        if Household.bounded(record[WorkerFiles.workCostYear]) != work {
            return found(
                "M-11", .error, field, "必要就业成本与明细之和\(yuan(work))不一致，请改为合计数",
                "the cost of working is not \(yuan(work)), the sum of its items: take the sum")
        }
        let wages = incomes.filter { $0.row[WorkerFiles.Income.incomeType] == "1" }
        let earners = Set(wages.map { $0.row[WorkerFiles.Income.memberId] ?? 0 })
        guard let monthly = parameter("work_cost_monthly") else { return [] }
        let most = 12 * monthly * Int64(earners.count)
        guard work > most else { return [] }
        return found(
            "M-11", .error, field, "必要就业成本最多\(yuan(most))（就业人数×12×当地标准），请核减",
            "the cost of working is at most \(yuan(most)), that is earners x 12 x the local amount: reduce it")
    }

    /// M-03, M-04 and M-07: wages against work.
    private func wages() -> [Finding] {
        typealias Income = WorkerFiles.Income
        let wages = incomes.filter { $0.row[Income.incomeType] == "1" }
        var findings = [Finding]()
        if ["01", "08", "09"].contains(record[WorkerFiles.employmentStatus] ?? ""),
            !wages.contains(where: { $0.row[Income.memberId] == nil })
        {
            findings += found(
                "M-03", .warning, WorkerFiles.employmentStatus.definition, "本人在业但没有工资性收入，请补充收入明细或说明",
                "the worker is at work but has no wage: add the item or say why")
        }
        let least = parameter("minimum_wage_monthly")
        for wage in wages {
            let year = Household.bounded(wage.row[Income.amountYear])
            if let least, 2 * year < 12 * least || year > 5 * 12 * least {
                findings += found(
                    "M-04", .warning, wage, Income.list, Income.amountYear.definition,
                    "月工资低于最低工资的一半或超过五倍，请核对是否多写或少写一位数",
                    "the wage is under half or over five times the minimum wage: check for a missing or extra digit")
            }
            let earner = people.first { $0.child == wage.row[Income.memberId] }
            if ["03", "04", "10"].contains(earner?.employmentStatus ?? "") {
                findings += found(
                    "M-07", .warning, wage, Income.list, Income.incomeType.definition, "失业、退休或在校人员有工资性收入，请核对收入类型或工作状态",
                    "an unemployed, retired or student person has a wage: check the kind of income or the status")
            }
        }
        return findings
    }

    /// M-06 and M-08.
    private func income(against expenses: [Child]) -> [Finding] {
        if income == 0 {
            let ages = people.filter(\.livesTogether).compactMap { $0.age(on: filedOn) }
            let isAble = ages.contains { (16..<60).contains($0) }
            guard isAble, record[WorkerFiles.hasAllowance] != true else { return [] }
            return found(
                "M-06", .warning, WorkerFiles.familyIncomeYear.definition, "家中有劳动年龄成员，却没有任何收入，也不享受低保，请核实",
                "no income and no allowance, with members of working age: ask")
        }
        let bare = expenses.contains { $0.row[WorkerFiles.Expense.evidenceId] == nil }
        guard bare, recurring + event > 3 * income else { return [] }
        return found(
            "M-08", .warning, WorkerFiles.rigidExpenseYear.definition, "刚性支出超过收入三倍且缺少佐证，请补充佐证",
            "the rigid expenses are over three times the income and lack evidence: ask for it")
    }

    /// M-10.
    private func standard() -> [Finding] {
        guard let filed = record[WorkerFiles.filedOn], filed <= today.number,
            let used = record[WorkerFiles.minimumLivingUsed], let local = parameter("minimum_living_monthly"), used != local
        else { return [] }
        return found(
            "M-10", .warning, WorkerFiles.minimumLivingUsed.definition, "建档当日的低保标准是\(yuan(local))，请更正",
            "the minimum living standard on the filing date is \(yuan(local)): replace it")
    }
}
