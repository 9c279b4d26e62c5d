internal import Foundation
internal import NodeCore
public import SyncProtocol

/// Where a parent keeps the sealed copies of its children: one file for each, named by its node and its digest. What is in
/// them is none of its business.
public struct CopyShelf: Sendable {
    private let path: String

    /// A county's working copies and home fields are a few mebibytes.
    public static let copyBytesMax = 256 * 1_024 * 1_024
    public static let partBytes = 256 * 1_024

    public init(_ folder: NodeFolder) { path = folder.path + "/copies" }

    public struct Held: Sendable, Hashable {
        public let digest: Digest
        public let size: Int
    }

    /// Nil when nothing of that child lies here.
    public func held(of node: NodeID) throws -> Held? {
        guard let name = try names(of: node).first, let digest = Digest(hex: String(name.dropFirst(33))) else { return nil }
        return Held(digest: digest, size: try Files.size(path + "/" + name))
    }

    public func read(of node: NodeID, from offset: Int) throws -> [UInt8] {
        guard let name = try names(of: node).first, offset >= 0 else { return [] }
        let handle = try Files.open(path + "/" + name)
        defer { Files.close(handle) }
        try handle.seek(toOffset: UInt64(offset))
        return [UInt8](try handle.read(upToCount: CopyShelf.partBytes) ?? Data())
    }

    /// What a part brought: how much is here by now, and whether that is all.
    public struct Progress: Sendable, Hashable {
        public let held: Int
        public let isWhole: Bool
    }

    /// Takes a part of a new copy; it replaces the one before when it is whole and has its digest. A part that does not
    /// follow changes nothing.
    public func take(
        of node: NodeID, _ digest: Digest, size: Int, offset: Int, part: [UInt8]
    ) throws -> Progress {
        guard (1...CopyShelf.copyBytesMax).contains(size) else {
            throw ProtocolError(.tooLarge, "a copy of \(size) bytes; at most \(CopyShelf.copyBytesMax) are kept")
        }
        if let held = try held(of: node), held.digest == digest { return Progress(held: held.size, isWhole: true) }
        try makeFolder()
        let new = "\(path)/.\(node)-\(digest)"
        let here = FileManager.default.fileExists(atPath: new) ? try Files.size(new) : 0
        guard offset == here, offset + part.count <= size else { return Progress(held: min(here, size), isWhole: false) }
        if offset == 0 { try removeUnfinished(of: node) }
        let handle = try here == 0 ? Files.create(new) : Files.append(new)
        defer { Files.close(handle) }
        try Files.write(part, to: handle, new)
        guard here + part.count == size else { return Progress(held: here + part.count, isWhole: false) }
        try Files.sync(handle, new)
        guard try Backup.part("", new).digest == digest else {
            Files.remove(new)
            throw ProtocolError(.digestMismatch, "the copy is not what its digest says: send it again")
        }
        let old = try names(of: node)
        try Files.move(new, to: "\(path)/\(node)-\(digest)")
        for name in old { Files.remove(path + "/" + name) }
        return Progress(held: size, isWhole: true)
    }

    private func makeFolder() throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        try Files.makeDirectory(path)
    }

    private func removeUnfinished(of node: NodeID) throws {
        for name in try all() where name.hasPrefix(".\(node)-") { Files.remove(path + "/" + name) }
    }

    private func names(of node: NodeID) throws -> [String] { try all().filter { $0.hasPrefix("\(node)-") } }

    private func all() throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
            throw NodeError(.badConfiguration, "无法读取 \(path)", "\(path) cannot be read")
        }
    }
}
