import Testing

@testable import NodeCore

@Suite struct ParameterKeyTests {
    private static let catalogue = ParameterCatalogue([
        ParameterKey("days", "天数", "days", .integer, settableBy: .province, fallback: "10", range: 100...6_000),
        ParameterKey("amount", "金额", "amount", .decimal, settableBy: .county),
        ParameterKey("day", "日期", "day", .date, settableBy: .national),
        ParameterKey("open", "开放", "open", .flag, settableBy: .national),
        ParameterKey("words", "文字", "words", .text, settableBy: .national),
        ParameterKey("list", "清单", "list", .json, settableBy: .national),
    ])

    private func entry(_ key: String, _ value: String, from: String = "2026-01-01", to: String? = nil) -> Parameters.Entry {
        Parameters.Entry(
            key: key, division: "370200", from: Fixtures.day(from), to: to.map { Fixtures.day($0) }, value: value)
    }

    @Test(arguments: [
        ("days", "10", true), ("days", "0", false), ("days", "61", false), ("days", "ten", false), ("days", "1.5", false),
        ("days", "", false), ("amount", "980.50", true), ("amount", "980.505", false), ("amount", "-1", false),
        ("amount", "99999999999999999999", false), ("day", "2026-02-29", false), ("day", "2024-02-29", true),
        ("open", "1", true), ("open", "yes", false), ("words", "11-30", true), ("list", "[\"a\"]", true),
        ("list", "[", false),
    ])
    func `a value is what its key declares`(key: String, value: String, fits: Bool) {
        #expect((Self.catalogue.fault(entry(key, value), by: .national) == nil) == fits)
    }

    @Test func `a value of over two hundred characters is refused`() {
        let fault = Self.catalogue.fault(entry("words", String(repeating: "字", count: 201)), by: .national)
        #expect(fault?.code == .invalid)
    }

    @Test(arguments: [
        ("days", Level.national, true), ("days", .province, true), ("days", .city, false), ("amount", .county, true),
        ("day", .province, false),
    ])
    func `a level sets what it may, and the refusal names the level`(key: String, level: Level, may: Bool) {
        let value = ["days": "10", "amount": "1", "day": "2026-01-01"][key] ?? ""
        let fault = Self.catalogue.fault(entry(key, value), by: level)
        #expect((fault == nil) == may)
        if let fault { #expect(fault.code == .notAllowed && fault.message.zh.contains("只能由")) }
    }

    @Test func `a key that is not declared, and an end before the beginning, are refused`() {
        #expect(Self.catalogue.fault(entry("nothing", "1"), by: .national)?.code == .invalid)
        #expect(
            Self.catalogue.fault(entry("days", "10", from: "2026-02-01", to: "2026-01-31"), by: .national)?.code == .invalid)
    }

    @Test func `what a level below may not set is kept and does not count`() throws {
        let (store, engine) = try Fixtures.national()
        let parameters = try store.write(Fixtures.moment()) { tx in
            let set = { (division: String, value: String) in
                Parameters.Entry(
                    key: "days", division: division, from: Fixtures.day("2026-01-01"), to: nil, value: value)
            }
            try tx.reference.addParameters([set("000000", "8")])
            try tx.reference.addParameters([set("000000", "9")], owner: "000000")
            try tx.reference.addParameters([set("370200", "7")], owner: "370200")
            try tx.reference.addParameters([set("370285", "6")])
            #expect(try tx.reference.parameterRows().count == 4)
            return try tx.reference.parameters(Self.catalogue, in: engine.identity.tree)
        }
        let path = ["370285", "370200", "370000", "000000"]
        // What was published goes before what came with the program.
        #expect(parameters.value("days", path: path, on: Fixtures.day("2026-06-01")) == "9")
        let chain = parameters.chain("days", path: path, on: Fixtures.day("2026-06-01"))
        #expect(chain.map(\.division) == path && chain.map { $0.entry?.value } == [nil, nil, nil, "9"])
    }

    @Test func `of two publishers for one division and day the higher counts, whichever came first`() throws {
        let (store, engine) = try Fixtures.national()
        for order in [["370000", "370200"], ["370200", "370000"]] {
            let parameters = try store.write(Fixtures.moment()) { tx in
                for owner in order {
                    try tx.reference.addParameters([entry("amount", owner)], owner: owner)
                }
                return try tx.reference.parameters(Self.catalogue, in: engine.identity.tree)
            }
            #expect(parameters.value("amount", path: ["370200"], on: Fixtures.day("2026-06-01")) == "370000")
        }
    }

    @Test func `a division that is no seat lies where its digits say`() {
        #expect(Fixtures.tree.divisionPath(of: "440106") == ["440106", "440100", "440000", "000000"])
        #expect(Fixtures.tree.divisionPath(of: "370285").last == "000000")
        #expect(Fixtures.tree.level(of: "440106") == .county && Fixtures.tree.level(of: "440100") == .city)
        #expect(Fixtures.tree.level(of: "440000") == .province && Fixtures.tree.level(of: "000000") == .national)
    }
}
