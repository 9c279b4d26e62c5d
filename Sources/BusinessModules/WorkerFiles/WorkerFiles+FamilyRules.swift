internal import NodeCore

/// Who belongs to the household, and whether the relations can be.
extension Household {
    func family() -> [Finding] {
        familySize() + relations() + spouses() + zeroEmployment() + schooling() + causes() + disability()
    }

    /// F-01.
    private func familySize() -> [Finding] {
        guard let stated = record[WorkerFiles.familySize], stated != size else { return [] }
        return found(
            "F-01", .error, WorkerFiles.familySize.definition, "家庭人口应为\(size)（本人加共同生活的成员），请更正或补全成员",
            "the family size comes to \(size), the worker and the members living together: correct it or add the members")
    }

    // GB/T 4761: relations that only a man, only a woman can have. Collective codes (10, 40, 50 ...) say nothing.
    private static let men: Set<String> = [
        "11", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "41", "43", "51", "53", "55", "57", "61", "63",
        "71", "73",
    ]
    private static let women: Set<String> = [
        "12", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39", "42", "44", "52", "54", "56", "58", "62", "64",
        "75", "77",
    ]
    // Children by birth: adopted and step children may be of any age.
    private static let born: Set<String> = [
        "20", "21", "22", "23", "24", "25", "26", "29", "30", "31", "32", "33", "34", "35", "36", "39",
    ]

    /// F-04 and F-05.
    private func relations() -> [Finding] {
        let head = people[0]
        return people.dropFirst().flatMap { person -> [Finding] in
            guard let relation = person.relation else { return [] }
            if relation == "01" {
                return found(
                    "R-03", .error, person, "relation", "成员与户主的关系不能是“本人”，本人即档案主体",
                    "a member is not the head: choose the relation, or delete the line")
            }
            var findings = [Finding]()
            let wanted = Household.men.contains(relation) ? "1" : Household.women.contains(relation) ? "2" : nil
            if let wanted, let sex = person.sex, ["1", "2"].contains(sex), sex != wanted {
                findings += found(
                    "F-04", .error, person, "relation", "与户主关系和性别不符，请核对",
                    "relation and sex do not go together: check them")
            }
            let isChild = Household.born.contains(relation)
            if isChild || ["50", "51", "52"].contains(relation), let own = person.birth, let other = head.birth {
                let (older, younger) = isChild ? (other, own) : (own, other)
                if younger < older.adding(years: 14) {
                    findings += found(
                        "F-05", .warning, person, "birth_date", "父母与子女相差不足14岁，请核对关系和出生日期",
                        "parent and child are less than 14 years apart: check relation and birth dates")
                }
            }
            return findings
        }
    }

    /// F-03 and F-06.
    private func spouses() -> [Finding] {
        let spouses = people.filter { $0.livesTogether && ["10", "11", "12"].contains($0.relation ?? "") }
        guard !spouses.isEmpty else { return [] }
        var findings = [Finding]()
        if spouses.count > 1 || ["10", "30", "40"].contains(record[WorkerFiles.maritalStatus] ?? "") {
            findings += found(
                "F-03", .warning, WorkerFiles.maritalStatus.definition, "婚姻状况与家庭成员中的配偶不符，请核对",
                "the marital status does not fit the spouses in the family: check them")
        }
        if record[WorkerFiles.isSingleParent] == true {
            findings += found(
                "F-06", .warning, WorkerFiles.isSingleParent.definition, "有共同生活的配偶，不是单亲家庭，请取消勾选",
                "a spouse lives in the household, so this is no single parent: clear the flag")
        }
        return findings
    }

    /// F-07. A head on sick leave still has a post.
    private func zeroEmployment() -> [Finding] {
        let working = people.contains { person in
            let posts = person.child == nil ? ["01", "05", "08", "09"] : ["01", "08", "09"]
            return person.livesTogether && posts.contains(person.employmentStatus ?? "")
        }
        guard working, record[WorkerFiles.isZeroEmployment] == true else { return [] }
        return found(
            "F-07", .warning, WorkerFiles.isZeroEmployment.definition, "家中有人就业，不是零就业家庭，请取消勾选",
            "someone in the household works, so this is no zero-employment family: clear the flag")
    }

    /// F-08 and D-06.
    private func schooling() -> [Finding] {
        let aged = people.dropFirst().flatMap { person -> [Finding] in
            guard let age = person.age(on: filedOn) else { return [] }
            let isOdd =
                switch person.employmentStatus {
                case "10": !(3...35).contains(age)
                case "11": age > 7
                default: false
                }
            return isOdd
                ? found(
                    "F-08", .warning, person, "employment_status", "学生或学龄前儿童的年龄不合理，请核对出生日期",
                    "the age does not fit a student or pre-school child: check the birth date") : []
        }
        return aged
            + members.flatMap { line -> [Finding] in
                guard let year = line.row[WorkerFiles.Member.enrolledYear],
                    let birth = line.row[WorkerFiles.Member.birthDate],
                    year < Int64(CalendarDay(number: birth).year)
                else { return [] }
                return found(
                    "D-06", .warning, line, WorkerFiles.Member.list, WorkerFiles.Member.enrolledYear.definition,
                    "入学年份早于出生年份，请核对", "enrolled before birth: check the year")
            }
    }

    /// F-10 and F-11.
    private func causes() -> [Finding] {
        let main = record[WorkerFiles.mainCause]
        let others = record[WorkerFiles.otherCauses] ?? []
        var findings = [Finding]()
        if others.count > 3 || others.contains(main ?? "") {
            findings += found(
                "F-11", .error, WorkerFiles.otherCauses.definition, "次要致困原因最多三个，且不含主要原因，请删去多余的",
                "at most three other causes, and not the main one again: remove it")
        }
        let medical = expenses.contains { $0.row[WorkerFiles.Expense.expenseType] == "1" }
        let isBare =
            switch main {
            case "06": !medical && people.allSatisfy(\.diseases.isEmpty)
            case "09": !people.contains { $0.child != nil && $0.employmentStatus == "10" }
            case "10": people.allSatisfy { $0.disabilityType == nil }
            default: false
            }
        if isBare {
            findings += found(
                "F-10", .warning, WorkerFiles.mainCause.definition, "主要致困原因在家庭成员和支出中找不到依据，请补充或更改原因",
                "nothing in members or expenses bears out the main cause: add it or change the cause")
        }
        return findings
    }

    /// H-01.
    private func disability() -> [Finding] {
        people.flatMap { person -> [Finding] in
            let isHalf = (person.disabilityType == nil) != (person.disabilityGrade == nil)
            guard isHalf || (person.healthStatus?.hasPrefix("6") ?? false && person.disabilityType == nil) else { return [] }
            let field = person.disabilityType == nil ? "disability_type" : "disability_grade"
            return found(
                "H-01", .error, person, field, "残疾类别和残疾等级须同时填写，请对照残疾证",
                "kind and grade of a disability go together: compare the certificate")
        }
    }
}
