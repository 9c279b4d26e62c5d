public import SyncProtocol

/// A node's private key as it stands in its file: 64 hexadecimal digits, in the national suite behind `sm2:`.
extension NodeSetup {
    /// Bytes of the seed.
    public static let seedSize = 32
    private static let nationalMark = "sm2:"

    /// A new key. Its suite is the node's for good: everything the node signs and hashes is of it.
    public static func keyText(_ suite: Suite = .international, entropy: (Int) -> [UInt8]) -> String {
        (suite == .national ? nationalMark : "") + Hex.encode(entropy(seedSize))
    }

    public static func makeKey(text: String) throws -> SigningKey {
        let isNational = text.hasPrefix(nationalMark)
        guard let seed = Hex.decode(String(text.dropFirst(isNational ? nationalMark.count : 0))), seed.count == seedSize
        else {
            throw NodeError(
                .badConfiguration, "节点密钥须为 \(seedSize * 2) 位十六进制数（国密前加 \(nationalMark)）",
                "a node's key is \(seedSize * 2) hexadecimal digits, behind \(nationalMark) in the national suite")
        }
        return try SigningKey(suite: isNational ? .national : .international, seed: seed)
    }
}
