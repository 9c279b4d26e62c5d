internal import Foundation
public import NodeCore
public import SyncProtocol

/// A backup is one file: `"BGBK" || length of the manifest (u32) || manifest || sealed stream` of the files, one behind the
/// other (`SealedChunks`).
public enum Backup {
    static let magic: [UInt8] = Array("BGBK".utf8)

    /// What was made, and that it was read back.
    public struct Made: Sendable {
        public let path: String
        public let manifest: BackupManifest
        public let bytes: Int
    }

    /// Writes a backup of a working node into the folder `target`, reads it back into the node's folder and opens the
    /// database in it: only what was restored once is a backup. On the disk when this returns.
    public static func make(
        of folder: NodeFolder, _ store: Store, _ identity: NodeIdentity, into target: String, at moment: Moment
    ) throws -> Made {
        let recovery = try recoveryKey(of: folder)
        // In the node's own folder: nothing readable ever lies on the medium of the backup.
        let scratch = try Scratch(in: folder)
        defer { scratch.remove() }
        let copy = scratch.path + "/store.db"
        try store.copy(to: copy)
        Failpoint.backupCopied.reach()
        let sources = [("store.db", copy)] + folder.backedUp
        let ephemeral = try ExchangeKey(seed: moment.entropy(32), suite: recovery.suite)
        let manifest = try BackupManifest(
            identity, milliseconds: moment.milliseconds, recovery: recovery, ephemeral: ephemeral,
            parts: try sources.map { try Backup.part($0.0, $0.1) })
        let key = manifest.chunkKey(try ephemeral.sharedSecret(with: recovery.bytes))
        let name = "\(identity.seat.code)-\(moment.milliseconds).bgbk"
        let file = target + "/" + name
        let new = target + "/." + name
        Backup.removeUnfinished(of: identity.seat.code, in: target)
        do {
            try BackupWriter(new, manifest, key).write(sources.map(\.1))
            Failpoint.backupWritten.reach()
            let again = scratch.path + "/again"
            try BackupReader(new).extract(into: again, key: { _ in key })
            try verify(again + "/store.db", manifest, folder.storeKey())
            Failpoint.backupVerified.reach()
            try Files.move(new, to: file)
            Failpoint.backupMoved.reach()
        } catch {
            Files.remove(new)
            throw error
        }
        return Made(path: file, manifest: manifest, bytes: try Files.size(file))
    }

