internal import CLibCrypto

/// A self-signed certificate for a listener and its key, both PEM. Peers recognise it by itself, not by an authority:
/// who may say what rests on signatures alone.
public struct TLSCertificate: Sendable {
    public let certificatePEM: String
    public let keyPEM: String

    /// Begin and end as seconds since 1970. Serial and times come from the caller; the key is drawn by OpenSSL.
    ///
    /// `host`: an address (IPv4, IPv6 without brackets) or a DNS name; it becomes the subject's alternative name.
    public init(host: String, name: String, serial: [UInt8], begin: Int64, end: Int64) throws {
        let subject = try TLSCertificate.alternativeName(host)
        guard (1...64).contains(name.utf8.count), (8...20).contains(serial.count) else {
            throw ProtocolError(.cryptography, "a certificate has a name of 1 to 64 bytes and a serial of 8 to 20")
        }
        guard let key = bangfu_p256_key(), let certificate = X509_new() else {
            throw ProtocolError(.cryptography, "OpenSSL made no P-256 key")
        }
        defer {
            EVP_PKEY_free(key)
            X509_free(certificate)
        }
        // Positive and without a leading zero (RFC 5280, 4.1.2.2).
        let number = [serial[0] & 0x7F | 0x40] + serial.dropFirst()
        guard let big = BN_bin2bn(number, Int32(number.count), nil) else { throw TLSCertificate.refused }
        defer { BN_free(big) }
        let title = X509_get_subject_name(certificate)
        // The version field counts from zero: 2 is X.509 v3.
        guard X509_set_version(certificate, 2) == 1, BN_to_ASN1_INTEGER(big, X509_get_serialNumber(certificate)) != nil,
            ASN1_TIME_set(X509_getm_notBefore(certificate), Int(begin)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(certificate), Int(end)) != nil,
            X509_NAME_add_entry_by_txt(title, "CN", MBSTRING_FLAG, Array(name.utf8), Int32(name.utf8.count), -1, 0) == 1,
            X509_set_issuer_name(certificate, title) == 1, X509_set_pubkey(certificate, key) == 1
        else { throw TLSCertificate.refused }
        // No keyUsage: a verifier would want keyCertSign before it takes the certificate for its own issuer.
        try TLSCertificate.add(NID_subject_alt_name, subject, to: certificate)
        try TLSCertificate.add(NID_basic_constraints, "critical,CA:FALSE", to: certificate)
        try TLSCertificate.add(NID_ext_key_usage, "serverAuth", to: certificate)
        guard X509_sign(certificate, key, EVP_sha256()) > 0 else { throw TLSCertificate.refused }
        certificatePEM = try TLSCertificate.pem { PEM_write_bio_X509($0, certificate) }
        keyPEM = try TLSCertificate.pem { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    private static var refused: ProtocolError { ProtocolError(.cryptography, "OpenSSL refused the certificate") }

    /// `IP:` or `DNS:`. A comma or quote would be read as a second name, so only what a host may hold is let through.
    private static func alternativeName(_ host: String) throws -> String {
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A: true
            default: false
            }
        }
        guard !host.isEmpty, host.utf8.count <= 253, isPlain else {
            throw ProtocolError(.malformed, "a host is an address or a DNS name")
        }
        let isAddress = host.contains(":") || host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        return (isAddress ? "IP:" : "DNS:") + host
    }

    private static func add(_ identifier: Int32, _ value: String, to certificate: OpaquePointer) throws {
        guard let made = X509V3_EXT_nconf_nid(nil, nil, identifier, value) else { throw refused }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(certificate, made, -1) == 1 else { throw refused }
    }

    private static func pem(_ write: (OpaquePointer) -> Int32) throws -> String {
        guard let memory = BIO_new(BIO_s_mem()) else { throw refused }
        defer { BIO_free(memory) }
        guard write(memory) == 1 else { throw refused }
        var start: UnsafeMutablePointer<CChar>?
        let count = bangfu_bio_bytes(memory, &start)
        guard let start, count > 0 else { throw refused }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
