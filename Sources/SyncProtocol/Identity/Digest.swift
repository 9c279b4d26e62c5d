internal import CLibCrypto

/// 32 bytes of SHA-256 (suite 1).
public struct Digest: FixedBytes {
    public static let size = 32
    private let w0, w1, w2, w3: UInt64
    public init(words: [UInt64]) { (w0, w1, w2, w3) = (words[0], words[1], words[2], words[3]) }
    public var words: [UInt64] { [w0, w1, w2, w3] }
}

/// The first byte of everything that is hashed, so that a digest of one kind of thing can never stand for another.
public enum DigestDomain: UInt8 {
    case leaf = 0x00
    case node = 0x01
    case seal = 0x02
    case packed = 0x03
    case context = 0x04
    case section = 0x10
    case key = 0x30
}

/// A digest being made. The state lives on the stack.
public struct DigestBuilder {
    private var state = SHA256_CTX()

    public init(_ domain: DigestDomain) {
        SHA256_Init(&state)
        var byte = domain.rawValue
        SHA256_Update(&state, &byte, 1)
    }

    /// A plain SHA-256 without a domain byte, for formats that are not ours.
    public init() { SHA256_Init(&state) }

    public mutating func append(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            if let base = buffer.baseAddress { SHA256_Update(&state, base, buffer.count) }
        }
        if done == nil { append(Array(bytes)) }
    }

    public mutating func append(_ digest: Digest) { append(digest.bytes) }

    public mutating func finish() -> Digest {
        var output = [UInt8](repeating: 0, count: Digest.size)
        SHA256_Final(&output, &state)
        return Digest(
            words: stride(from: 0, to: 32, by: 8).map { start in
                output[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            })
    }

    /// H(domain || parts...).
    public static func digest(_ domain: DigestDomain, _ parts: ArraySlice<UInt8>...) -> Digest {
        var builder = DigestBuilder(domain)
        for part in parts { builder.append(part) }
        return builder.finish()
    }
}