    /// What backups of this seat left that were cut short: nobody else writes under these names.
    private static func removeUnfinished(of seat: String, in target: String) {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: target) } catch { return }
        for name in names where name.hasPrefix(".\(seat)-") && name.hasSuffix(".bgbk") { Files.remove(target + "/" + name) }
    }

    public struct Restored: Sendable {
        public let manifest: BackupManifest
        /// Where the passphrase came out that opens its keys; nil where it lies already as the configuration says.
        public let passphrasePath: String?
    }

    /// Takes a backup apart into a new folder. What comes out is a node that stands still until `nodectl recover`; its
    /// passphrase stands beside the folder, as behind `init`.
    public static func restore(_ file: String, with key: ExchangeKey, into folder: String) throws -> Restored {
        let reader = try BackupReader(file)
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw NodeError(.conflict, "\(folder) 已存在", "\(folder) is there already")
        }
        let new = folder + ".restoring"
        // Of a restore that was cut short.
        Files.remove(new)
        do {
            try reader.extract(into: new) { try open($0, with: key) }
            Failpoint.restoreExtracted.reach()
            let restored = try NodeFolder.open(new)
            // A backup of an earlier program has no key: its store is taken over when the node starts.
            let hasKey = FileManager.default.fileExists(atPath: restored.storeKeyPath)
            try verify(restored.storePath, reader.manifest, hasKey ? restored.storeKey() : nil)
            Failpoint.restoreVerified.reach()
            let place = try takeOutPassphrase(restored, of: folder)
            try Files.move(new, to: folder)
            return Restored(manifest: reader.manifest, passphrasePath: place)
        } catch {
            Files.remove(new)
            throw error
        }
    }

    /// Whoever copies the folder must not have what opens its keys.
    private static func takeOutPassphrase(_ restored: NodeFolder, of folder: String) throws -> String? {
        let inside = restored.restoredPassphrasePath
        // Backups of an earlier program had none.
        guard FileManager.default.fileExists(atPath: inside) else { return nil }
        let beside = NodeFolder.passphrasePath(beside: folder)
        let word = try Files.text(inside)
        // Where the configuration names a file that this person may not read, another one serves as well.
        if let named = restored.config.passphraseFile, isPassphrase(named, word) {
            Files.remove(inside)
            return nil
        }
        if FileManager.default.fileExists(atPath: beside) {
            guard isPassphrase(beside, word) else {
                throw NodeError(
                    .conflict, "\(beside) 已存在，且不是此节点的口令：请先移走",
                    "\(beside) is there, with another passphrase: move it away first")
            }
            Files.remove(inside)
        } else {
            try Files.move(inside, to: beside)
        }
        return beside
    }

    private static func isPassphrase(_ path: String, _ word: String) -> Bool {
        do {
            let text = try Files.text(path)
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
                == word.trimmingCharacters(in: .whitespacesAndNewlines)
        } catch { return false }
    }

    static func recoveryKey(of folder: NodeFolder) throws -> RecoveryKey {
        guard let recovery = folder.config.recoveryKey.flatMap(RecoveryKey.init) else {
            throw NodeError(
                .badConfiguration, "config.json 中没有 recoveryKey：请填入 nodectl init 所生成恢复密钥文件中的 publicKey",
                "config.json has no recoveryKey: put the publicKey of a recovery key there, which nodectl init makes")
        }
        return recovery
    }

    /// The key of a sealed stream, by whoever has the recovery key.
    static func open(_ manifest: BackupManifest, with key: ExchangeKey) throws -> [UInt8] {
        guard manifest.suite == key.suite, manifest.recoveryKey == key.publicBytes else {
            throw NodeError(.notAllowed, "此备份须用另一把恢复密钥打开", "another recovery key opens this backup")
        }
        return manifest.chunkKey(try key.sharedSecret(with: manifest.ephemeralKey))
    }

    /// The database opens, is whole, and is that of the node which signed the manifest.
    private static func verify(_ path: String, _ manifest: BackupManifest, _ key: StoreKey?) throws {
        let store = try Store(readOnly: path, key: key)
        defer { Files.close(store) }
        let integrity = try store.integrity()
        guard integrity == ["ok"] else {
            throw NodeError(
                .storeBroken, "备份中的数据库已损坏", "the database in the backup is broken: \(integrity.joined(separator: "; "))")
        }
        let trust = try store.read { try NodeSetup.trust(in: $0) }
        guard trust.federation == manifest.federation, let own = trust.certificate(of: manifest.message.key),
            own.node == manifest.node
        else { throw NodeError(.invalid, "备份不属于其中的节点", "the backup is not signed by the node in it") }
        try manifest.message.verify(as: .backup, in: trust.federation, with: own.key)
    }

    /// Bytes and SHA-256 of a file.
    static func part(_ name: String, _ path: String) throws -> BackupManifest.Part {
        let handle = try Files.open(path)
        defer { Files.close(handle) }
        var builder = DigestBuilder()
        var size = 0
        while let bytes = try handle.read(upToCount: SealedChunks.chunkBytes), !bytes.isEmpty {
            builder.append([UInt8](bytes))
            size += bytes.count
        }
        return BackupManifest.Part(name: name, size: size, digest: builder.finish())
    }

    static let damaged = NodeError(.invalid, "备份文件已损坏或被截断", "the backup is damaged or cut")
}

/// Seals the files of a backup, chunk by chunk.
struct BackupWriter {
    private let path: String
    private let handle: FileHandle
    private let manifest: BackupManifest
    private let key: [UInt8]

    init(_ path: String, _ manifest: BackupManifest, _ key: [UInt8]) throws {
        self.path = path
        handle = try Files.create(path)
        self.manifest = manifest
        self.key = key
    }

