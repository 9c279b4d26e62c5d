internal import NodeCore

/// The rules that one household shows on its own. Each returns what it found; none changes anything.
extension WorkerFiles {
    @Sendable static func findings(_ record: Record, _ surroundings: RuleSurroundings) -> [Finding] {
        let household = Household(record, surroundings)
        return household.required() + household.identity() + household.family() + household.money()
            + household.classification() + household.dates() + household.persons() + household.contacts()
    }
}

/// A household as the rules look at it: its lines sorted out and its sums taken, once.
struct Household {
    let record: Record
    let surroundings: RuleSurroundings
    let members: [Child]
    /// The members who live in the household: only they count.
    let together: [Child]
    let incomes: [Child]
    let expenses: [Child]
    /// The head, then the members.
    let people: [Person]
    /// Head and members who live together; `N` of the rules.
    let size: Int64
    /// The day that ages and local standards are taken on.
    let filedOn: CalendarDay

    init(_ record: Record, _ surroundings: RuleSurroundings) {
        self.record = record
        self.surroundings = surroundings
        members = record[WorkerFiles.Member.list]
        incomes = record[WorkerFiles.Income.list]
        expenses = record[WorkerFiles.Expense.list]
        together = members.filter { $0.row[WorkerFiles.Member.livesTogether] ?? true }
        people = [Person(head: record)] + members.map(Person.init(member:))
        size = 1 + Int64(together.count)
        let filed = record[WorkerFiles.filedOn].map(CalendarDay.init(number:)) ?? surroundings.today
        filedOn = min(filed, surroundings.today)
    }

    var today: CalendarDay { surroundings.today }

    /// An imported file waits at 40 whatever it was: until it is reported, what it was in the old system counts here.
    var status: String? {
        let status = record[WorkerFiles.fileStatus]
        return status == WorkerFiles.workflow.ready ? record[WorkerFiles.legacyStatus] ?? status : status
    }

    // MARK: Sums, in fen

    /// `I`: income without allowance and relief already paid.
    var income: Int64 {
        Household.sum(incomes.filter { $0.row[WorkerFiles.Income.incomeType] != "6" }, WorkerFiles.Income.amountYear)
    }

    /// `E`: recurring rigid expenses.
    var recurring: Int64 { expense(["1", "2", "3", "6", "7"]) }
    /// `V`: costs of a sudden event.
    var event: Int64 { expense(["4"]) }
    /// `W`: necessary cost of working.
    var work: Int64 { expense(["5"]) }

    private func expense(_ types: Set<String>) -> Int64 {
        let items = expenses.filter { types.contains($0.row[WorkerFiles.Expense.expenseType] ?? "") }
        return Household.sum(items, WorkerFiles.Expense.selfPaidAmount)
    }

    private static func sum(_ items: [Child], _ field: Field<Int64>) -> Int64 {
        items.reduce(0) { $0 + bounded($1.row[field]) }
    }

    /// An amount that sums and products of a household cannot overflow, whatever stands in the record.
    static func bounded(_ amount: Int64?) -> Int64 { min(max(amount ?? 0, -1_000_000_000_000), 1_000_000_000_000) }

    // MARK: Local standards

    /// A parameter of the place where the household lives, else of the place that keeps the file; in hundredths.
    func parameter(_ key: String) -> Int64? {
        let home = String((record[WorkerFiles.fileNo] ?? "").prefix(6))
        for division in [record[WorkerFiles.residenceDivision] ?? home, home] {
            let found = surroundings.parameter(key, path: Household.path(from: division), on: filedOn)
            guard let found, let value = FieldDefinition.scaled(found, digits: 2) else { continue }
            if (0...1_000_000_000).contains(value) { return value }
        }
        return nil
    }

    /// A division and those above it. The digits tell: 370285 lies in 370200, that in 370000.
    static func path(from division: String) -> [String] {
        var path = [String]()
        for code in [division, division.prefix(4) + "00", division.prefix(2) + "0000", "000000"] where !path.contains(code) {
            path.append(code)
        }
        return path
    }

    // MARK: Findings

    func found(
        _ rule: String, _ severity: Severity, _ field: FieldDefinition, _ zh: String, _ en: String
    ) -> [Finding] {
        [Finding(rule, severity, field.code, zh, en)]
    }

    /// On the head, or on the line of a member.
    func found(
        _ rule: String, _ severity: Severity, _ person: Person, _ field: String, _ zh: String, _ en: String
    ) -> [Finding] {
        let list = person.child == nil ? nil : WorkerFiles.Member.list.code
        return [Finding(rule, severity, field, list: list, child: person.child, zh, en)]
    }

    func found(
        _ rule: String, _ severity: Severity, _ line: Child, _ list: ChildList, _ field: FieldDefinition, _ zh: String,
        _ en: String
    ) -> [Finding] {
        [Finding(rule, severity, field.code, list: list.code, child: line.number, zh, en)]
    }

    /// Fen as yuan, for messages.
    func yuan(_ fen: Int64) -> String { WorkerFiles.netPerHeadMonthly.definition.text(.integer(fen)) }
}

/// The head or a member, as far as the same rules hold for both.
struct Person {
    /// The line of a member; nil for the head.
    let child: Int64?
    let name: String
    let number: String?
    let sex: String?
    let birth: CalendarDay?
    let relation: String?
    let maritalStatus: String?
    let politicalStatus: String?
    let healthStatus: String?
    let diseases: [String]
    let disabilityType: String?
    let disabilityGrade: String?
    let employmentStatus: String?
    let education: String?
    let livesTogether: Bool

    init(head record: Record) {
        child = nil
        name = record[WorkerFiles.name] ?? ""
        number = record[WorkerFiles.idNumber]
        sex = record[WorkerFiles.sex]
        birth = record[WorkerFiles.birthDate].map(CalendarDay.init(number:))
        relation = nil
        maritalStatus = record[WorkerFiles.maritalStatus]
        politicalStatus = record[WorkerFiles.politicalStatus]
        healthStatus = record[WorkerFiles.healthStatus]
        diseases = record[WorkerFiles.disease] ?? []
        disabilityType = record[WorkerFiles.disabilityType]
        disabilityGrade = record[WorkerFiles.disabilityGrade]
        employmentStatus = record[WorkerFiles.employmentStatus]
        education = record[WorkerFiles.education]
        livesTogether = true
    }

    init(member: Child) {
        typealias Member = WorkerFiles.Member
        let row = member.row
        child = member.number
        name = row[Member.name] ?? ""
        number = row[Member.idNumber]
        sex = row[Member.sex]
        birth = row[Member.birthDate].map(CalendarDay.init(number:))
        relation = row[Member.relation]
        maritalStatus = row[Member.maritalStatus]
        politicalStatus = row[Member.politicalStatus]
        healthStatus = row[Member.healthStatus]
        diseases = row[Member.disease] ?? []
        disabilityType = row[Member.disabilityType]
        disabilityGrade = row[Member.disabilityGrade]
        employmentStatus = row[Member.employmentStatus]
        education = row[Member.educationNow]
        livesTogether = row[Member.livesTogether] ?? true
    }

    func age(on day: CalendarDay) -> Int? { birth.map { $0.age(on: day) } }
}
