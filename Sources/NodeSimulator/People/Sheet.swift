internal import NodeCore

/// The simulator's own small business: one kind of record with a field of each reach and a list.
enum Sheet {
    static let number = Field<String>.text("sheet_no", 1, "编号", "number", maximum: 20, .kept, required: true)
    static let standard = Field<String>.code("standard", 2, "标准", "standard", of: "standard", .kept, required: true)
    static let state = Field<String>.code("state", 3, "状态", "state", of: "state", .kept)
    static let amount = Field<Int64>.money("amount", 4, "金额", "amount", .kept)
    static let name = Field<String>.text("name", 5, "姓名", "name", maximum: 30, .masked)
    static let identity = Field<String>.text("identity", 6, "证号", "identity number", maximum: 18, .hidden)
    static let note = Field<String>.text("note", 7, "审核说明", "note for reviewers", maximum: 60, .reviewers)
    static let address = Field<String>.text("address", 8, "住址", "address", maximum: 60, .city)
    static let remark = Field<String>.text("remark", 9, "备注", "remark", maximum: 60, .home)
    /// Only newer programs know these two.
    static let later = Field<String>.text("later", 10, "新字段", "later field", maximum: 60, .kept)
    static let laterNote = Field<String>.text("later_note", 11, "新说明", "later note", maximum: 60, .reviewers)

    static let memberName = Field<String>.text("member_name", 1, "姓名", "name", maximum: 30, .maskedCity)
    static let income = Field<Int64>.money("income", 2, "收入", "income", .banded, banding: .step(50_000))
    static let members = ChildList(
        "sheet_member", 1000, Label("成员", "members"), [memberName.definition, income.definition])

    static let older = Charter([kind(isNewer: false)], parameters: declared)
    static let newer = Charter([kind(isNewer: true)], parameters: declared)
    /// In seeds where programs are exchanged the newer one knows another kind of record, too.
    static let newest = Charter([kind(isNewer: true), slip], parameters: declared)
    /// Types of entries that only the newer program knows; the first must be understood.
    static let laterTypes: Set<UInt64> = [0xE0, 0x61]

    /// What publishers set, always both.
    static let parameters = ["first_amount", "second_amount"]
    private static let declared = parameters.map { ParameterKey($0, $0, $0, .integer, settableBy: .county) }
    static let standards = ["1", "2", "3", "4"]
    static let codes: [String: [Code]] = [
        "standard": standards.map { Code($0, Label($0, $0)) },
        "state": ["10", "40", "50", "55", "60"].map { Code($0, Label($0, $0)) },
    ]

    private static let workflow = Workflow(
        draft: "10", ready: "40", pending: "50", returned: "55", approved: "60", active: ["40", "50", "55", "60"],
        editable: ["10", "40", "55", "60"], steps: [Workflow.Step("10", "40", "待上报", "ready")])

    private static let slip: RecordKind = {
        let sheet = kind(isNewer: true)
        return RecordKind(
            number: 2, code: "slip", label: Label("单", "slip"), schema: 1, fields: sheet.fields, lists: [],
            key: sheet.key, status: sheet.status, authority: sheet.authority, workflow: workflow,
            statistics: [Statistic("slips", Label("单", "slips"), by: [standard.definition])], rules: { _, _ in [] })
    }()

    private static func kind(isNewer: Bool) -> RecordKind {
        let known = [
            number.definition, standard.definition, state.definition, amount.definition, name.definition,
            identity.definition, note.definition, address.definition, remark.definition,
        ]
        return RecordKind(
            number: 1, code: "sheet", label: Label("表", "sheet"), schema: 1,
            fields: known + (isNewer ? [later.definition, laterNote.definition] : []), lists: [members],
            key: number.definition, status: state.definition,
            authority: .standard(
                field: standard.definition, levels: ["1": .national, "2": .province, "3": .city, "4": .county]),
            workflow: workflow, statistics: [Statistic("sheets", Label("表", "sheets"), by: [standard.definition])],
            rules: { _, _ in [] })
    }
}

/// What the simulator wrote into one version of a record: it knows every plain value, so it can look where they got to.
struct Plain: Hashable {
    let serial: Int
    let standard: String
    let amountFen: Int64
    let isNewer: Bool

    private var digits: String { String(String(10_000_000 + serial).dropFirst()) }
    /// What follows the seat's code in the number of a record that begins with this.
    var key: String { digits + "000" }
    var name: String { "N\(digits)name" }
    var note: String { "R\(digits)note" }
    var address: String { "C\(digits)street" }
    var remark: String { "H\(digits)remark" }
    var identity: String { "1101011980\(String(digits.prefix(7)))X" }
    var later: String { "L\(digits)later" }
    var laterNote: String { "M\(digits)later" }
    var memberName: String { "K\(digits)member" }

    /// Puts the values into a record; its number and state are not among them.
    func fill(_ record: inout Record, kind: RecordKind = Sheet.newer.kinds[0]) {
        record[Sheet.standard] = standard
        record[Sheet.amount] = amountFen
        record[Sheet.name] = name
        record[Sheet.note] = note
        record[Sheet.address] = address
        record[Sheet.remark] = remark
        record[Sheet.identity] = identity
        if isNewer && kind.field("later") != nil {
            record[Sheet.later] = later
            record[Sheet.laterNote] = laterNote
        }
        guard !kind.lists.isEmpty else { return }
        var row = Row()
        row[Sheet.memberName] = memberName
        row[Sheet.income] = amountFen
        record[Sheet.members] = [Child(number: 1, row: row)]
    }
}
