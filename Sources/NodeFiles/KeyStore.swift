internal import Foundation
public import NodeCore
public import SyncProtocol

/// Where a node's keys lie: files here, a hardware device elsewhere.
public protocol KeyStore: Sendable {
    /// What opens the data keys of the node's store.
    func storeKey() throws -> StoreKey
    func current() throws -> SigningKey
    /// The key that will be next: made once, and the same until it is promoted or given up.
    func next(_ suite: Suite, entropy: (Int) -> [UInt8]) throws -> SigningKey
    /// The next key if there is one; made by a rotation that did not come to its end.
    func waiting() throws -> SigningKey?
    /// The next key becomes the current one, on the disk when this returns.
    func promote() throws
}

extension NodeFolder: KeyStore {
    private var nextKeyPath: String { keyPath + ".next" }

    public func storeKey() throws -> StoreKey {
        guard FileManager.default.fileExists(atPath: storeKeyPath) else {
            throw NodeError(
                .badConfiguration, "缺少 store.key，数据库打不开：请由备份恢复节点目录",
                "store.key is missing, and without it the store does not open: restore the folder from a backup")
        }
        let (seed, suite) = try KeyFile.unwrap(secretText(storeKeyPath), .store, passphrase(), of: storeKeyPath)
        return StoreKey(seed: seed, suite: suite)
    }

    /// For a node of an earlier program, whose store has no key yet.
    func makeStoreKey(_ suite: Suite, entropy: (Int) -> [UInt8]) throws {
        guard !FileManager.default.fileExists(atPath: storeKeyPath) else { return }
        let text = try KeyFile.wrap(entropy(NodeSetup.seedSize), suite, .store, passphrase(), entropy: entropy)
        try replace(text + "\n", at: storeKeyPath)
    }

    public func current() throws -> SigningKey {
        try KeyFile.unwrap(keyText(), passphrase(), of: keyPath)
    }

    public func waiting() throws -> SigningKey? {
        guard FileManager.default.fileExists(atPath: nextKeyPath) else { return nil }
        return try KeyFile.unwrap(secretText(nextKeyPath), passphrase(), of: nextKeyPath)
    }

    public func next(_ suite: Suite, entropy: (Int) -> [UInt8]) throws -> SigningKey {
        if let waiting = try waiting(), waiting.suite == suite { return waiting }
        let text = NodeSetup.keyText(suite, entropy: entropy)
        try replace(try KeyFile.wrap(text, passphrase(), entropy: entropy) + "\n", at: nextKeyPath)
        return try NodeSetup.makeKey(text: text)
    }

    public func promote() throws { try Files.move(nextKeyPath, to: keyPath) }
}
