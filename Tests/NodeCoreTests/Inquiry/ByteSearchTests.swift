import Testing

@testable import NodeCore

@Suite struct ByteSearchTests {
    private func texts(_ strings: [String], _ content: String) throws -> [String] {
        try ByteSearch(strings).find(Array(content.utf8), "here").map(\.text)
    }

    @Test func `strings are found at the beginning, at the end, within each other and in other bytes`() throws {
        #expect(try texts(["1542"], "1542") == ["1542"])
        #expect(try texts(["1542", "3091"], "15423633091") == ["1542", "3091"])
        #expect(try texts(["何娜", "何娜娜"], "x何娜娜y").sorted() == ["何娜", "何娜娜"])
        #expect(try texts(["aaaa"], "aaaaaa") == ["aaaa", "aaaa", "aaaa"])
        #expect(try ByteSearch(["1542"]).find([0xFF, 0x31, 0x35, 0x34, 0x32, 0x00], "here").count == 1)
        #expect(try texts(["1542363"], "154236") == [])
        #expect(try texts(["1542"], "154") == [])
        #expect(try texts(["1542"], "") == [])
        #expect(try texts([], "1542") == [])
    }

    @Test func `short strings and too many are refused`() {
        #expect(throws: NodeError(.badRequest, "", "")) { try ByteSearch(["1542", "123"]) }
        #expect(throws: NodeError(.badRequest, "", "")) { try ByteSearch([""]) }
        #expect(throws: NodeError(.tooLarge, "", "")) {
            try ByteSearch(Array(repeating: "1542", count: NodeLimits.searchStrings + 1))
        }
    }

    @Test func `whatever a store holds is found, in columns of every kind`() throws {
        let (store, draft) = try Fixtures.home()
        let kind = Fixtures.charter.kinds[0]
        _ = try store.write(Fixtures.moment()) {
            try draft.take(Fixtures.record(), kind: kind, by: Principal("clerk01"), in: $0)
        }
        let day = String(Fixtures.record()[Fixtures.birth] ?? 0)
        let strings = ["clerk01", "何娜", "9999994256140976192", "370285198807059990", day, "-12345"]
        let hits = try store.read { try ByteSearch(strings).run(in: $0) }
        #expect(Set(hits.map(\.text)) == Set(strings))
        #expect(hits.contains { $0.text == "何娜" && $0.place.hasPrefix("pet.name row") })
        #expect(hits.contains { $0.text == "9999994256140976192" && $0.place.hasPrefix("home_body.body row") })
        #expect(try store.read { try ByteSearch(["何小娜娜", "99999942561409761920"]).run(in: $0) } == [])
    }
}
