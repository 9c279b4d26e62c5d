internal import Foundation
public import NodeCore
public import SyncProtocol

/// The office's own certificate authority and the console's certificate, in the folder of a node.
///
/// Browsers take P-256 only, so these keys do not follow the node's suite. The authority's key is sealed under the node's
/// passphrase: whoever copies the folder cannot make certificates for the computers that trust it.
extension NodeFolder {
    var authorityKeyPath: String { path + "/ca.key" }
    public var authorityPath: String { path + "/ca.crt" }
    public var webCertificatePath: String { path + "/web.pem" }
    public var webKeyPath: String { path + "/web.key" }

    /// Both halves of what the console's listener shows.
    static let authorityFiles = ["ca.key", "ca.crt", "web.pem", "web.key"]

    public var hasAuthority: Bool { FileManager.default.fileExists(atPath: authorityPath) }

    /// Makes the authority, ten years long, and the first certificate. `replacing`: computers that trust the old root have
    /// to get the new one.
    public func makeAuthority(hosts: [String], replacing: Bool, at moment: Moment) throws {
        guard replacing || !hasAuthority else {
            throw NodeError(
                .conflict, "本机证书机构已建立；换新须加 --replace，并在每台电脑上重装根证书",
                "there is an authority already: with --replace it is made anew, and its root has to be installed again on "
                    + "every computer")
        }
        let begin = moment.milliseconds / 1_000 - WebCertificate.slackSeconds
        let serial = moment.entropy(16)
        let mark = Hex.encode(serial.prefix(2))
        let made = try WebCertificate.said {
            try LocalAuthority(
                hosts: hosts, name: "Bangfu \(config.seat) office root \(mark)", serial: serial, begin: begin,
                end: begin + WebCertificate.authoritySeconds)
        }
        let key = try KeyFile.wrap(
            Array(made.keyPEM.utf8), .international, .authority, passphrase(), entropy: moment.entropy)
        try replace(key + "\n", at: authorityKeyPath)
        try replace(made.certificatePEM, at: authorityPath)
        try issueWeb(made, hosts, at: moment)
    }

    /// A new key and certificate for the console: for these hosts, or for those of the present one when there are none.
    public func issueWebCertificate(hosts: [String], at moment: Moment) throws {
        try issueWeb(authority(), hosts.isEmpty ? webFacts()?.hosts ?? [] : hosts, at: moment)
    }

    private func issueWeb(_ authority: LocalAuthority, _ hosts: [String], at moment: Moment) throws {
        let begin = moment.milliseconds / 1_000 - WebCertificate.slackSeconds
        let made = try WebCertificate.said {
            try authority.issue(
                hosts: hosts, name: "Bangfu \(config.seat)", serial: moment.entropy(16), begin: begin,
                end: begin + WebCertificate.seconds)
        }
        // The key first: a certificate without its key is noticed, and made again, before anybody is served.
        try replace(made.keyPEM, at: webKeyPath)
        try replace(made.certificatePEM, at: webCertificatePath)
    }

    /// The root's certificate, PEM.
    public func authorityCertificate() throws -> String {
        guard hasAuthority else { throw WebCertificate.missing }
        return try Files.text(authorityPath)
    }

    private func authority() throws -> LocalAuthority {
        let certificate = try authorityCertificate()
        let (key, _) = try KeyFile.unwrap(
            secretText(authorityKeyPath), .authority, passphrase(), of: authorityKeyPath)
        return try LocalAuthority(certificatePEM: certificate, keyPEM: String(decoding: key, as: UTF8.self))
    }

    /// Nil where there is none.
    public func webFacts() throws -> CertificateFacts? {
        guard FileManager.default.fileExists(atPath: webCertificatePath) else { return nil }
        return try CertificateFacts(pem: Files.text(webCertificatePath))
    }

    /// What the console's listener shows; nil where none was made. Refused when the key's file is open to others, or the two
    /// do not belong together.
    public func webCertificate() throws -> TLSCertificate? {
        guard FileManager.default.fileExists(atPath: webCertificatePath) else { return nil }
        do {
            return try TLSCertificate(certificatePEM: Files.text(webCertificatePath), keyPEM: secretText(webKeyPath) + "\n")
        } catch is ProtocolError {
            throw NodeError(
                .badConfiguration, "web.pem 与 web.key 不是一对：请运行 nodectl tls issue",
                "web.pem and web.key do not belong together: run nodectl tls issue")
        }
    }
}

/// How long certificates live, and when somebody has to see to them.
public enum WebCertificate {
    /// The most that browsers take of a server's certificate is 398 days.
    static let seconds: Int64 = 397 * 86_400
    static let authoritySeconds: Int64 = 3_653 * 86_400
    /// The clock of a computer in the office may be behind.
    static let slackSeconds: Int64 = 86_400
    /// Long enough for a holiday and a visit to the counter.
    public static let warnDays: Int64 = 30

    static var missing: NodeError {
        NodeError(
            .notFound, "本机证书机构尚未建立：请先运行 nodectl tls init", "there is no authority yet: run nodectl tls init first")
    }

    /// How the certificate stands, for `doctor`: nil when the folder has none.
    public static func health(of folder: NodeFolder, at milliseconds: Int64) throws -> (isGood: Bool, detail: Label)? {
        guard let web = try folder.webFacts() else { return nil }
        let days = (web.end - milliseconds / 1_000) / 86_400
        let root = (try CertificateFacts(pem: folder.authorityCertificate()).end - milliseconds / 1_000) / 86_400
        let command = days < warnDays ? "nodectl tls issue" : root < warnDays ? "nodectl tls init --replace" : nil
        let hosts = web.hosts.joined(separator: ", ")
        return (
            days >= warnDays && root >= warnDays,
            Label(
                "\(hosts)：还有 \(days) 天，根证书 \(root) 天" + (command.map { "；请运行 \($0)" } ?? ""),
                "\(hosts): \(days) days left, root \(root)" + (command.map { "; run \($0)" } ?? ""))
        )
    }

    /// A host that cannot stand in a certificate, or that the root does not allow, in words for whoever named it.
    static func said<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as ProtocolError where error.code == .notEntitled {
            throw NodeError(
                .badRequest, "根证书不允许该地址（\(error.reason)）：请用 nodectl tls init --replace --host 重建",
                "\(error.reason): its root was made without this host; nodectl tls init --replace --host makes one with it")
        } catch let error as ProtocolError where error.code == .malformed {
            throw NodeError(.badRequest, "主机须为域名或地址：\(error.reason)", "a host is a DNS name or an address: \(error.reason)")
        }
    }
}
