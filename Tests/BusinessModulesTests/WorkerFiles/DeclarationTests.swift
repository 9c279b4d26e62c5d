import NodeCore
import Testing

@testable import BusinessModules

struct DeclarationTests {
    let kind = WorkerFiles.kind

    @Test func `the charter holds together and knows the kind by number and code`() {
        #expect(Catalog.charter.kind(number: 1)?.code == "worker_file")
        #expect(Catalog.charter.kind(code: "worker_file")?.schema == 1)
        #expect(kind.key.code == "file_no" && kind.status.code == "file_status")
        #expect(kind.persons?.head.code == "id_number")
        #expect(kind.persons?.member?.list.code == "family_member")
    }

    @Test func `the columns of the sample files are the declared fields, in order`() throws {
        let head = try #require(try CSVRows.read(Samples.text("370211", "worker_file")).first)
        #expect(head == ["id"] + kind.fields.map(\.code))
        for list in kind.lists {
            let columns = try #require(try CSVRows.read(Samples.text("370211", list.code)).first)
            #expect(columns == ["id", "worker_file_id"] + list.fields.map(\.code))
        }
    }

    @Test func `tags count from 1 without a gap, lists have theirs from 1001`() {
        #expect(kind.fields.map(\.tag) == (1...UInt64(kind.fields.count)).map { $0 })
        #expect(kind.lists.map(\.tag) == [1001, 1002, 1003])
        for list in kind.lists { #expect(list.fields.map(\.tag) == (1...UInt64(list.fields.count)).map { $0 }) }
    }

    @Test func `what must not travel is marked so`() {
        let home = Set(kind.fields.filter { [.home, .local].contains($0.mark) }.map(\.code))
        #expect(
            home == [
                "name_pinyin", "disability_cert_no", "other_contact", "member_no", "bank_name", "bank_branch",
                "bank_account",
                "bank_holder", "photo_id", "filed_by", "grassroots_by", "remark",
            ])
        let city = Set(kind.fields.filter { $0.mark == .city }.map(\.code))
        #expect(
            city == [
                "category_override_reason", "address", "postcode", "employer_name", "employer_credit_code",
                "contract_signed_on",
                "contract_months", "cause_text", "deregister_note",
            ])
        #expect(WorkerFiles.idNumber.definition.mark == .hidden)
        #expect(WorkerFiles.Member.idNumber.definition.mark == .hiddenCity)
        #expect(WorkerFiles.name.definition.mark == .masked && WorkerFiles.Member.name.definition.mark == .maskedCity)
        #expect(WorkerFiles.phone.definition.mark == .masked)
    }

    @Test func `every banded field says how, and dates by five years`() {
        let all = kind.fields + kind.lists.flatMap(\.fields)
        for field in all where field.mark == .banded {
            #expect(field.banding != nil)
            if case .date = field.type { #expect(field.banding == .fiveYears) }
        }
        #expect(WorkerFiles.personalIncomeMonthly.definition.banding == .step(50_000))
        #expect(WorkerFiles.familyIncomeYear.definition.banding == .step(600_000))
        #expect(WorkerFiles.housingArea.definition.banding == .step(2_000))
        #expect(WorkerFiles.disease.definition.banding == .present)
    }

    @Test func `every code table a field names comes with the program`() {
        for field in kind.fields + kind.lists.flatMap(\.fields) {
            switch field.type {
            case .code(let table), .codes(let table): #expect(Samples.codes.has(table: table), "\(table)")
            default: break
            }
            if case .group(let codes) = field.banding, case .code(let table) = field.type {
                #expect(codes.allSatisfy { Samples.codes.contains($0, in: table) })
            }
        }
    }

    @Test func `all states of the workflow are codes, and statistics count only what every level sees`() {
        let flow = kind.workflow
        let states =
            [flow.draft, flow.ready, flow.pending, flow.returned, flow.approved] + flow.active + flow.editable
            + flow.steps.flatMap { [$0.from, $0.to] }
        #expect(states.allSatisfy { Samples.codes.contains($0, in: "file_status") })
        #expect(kind.statistics.flatMap(\.dimensions).allSatisfy { $0.mark == .kept })
        let files = kind.statistics.first?.dimensions.map(\.code)
        #expect(files == ["hardship_category", "file_standard", "main_cause", "file_status"])
    }

    @Test func `every standard of a file names the level that decides it`() {
        guard case .standard(let field, let levels) = kind.authority else { return }
        #expect(field.code == "file_standard")
        #expect(["1", "2", "3", "4", "5"].map { levels[$0] } == [.province, .province, .city, .county, .county])
    }
}
