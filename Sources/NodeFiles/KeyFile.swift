internal import Foundation
internal import NodeCore
public import SyncProtocol

/// A secret key as it lies on the disk: sealed under a key made from a passphrase that lies elsewhere.
public enum KeyFile {
    /// What a key is for: a file of one purpose cannot stand for one of another.
    public enum Purpose: String, Sendable {
        /// The node's signing key.
        case node = "key"
        /// Opens the data keys of the store.
        case store = "store-key"
        /// The private half of the matching key.
        case matching = "matching-key"
        /// The office's certificate authority, as PEM.
        case authority = "authority-key"
    }

    private struct File: Codable {
        let format: Int
        let suite: UInt8
        /// Of `PassphraseKey`.
        let cost: Int
        let salt: String
        let sealed: String
    }

    /// `text`: a key as `NodeSetup.keyText` makes it.
    public static func wrap(_ text: String, _ passphrase: [UInt8], cost: Int? = nil, entropy: (Int) -> [UInt8]) throws
        -> String
    {
        let key = try NodeSetup.makeKey(text: text)
        return try wrap(key.seed, key.suite, .node, passphrase, cost: cost, entropy: entropy)
    }

    /// Any secret bytes; a seed has 32.
    public static func wrap(
        _ seed: [UInt8], _ suite: Suite, _ purpose: Purpose, _ passphrase: [UInt8], cost: Int? = nil,
        entropy: (Int) -> [UInt8]
    ) throws -> String {
        let salt = entropy(16)
        let cost = cost ?? PassphraseKey.costDefault(suite)
        let sealed = try AEAD.seal(
            seed, key: wrapping(passphrase, salt, cost, suite), nonce: nonce, authenticating: header(purpose, suite),
            suite: suite)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let file = File(
            format: 1, suite: suite.rawValue, cost: cost, salt: Hex.encode(salt), sealed: Hex.encode(sealed))
        return String(decoding: try encoder.encode(file), as: UTF8.self)
    }

    public static func unwrap(_ text: String, _ passphrase: [UInt8], of path: String) throws -> SigningKey {
        let (seed, suite) = try unwrap(text, .node, passphrase, of: path)
        return try SigningKey(suite: suite, seed: seed)
    }

    public static func unwrap(_ text: String, _ purpose: Purpose, _ passphrase: [UInt8], of path: String) throws -> (
        seed: [UInt8], suite: Suite
    ) {
        guard let file = parse(text), let suite = Suite(rawValue: file.suite), let salt = Hex.decode(file.salt),
            let sealed = Hex.decode(file.sealed)
        else {
            throw NodeError(
                .badConfiguration, "\(path) 不是加密的密钥文件，拒绝使用", "\(path) is no wrapped key and is refused")
        }
        do {
            let seed = try AEAD.open(
                sealed, key: wrapping(passphrase, salt, file.cost, suite), nonce: nonce,
                authenticating: header(purpose, suite), suite: suite)
            return (seed: seed, suite: suite)
        } catch let error as ProtocolError where error.code == .badSignature {
            throw NodeError(.badConfiguration, "口令打不开 \(path)", "the passphrase does not open \(path)")
        }
    }

    private static func parse(_ text: String) -> File? {
        do {
            let file = try JSONDecoder().decode(File.self, from: Data(text.utf8))
            return file.format == 1 ? file : nil
        } catch { return nil }
    }

    private static func wrapping(_ passphrase: [UInt8], _ salt: [UInt8], _ cost: Int, _ suite: Suite) throws -> [UInt8] {
        try PassphraseKey.derive(passphrase, salt: salt, cost: cost, count: AEAD.keySize(suite), suite: suite)
    }

    /// The key is used once: its salt is drawn for this file.
    private static let nonce = [UInt8](repeating: 0, count: 12)

    private static func header(_ purpose: Purpose, _ suite: Suite) -> [UInt8] {
        Array("bangfu/1/\(purpose.rawValue)/\(suite.rawValue)".utf8)
    }
}

extension NodeFolder {
    /// Where `init` and a restore write the passphrase until somebody puts it elsewhere.
    public static func passphrasePath(beside folder: String) -> String {
        URL(fileURLWithPath: folder).standardizedFileURL.path + ".passphrase"
    }

    /// Where it lies in a folder that is being restored, and in one that an earlier program restored.
    var restoredPassphrasePath: String { path + "/passphrase" }

    /// What opens this node's keys: a credential of the service manager, the file that `config.json` names, or what
    /// `init` or a restore left beside the folder.
    public func passphrase() throws -> [UInt8] {
        guard let place = passphrasePlace else {
            throw NodeError(
                .badConfiguration, "找不到口令文件：请在 config.json 的 passphraseFile 写明，或由 systemd 提供 bangfu-passphrase",
                "there is no passphrase: name its file as passphraseFile in config.json, or give systemd's credential "
                    + "bangfu-passphrase")
        }
        // The service manager sees to its own files.
        let text = place == credential ? try Files.text(place) : try secretText(place)
        return Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
    }

    private var credential: String? {
        ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"].map { $0 + "/bangfu-passphrase" }
    }

    /// Where it lies now; nil when nowhere.
    var passphrasePlace: String? {
        [credential, config.passphraseFile, NodeFolder.passphrasePath(beside: path), restoredPassphrasePath].compactMap {
            $0
        }
        .first { FileManager.default.fileExists(atPath: $0) }
    }
}
