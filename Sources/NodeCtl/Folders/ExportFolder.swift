import Foundation
import NodeCore
import SyncProtocol

/// `export.json`, `trust.cbor` and the changesets of one node's journal, in the order in which they were written.
final class ExportFolder {
    private let path: String
    private var count = 0
    private var head: NodeEndpoints.ExportPage?

    init(making path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw NodeError(.conflict, "\(path) 已存在，请换一个文件夹", "\(path) exists: name another folder")
        }
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path + "/changesets", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ExportFolder.unwritable(path, error)
        }
    }

    func write(_ page: NodeEndpoints.ExportPage, isFirst: Bool) throws {
        if isFirst {
            head = page
            try write(CanonicalValue.array(page.trust.map { .bytes(try ExportFolder.bytes($0)) }).encoded, "trust.cbor")
        }
        for changeset in page.changesets {
            count += 1
            let number = String(count)
            let name = String(repeating: "0", count: max(0, 8 - number.count)) + number
            try write(try ExportFolder.bytes(changeset), "changesets/\(name).bgfu")
        }
    }

    /// Writes the contents page last: a folder without it is not whole.
    func finish() throws -> Int {
        struct Contents: Encodable { let federation, seat, node: String; let changesets: Int }
        let contents = Contents(
            federation: head?.federation ?? "", seat: head?.seat ?? "", node: head?.node ?? "", changesets: count)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try write([UInt8](try encoder.encode(contents)), "export.json")
        return count
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        do { try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name), options: .atomic) } catch {
            throw ExportFolder.unwritable(path + "/" + name, error)
        }
    }

    private static func bytes(_ hex: String) throws -> [UInt8] {
        guard let bytes = Hex.decode(hex) else {
            throw NodeError(.unreachable, "节点的答复无法识别", "the node's answer is not readable")
        }
        return bytes
    }

    private static func unwritable(_ path: String, _ error: any Error) -> NodeError {
        NodeError(.badConfiguration, "无法写入 \(path)", "\(path) cannot be written: \(error)")
    }
}
