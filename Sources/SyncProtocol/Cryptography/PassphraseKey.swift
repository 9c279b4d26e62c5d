internal import CLibCrypto

/// A key made from what a person or a machine keeps secret, slowly, so that guessing is dear: scrypt (RFC 7914) in suite 1,
/// PBKDF2 (RFC 8018) with HMAC-SM3 in suite 2.
public enum PassphraseKey {
    /// scrypt with blocks of 1 KiB and three lanes: 32 MiB, a quarter of a second. PBKDF2: iterations.
    public static func costDefault(_ suite: Suite) -> Int {
        switch suite {
        case .international: 32_768
        case .national: 600_000
        }
    }

    /// A file may ask for more than it should: bounds what opening it costs.
    private static let costMax = 4_000_000
    private static let memoryMax: UInt64 = 2 << 30
    private static let blockSize: UInt64 = 8
    private static let lanes: UInt64 = 3

    public static func derive(
        _ passphrase: [UInt8], salt: [UInt8], cost: Int, count: Int, suite: Suite
    ) throws -> [UInt8] {
        guard !passphrase.isEmpty, passphrase.count <= 1_024, salt.count >= 16, (1_024...costMax).contains(cost) else {
            throw ProtocolError(.cryptography, "a passphrase, 16 bytes of salt, and a cost of 1,024 to \(costMax)")
        }
        var output = [UInt8](repeating: 0, count: count)
        let isDone = passphrase.withUnsafeBytes { bytes in
            let characters = bytes.bindMemory(to: CChar.self)
            switch suite {
            case .international:
                return EVP_PBE_scrypt(
                    characters.baseAddress, characters.count, salt, salt.count, UInt64(cost), blockSize, lanes, memoryMax,
                    &output, count)
            case .national:
                return PKCS5_PBKDF2_HMAC(
                    characters.baseAddress, Int32(characters.count), salt, Int32(salt.count), Int32(cost), EVP_sm3(),
                    Int32(count), &output)
            }
        }
        guard isDone == 1 else { throw ProtocolError(.cryptography, "OpenSSL made no key of a passphrase") }
        return output
    }
}
