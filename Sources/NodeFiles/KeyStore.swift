internal import NodeCore
internal import Foundation
public import SyncProtocol

/// Where a node's signing key lies: a file here, a hardware device elsewhere.
public protocol KeyStore: Sendable {
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
