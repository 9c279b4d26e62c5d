import SyncProtocol
import Testing

/// The office's own authority, asked as a browser asks: by OpenSSL's verification of a server's certificate.
@Suite struct LocalAuthorityTests {
    private static let now: Int64 = 1_800_000_000
    private static let year: Int64 = 365 * 86_400

    private func authority(_ hosts: [String] = ["node.example.cn"], mark: UInt8 = 1) throws -> LocalAuthority {
        try LocalAuthority(
            hosts: hosts, name: "office root", serial: [UInt8](repeating: mark, count: 16), begin: LocalAuthorityTests.now,
            end: LocalAuthorityTests.now + 10 * LocalAuthorityTests.year)
    }

    private func issued(_ authority: LocalAuthority, _ hosts: [String]) throws -> TLSCertificate {
        try authority.issue(
            hosts: hosts, name: "office", serial: [UInt8](repeating: 9, count: 16), begin: LocalAuthorityTests.now,
            end: LocalAuthorityTests.now + LocalAuthorityTests.year)
    }

    private func isTaken(
        _ certificate: TLSCertificate, _ authority: LocalAuthority, _ host: String, after seconds: Int64 = 60
    ) -> Bool {
        LocalAuthority.isVouched(
            certificate.certificatePEM, by: authority.certificatePEM, for: host, at: LocalAuthorityTests.now + seconds)
    }

    @Test func `a browser that has the root takes the certificate for its hosts only`() throws {
        let authority = try authority()
        let hosts = ["node.example.cn", "localhost", "127.0.0.1", "::1", "192.168.3.7"]
        let made = try issued(authority, hosts)
        for host in hosts { #expect(isTaken(made, authority, host), "\(host)") }
        for host in ["example.cn", "other.example.cn", "192.168.3.8", "127.0.0.2"] {
            #expect(!isTaken(made, authority, host), "\(host)")
        }
    }

    @Test func `it is taken from its first second to before its last`() throws {
        let authority = try authority()
        let made = try issued(authority, ["localhost"])
        #expect(!isTaken(made, authority, "localhost", after: -1))
        #expect(isTaken(made, authority, "localhost", after: 0))
        #expect(isTaken(made, authority, "localhost", after: LocalAuthorityTests.year - 1))
        #expect(!isTaken(made, authority, "localhost", after: LocalAuthorityTests.year))
    }

    @Test func `another office's root does not vouch for it`() throws {
        let made = try issued(authority(), ["localhost"])
        #expect(!isTaken(made, try authority(mark: 2), "localhost"))
    }

    @Test(arguments: ["bank.example.com", "example.cn", "8.8.8.8", "2001:db8::1"])
    func `an authority makes no certificate for somebody else's host`(_ host: String) throws {
        let authority = try authority()
        #expect(throws: ProtocolError(.notEntitled, "")) { try issued(authority, ["localhost", host]) }
    }

    @Test func `a public address that the office uses is allowed by name`() throws {
        let authority = try authority(["203.0.113.7", "2001:db8::7"])
        let made = try issued(authority, ["203.0.113.7", "2001:db8::7"])
        #expect(isTaken(made, authority, "203.0.113.7"))
        #expect(isTaken(made, authority, "2001:db8::7"))
        #expect(throws: ProtocolError(.notEntitled, "")) { try issued(authority, ["203.0.113.8"]) }
    }

    @Test func `an authority is read again, with its own key only`() throws {
        let first = try authority()
        let again = try LocalAuthority(certificatePEM: first.certificatePEM, keyPEM: first.keyPEM)
        #expect(isTaken(try issued(again, ["localhost"]), first, "localhost"))
        let other = try authority(mark: 3)
        #expect(throws: ProtocolError(.badSignature, "")) {
            try LocalAuthority(certificatePEM: first.certificatePEM, keyPEM: other.keyPEM)
        }
    }

    @Test(arguments: ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `what is no certificate is refused`(_ text: String) throws {
        #expect(throws: ProtocolError(.malformed, "")) { try CertificateFacts(pem: text) }
        let key = try authority().keyPEM
        #expect(throws: ProtocolError(.malformed, "")) { try TLSCertificate(certificatePEM: text, keyPEM: key) }
    }

    @Test func `what is far too long is not read`() {
        let text = String(repeating: "a", count: Limits.messageBytes + 1)
        #expect(throws: ProtocolError(.tooLarge, "")) { try CertificateFacts(pem: text) }
    }

    @Test func `no hosts, too many, and what is none are refused`() throws {
        let authority = try authority()
        let many = (0...LocalAuthority.hostsMax).map { "192.168.0.\($0)" }
        for hosts in [[], many, ["a b"], ["localhost,DNS:evil.cn"]] {
            #expect(throws: ProtocolError(.malformed, "")) { try issued(authority, hosts) }
        }
        #expect(throws: ProtocolError(.malformed, "")) { try self.authority(many) }
    }

    @Test func `a certificate says what it is`() throws {
        let authority = try authority()
        let made = try issued(authority, ["localhost", "127.0.0.1"])
        let facts = try CertificateFacts(pem: made.certificatePEM)
        #expect(facts.name == "office")
        #expect(facts.hosts == ["localhost", "127.0.0.1"])
        #expect(facts.begin == LocalAuthorityTests.now)
        #expect(facts.end == LocalAuthorityTests.now + LocalAuthorityTests.year)
        #expect(facts.fingerprint.count == 32)
        #expect(facts.der.prefix(1) == [0x30])
        #expect(try CertificateFacts(pem: authority.certificatePEM).hosts.isEmpty)
    }
}
