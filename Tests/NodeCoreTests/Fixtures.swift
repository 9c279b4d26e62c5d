import SyncProtocol

@testable import NodeCore

/// A record kind with a field of every type and every mark, and nodes to keep it.
enum Fixtures {
    static let key = Field<String>.text("pet_no", 1, "编号", "number", maximum: 20, .kept, required: true)
    static let standard = Field<String>.code("standard", 2, "标准", "standard", of: "standard", .kept, required: true)
    static let status = Field<String>.code("status", 3, "状态", "status", of: "status", .kept, required: true)
    static let name = Field<String>.text("name", 4, "姓名", "name", maximum: 30, .masked, form: .personName, inClear: true)
    static let phone = Field<String>.text("phone", 5, "手机", "phone", maximum: 11, .masked, form: .mobile)
    static let number = Field<String>.text("id_number", 6, "证件号", "ID number", maximum: 18, .hidden, form: .citizenNumber)
    static let birth = Field<Int64>.date("birth_date", 7, "出生日期", "date of birth", .banded)
    static let income = Field<Int64>.money(
        "income", 8, "收入", "income", .banded, range: -1_000_000...1_000_000, banding: .step(50_000))
    static let opinion = Field<String>.text("opinion", 9, "意见", "opinion", maximum: 300, .reviewers)
    static let address = Field<String>.text("address", 10, "住址", "address", maximum: 200, .city)
    static let account = Field<String>.text("account", 11, "账号", "account", maximum: 30, .home)
    static let note = Field<String>.text("note", 12, "便笺", "note", maximum: 30, .local)
    static let hasCar = Field<Bool>.flag("has_car", 13, "有车", "has a car", .kept)
    static let causes = Field<[String]>.codes("causes", 14, "原因", "causes", of: "cause", .kept)
    static let illness = Field<[String]>.codes("illness", 15, "疾病", "illness", of: "illness", .banded, banding: .present)
    static let rooms = Field<Int64>.integer("rooms", 16, "房间数", "rooms", .kept)
    static let eldest = Field<Int64>.child("eldest", 17, "长子女", "eldest child", of: "pet_member", .kept)

    static let memberName = Field<String>.text("name", 1, "姓名", "name", maximum: 30, .maskedCity)
    static let memberNumber = Field<String>.text("id_number", 2, "证件号", "ID number", maximum: 18, .hiddenCity)
    static let memberBirth = Field<Int64>.date("birth_date", 3, "出生日期", "date of birth", .banded)
    static let members = ChildList(
        "pet_member", 1_000, Label("成员", "members"),
        [memberName.definition, memberNumber.definition, memberBirth.definition])

    static let fields: [FieldDefinition] = [
        key.definition, standard.definition, status.definition, name.definition, phone.definition, number.definition,
        birth.definition, income.definition, opinion.definition, address.definition, account.definition, note.definition,
        hasCar.definition, causes.definition, illness.definition, rooms.definition, eldest.definition,
    ]

    static let workflow = Workflow(
        draft: "10", ready: "40", pending: "50", returned: "55", approved: "60", active: ["40", "50", "60"],
        editable: ["10", "40", "55", "60"], steps: [Workflow.Step("10", "40", "待上报", "ready")])

    static func kind(
        number: UInt64 = 7, code: String = "pet", fields: [FieldDefinition] = fields, lists: [ChildList] = [members],
        deadlines: [Deadline] = []
    ) -> RecordKind {
        RecordKind(
            number: number, code: code, label: Label("样例", "samples"), schema: 1, fields: fields, lists: lists,
            key: key.definition, status: status.definition,
            authority: .standard(field: standard.definition, levels: ["5": .county, "3": .city, "2": .province]),
            workflow: workflow,
            statistics: [],
            persons: Persons(head: Fixtures.number.definition, member: .init(list: members, field: memberNumber.definition)),
            deadlines: deadlines,
            rules: { _, _ in [] })
    }

    static let charter = Charter([kind()])

    /// Noon of 2026-07-01 in China.
    static let noon: Int64 = 1_782_878_400_000

    static func moment(_ milliseconds: Int64 = noon, _ byte: UInt8 = 1) -> Moment {
        Moment(milliseconds: milliseconds, entropy: { [UInt8](repeating: byte, count: $0) })
    }

    static func record() -> Record {
        var record = Record()
        record[key] = "370285001"
        record[standard] = "2"
        record[status] = "40"
        record[name] = "何娜"
        record[phone] = "15423633091"
        record[number] = "370285197602299979"
        record[birth] = day("1976-02-29").number
        record[income] = -12_345
        record[opinion] = "同意上报"
        record[address] = "示例路1号"
        record[account] = "9999994256140976192"
        record[note] = "下周回访"
        record[hasCar] = false
        record[causes] = ["01", "03"]
        record[illness] = []
        record[rooms] = 3
        record[eldest] = 1
        record[members] = [
            child(1, "何小宁", "370285201511309986", "2015-11-30"), child(4, "赵杰", "370285198807059990", "1988-07-05"),
        ]
        return record
    }

    static func child(_ line: Int64, _ name: String, _ number: String, _ birth: String) -> Child {
        var row = Row()
        row[memberName] = name
        row[memberNumber] = number
        row[memberBirth] = day(birth).number
        return Child(number: line, row: row)
    }

    static func day(_ text: String) -> CalendarDay { CalendarDay(text) ?? CalendarDay(number: .min) }

    static let tree = NodeTree([
        seat("000000", .national, nil, []), seat("370000", .province, "000000", []),
        seat("370200", .city, "370000", ["370000"]),
        seat("370285", .county, "370200", ["370200", "370000"]), seat("110000", .province, "000000", []),
        seat("110100", .city, "110000", ["110000"], isRelay: true), seat("110101", .county, "110100", ["110000"]),
    ])

    private static func seat(_ code: String, _ level: Level, _ parent: String?, _ chain: [String], isRelay: Bool = false)
        -> TreeSeat
    {
        TreeSeat(
            code: code, name: code, level: level, parent: parent, address: "127.0.0.1:1", reviewChain: chain,
            isRelay: isRelay)
    }

    static func signingKey(_ byte: UInt8) throws -> SigningKey {
        try SigningKey(suite: .international, seed: [UInt8](repeating: byte, count: 32))
    }

    /// A national node with its store.
    static func national() throws -> (store: Store, engine: SyncEngine) {
        let store = try Store(inMemory: charter)
        let key = try signingKey(9)
        let plan = NodeSetup.Plan(seat: "000000", tree: tree, codes: [:], parameters: [])
        try store.write(moment()) { try NodeSetup.create(plan, key: key, root: signingKey(99), in: $0) }
        guard let engine = try store.read({ try NodeSetup.engine(charter: charter, key: key, in: $0) }) else {
            throw NodeError(.notEnrolled, "", "")
        }
        return (store, engine)
    }

    /// A county node without neighbours: enough for its own drafts.
    static func home() throws -> (store: Store, draft: Draft) {
        let national = try national().engine.identity
        guard let seat = tree.seat("370285") else { throw NodeError(.notFound, "", "") }
        let identity = NodeIdentity(
            federation: national.federation, node: NodeID(words: [7, 7]), incarnation: national.incarnation, seat: seat,
            tree: tree,
            charter: charter, key: try signingKey(8))
        let draft = Draft(identity: identity, codes: CodeTables([:]), parameters: Parameters([]))
        return (try Store(inMemory: charter), draft)
    }
}
