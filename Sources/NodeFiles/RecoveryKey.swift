internal import Foundation
internal import NodeCore
public import SyncProtocol

/// The public half of the key that opens a node's backups. The private half lies offline: a thief of the node's machine
/// cannot read its old backups, and neither can the node.
public struct RecoveryKey: Sendable, Hashable {
    public let suite: Suite
    public let bytes: [UInt8]

    /// `1:` or `2:`, then hexadecimal.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let number = UInt8(parts[0]), let suite = Suite(rawValue: number),
            let bytes = Hex.decode(parts[1]), bytes.count == suite.keySize
        else { return nil }
        self.suite = suite
        self.bytes = bytes
    }

    init(_ key: ExchangeKey) {
        suite = key.suite
        bytes = key.publicBytes
    }

    public var text: String { "\(suite.rawValue):\(Hex.encode(bytes))" }

    private struct File: Codable {
        let suite: UInt8
        let seed: String
        let publicKey: String
    }

    /// A new pair: the public half for `config.json`, the private one as the text of a file to be carried away.
    public static func make(_ suite: Suite, entropy: (Int) -> [UInt8]) throws -> (key: RecoveryKey, file: String) {
        let seed = entropy(NodeSetup.seedSize)
        let key = RecoveryKey(try ExchangeKey(seed: seed, suite: suite))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let file = File(suite: suite.rawValue, seed: Hex.encode(seed), publicKey: key.text)
        return (key: key, file: String(decoding: try encoder.encode(file), as: UTF8.self) + "\n")
    }

    /// The private half from its file.
    public static func open(_ text: [UInt8]) throws -> ExchangeKey {
        do {
            let file = try JSONDecoder().decode(File.self, from: Data(text))
            guard let seed = Hex.decode(file.seed), let suite = Suite(rawValue: file.suite) else {
                throw ProtocolError(.cryptography, "not hexadecimal")
            }
            return try ExchangeKey(seed: seed, suite: suite)
        } catch {
            throw NodeError(.badRequest, "不是恢复密钥文件", "that is no recovery key")
        }
    }
}
