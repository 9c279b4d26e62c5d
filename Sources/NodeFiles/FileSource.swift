internal import Foundation
internal import NodeCore
public import SyncProtocol

/// A file that is read from its present place on.
public struct FileSource: ByteSource {
    private let handle: FileHandle

    init(_ handle: FileHandle) { self.handle = handle }

    public init(path: String) throws { handle = try Files.open(path) }

    public mutating func read(_ count: Int) throws -> [UInt8] {
        do {
            guard count > 0, let data = try handle.read(upToCount: count) else { return [] }
            return [UInt8](data)
        } catch {
            throw NodeError(.badConfiguration, "文件读取失败：\(error)", "the file cannot be read: \(error)")
        }
    }
}
