internal import Foundation
internal import NodeCore
public import SyncProtocol

/// A file that comes in parts and is there only when it is whole and has its digest.
public final class CopyFile: Sendable {
    private let path: String
    private let new: String
    private let size: Int
    private let digest: Digest

    /// `path` must not exist.
    public init(_ path: String, size: Int, digest: Digest) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw NodeError(.conflict, "\(path) 已存在", "\(path) is there already")
        }
        self.path = path
        new = path + ".part"
        self.size = size
        self.digest = digest
        Files.remove(new)
        Files.close(try Files.create(new))
    }

    /// Where the next part begins; nil when nothing is missing.
    public func missing() throws -> Int? {
        let here = try Files.size(new)
        return here < size ? here : nil
    }

    public func append(_ part: [UInt8]) throws {
        guard !part.isEmpty, try Files.size(new) + part.count <= size else {
            throw ProtocolError(.malformed, "the parts of a copy do not make up its size")
        }
        let handle = try Files.append(new)
        defer { Files.close(handle) }
        try Files.write(part, to: handle, new)
    }

    /// On the disk when this returns.
    public func finish() throws {
        guard try Backup.part("", new).digest == digest else {
            throw ProtocolError(.digestMismatch, "the copy is not what its digest says: fetch it again")
        }
        let handle = try Files.append(new)
        defer { Files.close(handle) }
        try Files.sync(handle, new)
        try Files.move(new, to: path)
    }

    public func remove() { Files.remove(new) }
}
