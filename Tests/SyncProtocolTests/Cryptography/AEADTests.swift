import SyncProtocol
import Testing

@Suite struct AEADTests {
    static func key(_ suite: Suite) -> [UInt8] { Array((UInt8(1)...UInt8(AEAD.keySize(suite)))) }
    let nonce = Array(UInt8(1)...12)

    @Test func `the vectors of AES-256-GCM are met`() throws {
        let key = [UInt8](repeating: 0, count: 32), nonce = [UInt8](repeating: 0, count: 12)
        let empty = try AEAD.seal([], key: key, nonce: nonce, authenticating: [])
        #expect(Hex.encode(empty) == "530f8afbc74536b9a963b4f1c4cb738b")
        let zeros = try AEAD.seal([UInt8](repeating: 0, count: 16), key: key, nonce: nonce, authenticating: [])
        #expect(Hex.encode(zeros) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
        #expect(try AEAD.open(empty, key: key, nonce: nonce, authenticating: []) == [])
    }

    @Test(arguments: Suite.allCases, [0, 1, 15, 16, 17, 100_000])
    func `what is sealed opens`(_ suite: Suite, _ count: Int) throws {
        let key = AEADTests.key(suite)
        let plain = (0..<count).map { UInt8($0 & 0xFF) }
        let sealed = try AEAD.seal(plain, key: key, nonce: nonce, authenticating: [9, 9], suite: suite)
        #expect(sealed.count == count + 16)
        #expect(try AEAD.open(sealed, key: key, nonce: nonce, authenticating: [9, 9], suite: suite) == plain)
        if count > 16 { #expect(!sealed.starts(with: plain.prefix(16))) }
    }

    @Test(arguments: Suite.allCases) func `what was altered does not open`(_ suite: Suite) throws {
        let key = AEADTests.key(suite)
        func open(_ sealed: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8]) throws {
            _ = try AEAD.open(sealed, key: key, nonce: nonce, authenticating: header, suite: suite)
        }
        let sealed = try AEAD.seal(Array("困难".utf8), key: key, nonce: nonce, authenticating: [1], suite: suite)
        for bit in 0..<sealed.count * 8 {
            var altered = sealed
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            expectRefusal(.badSignature) { try open(altered, key, nonce, [1]) }
        }
        expectRefusal(.badSignature) { try open(sealed, key, nonce, [2]) }
        expectRefusal(.badSignature) { try open(sealed, key.reversed(), nonce, [1]) }
        expectRefusal(.badSignature) { try open(sealed, key, nonce.reversed(), [1]) }
        expectRefusal(.badSignature) { try open(Array(sealed.dropLast()), key, nonce, [1]) }
        for count in 0..<16 { expectRefusal(.cryptography) { try open(Array(sealed.prefix(count)), key, nonce, [1]) } }
    }

    @Test(arguments: Suite.allCases) func `header and ciphertext cannot run into each other`(_ suite: Suite) throws {
        let key = AEADTests.key(suite)
        let sealed = try AEAD.seal([1, 2, 3], key: key, nonce: nonce, authenticating: [4, 5], suite: suite)
        let moved = [5] + sealed, shortened = Array(sealed.dropFirst())
        expectRefusal(.badSignature) {
            _ = try AEAD.open(moved, key: key, nonce: nonce, authenticating: [4], suite: suite)
        }
        expectRefusal(.badSignature) {
            _ = try AEAD.open(shortened, key: key, nonce: nonce, authenticating: [4, 5, sealed[0]], suite: suite)
        }
    }

    @Test(arguments: Suite.allCases) func `a key or nonce of another length is refused`(_ suite: Suite) {
        let key = AEADTests.key(suite)
        for (wrongKey, wrongNonce) in [([], nonce), (key + [0], nonce), (Array(key.dropLast()), nonce), (key, nonce + [0])] {
            expectRefusal(.cryptography) {
                _ = try AEAD.seal([], key: wrongKey, nonce: wrongNonce, authenticating: [], suite: suite)
            }
        }
    }
}
