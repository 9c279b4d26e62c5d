import Testing

@testable import NodeCore

@Suite struct CharterTests {
    @Test func `kinds are found by number and by code`() {
        #expect(Fixtures.charter.kind(number: 7)?.code == "pet" && Fixtures.charter.kind(code: "pet")?.number == 7)
        #expect(Fixtures.charter.kind(number: 8) == nil && Fixtures.charter.kind(code: "cat") == nil)
    }

    @Test func `two kinds with one number or one code are a mistake of the program`() async {
        await #expect(processExitsWith: .failure) { _ = Charter([Fixtures.kind(), Fixtures.kind(code: "cat", lists: [])]) }
        await #expect(processExitsWith: .failure) { _ = Charter([Fixtures.kind(), Fixtures.kind(number: 8, lists: [])]) }
    }

    @Test func `a field code or tag twice, or a tag outside the range, is one too`() async {
        await #expect(processExitsWith: .failure) {
            _ = Charter([
                Fixtures.kind(fields: Fixtures.fields + [Field<Int64>.integer("rooms", 50, "房", "rooms", .kept).definition])
            ])
        }
        await #expect(processExitsWith: .failure) {
            _ = Charter([
                Fixtures.kind(fields: Fixtures.fields + [Field<Int64>.integer("beds", 16, "床", "beds", .kept).definition])
            ])
        }
        await #expect(processExitsWith: .failure) {
            _ = Charter([
                Fixtures.kind(fields: Fixtures.fields + [Field<Int64>.integer("beds", 96, "床", "beds", .kept).definition])
            ])
        }
    }

    @Test func `a band without its mark is one, and a list whose tag could be a field's`() async {
        await #expect(processExitsWith: .failure) {
            let field = Field<Int64>.money("debt", 50, "债", "debt", .kept, banding: .step(1)).definition
            _ = Charter([Fixtures.kind(fields: Fixtures.fields + [field])])
        }
        await #expect(processExitsWith: .failure) {
            _ = Charter([Fixtures.kind(lists: [ChildList("pet_member", 999, Label("成员", "members"), [])])])
        }
    }
}
