import Foundation
import NodeCore
import SyncProtocol
import Testing

@testable import NodeFiles

@Suite struct OfficeCertificatesTests {
    private static let start = Int64(1_800_000_000_000)
    private static let day = Int64(86_400_000)
    private static let hosts = ["localhost", "127.0.0.1", "node.example.cn"]

    private func moment(_ days: Int64 = 0, mark: UInt8 = 7) -> Moment {
        Moment(milliseconds: OfficeCertificatesTests.start + days * OfficeCertificatesTests.day) { count in
            [UInt8](repeating: mark, count: count)
        }
    }

    private func withFolder(_ body: (NodeFolder) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/oc-" + UUID().uuidString.prefix(8)
        defer {
            for file in [path, path + ".passphrase"] {
                do { try FileManager.default.removeItem(atPath: file) } catch { /* not every test makes it */  }
            }
        }
        let config = try NodeConfig(seat: "370285", listen: "127.0.0.1:7003", passphraseFile: path + ".passphrase")
        let contents = NodeFolder.Contents(
            config: config, keyText: "key", storeKeyText: "sealed", tlsCertificate: "certificate", tlsKey: "key")
        let folder = try NodeFolder.create(path, contents) { _ in }
        try folder.write("a long passphrase\n", to: path + ".passphrase", mode: 0o600)
        try body(folder)
    }

    private func isTaken(_ folder: NodeFolder, _ host: String, days: Int64) throws -> Bool {
        let web = try #require(try folder.webCertificate())
        return LocalAuthority.isVouched(
            web.certificatePEM, by: try folder.authorityCertificate(), for: host,
            at: moment(days).milliseconds / 1_000)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber).intValue
    }

    @Test func `the authority's root makes browsers take the console's certificate for 396 days`() throws {
        try withFolder { folder in
            #expect(try folder.webCertificate() == nil)
            try folder.makeAuthority(hosts: OfficeCertificatesTests.hosts, replacing: false, at: moment())
            for host in OfficeCertificatesTests.hosts { #expect(try isTaken(folder, host, days: 0), "\(host)") }
            #expect(try isTaken(folder, "localhost", days: 395))
            #expect(try !isTaken(folder, "localhost", days: 397))
            #expect(try mode(folder.webKeyPath) == 0o600)
            #expect(try mode(folder.authorityKeyPath) == 0o600)
        }
    }

    @Test func `the authority's key lies sealed, and its file is refused when others may read it`() throws {
        try withFolder { folder in
            try folder.makeAuthority(hosts: OfficeCertificatesTests.hosts, replacing: false, at: moment())
            let text = try Files.text(folder.authorityKeyPath)
            #expect(!text.contains("PRIVATE KEY"))
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.authorityKeyPath)
            #expect(throws: NodeError(.badConfiguration, "", "")) {
                try folder.issueWebCertificate(hosts: [], at: moment())
            }
        }
    }

    @Test func `a new certificate has another key, the same hosts and the same root`() throws {
        try withFolder { folder in
            try folder.makeAuthority(hosts: OfficeCertificatesTests.hosts, replacing: false, at: moment())
            let root = try folder.authorityCertificate()
            let old = try #require(try folder.webCertificate())
            try folder.issueWebCertificate(hosts: [], at: moment(380))
            let new = try #require(try folder.webCertificate())
            #expect(new.keyPEM != old.keyPEM)
            #expect(try folder.authorityCertificate() == root)
            #expect(try folder.webFacts()?.hosts == OfficeCertificatesTests.hosts)
            #expect(try isTaken(folder, "node.example.cn", days: 700))
        }
    }

    @Test func `a host that the root does not know is refused, and what was there stays`() throws {
        try withFolder { folder in
            try folder.makeAuthority(hosts: ["localhost"], replacing: false, at: moment())
            let old = try folder.webCertificate()?.certificatePEM
            for host in ["bank.example.com", "no host"] {
                #expect(throws: NodeError(.badRequest, "", "")) {
                    try folder.issueWebCertificate(hosts: [host], at: moment())
                }
            }
            #expect(try folder.webCertificate()?.certificatePEM == old)
        }
    }

    @Test func `a second authority takes the first one's place only when that is said`() throws {
        try withFolder { folder in
            try folder.makeAuthority(hosts: ["localhost"], replacing: false, at: moment())
            let root = try folder.authorityCertificate()
            #expect(throws: NodeError(.conflict, "", "")) {
                try folder.makeAuthority(hosts: ["localhost"], replacing: false, at: moment())
            }
            try folder.makeAuthority(hosts: ["localhost"], replacing: true, at: moment(mark: 8))
            #expect(try folder.authorityCertificate() != root)
            #expect(try isTaken(folder, "localhost", days: 1))
        }
    }

    @Test func `without an authority nothing is issued or written out`() throws {
        try withFolder { folder in
            #expect(throws: NodeError(.notFound, "", "")) { try folder.issueWebCertificate(hosts: [], at: moment()) }
            #expect(throws: NodeError(.notFound, "", "")) { try folder.authorityCertificate() }
            let health = try WebCertificate.health(of: folder, at: moment().milliseconds)
            #expect(health == nil)
        }
    }

    @Test func `a key that is not the certificate's own is said, not served`() throws {
        try withFolder { folder in
            try folder.makeAuthority(hosts: ["localhost"], replacing: false, at: moment())
            let key = try Files.text(folder.webKeyPath)
            try folder.issueWebCertificate(hosts: [], at: moment())
            try folder.replace(key, at: folder.webKeyPath)
            #expect(throws: NodeError(.badConfiguration, "", "")) { try folder.webCertificate() }
        }
    }

    @Test func `its end is announced thirty days ahead`() throws {
        try withFolder { folder in
            try folder.makeAuthority(hosts: ["localhost"], replacing: false, at: moment())
            let early = try #require(try WebCertificate.health(of: folder, at: moment(366).milliseconds))
            #expect(early.isGood)
            let late = try #require(try WebCertificate.health(of: folder, at: moment(367).milliseconds))
            #expect(!late.isGood)
            #expect(late.detail.en == "localhost: 29 days left, root 3285; run nodectl tls issue")
        }
    }

    @Test func `a backup takes authority and certificate along`() throws {
        try withFolder { folder in
            try folder.makeAuthority(hosts: ["localhost"], replacing: false, at: moment())
            let names = folder.backedUp.map(\.0)
            #expect(NodeFolder.authorityFiles.allSatisfy { names.contains($0) })
        }
    }
}
