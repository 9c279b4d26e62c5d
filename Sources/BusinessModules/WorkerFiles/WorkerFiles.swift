public import NodeCore

/// Hardship files: one household, one file; the worker is the head of it. The contents page of the module.
public enum WorkerFiles {
    public static let kind = RecordKind(
        number: 1,
        code: "worker_file",
        label: Label("困难职工档案", "hardship files"),
        schema: 1,
        fields: fields,
        lists: [Member.list, Income.list, Expense.list],
        key: fileNo.definition,
        status: fileStatus.definition,
        authority: .standard(
            field: fileStandard.definition,
            levels: ["5": .county, "4": .county, "3": .city, "2": .province, "1": .province]),
        workflow: workflow,
        statistics: statistics,
        persons: Persons(
            head: idNumber.definition,
            member: Persons.Member(list: Member.list, field: Member.idNumber.definition)),
        guarded: guarded,
        deadlines: deadlines,
        listed: listed,
        begins: begin,
        proposals: proposals,
        rules: findings)

    public static let module = BusinessModule(
        heading: .files, records: [pages], permissions: permissions)
}
