internal import Foundation
internal import NodeCore

/// The folder of one node: its configuration, secrets, store, socket and log. Only its owner may enter (mode 0700).
public struct NodeFolder: Sendable {
    /// Absolute, without a slash at the end.
    public let path: String
    public let config: NodeConfig

    public var configPath: String { path + "/config.json" }
    public var keyPath: String { path + "/node.key" }
    public var storeKeyPath: String { path + "/store.key" }
    public var tlsCertificatePath: String { path + "/tls.crt" }
    public var tlsKeyPath: String { path + "/tls.key" }
    public var storePath: String { path + "/store.db" }
    public var socketPath: String { path + "/api.sock" }
    public var logPath: String { path + "/noded.log" }
    public var matchingKeyPath: String { path + "/matching.key" }
    public var pidPath: String { path + "/pid" }

    /// The store's file and what SQLite puts beside it.
    public var storeFiles: [String] { [storePath, storePath + "-wal", storePath + "-journal"] }

    public var storeBytes: UInt64 {
        storeFiles.filter(FileManager.default.fileExists).reduce(0) { sum, path in
            do { return sum + UInt64(clamping: try Files.size(path)) } catch { return sum }
        }
    }

    /// What a backup holds beside the store: names in it, and where they are. The token of the node's life is not
    /// among them.
    var backedUp: [(String, String)] {
        let own = ["config.json", "node.key", "store.key", "tls.crt", "tls.key", "parent.json", "matching.key"]
        let names = own + NodeFolder.authorityFiles
        let files = names.map { ($0, path + "/" + $0) }.filter { FileManager.default.fileExists(atPath: $0.1) }
        // Without the passphrase the key in the backup stays closed. It comes out beside the restored store.
        return files + (passphrasePlace.map { [("passphrase", $0)] } ?? [])
    }

    var scratchPath: String { path + "/.backup" }

    /// What a backup left that was cut short; for a daemon that has the folder for itself.
    public func clearScratch() { Files.remove(scratchPath) }

    /// What a new folder is filled with.
    public struct Contents: Sendable {
        public let config: NodeConfig
        /// As `KeyFile.wrap` makes it.
        public let keyText: String
        /// The same of what opens the store.
        public let storeKeyText: String
        public let tlsCertificate: String
        public let tlsKey: String

        public init(config: NodeConfig, keyText: String, storeKeyText: String, tlsCertificate: String, tlsKey: String) {
            self.config = config
            self.keyText = keyText
            self.storeKeyText = storeKeyText
            self.tlsCertificate = tlsCertificate
            self.tlsKey = tlsKey
        }
    }

    /// The folder of a node that was made before. Reads `config.json` only.
    public static func open(_ path: String) throws -> NodeFolder {
        let path = absolute(path)
        guard let data = FileManager.default.contents(atPath: path + "/config.json") else {
            throw NodeError(
                .badConfiguration, "\(path) 中没有节点（无 config.json）：请先运行 nodectl init",
                "there is no node in \(path) (no config.json): run nodectl init first")
        }
        do {
            return NodeFolder(path: path, config: try JSONDecoder().decode(NodeConfig.self, from: data))
        } catch let error as DecodingError {
            throw NodeError(
                .badConfiguration, "config.json 无法识别：\(error.place)", "config.json is not readable: \(error.place)")
        }
    }

    /// Makes the folder; `makeStore` fills the store. `config.json` comes last, so a folder half made is no node; when
    /// something fails, nothing stays behind.
    public static func create(
        _ path: String, _ contents: Contents, makeStore: (NodeFolder) throws -> Void
    ) throws -> NodeFolder {
        let folder = NodeFolder(path: absolute(path), config: contents.config)
        try folder.checkSocketPath()
        let isNew = try folder.makeDirectory()
        do {
            try folder.write(contents.keyText + "\n", to: folder.keyPath, mode: 0o600)
            try folder.write(contents.storeKeyText + "\n", to: folder.storeKeyPath, mode: 0o600)
            try folder.write(contents.tlsKey, to: folder.tlsKeyPath, mode: 0o600)
            try folder.write(contents.tlsCertificate, to: folder.tlsCertificatePath, mode: 0o644)
            // SQLite gives the files beside the store the mode of the store.
            try folder.write("", to: folder.storePath, mode: 0o600)
            try makeStore(folder)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let config = String(decoding: try encoder.encode(contents.config), as: UTF8.self)
            try folder.write(config + "\n", to: folder.configPath, mode: 0o600)
        } catch {
            folder.clear(removingFolder: isNew)
            throw error
        }
        return folder
    }

