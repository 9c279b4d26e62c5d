internal import CLibCrypto

/// What certificates are put together from and taken apart with. The pointers are OpenSSL's; who makes one frees it.
enum X509Parts {
    static var refused: ProtocolError { ProtocolError(.cryptography, "OpenSSL refused the certificate") }

    /// Who a certificate is for and until when. Times are seconds since 1970; the serial comes from the caller.
    struct Title {
        let name: String
        let serial: [UInt8]
        let begin: Int64
        let end: Int64

        init(name: String, serial: [UInt8], begin: Int64, end: Int64) throws {
            guard (1...64).contains(name.utf8.count), (8...20).contains(serial.count) else {
                throw ProtocolError(.cryptography, "a certificate has a name of 1 to 64 bytes and a serial of 8 to 20")
            }
            self.name = name
            self.serial = serial
            self.begin = begin
            self.end = end
        }
    }

    static func freshKey() throws -> OpaquePointer {
        guard let key = bangfu_p256_key() else { throw ProtocolError(.cryptography, "OpenSSL made no P-256 key") }
        return key
    }

    /// Without extensions and not yet signed; its issuer is `issuer`'s subject, or its own.
    static func certificate(_ title: Title, key: OpaquePointer, issuer: OpaquePointer? = nil) throws -> OpaquePointer {
        guard let certificate = X509_new() else { throw refused }
        do {
            // Positive and without a leading zero (RFC 5280, 4.1.2.2).
            let number = [title.serial[0] & 0x7F | 0x40] + title.serial.dropFirst()
            guard let big = BN_bin2bn(number, Int32(number.count), nil) else { throw refused }
            defer { BN_free(big) }
            let name = X509_get_subject_name(certificate)
            // The version field counts from zero: 2 is X.509 v3.
            guard X509_set_version(certificate, 2) == 1,
                BN_to_ASN1_INTEGER(big, X509_get_serialNumber(certificate)) != nil,
                ASN1_TIME_set(X509_getm_notBefore(certificate), Int(title.begin)) != nil,
                ASN1_TIME_set(X509_getm_notAfter(certificate), Int(title.end)) != nil,
                X509_NAME_add_entry_by_txt(
                    name, "CN", bangfu_utf8_name, Array(title.name.utf8), Int32(title.name.utf8.count), -1, 0) == 1,
                X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0) } ?? name) == 1,
                X509_set_pubkey(certificate, key) == 1
            else { throw refused }
            return certificate
        } catch {
            X509_free(certificate)
            throw error
        }
    }

    /// `issuer` is needed by the extensions that name its key.
    static func add(
        _ identifier: Int32, _ value: String, to certificate: OpaquePointer, issuer: OpaquePointer? = nil
    ) throws {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer ?? certificate, certificate, nil, nil, 0)
        guard let made = X509V3_EXT_nconf_nid(nil, &context, identifier, value) else { throw refused }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(certificate, made, -1) == 1 else { throw refused }
    }

    /// `IP:` or `DNS:`. A comma or quote would be read as a second name, so only what a host may hold is let through.
    static func alternativeName(_ host: String) throws -> String {
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A: true
            default: false
            }
        }
        guard !host.isEmpty, host.utf8.count <= 253, isPlain else {
            throw ProtocolError(.malformed, "a host is an address or a DNS name")
        }
        return (isAddress(host) ? "IP:" : "DNS:") + host
    }

    /// Of digits and dots, or with a colon: IPv4 or IPv6.
    static func isAddress(_ host: String) -> Bool {
        host.contains(":") || host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    }

    static func certificatePEM(_ certificate: OpaquePointer) throws -> String {
        String(decoding: try bytes { PEM_write_bio_X509($0, certificate) }, as: UTF8.self)
    }

    static func keyPEM(_ key: OpaquePointer) throws -> String {
        String(decoding: try bytes { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }, as: UTF8.self)
    }

    static func bytes(_ write: (OpaquePointer) -> Int32) throws -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw refused }
        defer { BIO_free(memory) }
        guard write(memory) == 1 else { throw refused }
        var start: UnsafeMutablePointer<CChar>?
        let count = bangfu_bio_bytes(memory, &start)
        guard let start, count > 0 else { throw refused }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The first certificate of a PEM.
    static func readCertificate(_ pem: String) throws -> OpaquePointer {
        guard let made = try reading(pem, { PEM_read_bio_X509($0, nil, nil, nil) }) else {
            throw ProtocolError(.malformed, "this is no certificate in PEM")
        }
        return made
    }

    static func readKey(_ pem: String) throws -> OpaquePointer {
        guard let made = try reading(pem, { PEM_read_bio_PrivateKey($0, nil, bangfu_no_passphrase, nil) }) else {
            throw ProtocolError(.malformed, "this is no private key in PEM")
        }
        return made
    }

    static func isPair(_ certificatePEM: String, _ keyPEM: String) throws -> Bool {
        let certificate = try readCertificate(certificatePEM)
        defer { X509_free(certificate) }
        let key = try readKey(keyPEM)
        defer { EVP_PKEY_free(key) }
        defer { ERR_clear_error() }
        return X509_check_private_key(certificate, key) == 1
    }

    private static func reading(_ pem: String, _ read: (OpaquePointer) -> OpaquePointer?) throws -> OpaquePointer? {
        let bytes = Array(pem.utf8)
        guard bytes.count <= Limits.messageBytes else { throw ProtocolError(.tooLarge, "a PEM of \(bytes.count) bytes") }
        // What a failed reading leaves in OpenSSL's queue belongs to nobody else.
        defer { ERR_clear_error() }
        guard let memory = BIO_new_mem_buf(bytes, Int32(bytes.count)) else { throw refused }
        defer { BIO_free(memory) }
        return read(memory)
    }
}
