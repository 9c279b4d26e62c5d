internal import CLibCrypto

/// What a certificate says of itself, for whoever has to look after it.
public struct CertificateFacts: Sendable, Hashable {
    /// The subject's common name.
    public let name: String
    /// Hosts it is for, in its own order.
    public let hosts: [String]
    /// Seconds since 1970.
    public let begin: Int64
    public let end: Int64
    /// SHA-256 of the certificate, as browsers and operating systems show it.
    public let fingerprint: [UInt8]
    /// The certificate itself in DER, as some systems want it for installing.
    public let der: [UInt8]

    /// `pem`: the first certificate in it counts.
    public init(pem: String) throws {
        let certificate = try X509Parts.readCertificate(pem)
        defer { X509_free(certificate) }
        defer { ERR_clear_error() }
        der = try X509Parts.bytes { i2d_X509_bio($0, certificate) }
        begin = try CertificateFacts.seconds(X509_get0_notBefore(certificate))
        end = try CertificateFacts.seconds(X509_get0_notAfter(certificate))
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1, count == 32 else { throw X509Parts.refused }
        fingerprint = digest
        var name = [CChar](repeating: 0, count: 256)
        let length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, &name, 256)
        self.name = length > 0 ? String(decoding: name.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        hosts = try CertificateFacts.hosts(certificate)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws -> Int64 {
        guard let epoch = ASN1_TIME_set(nil, 0) else { throw X509Parts.refused }
        defer { ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { throw X509Parts.refused }
        return Int64(days) * 86_400 + Int64(seconds)
    }

    /// As OpenSSL prints them: `DNS:localhost, IP Address:127.0.0.1`.
    private static func hosts(_ certificate: OpaquePointer) throws -> [String] {
        let place = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1)
        guard place >= 0, let names = X509_get_ext(certificate, place) else { return [] }
        let text = String(decoding: try X509Parts.bytes { X509V3_EXT_print($0, names, 0, 0) }, as: UTF8.self)
        return text.split(separator: ",").compactMap { part in
            let name = part.drop(while: \.isWhitespace)
            guard let colon = name.firstIndex(of: ":") else { return nil }
            return String(name[name.index(after: colon)...])
        }
    }
}