    /// `paths`: in the order of the manifest. Synced when this returns.
    func write(_ paths: [String]) throws {
        try write { sink in
            for part in paths {
                let source = try Files.open(part)
                defer { Files.close(source) }
                while let bytes = try source.read(upToCount: SealedChunks.chunkBytes), !bytes.isEmpty {
                    try sink([UInt8](bytes))
                }
            }
        }
    }

    /// `produce`: hands the content on piece by piece; nothing of it lies on the disk unsealed. Synced when this returns.
    func write(_ produce: (_ sink: ([UInt8]) throws -> Void) throws -> Void) throws {
        defer { Files.close(handle) }
        let head = manifest.message.encoded
        try Files.write(Backup.magic + SealedChunks.length(head.count) + head, to: handle, path)
        var chunks = ChunkSealer(key: key, suite: manifest.suite)
        try produce { bytes in try chunks.append(bytes) { try Files.write($0, to: handle, path) } }
        try chunks.finish { try Files.write($0, to: handle, path) }
        try Files.sync(handle, path)
    }
}

/// Opens a backup and writes its files out, each against its digest.
struct BackupReader {
    let manifest: BackupManifest
    private let handle: FileHandle
    private let start: UInt64

    init(_ path: String) throws {
        handle = try Files.open(path)
        do {
            guard let head = try handle.read(upToCount: 8), head.count == 8, head.starts(with: Backup.magic) else {
                throw NodeError(.badRequest, "不是备份文件", "that is no backup")
            }
            let size = head.suffix(4).reduce(0) { $0 << 8 | Int($1) }
            guard size <= Limits.messageBytes, let bytes = try handle.read(upToCount: size), bytes.count == size else {
                throw Backup.damaged
            }
            manifest = try BackupManifest(decoding: [UInt8](bytes)[...])
            start = UInt64(8 + size)
        } catch {
            Files.close(handle)
            throw error
        }
    }

    /// Without what follows it.
    func manifestOnly() -> BackupManifest {
        Files.close(handle)
        return manifest
    }

    /// The one part of a small backup, in memory.
    func content(key: (BackupManifest) throws -> [UInt8]) throws -> [UInt8] {
        defer { Files.close(handle) }
        let (key, size) = (try key(manifest), manifest.parts.first?.size ?? 0)
        try handle.seek(toOffset: start)
        var chunks = ChunkOpener(FileSource(handle), key: key, suite: manifest.suite)
        var content = [UInt8]()
        do {
            while content.count < size {
                let bytes = try chunks.take(upTo: size - content.count)
                guard !bytes.isEmpty else { throw Backup.damaged }
                content += bytes
            }
            guard try chunks.isAtEnd() else { throw Backup.damaged }
        } catch is ProtocolError {
            throw Backup.damaged
        }
        return content
    }

    func extract(into folder: String, key: (BackupManifest) throws -> [UInt8]) throws {
        defer { Files.close(handle) }
        let key = try key(manifest)
        try Files.makeDirectory(folder)
        try handle.seek(toOffset: start)
        var chunks = ChunkOpener(FileSource(handle), key: key, suite: manifest.suite)
        do {
            for part in manifest.parts { try extract(part, into: folder, &chunks) }
            guard try chunks.isAtEnd() else { throw Backup.damaged }
        } catch is ProtocolError {
            throw Backup.damaged
        }
    }

    private func extract(_ part: BackupManifest.Part, into folder: String, _ chunks: inout ChunkOpener<FileSource>) throws {
        let path = folder + "/" + part.name
        let target = try Files.create(path)
        defer { Files.close(target) }
        var builder = DigestBuilder()
        var left = part.size
        while left > 0 {
            let bytes = try chunks.take(upTo: left)
            guard !bytes.isEmpty else { throw Backup.damaged }
            builder.append(bytes)
            try Files.write(bytes, to: target, path)
            left -= bytes.count
        }
        guard builder.finish() == part.digest else { throw Backup.damaged }
        try Files.sync(target, path)
    }
}
