internal import Foundation
internal import NodeCore

extension Site {
    /// The files of the pages that we wrote ourselves, by name.
    public static func ownAssets() throws -> [(name: String, bytes: [UInt8])] {
        guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Assets") else { throw missing }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
                (name: $0, bytes: [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))))
            }
        } catch { throw missing }
    }

    private static let missing = NodeError(
        .badConfiguration, "缺少页面文件，请重新安装", "the files of the pages are missing: install again")
}
