public import SyncProtocol

/// What a store's data keys are wrapped with. It comes from where the node keeps its keys, never from the store.
public struct StoreKey: Sendable {
    public let suite: Suite
    private let bytes: [UInt8]

    /// `seed`: 32 secret bytes, used for nothing else.
    public init(seed: [UInt8], suite: Suite) {
        self.suite = suite
        bytes = KeyDerivation.hkdf(
            secret: seed, info: Array("bangfu/1/store-key".utf8), count: AEAD.keySize(suite), suite: suite)
    }

    /// A key that everybody knows, for stores that hold nothing real: tests and measurements.
    package static let known = StoreKey(seed: [UInt8](repeating: 0, count: 32), suite: .international)

    /// Nonce, ciphertext and tag.
    func wrap(_ secret: [UInt8], as name: String, nonce: [UInt8]) throws -> [UInt8] {
        try nonce + AEAD.seal(secret, key: bytes, nonce: nonce, authenticating: StoreKey.header(name), suite: suite)
    }

    func unwrap(_ wrapped: [UInt8], as name: String) throws -> [UInt8] {
        do {
            return try AEAD.open(
                Array(wrapped.dropFirst(StoreKey.nonceSize)), key: bytes, nonce: Array(wrapped.prefix(StoreKey.nonceSize)),
                authenticating: StoreKey.header(name), suite: suite)
        } catch is ProtocolError {
            throw NodeError(
                .storeLocked, "此库的数据密钥须用另一把密钥打开：请检查 store.key 与口令是否属于本节点",
                "another key opens the data keys of this store: see that store.key and the passphrase are this node's")
        }
    }

    static let nonceSize = 12

    private static func header(_ name: String) -> [UInt8] { Array("bangfu/1/data-key/\(name)".utf8) }
}
