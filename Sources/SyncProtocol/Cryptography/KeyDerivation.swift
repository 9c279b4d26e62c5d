/// HKDF (RFC 5869) and the HMAC (RFC 2104) it stands on, with the hash of a suite. Made of digests by hand: OpenSSL 3 looks
/// the algorithm up at each call, which would be most of the price of a salt.
public enum KeyDerivation {
    private static let blockSize = 64

    public static func hmac(key: [UInt8], _ message: [UInt8], suite: Suite = .international) -> [UInt8] {
        authentication(key: key, [message[...]], suite).bytes
    }

    /// HMAC over the parts one behind the other.
    static func authentication(key: [UInt8], _ parts: [ArraySlice<UInt8>], _ suite: Suite) -> Digest {
        var block = key
        if key.count > blockSize {
            var long = DigestBuilder(suite)
            long.append(key)
            block = long.finish().bytes
        }
        block.append(contentsOf: repeatElement(0, count: blockSize - block.count))
        for index in block.indices { block[index] ^= 0x36 }
        var inner = DigestBuilder(suite)
        inner.append(block)
        for part in parts { inner.append(part) }
        for index in block.indices { block[index] ^= 0x36 ^ 0x5C }
        var outer = DigestBuilder(suite)
        outer.append(block)
        outer.append(inner.finish())
        return outer.finish()
    }

    /// `count` is at most 255 x 32 bytes.
    public static func hkdf(
        secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int, suite: Suite = .international
    ) -> [UInt8] {
        expand(extract(secret: secret, salt: salt, suite), info: info, count: count, suite)
    }

    static func extract(secret: [UInt8], salt: [UInt8] = [], _ suite: Suite) -> [UInt8] {
        hmac(key: salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt, secret, suite: suite)
    }

    static func expand(_ extracted: [UInt8], info: [UInt8], count: Int, _ suite: Suite) -> [UInt8] {
        precondition(count <= 255 * 32)
        var output = [UInt8]()
        var block = [UInt8]()
        var counter: UInt8 = 0
        while output.count < count {
            counter += 1
            block = hmac(key: extracted, block + info + [counter], suite: suite)
            output.append(contentsOf: block)
        }
        return Array(output.prefix(count))
    }
}
