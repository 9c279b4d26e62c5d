internal import Foundation
internal import NodeCore
public import SyncProtocol

/// The private half of the matching key, at the national node alone: under the node's passphrase, like its own key.
extension NodeFolder {
    /// Never overwrites one.
    public func writeMatchingKey(seed: [UInt8], suite: Suite, entropy: (Int) -> [UInt8]) throws {
        guard !FileManager.default.fileExists(atPath: matchingKeyPath) else {
            throw NodeError(.conflict, "已有比对密钥：\(matchingKeyPath)", "there is a matching key already: \(matchingKeyPath)")
        }
        let text = try KeyFile.wrap(seed, suite, .matching, passphrase(), entropy: entropy)
        try write(text + "\n", to: matchingKeyPath, mode: 0o600)
    }

    public func removeMatchingKey() throws {
        guard unlink(matchingKeyPath) != 0, errno != ENOENT else { return }
        throw Files.failure(matchingKeyPath)
    }

    /// Refused when group or others may read the file, and when it lies there open.
    public func matchingKey() throws -> ExchangeKey {
        let text = try secretText(matchingKeyPath)
        guard openMatchingKey(text) == nil else {
            throw NodeError(
                .badConfiguration, "matching.key 未加密，拒绝使用：请运行 nodectl matching wrap-key",
                "matching.key lies open and is refused: run nodectl matching wrap-key")
        }
        let (seed, suite) = try KeyFile.unwrap(text, .matching, passphrase(), of: matchingKeyPath)
        return try ExchangeKey(seed: seed, suite: suite)
    }

    /// Puts a matching key that an earlier program left open under the passphrase.
    public func wrapMatchingKey(entropy: (Int) -> [UInt8]) throws {
        guard let key = openMatchingKey(try secretText(matchingKeyPath)) else {
            throw NodeError(.conflict, "matching.key 已经加密", "matching.key is wrapped already")
        }
        let text = try KeyFile.wrap(key.seed, key.suite, .matching, passphrase(), entropy: entropy)
        try replace(text + "\n", at: matchingKeyPath)
    }

    private func openMatchingKey(_ text: String) -> SigningKey? {
        do { return try NodeSetup.makeKey(text: text) } catch { return nil }
    }
}
