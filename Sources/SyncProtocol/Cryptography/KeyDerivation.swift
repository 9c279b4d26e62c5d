/// HKDF (RFC 5869) and the HMAC (RFC 2104) it stands on, with the hash of a suite. Made of digests by hand: OpenSSL 3 looks
/// the algorithm up at each call, which would be most of the price of a salt.
public enum KeyDerivation {
    public static func hmac(key: [UInt8], _ message: [UInt8], suite: Suite = .international) -> [UInt8] {
        authentication(key: key, [message[...]], suite).bytes
    }

    /// HMAC over the parts one behind the other.
    static func authentication(key: [UInt8], _ parts: [ArraySlice<UInt8>], _ suite: Suite) -> Digest {
        let key = AuthenticationKey(key, suite)
        var inner = key.begin()
        for part in parts { inner.append(part) }
        return key.end(&inner)
    }

    /// `count` is at most 255 x 32 bytes.
    public static func hkdf(
        secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int, suite: Suite = .international
    ) -> [UInt8] {
        expand(extract(secret: secret, salt: salt, suite), info: info, count: count)
    }

    /// The first half of HKDF: the key under which any number of outputs can be drawn.
    static func extract(secret: [UInt8], salt: [UInt8] = [], _ suite: Suite) -> AuthenticationKey {
        let key = salt.isEmpty ? AuthenticationKey.zero(suite) : AuthenticationKey(salt, suite)
        var inner = key.begin()
        inner.append(secret)
        return AuthenticationKey(key.end(&inner), suite)
    }

    static func expand(_ key: borrowing AuthenticationKey, info: [UInt8], count: Int) -> [UInt8] {
        precondition(count <= 255 * 32)
        var output = [UInt8]()
        output.reserveCapacity((count + 31) / 32 * 32)
        var last: Digest?
        var counter: UInt8 = 0
        while output.count < count {
            counter += 1
            var inner = key.begin()
            if let last { inner.append(last) }
            inner.append(info)
            inner.append(byte: counter)
            let block = key.end(&inner)
            block.withBytes { output.append(contentsOf: $0) }
            last = block
        }
        output.removeLast(output.count - count)
        return output
    }
}

/// A key of HMAC whose two padded blocks were digested already: each use costs two blocks less.
struct AuthenticationKey: ~Copyable {
    private let inner: DigestBuilder
    private let outer: DigestBuilder

    private static let blockSize = 64

    init(_ key: [UInt8], _ suite: Suite) {
        if key.count > AuthenticationKey.blockSize {
            var long = DigestBuilder(suite)
            long.append(key)
            self.init(long.finish(), suite)
        } else {
            self.init(suite) { block in for index in key.indices { block[index] = key[index] } }
        }
    }

    init(_ key: Digest, _ suite: Suite) {
        self.init(suite) { block in key.withBytes { block.copyBytes(from: $0) } }
    }

    /// The key of HKDF without a salt.
    static func zero(_ suite: Suite) -> AuthenticationKey { AuthenticationKey([], suite) }

    private init(_ suite: Suite, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        var block = InlineArray<8, UInt64>(repeating: 0)
        withUnsafeMutableBytes(of: &block, fill)
        inner = AuthenticationKey.padded(&block, 0x3636_3636_3636_3636, suite)
        outer = AuthenticationKey.padded(&block, 0x3636_3636_3636_3636 ^ 0x5C5C_5C5C_5C5C_5C5C, suite)
    }

    private static func padded(_ block: inout InlineArray<8, UInt64>, _ pad: UInt64, _ suite: Suite) -> DigestBuilder {
        for index in 0..<8 { block[index] ^= pad }
        var builder = DigestBuilder(suite)
        withUnsafeBytes(of: block) { builder.append(buffer: $0) }
        return builder
    }

    /// Append the message to this, then `end` it.
    func begin() -> DigestBuilder { inner.copy() }

    func end(_ message: inout DigestBuilder) -> Digest {
        var last = outer.copy()
        last.append(message.finish())
        return last.finish()
    }
}
