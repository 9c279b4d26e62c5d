internal import CArgon2

/// Passwords of people, kept with Argon2id (RFC 9106): 64 MiB and three passes, about a sixth of a second. Slow on purpose,
/// so never inside a transaction, and at most two at once.
public enum PasswordHash {
    private static let passes: UInt32 = 3
    private static let memoryKibibytes: UInt32 = 64 * 1_024
    private static let lanes: UInt32 = 1
    private static let digestBytes = 32
    static let saltBytes = 16

    /// The text with parameters, salt and digest that is kept (PHC format).
    static func make(_ password: String, salt: [UInt8]) throws -> String {
        guard salt.count == saltBytes else {
            throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little")
        }
        let word = Array(password.utf8)
        let size = argon2_encodedlen(
            passes, memoryKibibytes, lanes, UInt32(salt.count), UInt32(digestBytes), Argon2_id)
        var encoded = [CChar](repeating: 0, count: size)
        let code = argon2id_hash_encoded(
            passes, memoryKibibytes, lanes, word, word.count, salt, salt.count, digestBytes, &encoded, size)
        guard code == ARGON2_OK.rawValue else { throw failure(code) }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Takes the same time whether it fits or not.
    static func fits(_ password: String, _ encoded: String) throws -> Bool {
        let word = Array(password.utf8)
        let code = argon2id_verify(encoded, word, word.count)
        if code == ARGON2_OK.rawValue { return true }
        guard code == ARGON2_VERIFY_MISMATCH.rawValue else { throw failure(code) }
        return false
    }

    /// Fits no password that anybody could find; verified where there is no account, so that this takes as long.
    static let decoy =
        "$argon2id$v=19$m=65536,t=3,p=1$" + String(repeating: "A", count: 22) + "$" + String(repeating: "A", count: 43)

    private static func failure(_ code: Int32) -> NodeError {
        let reason = String(cString: argon2_error_message(code))
        return NodeError(.storeBroken, "口令摘要无法计算", "a password hash cannot be worked out: \(reason)")
    }
}
