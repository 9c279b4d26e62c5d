internal import NodeCore

/// What a person can be at an age, and which day can follow which.
extension Household {
    /// H-02 to H-05.
    func persons() -> [Finding] {
        people.flatMap { politics($0) + education($0) + marriage($0) + retirement($0) }
    }

    private func politics(_ person: Person) -> [Finding] {
        guard let age = person.age(on: today) else { return [] }
        let isOdd =
            switch person.politicalStatus {
            case "01", "02": age < 18
            case "03": age > 28
            default: false
            }
        return isOdd
            ? found(
                "H-02", .warning, person, "political_status", "年龄与政治面貌不符（团员不过28岁，党员满18岁），请核对",
                "the age does not fit the political status (youth league to 28, party from 18): check it") : []
    }

    /// GB/T 4658: 1x postgraduate, of which 11 to 13 doctors, 2x bachelor, 3x junior college.
    private func education(_ person: Person) -> [Finding] {
        guard let age = person.age(on: filedOn), let education = person.education else { return [] }
        let isDoctor = ["11", "12", "13"].contains(education)
        guard (isDoctor && age < 24) || (["1", "2", "3"].contains(education.prefix(1)) && age < 18) else { return [] }
        return found(
            "H-03", .warning, person, person.child == nil ? "education" : "education_now", "年龄与学历不符，请核对",
            "the education cannot be at this age: check it")
    }

    private func marriage(_ person: Person) -> [Finding] {
        guard let age = person.age(on: filedOn), ["20", "21", "22", "23"].contains(person.maritalStatus ?? ""),
            age < (person.sex == "1" ? 22 : 20)
        else { return [] }
        return found(
            "H-04", .warning, person, "marital_status", "未到法定婚龄（男22岁、女20岁）却为已婚，请核对",
            "married below the legal age (22 men, 20 women): check it")
    }

    private func retirement(_ person: Person) -> [Finding] {
        guard let age = person.age(on: filedOn), person.employmentStatus == "04", age < 45 else { return [] }
        return found("H-05", .warning, person, "employment_status", "不满45岁却已退休，请核对", "retired under 45: check it")
    }

    /// D-01, D-02, D-04, D-05.
    func dates() -> [Finding] { ahead() + tooEarly() + verification() + periods() }

    private func ahead() -> [Finding] {
        let past = [
            WorkerFiles.birthDate, WorkerFiles.jobStartDate, WorkerFiles.contractSignedOn, WorkerFiles.filedOn,
            WorkerFiles.grassrootsOn, WorkerFiles.verifiedOn, WorkerFiles.outOfHardshipOn, WorkerFiles.deregisterOn,
        ]
        let own = past.filter { (record[$0] ?? 0) > today.number }.flatMap { field in
            found(
                "D-01", .error, field.definition, "\(field.definition.label.zh)在将来，请核对",
                "the \(field.definition.label.en) lies ahead: check the date")
        }
        let births = people.filter { person in person.child != nil && (person.birth ?? today) > today }.flatMap {
            found("D-01", .error, $0, "birth_date", "出生日期在将来，请核对", "the date of birth lies ahead: check the date")
        }
        let lines = expenses.filter { ($0.row[WorkerFiles.Expense.periodFrom] ?? 0) > today.number }.flatMap {
            found(
                "D-01", .error, $0, WorkerFiles.Expense.list, WorkerFiles.Expense.periodFrom.definition, "期间起在将来，请核对",
                "the period begins ahead: check the date")
        }
        return own + births + lines
    }

    /// D-02.
    private func tooEarly() -> [Finding] {
        guard let grown = people[0].birth?.adding(years: 16) else { return [] }
        let early = [WorkerFiles.filedOn, WorkerFiles.jobStartDate].filter { field in
            record[field].map { $0 < grown.number } ?? false
        }
        var findings = early.flatMap { field in
            found(
                "D-02", .error, field.definition, "\(field.definition.label.zh)早于本人年满16岁，请核对年份",
                "the \(field.definition.label.en) lies before the worker was 16: check the year")
        }
        if let start = record[WorkerFiles.jobStartDate].map(CalendarDay.init(number:)),
            let signed = record[WorkerFiles.contractSignedOn].map(CalendarDay.init(number:)),
            signed.adding(years: 1) <= start
        {
            findings += found(
                "D-02", .error, WorkerFiles.contractSignedOn.definition, "劳动合同签订早于参加工作一年以上，请核对年份",
                "the contract was signed a year or more before the first employment: check the year")
        }
        return findings
    }

    /// D-04. Only an approved file is due every year.
    private func verification() -> [Finding] {
        guard status == WorkerFiles.workflow.approved, let last = record[WorkerFiles.verifiedOn],
            CalendarDay(number: last) < today.adding(years: -1)
        else { return [] }
        return found(
            "D-04", .warning, WorkerFiles.verifiedOn.definition, "超过12个月没有核查，请安排年度核查",
            "not verified for over 12 months: the yearly check is due")
    }

    /// D-05, for the lines of a file.
    private func periods() -> [Finding] {
        expenses.flatMap { line -> [Finding] in
            guard let from = line.row[WorkerFiles.Expense.periodFrom], let to = line.row[WorkerFiles.Expense.periodTo],
                to < from
            else { return [] }
            return found(
                "D-05", .error, line, WorkerFiles.Expense.list, WorkerFiles.Expense.periodTo.definition, "期间止早于期间起，请核对",
                "the period ends before it begins: check the dates")
        }
    }
}
