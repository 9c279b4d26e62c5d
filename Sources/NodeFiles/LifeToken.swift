public import NodeCore
internal import CFileTimes
internal import Foundation
public import SyncProtocol

/// `life.json` beside the store: which life this very database file lives, on which machine. A copy of the file, a backup of
/// it and a copied machine do not fit their token.
public struct LifeToken: Codable, Sendable, Hashable {
    let incarnation: String
    /// Digest of the machine's id; a machine without one has the empty text.
    let machine: String
    let inode: UInt64
    /// When the file was made, in seconds since 1970; 0 where the file system does not say.
    let born: Int64

    private static func path(_ folder: NodeFolder) -> String { folder.path + "/life.json" }

    /// On the disk when this returns. `store`: the database's file, where it is not yet in its place.
    public static func write(_ folder: NodeFolder, _ incarnation: Incarnation, store: String? = nil) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let text = String(decoding: try encoder.encode(try token(store ?? folder.storePath, incarnation)), as: UTF8.self)
        try folder.replace(text + "\n", at: path(folder))
    }

    /// Why the database is not the one the token was written for; nil when it is.
    public static func problem(_ folder: NodeFolder, _ incarnation: Incarnation, store: String? = nil) throws -> Label? {
        guard let data = FileManager.default.contents(atPath: path(folder)) else {
            return Label("缺少 life.json：数据库可能由备份恢复", "life.json is missing: the database may come from a backup")
        }
        let held: LifeToken
        do { held = try JSONDecoder().decode(LifeToken.self, from: data) } catch {
            return Label("life.json 无法识别", "life.json is not readable")
        }
        let now = try token(store ?? folder.storePath, incarnation)
        if held.incarnation != now.incarnation {
            return Label("数据库与 life.json 不属于同一世", "the database and life.json are of different lives")
        }
        if held.machine != now.machine { return Label("节点被拷贝到另一台机器", "the node was copied to another machine") }
        if held.inode != now.inode || held.born != now.born {
            return Label("数据库文件不是原来的那个：由备份恢复或拷贝而来", "the database is another file: restored or copied")
        }
        return nil
    }

    private static func token(_ store: String, _ incarnation: Incarnation) throws -> LifeToken {
        let attributes: [FileAttributeKey: Any]
        do { attributes = try FileManager.default.attributesOfItem(atPath: store) } catch {
            throw NodeError(.storeBroken, "找不到数据库文件", "the store's file is not there")
        }
        return LifeToken(
            incarnation: incarnation.description, machine: machine(),
            inode: (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0, born: bangfu_birth_seconds(store))
    }

    /// The id itself is nobody's business.
    private static func machine() -> String {
        guard let data = FileManager.default.contents(atPath: "/etc/machine-id"), !data.isEmpty else { return "" }
        var builder = DigestBuilder()
        builder.append(Array("bangfu/1/machine".utf8) + [UInt8](data))
        return builder.finish().description
    }
}
