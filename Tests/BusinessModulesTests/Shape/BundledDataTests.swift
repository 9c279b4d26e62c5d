import NodeCore
import Testing

@testable import BusinessModules

struct BundledDataTests {
    @Test func `tables, divisions and parameters are there`() throws {
        let codes = try BundledData.codes()
        #expect(codes["divisions"]?.count == 3234)
        #expect(codes["sex"]?.contains(Code("1", Label("男性", "Male"))) ?? false)
        #expect((codes["divisions.history"]?.count ?? 0) > 7000)
        let parameters = try BundledData.parameters()
        #expect(parameters.count == 15 && parameters.allSatisfy { $0.division == "000000" })
        #expect(Samples.national.value("relative_multiple", path: Samples.path("370285"), on: Samples.today) == "2.0")
    }

    @Test func `a missing file is a fault of the installation`() {
        #expect(throws: NodeError(.badConfiguration, "", "")) { try BundledData.rows("nothing.csv", ["code"]) }
        #expect(throws: NodeError(.badConfiguration, "", "")) { try BundledData.rows("divisions.csv", ["colour"]) }
    }
}
