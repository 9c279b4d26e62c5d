internal import CLibCrypto

/// The certificate authority of one office: its root is installed on the office's computers, so that their browsers take
/// the console's certificate. It can vouch for the office's own names and addresses only, whoever gets hold of its key:
/// the root says so itself (name constraints, RFC 5280, 4.2.1.10).
public struct LocalAuthority: Sendable {
    /// The root, to be installed.
    public let certificatePEM: String
    /// Secret.
    public let keyPEM: String

    /// Addresses that are nobody else's on the internet (RFC 1918, RFC 4193) and the computer itself.
    private static let privateNetworks = [
        "10.0.0.0/255.0.0.0", "172.16.0.0/255.240.0.0", "192.168.0.0/255.255.0.0", "127.0.0.0/255.0.0.0",
        "fc00::/fe00::", "::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]

    /// A new one, for `hosts`, localhost and private addresses. Begin and end as seconds since 1970; the key is drawn by
    /// OpenSSL.
    public init(hosts: [String], name: String, serial: [UInt8], begin: Int64, end: Int64) throws {
        let title = try X509Parts.Title(name: name, serial: serial, begin: begin, end: end)
        let limits = try LocalAuthority.limits(hosts)
        let key = try X509Parts.freshKey()
        defer { EVP_PKEY_free(key) }
        let root = try X509Parts.certificate(title, key: key)
        defer { X509_free(root) }
        try X509Parts.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", to: root)
        try X509Parts.add(NID_key_usage, "critical,keyCertSign", to: root)
        try X509Parts.add(NID_subject_key_identifier, "hash", to: root)
        try X509Parts.add(NID_name_constraints, "critical," + limits.joined(separator: ","), to: root)
        guard X509_sign(root, key, EVP_sha256()) > 0 else { throw X509Parts.refused }
        certificatePEM = try X509Parts.certificatePEM(root)
        keyPEM = try X509Parts.keyPEM(key)
    }

    /// One that was made before. Refused when key and certificate do not belong together.
    public init(certificatePEM: String, keyPEM: String) throws {
        guard try X509Parts.isPair(certificatePEM, keyPEM) else {
            throw ProtocolError(.badSignature, "the authority's key and certificate do not belong together")
        }
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }

    /// A server's certificate for these hosts, with a key of its own. Refused for a host that the root does not allow.
    public func issue(hosts: [String], name: String, serial: [UInt8], begin: Int64, end: Int64) throws -> TLSCertificate {
        guard (1...LocalAuthority.hostsMax).contains(hosts.count) else {
            throw ProtocolError(.malformed, "a certificate is for 1 to \(LocalAuthority.hostsMax) hosts")
        }
        let names = try hosts.map(X509Parts.alternativeName)
        let title = try X509Parts.Title(name: name, serial: serial, begin: begin, end: end)
        let root = try X509Parts.readCertificate(certificatePEM)
        defer { X509_free(root) }
        let signer = try X509Parts.readKey(keyPEM)
        defer { EVP_PKEY_free(signer) }
        let key = try X509Parts.freshKey()
        defer { EVP_PKEY_free(key) }
        let made = try X509Parts.certificate(title, key: key, issuer: root)
        defer { X509_free(made) }
        try X509Parts.add(NID_basic_constraints, "critical,CA:FALSE", to: made)
        try X509Parts.add(NID_key_usage, "critical,digitalSignature", to: made)
        try X509Parts.add(NID_ext_key_usage, "serverAuth", to: made)
        try X509Parts.add(NID_subject_key_identifier, "hash", to: made)
        try X509Parts.add(NID_authority_key_identifier, "keyid:always", to: made, issuer: root)
        try X509Parts.add(NID_subject_alt_name, names.joined(separator: ","), to: made)
        guard X509_sign(made, signer, EVP_sha256()) > 0 else { throw X509Parts.refused }
        let certificate = try X509Parts.certificatePEM(made)
        for host in hosts where !LocalAuthority.isVouched(certificate, by: certificatePEM, for: host, at: begin) {
            throw ProtocolError(.notEntitled, "the authority may not vouch for \(host)")
        }
        return try TLSCertificate(certificatePEM: certificate, keyPEM: X509Parts.keyPEM(key))
    }

    /// Most names in one certificate: one computer of an office has a few.
    public static let hostsMax = 16

    /// Whether a browser that trusts `root` takes `certificate` for this host at this time (seconds since 1970).
    public static func isVouched(_ certificate: String, by root: String, for host: String, at seconds: Int64) -> Bool {
        defer { ERR_clear_error() }
        do {
            let leaf = try X509Parts.readCertificate(certificate)
            defer { X509_free(leaf) }
            let anchor = try X509Parts.readCertificate(root)
            defer { X509_free(anchor) }
            guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new() else { return false }
            defer {
                X509_STORE_CTX_free(context)
                X509_STORE_free(store)
            }
            guard X509_STORE_add_cert(store, anchor) == 1, X509_STORE_CTX_init(context, store, leaf, nil) == 1,
                X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER) == 1
            else { return false }
            let wanted = X509_STORE_CTX_get0_param(context)
            X509_VERIFY_PARAM_set_time(wanted, time_t(seconds))
            let isSet =
                X509Parts.isAddress(host)
                ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host) : X509_VERIFY_PARAM_set1_host(wanted, host, host.utf8.count)
            return isSet == 1 && X509_verify_cert(context) == 1
        } catch { return false }
    }

    private static func limits(_ hosts: [String]) throws -> [String] {
        guard hosts.count <= hostsMax else {
            throw ProtocolError(.malformed, "an authority is for at most \(hostsMax) hosts")
        }
        let own = try hosts.map { host in
            let name = try X509Parts.alternativeName(host)
            guard X509Parts.isAddress(host) else { return name }
            return name + (host.contains(":") ? "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "/255.255.255.255")
        }
        return (["DNS:localhost"] + own + privateNetworks.map { "IP:" + $0 }).map { "permitted;" + $0 }
    }
}
