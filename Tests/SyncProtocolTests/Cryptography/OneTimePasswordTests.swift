import Testing

@testable import SyncProtocol

struct OneTimePasswordTests {
    /// RFC 6238 appendix B: the seed repeats "1234567890" up to the size of the digest.
    private static func seed(_ count: Int) -> [UInt8] { Array(String(repeating: "1234567890", count: 7).utf8.prefix(count)) }

    @Test(arguments: [
        (Int64(59), "94287082", "46119246", "90693936"), (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"), (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"), (20_000_000_000, "65353130", "77737706", "47863826"),
    ])
    func `the passwords are those of RFC 6238`(seconds: Int64, sha1: String, sha256: String, sha512: String) {
        let step = OneTimePassword.step(milliseconds: seconds * 1_000)
        func password(_ size: Int, _ algorithm: OneTimePassword.Algorithm) -> String {
            OneTimePassword.password(secret: Self.seed(size), step: step, digits: 8, algorithm: algorithm)
        }
        #expect(password(20, .sha1) == sha1)
        #expect(password(32, .sha256) == sha256)
        #expect(password(64, .sha512) == sha512)
    }

    /// RFC 4226 appendix D.
    @Test func `the passwords counted by number are those of RFC 4226`() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        #expect((0..<10).map { OneTimePassword.password(secret: Self.seed(20), step: $0) } == expected)
    }

    /// RFC 4648 section 10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func `secrets are typed in base 32`(text: String, encoded: String) {
        #expect(OneTimePassword.base32(Array(text.utf8)) == encoded)
    }
}
