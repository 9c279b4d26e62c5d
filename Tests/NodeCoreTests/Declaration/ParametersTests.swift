import Testing

@testable import NodeCore

@Suite struct ParametersTests {
    private let parameters = Parameters([
        entry("000000", "2020-01-01", nil, "national"), entry("370000", "2022-01-01", "2024-12-31", "province"),
        entry("370200", "2023-01-01", "2023-12-31", "city 2023"), entry("370200", "2023-07-01", nil, "city from July"),
    ])
    private let path = ["370285", "370200", "370000", "000000"]

    private static func entry(_ division: String, _ from: String, _ to: String?, _ value: String) -> Parameters.Entry {
        Parameters.Entry(
            key: "relative_multiple", division: division, from: Fixtures.day(from), to: to.map(Fixtures.day), value: value)
    }

    @Test(arguments: [
        ("2019-12-31", nil), ("2020-01-01", "national"), ("2021-12-31", "national"), ("2022-01-01", "province"),
        ("2023-01-01", "city 2023"), ("2023-06-30", "city 2023"), ("2023-07-01", "city from July"),
        ("2030-01-01", "city from July"),
    ])
    func `the nearest division that is in force on the day counts, there the latest beginning`(day: String, value: String?) {
        #expect(parameters.value("relative_multiple", path: path, on: Fixtures.day(day)) == value)
    }

    @Test func `a value ends with its last day, and an unknown key has none`() {
        let above = ["370000", "000000"]
        #expect(parameters.value("relative_multiple", path: above, on: Fixtures.day("2024-12-31")) == "province")
        #expect(parameters.value("relative_multiple", path: above, on: Fixtures.day("2025-01-01")) == "national")
        #expect(parameters.value("no_such_key", path: path, on: Fixtures.day("2026-07-01")) == nil)
        #expect(parameters.value("relative_multiple", path: [], on: Fixtures.day("2026-07-01")) == nil)
    }
}
