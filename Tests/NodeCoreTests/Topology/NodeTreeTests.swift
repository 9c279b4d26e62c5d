import Testing

@testable import NodeCore

@Suite struct NodeTreeTests {
    private struct Row {
        let home: String
        let required: Level
        let ceiling: Level
        let reviewers: [Level]
    }

    /// Who decides and who reviews on the way, for homes at every seat.
    private static let rows: [Row] = [
        Row(home: "370285", required: .county, ceiling: .county, reviewers: []),
        Row(home: "370285", required: .city, ceiling: .city, reviewers: [.city]),
        Row(home: "370285", required: .province, ceiling: .province, reviewers: [.city, .province]),
        // A higher seat decides all standards up to its own level itself.
        Row(home: "370200", required: .county, ceiling: .city, reviewers: []),
        Row(home: "370200", required: .city, ceiling: .city, reviewers: []),
        Row(home: "370200", required: .province, ceiling: .province, reviewers: [.province]),
        Row(home: "370000", required: .county, ceiling: .province, reviewers: []),
        Row(home: "370000", required: .province, ceiling: .province, reviewers: []),
        // Under a collective seat the province decides what the city would.
        Row(home: "110101", required: .county, ceiling: .county, reviewers: []),
        Row(home: "110101", required: .city, ceiling: .province, reviewers: [.province]),
        Row(home: "110101", required: .province, ceiling: .province, reviewers: [.province]),
    ]

    @Test func `the deciding level and the levels that review follow from the seat and the standard`() {
        for row in NodeTreeTests.rows {
            #expect(Fixtures.tree.ceiling(home: row.home, required: row.required) == row.ceiling, "\(row)")
            #expect(Fixtures.tree.reviewLevels(home: row.home, ceiling: row.ceiling) == row.reviewers, "\(row)")
        }
        #expect(Fixtures.tree.ceiling(home: "999999", required: .city) == nil)
        #expect(Fixtures.tree.reviewLevels(home: "999999", ceiling: .city) == [])
    }

    @Test func `a path leads from the seat to the national one`() {
        #expect(Fixtures.tree.path(from: "110101").map(\.code) == ["110101", "110100", "110000", "000000"])
        #expect(Fixtures.tree.path(from: "999999").isEmpty)
        #expect(Fixtures.tree.isBelow("110101", "110000") && Fixtures.tree.isBelow("110101", "000000"))
        #expect(!Fixtures.tree.isBelow("110101", "110101") && !Fixtures.tree.isBelow("110000", "110101"))
        #expect(!Fixtures.tree.isBelow("370285", "110000"))
    }
}