    /// The node's key as it lies there, wrapped. Refused when group or others may read the file.
    public func keyText() throws -> String {
        try secretText(keyPath)
    }

    func secretText(_ path: String) throws -> String {
        try secret(path).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// PEM.
    public func tlsCertificate() throws -> String { try text(tlsCertificatePath) }

    /// PEM. Refused when group or others may read the file.
    public func tlsKey() throws -> String { try secret(tlsKeyPath) }

    /// Puts a file in the place of another, whole or not at all, and on the disk when this returns.
    func replace(_ text: String, at path: String) throws {
        let new = path + ".new"
        unlink(new)
        try write(text, to: new, mode: 0o600)
        Failpoint.fileWritten.reach()
        try Files.move(new, to: path)
    }

    // MARK: The process

    /// The number in `pid`; nil without such a file.
    public func processID() throws -> Int32? {
        guard FileManager.default.fileExists(atPath: pidPath) else { return nil }
        guard let number = Int32(try text(pidPath).trimmingCharacters(in: .whitespacesAndNewlines)), number > 1 else {
            throw NodeError(.badConfiguration, "\(pidPath) 中不是进程号", "there is no process number in \(pidPath)")
        }
        return number
    }

    public func writeProcessID(_ number: Int32) throws {
        let new = pidPath + ".new"
        unlink(new)
        try write("\(number)\n", to: new, mode: 0o600)
        try Files.move(new, to: pidPath)
    }

    public func removeProcessID() throws {
        guard unlink(pidPath) != 0, errno != ENOENT else { return }
        throw Files.failure(pidPath)
    }

    /// A Unix socket's path has at most 107 bytes; the longer one is refused here, where the reason can be said.
    public func checkSocketPath() throws {
        guard socketPath.utf8.count > 107 else { return }
        throw NodeError(
            .badConfiguration, "节点目录的路径过长（api.sock 至多 107 字节）：\(path)",
            "the folder's path is too long for its socket (107 bytes with api.sock): \(path)")
    }

    // MARK: Files

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// Whether the folder was made; an empty one that is there already is taken.
    private func makeDirectory() throws -> Bool {
        let manager = FileManager.default
        do {
            if manager.fileExists(atPath: path) {
                let names = try manager.contentsOfDirectory(atPath: path)
                guard names.isEmpty else {
                    let isNode = names.contains("config.json")
                    throw NodeError(
                        .conflict, isNode ? "\(path) 中已有节点" : "\(path) 不是空目录",
                        isNode ? "there is a node in \(path) already" : "\(path) is not empty")
                }
                try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
                return false
            }
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try manager.createDirectory(at: parent, withIntermediateDirectories: true)
        } catch let error as NodeError {
            throw error
        } catch {
            throw NodeError(.badConfiguration, "无法建立目录 \(path)", "the folder \(path) cannot be made: \(error)")
        }
        guard mkdir(path, 0o700) == 0 else { throw Files.failure(path) }
        return true
    }

    /// Only files that no one else made in the meantime.
    func write(_ text: String, to path: String, mode: mode_t) throws {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Files.failure(path) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        defer { Files.close(handle) }
        try Files.write(text.utf8, to: handle, path)
        try Files.sync(handle, path)
    }

    func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw NodeError(.badConfiguration, "无法读取 \(path)", "\(path) cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }

    func secret(_ path: String) throws -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Files.failure(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw NodeError(
                .badConfiguration, "\(path) 可被其他用户读取，拒绝使用：请先 chmod 600，并考虑更换密钥",
                "\(path) is open to other users and is refused: chmod 600 it, and consider a new key")
        }
        return try text(path)
    }

    private func clear(removingFolder: Bool) {
        let names =
            [keyPath, storeKeyPath, tlsKeyPath, tlsCertificatePath, storePath + "-shm", configPath, path + "/life.json"]
            + storeFiles
        for name in names { unlink(name) }
        if removingFolder { rmdir(path) }
    }
}
