internal import CLibCrypto

/// SM4 (GB/T 32907) in counter mode.
enum SM4 {
    /// An address, since pointers do not cross threads by themselves; what it points to is never changed nor freed.
    private static let address = UInt(bitPattern: EVP_CIPHER_fetch(nil, "SM4-CTR", nil))

    static var cipher: OpaquePointer? { OpaquePointer(bitPattern: address) }

    /// `counter` is the first counter block, 16 bytes; encrypting and decrypting are one act. At most 2 GiB.
    static func counterMode(_ bytes: [UInt8], key: [UInt8], counter: [UInt8]) throws -> [UInt8] {
        precondition(key.count == 16 && counter.count == 16)
        guard let context = EVP_CIPHER_CTX_new() else { throw ProtocolError(.cryptography, "no memory for a cipher") }
        defer { EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: bytes.count)
        var length: Int32 = 0
        guard EVP_EncryptInit_ex(context, cipher, nil, key, counter) == 1,
            EVP_EncryptUpdate(context, &output, &length, bytes, Int32(bytes.count)) == 1
        else { throw ProtocolError(.cryptography, "SM4-CTR could not encrypt") }
        return output
    }
}
