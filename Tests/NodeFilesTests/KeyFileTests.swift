import Foundation
import NodeCore
import SyncProtocol
import Testing

@testable import NodeFiles

@Suite struct KeyFileTests {
    private static let passphrase = Array("correct horse battery".utf8)

    private static func entropy(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0) } }

    private static func wrapped(_ suite: Suite) throws -> (text: String, file: String) {
        let text = NodeSetup.keyText(suite, entropy: entropy)
        return (text: text, file: try KeyFile.wrap(text, passphrase, cost: 1_024, entropy: entropy))
    }

    /// Computed by another program (hashlib.scrypt of Python).
    @Test func `a key of a passphrase is that of scrypt`() throws {
        let key = try PassphraseKey.derive(
            Self.passphrase, salt: Self.entropy(16), cost: 1_024, count: 32, suite: .international)
        #expect(Hex.encode(key) == "59e95318ca63a18a2bff2c997c97fbcaf39b34f71180d5242721b100fb29c8b2")
    }

    @Test(arguments: Suite.allCases) func `a wrapped key comes back with its passphrase alone`(_ suite: Suite) throws {
        let (text, file) = try Self.wrapped(suite)
        let key = try NodeSetup.makeKey(text: text)
        #expect(try KeyFile.unwrap(file, Self.passphrase, of: "k").publicKey == key.publicKey)
        #expect(!file.contains(Hex.encode(key.seed)))
        #expect(throws: NodeError(.badConfiguration, "", "")) {
            try KeyFile.unwrap(file, Self.passphrase.dropLast(), of: "k")
        }
    }

    @Test func `a key that lies open is refused, and so is a damaged one`() throws {
        let (text, file) = try Self.wrapped(.international)
        for wrong in [text, "", "{}", file.replacing("\"format\" : 1", with: "\"format\" : 2")] {
            #expect(throws: NodeError(.badConfiguration, "", "")) { try KeyFile.unwrap(wrong, Self.passphrase, of: "k") }
        }
        // A file cannot make its reader work for ever.
        let dear = file.replacing("\"cost\" : 1024", with: "\"cost\" : 999999999999")
        #expect(dear != file)
        #expect(throws: ProtocolError(.cryptography, "")) { try KeyFile.unwrap(dear, Self.passphrase, of: "k") }
        for digit in ["0", "f"] {
            let sealed = try #require(file.range(of: "\"sealed\" : \""))
            var damaged = file
            damaged.replaceSubrange(sealed.upperBound..<damaged.index(after: sealed.upperBound), with: digit)
            guard damaged != file else { continue }
            #expect(throws: NodeError(.badConfiguration, "", "")) { try KeyFile.unwrap(damaged, Self.passphrase, of: "k") }
        }
    }

    @Test func `the passphrase is looked for where the configuration says, and only in a file of its owner`() throws {
        let root = FileManager.default.temporaryDirectory.path + "/kf-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(atPath: root) } catch { Issue.record(error) }
        }
        let place = root + "/word"
        let folder = NodeFolder(
            path: root, config: try NodeConfig(seat: "370285", listen: "127.0.0.1:7003", passphraseFile: place))
        #expect(throws: NodeError(.badConfiguration, "", "")) { try folder.passphrase() }
        try Data("correct horse battery\n".utf8).write(to: URL(fileURLWithPath: place))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place)
        #expect(throws: NodeError(.badConfiguration, "", "")) { try folder.passphrase() }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place)
        #expect(try folder.passphrase() == Self.passphrase)
        // What came out of a backup serves where the machine's own file is gone.
        try FileManager.default.moveItem(atPath: place, toPath: root + "/passphrase")
        #expect(try folder.passphrase() == Self.passphrase)
    }

    @Test(arguments: Suite.allCases) func `a key of one purpose does not open as one of another`(_ suite: Suite) throws {
        let seed = Self.entropy(32)
        let file = try KeyFile.wrap(seed, suite, .store, Self.passphrase, cost: 1_024, entropy: Self.entropy)
        let opened = try KeyFile.unwrap(file, .store, Self.passphrase, of: "k")
        #expect(opened.seed == seed && opened.suite == suite)
        for purpose in [KeyFile.Purpose.node, .matching] {
            #expect(throws: NodeError(.badConfiguration, "", "")) {
                try KeyFile.unwrap(file, purpose, Self.passphrase, of: "k")
            }
        }
    }

    @Test func `the matching key lies wrapped, and one that lies open is refused`() throws {
        let root = FileManager.default.temporaryDirectory.path + "/kf-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(atPath: root) } catch { Issue.record(error) }
        }
        let place = root + "/word"
        let isMade = FileManager.default.createFile(
            atPath: place, contents: Data(Self.passphrase), attributes: [.posixPermissions: 0o600])
        #expect(isMade)
        let folder = NodeFolder(
            path: root, config: try NodeConfig(seat: "000000", listen: "127.0.0.1:7000", passphraseFile: place))
        let seed = Self.entropy(32)
        let key = try ExchangeKey(seed: seed, suite: .international)
        try folder.writeMatchingKey(seed: seed, suite: .international, entropy: Self.entropy)
        #expect(try folder.matchingKey().publicBytes == key.publicBytes)
        let text = try String(contentsOfFile: folder.matchingKeyPath, encoding: .utf8)
        #expect(!text.contains(Hex.encode(seed)))
        #expect(throws: NodeError(.conflict, "", "")) {
            try folder.writeMatchingKey(seed: seed, suite: .international, entropy: Self.entropy)
        }
        // As an earlier program left it.
        try folder.replace(Hex.encode(seed) + "\n", at: folder.matchingKeyPath)
        #expect(throws: NodeError(.badConfiguration, "", "")) { try folder.matchingKey() }
        try folder.wrapMatchingKey(entropy: Self.entropy)
        #expect(try folder.matchingKey().publicBytes == key.publicBytes)
        #expect(throws: NodeError(.conflict, "", "")) { try folder.wrapMatchingKey(entropy: Self.entropy) }
    }
}
