import SyncProtocol
import Testing

@Suite struct TLSCertificateTests {
    private let serial = [UInt8](repeating: 0xFF, count: 16)

    private func made(_ host: String, name: String = "bangfu 370285") throws -> TLSCertificate {
        try TLSCertificate(host: host, name: name, serial: serial, begin: 1_700_000_000, end: 2_015_000_000)
    }

    @Test(arguments: ["127.0.0.1", "::1", "node.example.cn", "localhost"])
    func `a certificate and its key are PEM`(_ host: String) throws {
        let made = try made(host)
        #expect(made.certificatePEM.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        #expect(made.certificatePEM.hasSuffix("-----END CERTIFICATE-----\n"))
        #expect(made.keyPEM.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    }

    @Test func `the subject's other name is of the host's kind`() throws {
        // GeneralName: [7] and four bytes for the address, [2] and the letters for the name (RFC 5280, 4.2.1.6).
        #expect(try der(made("127.0.0.1")).contains([0x87, 4, 127, 0, 0, 1]))
        #expect(try der(made("node.cn")).contains([0x82, 7] + Array("node.cn".utf8)))
    }

    @Test func `the serial is positive and the times are those given`() throws {
        let bytes = try der(made("localhost"))
        #expect(bytes.contains([0x02, 16, 0x7F, 0xFF]))
        // UTCTime 2023-11-14 22:13:20 and 2033-11-07 17:46:40 or later.
        #expect(bytes.contains(Array("231114221320Z".utf8)))
    }

    @Test(arguments: ["", "a b", "a,DNS:b", "a\"", "王"]) func `what is no host is refused`(_ host: String) {
        #expect(throws: ProtocolError(.malformed, "")) { try made(host) }
    }

    @Test func `a name or a serial of the wrong length is refused`() {
        #expect(throws: ProtocolError(.cryptography, "")) { try made("a", name: "") }
        #expect(throws: ProtocolError(.cryptography, "")) { try made("a", name: String(repeating: "a", count: 65)) }
        #expect(throws: ProtocolError(.cryptography, "")) {
            try TLSCertificate(host: "a", name: "a", serial: [1], begin: 0, end: 1)
        }
    }

    /// The bytes between the lines of the PEM.
    private func der(_ certificate: TLSCertificate) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bits: UInt32 = 0
        var count = 0
        var bytes = [UInt8]()
        for line in certificate.certificatePEM.split(separator: "\n") where !line.hasPrefix("-") {
            for character in line {
                guard let value = alphabet.firstIndex(of: character) else { continue }
                bits = bits << 6 | UInt32(value)
                count += 6
                if count >= 8 {
                    count -= 8
                    bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                }
            }
        }
        return bytes
    }
}
