import NodeCore
import Testing

@testable import BusinessModules

struct FieldTextTests {
    private let money = WorkerFiles.familyIncomeYear.definition

    private func read(_ field: FieldDefinition, _ text: String) -> Value? {
        if case .success(let value) = field.parse(text, codes: Samples.codes) { value } else { nil }
    }

    private func rule(_ field: FieldDefinition, _ text: String) -> String? {
        if case .failure(let finding) = field.parse(text, codes: Samples.codes) { finding.rule } else { nil }
    }

    @Test(arguments: [
        ("0", 0, "0.00"), ("12", 1200, "12.00"), ("12.5", 1250, "12.50"), (" １２．０５ ", 1205, "12.05"), ("000.07", 7, "0.07"),
        ("9999999999.99", 999_999_999_999, "9999999999.99"),
    ])
    func `decimals are read exactly, and written with all their places`(text: String, value: Int64, back: String) {
        #expect(read(money, text) == .integer(value))
        #expect(money.text(.integer(value)) == back)
    }

    @Test(arguments: [
        "1,000", "1.005", "1.", ".5", "-", "1e3", "三年", "1 000", "99999999999999999999", "-1", "10000000000.00", "--1",
        "1.2.3",
    ])
    func `what is no amount is refused, and so is what Int64 cannot hold`(text: String) {
        #expect(rule(money, text) == "R-03")
    }

    @Test func `the net per head may be negative`() {
        let field = WorkerFiles.netPerHeadMonthly.definition
        #expect(read(field, "-0.05") == .integer(-5))
        #expect(field.text(.integer(-5)) == "-0.05" && field.text(.integer(-62_500)) == "-625.00")
        #expect(field.text(.integer(.min)).hasPrefix("-92233720368547758.08"))
    }

    @Test func `a day that does not exist is another mistake than one that cannot be read`() {
        let field = WorkerFiles.filedOn.definition
        let leap = CalendarDay(year: 2024, month: 2, day: 29)?.number ?? 0
        #expect(read(field, "２０２４-02-29") == .integer(leap) && field.text(.integer(leap)) == "2024-02-29")
        #expect(rule(field, "2026-02-30") == "D-01")
        #expect(rule(field, "2026/2/3") == "R-03" && rule(field, "20260203") == "R-03")
    }

    @Test func `flags are 0 and 1`() {
        let field = WorkerFiles.unionMember.definition
        #expect(read(field, "１") == .flag(true) && read(field, "0") == .flag(false) && rule(field, "yes") == "R-03")
        #expect(field.text(.flag(true)) == "1" && field.text(.flag(false)) == "0")
    }

    @Test func `codes must be in their table; several are separated by semicolons`() {
        let causes = WorkerFiles.otherCauses.definition
        #expect(read(causes, "06；09; 06") == .list(["06", "09"]))
        #expect(causes.text(.list(["06", "09"])) == "06;09")
        #expect(rule(causes, "06;77") == "R-02" && rule(causes, ";") == "R-01")
        #expect(rule(WorkerFiles.housingType.definition, "77") == "R-02")
        #expect(read(WorkerFiles.residenceDivision.definition, "370285") == .text("370285"))
        #expect(rule(WorkerFiles.residenceDivision.definition, "370299") == "R-02")
    }

    @Test func `texts are trimmed, kept as typed, and have a length`() {
        let name = WorkerFiles.name.definition
        #expect(read(name, "　胡建\n") == .text("胡建"))
        #expect(read(WorkerFiles.address.definition, "４１号") == .text("４１号"))
        #expect(rule(WorkerFiles.bankHolder.definition, String(repeating: "长", count: 31)) == "R-03")
        #expect(name.check(.text("阿卜杜拉·买买提"), today: Samples.today).isEmpty)
        #expect(name.check(.text("胡"), today: Samples.today).map(\.rule) == ["R-03"])
        #expect(name.check(.text("胡1"), today: Samples.today).map(\.rule) == ["R-03"])
        #expect(WorkerFiles.postcode.definition.check(.text("25170"), today: Samples.today).map(\.rule) == ["R-03"])
    }

    @Test func `a value of the wrong type or range is found in a record, too`() {
        #expect(money.check(.text("12"), today: Samples.today).map(\.rule) == ["R-03"])
        #expect(money.check(.integer(-1), today: Samples.today).map(\.rule) == ["R-03"])
        #expect(money.check(.integer(1), today: Samples.today).isEmpty)
    }

    @Test func `a reference to a line is not read from a text`() {
        #expect(rule(WorkerFiles.Income.memberId.definition, "1") == "R-03")
    }

    @Test func `a message never repeats a whole value`() {
        let long = String(repeating: "长", count: 5000)
        guard case .failure(let finding) = money.parse(long, codes: Samples.codes) else {
            Issue.record("read")
            return
        }
        #expect(finding.message.zh.count < 100 && finding.message.en.count < 150)
    }
}
