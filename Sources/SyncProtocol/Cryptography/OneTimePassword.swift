internal import CLibCrypto

/// One-time passwords that an app on a telephone shows: HOTP (RFC 4226) and, counted by time, TOTP (RFC 6238).
public enum OneTimePassword {
    /// What the common apps understand is SHA-1, whose weakness does not touch HMAC; the others are those of RFC 6238.
    public enum Algorithm: Sendable, CaseIterable { case sha1, sha256, sha512 }

    /// Seconds that one password is shown.
    public static let stepSeconds: Int64 = 30

    /// The number of the step at a time since 1970.
    public static func step(milliseconds: Int64) -> Int64 { milliseconds / (stepSeconds * 1_000) }

    /// The password of one step: decimal, with leading zeros.
    public static func password(
        secret: [UInt8], step: Int64, digits: Int = 6, algorithm: Algorithm = .sha1
    ) -> String {
        let counter = (0..<8).reversed().map { UInt8(truncatingIfNeeded: step >> (Int64($0) * 8)) }
        let code = hmac(secret, counter, algorithm)
        // RFC 4226 section 5.3: four bytes from where the last half-byte points to, without their sign.
        let offset = Int((code.last ?? 0) & 0x0F)
        let number = code[offset..<offset + 4].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & 0x7FFF_FFFF
        var modulus: UInt64 = 1
        for _ in 0..<digits { modulus *= 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    private static func hmac(_ key: [UInt8], _ message: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
        let (digest, size) =
            switch algorithm {
            case .sha1: (EVP_sha1(), 20)
            case .sha256: (EVP_sha256(), 32)
            case .sha512: (EVP_sha512(), 64)
            }
        var output = [UInt8](repeating: 0, count: size)
        var count = UInt32(size)
        let done = HMAC(digest, key, Int32(key.count), message, message.count, &output, &count)
        precondition(done != nil && count == size, "OpenSSL has no HMAC")
        return output
    }

    /// RFC 4648 section 6, without padding: as apps take the secret when it is typed.
    public static func base32(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var (text, held, bits) = ([UInt8](), UInt32(0), 0)
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(letters[Int(held >> UInt32(bits) & 31)])
            }
            held &= (1 << UInt32(bits)) - 1
        }
        if bits > 0 { text.append(letters[Int(held << UInt32(5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
