import Testing

@testable import SyncProtocol

/// SM3 and SM4 by the examples of their standards.
@Suite struct NationalAlgorithmTests {
    func sm3(_ bytes: [UInt8]) -> String {
        var builder = DigestBuilder(.national)
        builder.append(bytes)
        return builder.finish().description
    }

    @Test func `the examples of GB-T 32905 are met`() {
        #expect(sm3(Array("abc".utf8)) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
        let long = Array(repeatElement("abcd", count: 16).joined().utf8)
        #expect(sm3(long) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
        var parts = DigestBuilder(.national)
        for byte in long { parts.append([byte]) }
        #expect(parts.finish().description == sm3(long))
    }

    @Test func `a digest begins with its domain in both suites`() {
        let domains: [DigestDomain] = [.leaf, .node, .seal, .packed, .context, .section, .key, .exchangeKey]
        let digests = Suite.allCases.flatMap { suite in
            domains.map { DigestBuilder.digest($0, [1, 2], [3], suite: suite) }
        }
        #expect(Set(digests).count == domains.count * 2)
        #expect(DigestBuilder.digest(.node, [1, 2], suite: .national).description == sm3([1, 1, 2]))
    }

    /// GM/T 0042 annex D.3.
    @Test func `the examples of HMAC-SM3 are met`() {
        let text = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        let first = KeyDerivation.hmac(key: Array(1...0x20), text + text, suite: .national)
        #expect(Hex.encode(first) == "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a")
        let second = KeyDerivation.hmac(key: Array(1...0x25), [UInt8](repeating: 0xCD, count: 50), suite: .national)
        #expect(Hex.encode(second) == "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae")
    }

    /// RFC 4231 cases 1, 2 and 6: the last has a key longer than a block.
    @Test func `the examples of HMAC-SHA-256 are met`() {
        let first = KeyDerivation.hmac(key: [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8))
        #expect(Hex.encode(first) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let second = KeyDerivation.hmac(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(Hex.encode(second) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let sixth = KeyDerivation.hmac(
            key: [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(Hex.encode(sixth) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    /// One block is what counter mode makes of zeros when the block is its counter.
    func block(_ bytes: [UInt8], _ key: [UInt8]) throws -> [UInt8] {
        try SM4.counterMode([UInt8](repeating: 0, count: 16), key: key, counter: bytes)
    }

    @Test func `the examples of GB-T 32907 are met, the million rounds too`() throws {
        let key = try hex("0123456789abcdeffedcba9876543210")
        #expect(try Hex.encode(block(key, key)) == "681edf34d206965e86b3e94f536e4246")
        var state = key
        for _ in 0..<1_000_000 { state = try block(state, key) }
        #expect(Hex.encode(state) == "595298c7c6fd271f0402f804c33d3f66")
    }

    /// From the draft draft-ribose-cfrg-sm4, A.2.5.
    @Test(arguments: [
        (
            "0123456789abcdeffedcba9876543210",
            "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
                + "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514"
        ),
        (
            "fedcba98765432100123456789abcdef",
            "5dcccd25b95ab07417a08512ee160e2f8f661521cbbab44cc87138445bc29e5c"
                + "0ae0297205d62704173b21239b887f6c8cb5b800917a2488284bde9e16ea2906"
        ),
    ]) func `the examples of SM4 in counter mode are met`(_ key: String, _ cipher: String) throws {
        let plain = ["aa", "bb", "cc", "dd", "ee", "ff", "aa", "bb"].map { String(repeating: $0, count: 8) }.joined()
        let counter = Array(UInt8(0)...15)
        #expect(try Hex.encode(SM4.counterMode(hex(plain), key: hex(key), counter: counter)) == cipher)
        #expect(try Hex.encode(SM4.counterMode(hex(cipher), key: hex(key), counter: counter)) == plain)
    }
}
