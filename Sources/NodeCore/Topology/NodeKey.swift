public import SyncProtocol

/// A node's private key as it stands in its file: 64 hexadecimal digits.
extension NodeSetup {
    /// Bytes of the seed.
    public static let seedSize = 32

    public static func seedHex(entropy: (Int) -> [UInt8]) -> String { Hex.encode(entropy(seedSize)) }

    public static func makeKey(seedHex: String) throws -> SigningKey {
        guard let seed = Hex.decode(seedHex), seed.count == seedSize else {
            throw NodeError(
                .badConfiguration, "节点密钥须为 \(seedSize * 2) 位十六进制数", "a node's key is \(seedSize * 2) hexadecimal digits")
        }
        return try SigningKey(suite: .international, seed: seed)
    }
}
