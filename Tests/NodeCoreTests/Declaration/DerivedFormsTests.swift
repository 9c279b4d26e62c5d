import Testing

@testable import NodeCore

@Suite struct DerivedFormsTests {
    @Test func `a phone keeps three and four digits, a name its first character`() {
        #expect(DerivedForms.mask("15423633091", .mobile) == "154****3091")
        #expect(DerivedForms.mask("1542363309", .mobile) == "1*")
        #expect(DerivedForms.mask("何娜", .personName) == "何*")
        #expect(DerivedForms.mask("阿依古丽·买买提", .personName) == "阿*")
        #expect(DerivedForms.mask("何", .any) == "何*")
        #expect(DerivedForms.mask("", .any) == "*")
    }

    @Test func `a number shows its division and birth year, old ones of 15 digits too`() {
        #expect(DerivedForms.parts("370285197602299979")?.area == "370285")
        #expect(DerivedForms.parts("370285197602299979")?.year == 1976)
        #expect(DerivedForms.parts("37028519880705999X")?.year == 1988)
        #expect(DerivedForms.parts("370285760229997")?.area == "370285")
        #expect(DerivedForms.parts("370285760229997")?.year == 1976)
        #expect(DerivedForms.parts("37028576022999") == nil)
        #expect(DerivedForms.parts("370285ABCD02299979") == nil)
    }

    @Test(
        arguments: [
            (0, 0), (1, 0), (49_999, 0), (50_000, 50_000), (99_999, 50_000), (-1, -50_000), (-50_000, -50_000),
            (-50_001, -100_000),
            (Int64.max, Int64.max / 50_000 * 50_000),
        ] as [(Int64, Int64)])
    func `an amount becomes the lower end of its step, below zero as well`(amount: Int64, band: Int64) {
        #expect(DerivedForms.band(.integer(amount), .step(50_000)) == band)
    }

    @Test func `an amount whose step would begin below every number has no band`() {
        #expect(DerivedForms.band(.integer(.min), .step(50_000)) == nil)
        #expect(DerivedForms.band(.integer(.min), .step(1)) == .min)
    }

    @Test func `the other bands show a group, five years or whether there is anything`() {
        #expect(DerivedForms.band(.text("01"), .group(["01"])) == 1)
        #expect(DerivedForms.band(.text("05"), .group(["01"])) == 2)
        #expect(DerivedForms.band(nil, .group(["01"])) == nil)
        #expect(DerivedForms.band(.integer(Fixtures.day("1979-12-31").number), .fiveYears) == 1975)
        #expect(DerivedForms.band(.integer(Fixtures.day("1980-01-01").number), .fiveYears) == 1980)
        #expect(DerivedForms.band(nil, .present) == 0)
        #expect(DerivedForms.band(.list([]), .present) == 0)
        #expect(DerivedForms.band(.text(""), .present) == 0)
        #expect(DerivedForms.band(.list(["01"]), .present) == 1)
        #expect(DerivedForms.band(nil, .step(1)) == nil)
    }

    @Test func `of a child under 14 only the birth year is shown, from the birthday on the division too`() {
        let field = Fixtures.memberNumber.definition
        let child = Fixtures.child(1, "何小宁", "370285201511309986", "2015-11-30")
        let birth = Fixtures.day("2015-11-30")
        var young = Row()
        DerivedForms.add(field, of: child.row[field.tag], birth: birth, today: Fixtures.day("2029-11-29"), to: &young)
        #expect(young[field.derivedTag] == nil && young[field.birthYearTag] == .integer(2015))
        var grown = Row()
        DerivedForms.add(field, of: child.row[field.tag], birth: birth, today: Fixtures.day("2029-11-30"), to: &grown)
        #expect(grown[field.derivedTag] == .text("370285"))
        var head = Row()
        var row = Row()
        row[Fixtures.number] = "370285201511309986"
        DerivedForms.add(Fixtures.number.definition, of: row[Fixtures.number.definition.tag], birth: birth, today: Fixtures.day("2026-07-01"), to: &head)
        #expect(head[Fixtures.number.definition.derivedTag] == .text("370285"))
    }
}
