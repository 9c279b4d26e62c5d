import CWorkload
import NodeCore

/// The standard workload as a record kind: the 23 columns of the C floor, a number of the home's own, three sections and a
/// sealed number. It is reviewed by the city.
struct StandardFile: Workload {
    let kind = StandardFile.declared
    let count: Int
    let codes: [String: [Code]] = [:]
    let parameters: [Parameters.Entry] = []

    init(_ count: Int) { self.count = count }

    static let fileNo = Field<String>.text("file_no", 1, "编号", "number", maximum: 24, .kept)
    static let standard = Field<String>.code("standard", 2, "标准", "standard", of: "standard", .kept)
    static let status = Field<String>.code("status", 3, "状态", "status", of: "status", .kept)
    static let division = Field<String>.text("division", 4, "区划", "division", maximum: 6, .kept)
    static let name = Field<String>.text("name", 5, "姓名", "name", maximum: 30, .masked, form: .personName, inClear: true)
    /// Of any form: some of the workload's numbers have sequences that are never issued.
    static let number = Field<String>.text("idno", 6, "身份证号", "ID number", maximum: 18, .hidden)
    static let birth = Field<String>.text("birth", 7, "出生", "birth", maximum: 10, .kept)
    static let disease = Field<String>.text("disease", 8, "疾病", "disease", maximum: 40, .reviewers)
    static let employer = Field<String>.text("employer", 9, "单位", "employer", maximum: 96, .kept)
    static let address = Field<String>.text("address", 10, "住址", "address", maximum: 128, .city)
    static let phone = Field<String>.text("phone", 11, "电话", "phone", maximum: 11, .masked, form: .mobile)
    static let note = Field<String>.text("note", 12, "备注", "note", maximum: 260, .reviewers)
    static let numbers: [Field<Int64>] = [
        "sex", "ethnicity", "marital", "health", "industry", "category", "cause", "income", "hsize", "percap", "state",
        "revision", "updated_at",
    ].enumerated().map { index, code in
        Field<Int64>.integer(code, UInt64(20 + index), code, code, .kept, range: 0...Int64.max)
    }

    private static let declared = RecordKind(
        number: 90, code: "standard_file", label: Label("标准档案", "standard files"), schema: 1,
        fields: [
            fileNo, standard, status, division, name, number, birth, disease, employer, address, phone, note,
        ].map(\.definition) + numbers.map(\.definition),
        lists: [], key: fileNo.definition, status: status.definition,
        authority: .standard(field: standard.definition, levels: ["3": .city]),
        workflow: Workflow(
            draft: "10", ready: "40", pending: "50", returned: "55", approved: "60", active: [], editable: ["10", "55"],
            steps: []),
        statistics: [], persons: Persons(head: number.definition, member: nil), rules: { _, _ in [] })

    /// Row `index`, as the C programs make it; its number begins with the home's code.
    func record(_ index: Int, home: String) -> Record {
        var row = wfile()
        wgen_file(42, UInt64(index), UInt64(count), &row)
        var record = Record()
        let number = StandardFile.text(row.idno)
        record[Self.fileNo] = home + number
        record[Self.standard] = "3"
        record[Self.division] = Self.text(row.div)
        record[Self.name] = Self.text(row.name)
        record[Self.number] = number
        record[Self.birth] = Self.text(row.birth)
        record[Self.disease] = row.ndis > 0 ? Self.text(row.disease) : nil
        record[Self.employer] = Self.text(row.employer)
        record[Self.address] = Self.text(row.address)
        record[Self.phone] = Self.text(row.phone)
        record[Self.note] = Self.text(row.note)
        let values: [Int64] = [
            Int64(row.sex), Int64(row.eth), Int64(row.marital), Int64(row.health), Int64(row.industry), Int64(row.category),
            Int64(row.cause), row.income, Int64(row.hsize), row.percap, Int64(row.status), row.rev, row.updated,
        ]
        for (field, value) in zip(Self.numbers, values) { record[field] = value }
        return record
    }

    /// A C string in a fixed array.
    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
