internal import CLibCrypto

/// A self-signed certificate for a listener and its key, both PEM. Peers recognise it by itself, not by an authority:
/// who may say what rests on signatures alone.
public struct TLSCertificate: Sendable {
    public let certificatePEM: String
    public let keyPEM: String

    /// One that was made before. Refused when the two do not belong together.
    public init(certificatePEM: String, keyPEM: String) throws {
        guard try X509Parts.isPair(certificatePEM, keyPEM) else {
            throw ProtocolError(.badSignature, "key and certificate do not belong together")
        }
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }

    /// Begin and end as seconds since 1970. Serial and times come from the caller; the key is drawn by OpenSSL.
    ///
    /// `host`: an address (IPv4, IPv6 without brackets) or a DNS name; it becomes the subject's alternative name.
    public init(host: String, name: String, serial: [UInt8], begin: Int64, end: Int64) throws {
        let subject = try X509Parts.alternativeName(host)
        let title = try X509Parts.Title(name: name, serial: serial, begin: begin, end: end)
        let key = try X509Parts.freshKey()
        defer { EVP_PKEY_free(key) }
        let certificate = try X509Parts.certificate(title, key: key)
        defer { X509_free(certificate) }
        // No keyUsage: a verifier would want keyCertSign before it takes the certificate for its own issuer.
        try X509Parts.add(NID_subject_alt_name, subject, to: certificate)
        try X509Parts.add(NID_basic_constraints, "critical,CA:FALSE", to: certificate)
        try X509Parts.add(NID_ext_key_usage, "serverAuth", to: certificate)
        guard X509_sign(certificate, key, EVP_sha256()) > 0 else { throw X509Parts.refused }
        certificatePEM = try X509Parts.certificatePEM(certificate)
        keyPEM = try X509Parts.keyPEM(key)
    }
}
