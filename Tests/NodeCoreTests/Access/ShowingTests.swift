import BusinessModules
import Testing

@testable import NodeCore

@Suite struct ShowingTests {
    private static func showing(_ roles: Role..., at level: Level = .county) -> Showing {
        Showing(
            Principal(account: AccountID(1), name: "", grants: roles.map { Grant($0) }, session: nil, source: ""),
            WorkerFiles.kind, Catalog.charter.permissions, at: level)
    }

    @Test func `each field has its class for who writes, who only reads, and in a list`() {
        let (clerk, head) = (Self.showing(.clerk), Self.showing(.unitHead))
        let expected: [(FieldDefinition, FieldClass, FieldClass, FieldClass)] = [
            (WorkerFiles.fileNo.definition, .plain, .plain, .plain),
            (WorkerFiles.name.definition, .plain, .plain, .masked),
            (WorkerFiles.idNumber.definition, .sealed, .sealed, .masked),
            (WorkerFiles.phone.definition, .sealed, .sealed, .masked),
            (WorkerFiles.bankAccount.definition, .sealed, .sealed, .masked),
            (WorkerFiles.address.definition, .plain, .plain, .masked),
            (WorkerFiles.disease.definition, .hidden, .sealed, .hidden),
            (WorkerFiles.disabilityCertNo.definition, .hidden, .sealed, .hidden),
            (WorkerFiles.ethnicity.definition, .hidden, .plain, .hidden),
            (WorkerFiles.causeText.definition, .plain, .plain, .hidden),
            (WorkerFiles.namePinyin.definition, .plain, .plain, .hidden),
            (WorkerFiles.familyIncomeYear.definition, .plain, .plain, .plain),
        ]
        for (field, list, record, reader) in expected {
            #expect(clerk.fieldClass(field, at: .list) == list, "\(field.code) in a list")
            #expect(clerk.fieldClass(field, at: .record) == record, "\(field.code) in the record")
            #expect(head.fieldClass(field, at: .record) == reader, "\(field.code) for who only reads")
        }
        // Who may open values at a county opens none at the city.
        #expect(Self.showing(.clerk, at: .national).fieldClass(WorkerFiles.phone.definition, at: .record) == .masked)
        let members = WorkerFiles.Member.list
        #expect(clerk.fieldClass(WorkerFiles.Member.disease.definition, in: members, at: .list) == .hidden)
        #expect(clerk.fieldClass(WorkerFiles.Member.idNumber.definition, in: members, at: .record) == .sealed)
    }

    @Test func `the owner of the node sees what the store holds`() {
        let owner = Showing(Principal("owner"), WorkerFiles.kind, Catalog.charter.permissions, at: .county)
        for field in WorkerFiles.kind.fields { #expect(owner.fieldClass(field, at: .list) == .plain) }
    }

    @Test func `masked forms keep what people need to recognise each other, and no more`() {
        let showing = Self.showing(.unitHead)
        func mask(_ text: String, _ field: FieldDefinition) -> String { showing.mask(text, field) }
        #expect(mask("370285197602299979", WorkerFiles.idNumber.definition) == "370285********9979")
        #expect(mask("370285760229997", WorkerFiles.idNumber.definition) == "370285*****9997")
        #expect(mask("123", WorkerFiles.idNumber.definition) == "***")
        #expect(mask("15423633091", WorkerFiles.phone.definition) == "154****3091")
        #expect(mask("0532123", WorkerFiles.phone.definition) == "*******")
        #expect(mask("欧阳晓晓", WorkerFiles.name.definition) == "欧某")
        #expect(mask("9999994256140976192", WorkerFiles.bankAccount.definition) == "****6192")
        #expect(mask("12345", WorkerFiles.bankAccount.definition) == "****")
        #expect(mask("山东省青岛市莱西市示例路1号", WorkerFiles.address.definition) == "山东省青岛市莱西市***")
        #expect(mask("示例路1号", WorkerFiles.address.definition) == "***")
        #expect(mask("", WorkerFiles.phone.definition) == "")
    }
}
