internal import CLibCrypto

/// 32 bytes of SHA-256 or SM3; which one is known from where it stands.
public struct Digest: FixedBytes {
    public static let size = 32
    private let w0, w1, w2, w3: UInt64
    public init(word: (Int) -> UInt64) { (w0, w1, w2, w3) = (word(0), word(1), word(2), word(3)) }
    public func word(_ index: Int) -> UInt64 {
        switch index {
        case 0: w0
        case 1: w1
        case 2: w2
        default: w3
        }
    }
}

/// The first byte of everything that is hashed, so that a digest of one kind of thing can never stand for another.
public enum DigestDomain: UInt8 {
    case leaf = 0x00
    case node = 0x01
    case seal = 0x02
    case packed = 0x03
    case context = 0x04
    case statement = 0x05
    case audit = 0x06
    case section = 0x10
    case key = 0x30
    case exchangeKey = 0x31
}

/// A digest being made: SHA-256 with its state on the stack, or SM3, whose state OpenSSL keeps to itself.
public struct DigestBuilder: ~Copyable {
    private var sha256 = SHA256_CTX()
    /// Nil in suite 1.
    private let sm3: OpaquePointer?

    public init(_ domain: DigestDomain, _ suite: Suite = .international) {
        self.init(suite)
        append(byte: domain.rawValue)
    }

    /// A plain digest without a domain byte, for formats that are not ours.
    public init(_ suite: Suite = .international) {
        switch suite {
        case .international:
            sm3 = nil
            SHA256_Init(&sha256)
        case .national:
            sm3 = EVP_MD_CTX_new()
            precondition(EVP_DigestInit_ex(sm3, SM3.algorithm, nil) == 1, "OpenSSL has no SM3")
        }
    }

    private init(_ sha256: SHA256_CTX, _ sm3: OpaquePointer?) {
        self.sha256 = sha256
        self.sm3 = sm3
    }

    /// The same digest as far as it has come, to be continued another way.
    func copy() -> DigestBuilder {
        guard let sm3 else { return DigestBuilder(sha256, nil) }
        let twin = EVP_MD_CTX_new()
        precondition(EVP_MD_CTX_copy_ex(twin, sm3) == 1, "OpenSSL cannot copy a digest")
        return DigestBuilder(sha256, twin)
    }

    deinit { EVP_MD_CTX_free(sm3) }

    public mutating func append(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { append(buffer: UnsafeRawBufferPointer($0)) }
        if done == nil { append(Array(bytes)) }
    }

    public mutating func append(_ digest: Digest) { digest.withBytes { append(buffer: $0) } }

    mutating func append(byte: UInt8) { withUnsafeBytes(of: byte) { append(buffer: $0) } }

    mutating func append(buffer: UnsafeRawBufferPointer) {
        guard let base = buffer.baseAddress else { return }
        if let sm3 { EVP_DigestUpdate(sm3, base, buffer.count) } else { SHA256_Update(&sha256, base, buffer.count) }
    }

    /// Ends the digest; nothing may be appended afterwards.
    public mutating func finish() -> Digest {
        var output: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &output) { buffer in
            let bytes = buffer.bindMemory(to: UInt8.self).baseAddress
            if let sm3 { EVP_DigestFinal_ex(sm3, bytes, nil) } else { SHA256_Final(bytes, &sha256) }
        }
        return withUnsafeBytes(of: output) { words in
            Digest { UInt64(bigEndian: words.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
    }

    /// H(domain || parts...).
    public static func digest(
        _ domain: DigestDomain, _ parts: ArraySlice<UInt8>..., suite: Suite = .international
    ) -> Digest {
        var builder = DigestBuilder(domain, suite)
        for part in parts { builder.append(part) }
        return builder.finish()
    }
}

/// OpenSSL's SM3, looked up once: a look-up for each digest would cost as much as the digest.
enum SM3 {
    /// An address, since pointers do not cross threads by themselves; what it points to is never changed nor freed.
    private static let address = UInt(bitPattern: EVP_MD_fetch(nil, "SM3", nil))

    static var algorithm: OpaquePointer? { OpaquePointer(bitPattern: address) }
}
