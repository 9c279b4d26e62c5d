import SyncProtocol
import Testing

@Suite struct CellCipherTests {
    private let header = Array("table.column".utf8)

    private func nonce(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 12) }

    private func seal(_ plain: [UInt8], _ nonce: [UInt8], _ header: [UInt8], with cipher: CellCipher) throws -> [UInt8] {
        var output: [UInt8] = [7]
        try plain.withUnsafeBytes { plain in
            try nonce.withUnsafeBytes { nonce in
                try header.withUnsafeBytes {
                    try cipher.seal(plain, nonce: nonce, authenticating: $0, onto: &output)
                }
            }
        }
        #expect(output.first == 7)
        return Array(output.dropFirst())
    }

    private func open(_ sealed: [UInt8], _ nonce: [UInt8], _ header: [UInt8], with cipher: CellCipher) throws -> [UInt8] {
        var output = [UInt8]()
        try sealed.withUnsafeBytes { sealed in
            try nonce.withUnsafeBytes { nonce in
                try header.withUnsafeBytes {
                    try cipher.open(sealed, nonce: nonce, authenticating: $0, onto: &output)
                }
            }
        }
        return output
    }

    @Test(arguments: Suite.allCases) func `many messages of one cipher are those of the AEAD, one by one`(_ suite: Suite)
        throws
    {
        let key = AEADTests.key(suite)
        let cipher = try CellCipher(key: key, suite: suite)
        for count in [0, 1, 15, 16, 17, 64, 1_000, 100_000] {
            let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let nonce = nonce(UInt8(truncatingIfNeeded: count))
            let sealed = try seal(plain, nonce, header, with: cipher)
            #expect(sealed == (try AEAD.seal(plain, key: key, nonce: nonce, authenticating: header, suite: suite)))
            // Sealing and opening take turns.
            #expect(try open(sealed, nonce, header, with: cipher) == plain)
        }
    }

    @Test(arguments: Suite.allCases) func `what was altered or stands elsewhere does not open`(_ suite: Suite) throws {
        let cipher = try CellCipher(key: AEADTests.key(suite), suite: suite)
        let sealed = try seal(Array("plain".utf8), nonce(1), header, with: cipher)
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(throws: ProtocolError(.badSignature, "")) { try open(altered, nonce(1), header, with: cipher) }
        }
        #expect(throws: ProtocolError(.badSignature, "")) { try open(sealed, nonce(2), header, with: cipher) }
        #expect(throws: ProtocolError(.badSignature, "")) { try open(sealed, nonce(1), header + [0], with: cipher) }
        #expect(throws: ProtocolError(.badSignature, "")) {
            try open(Array(sealed.prefix(15)), nonce(1), header, with: cipher)
        }
        #expect(throws: ProtocolError(.cryptography, "")) { try open(sealed, [1, 2, 3], header, with: cipher) }
        // A refusal leaves the cipher as it was.
        #expect(try open(sealed, nonce(1), header, with: cipher) == Array("plain".utf8))
        #expect(throws: ProtocolError(.cryptography, "")) { try CellCipher(key: [1], suite: suite) }
    }

    @Test(arguments: Suite.allCases) func `a key of HMAC digests its parts one behind the other`(_ suite: Suite) {
        let key = MessageKey([1, 2, 3], suite)
        let parts = [Array("one".utf8), Array("two".utf8)]
        let digest = parts[0].withUnsafeBytes { one in parts[1].withUnsafeBytes { key.digest(one, $0) } }
        #expect(digest.bytes == KeyDerivation.hmac(key: [1, 2, 3], Array("onetwo".utf8), suite: suite))
    }
}
