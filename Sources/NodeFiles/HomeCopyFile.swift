internal import Foundation
public import NodeCore
public import SyncProtocol

/// The copy of what only the home knows, in the shape of a backup with one part: sealed to the recovery key, signed by the
/// node, opaque to the parent at which it lies.
public enum HomeCopyFile {
    private static let part = "home"
    /// With its manifest it has to fit into one request when it is taken in again.
    private static let contentBytesMax = NodeLimits.importBytes - 4 * Limits.messageBytes

    public static func path(in folder: NodeFolder) -> String { folder.path + "/home-copy" }

    /// Makes the copy anew unless nothing has changed since the last one. What it holds is read twice, once for its digest,
    /// so that it never lies on the disk unsealed. On the disk when this returns.
    public static func make(
        of folder: NodeFolder, _ store: Store, _ identity: NodeIdentity, at moment: Moment
    ) throws -> BackupManifest {
        let recovery = try Backup.recoveryKey(of: folder)
        let scratch = try Scratch(in: folder)
        defer { scratch.remove() }
        return try store.read { snapshot in
            var builder = DigestBuilder()
            var size = 0
            try HomeCopy.write(in: snapshot) { bytes in
                builder.append(bytes)
                size += bytes.count
            }
            guard size <= contentBytesMax else {
                throw NodeError(
                    .tooLarge, "只在本级的内容过多：请用 nodectl backup", "too much stays at home for a copy: use nodectl backup")
            }
            let parts = [BackupManifest.Part(name: part, size: size, digest: builder.finish())]
            if let last = try manifest(at: path(in: folder)), last.parts == parts, last.recoveryKey == recovery.bytes,
                last.incarnation == identity.incarnation
            {
                return last
            }
            let ephemeral = try ExchangeKey(seed: moment.entropy(32), suite: recovery.suite)
            let manifest = try BackupManifest(
                identity, milliseconds: moment.milliseconds, recovery: recovery, ephemeral: ephemeral, parts: parts)
            let key = manifest.chunkKey(try ephemeral.sharedSecret(with: recovery.bytes))
            let new = scratch.path + "/sealed"
            try BackupWriter(new, manifest, key).write { sink in try HomeCopy.write(in: snapshot, to: sink) }
            try Files.move(new, to: path(in: folder))
            return manifest
        }
    }

    /// Bytes and SHA-256 of a sealed copy.
    public static func measure(_ path: String) throws -> (size: Int, digest: Digest) {
        let part = try Backup.part("", path)
        return (size: part.size, digest: part.digest)
    }

    public static func part(of path: String, from offset: Int, _ count: Int) throws -> [UInt8] {
        let handle = try Files.open(path)
        defer { Files.close(handle) }
        try handle.seek(toOffset: UInt64(clamping: offset))
        return [UInt8](try handle.read(upToCount: count) ?? Data())
    }

    /// Nil when there is none, or it is not whole.
    private static func manifest(at path: String) throws -> BackupManifest? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do { return try BackupReader(path).manifestOnly() } catch is NodeError { return nil }
    }

    /// Opens a copy; what is in it is verified against the node's own trust by whoever takes it in.
    public static func open(_ file: String, with key: ExchangeKey) throws -> (manifest: BackupManifest, content: [UInt8]) {
        let reader = try BackupReader(file)
        guard reader.manifest.parts.map(\.name) == [part], reader.manifest.parts[0].size <= contentBytesMax else {
            throw NodeError(.badRequest, "不是上级代存的副本", "that is no copy of what stays at home")
        }
        return (manifest: reader.manifest, content: try reader.content { try Backup.open($0, with: key) })
    }

    /// That this node, under whichever of its keys, made the copy. `manifest`: the signed message at its head.
    public static func verify(_ manifest: [UInt8], _ content: [UInt8], of identity: NodeIdentity, trust: Trust) throws {
        var builder = DigestBuilder()
        builder.append(content)
        do {
            let manifest = try BackupManifest(decoding: manifest[...])
            guard manifest.node == identity.node, manifest.federation == identity.federation,
                let signer = trust.certificate(of: manifest.message.key), signer.node == identity.node,
                manifest.parts.map(\.digest) == [builder.finish()]
            else { throw NodeError(.invalid, "这份副本不是本节点的", "that copy is not of this node") }
            try manifest.message.verify(as: .backup, in: identity.federation, with: signer.key)
        } catch let error as ProtocolError {
            throw NodeError(.invalid, "副本无效：\(error.reason)", "the copy is not valid: \(error.reason)")
        }
    }
}
