import Foundation
import NodeCore
import Testing

@testable import NodeFiles

@Suite struct ReserveFileTests {
    @Test func `the reserve takes its room, gives it back once, and takes it again`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/rs-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let config = try NodeConfig(seat: "370200", listen: "127.0.0.1:1")
        let reserve = ReserveFile(NodeFolder(path: path, config: config), bytes: 1 << 20)
        #expect(!reserve.isThere && reserve.size == 0 && !reserve.release())
        #expect(reserve.make() && reserve.isThere && reserve.size >= 1 << 20)
        #expect(reserve.make())
        #expect(reserve.release() && !reserve.release() && reserve.make())
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `what config.json says of disk and quotas is checked`() throws {
        func config(_ fields: String) throws -> NodeConfig {
            try JSONDecoder().decode(
                NodeConfig.self, from: Data("{\"seat\": \"370200\", \"listen\": \"127.0.0.1:1\"\(fields)}".utf8))
        }
        #expect(try config("").limits == PressureLimits())
        let limits = try config(", \"diskStopPercent\": 80, \"storedMebibytesPerChild\": 3, \"stagedMebibytesPerChild\": 16").limits
        #expect(limits.stopPercent == 80 && limits.warnPercent == 80 && limits.storedBytesPerChild == 3 << 20)
        #expect(limits.stagedBytesPerChild == 16 << 20)
        for wrong in [
            "\"diskWarnPercent\": 0", "\"diskStopPercent\": 101", "\"diskWarnPercent\": 90, \"diskStopPercent\": 80",
            "\"reserveMebibytes\": -1", "\"storedMebibytesPerChild\": 0", "\"stagedMebibytesPerChild\": 15",
        ] {
            #expect(throws: NodeError(.badConfiguration, "", "")) { try config(", " + wrong) }
        }
    }
}
