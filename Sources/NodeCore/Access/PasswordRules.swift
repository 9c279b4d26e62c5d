internal import Foundation

/// What a password must be: long, or a bit shorter with three of four kinds of characters; nothing that everybody tries.
public enum PasswordRules {
    static let long = 12
    static let short = 8
    static let maximum = 128
    /// Staff change it after so many days.
    public static let daysMax: Int64 = 90

    /// As it is hashed: one form of each character, whatever keyboard typed it. Nil when it is too long to be looked at.
    static func normalised(_ password: String) -> String? {
        guard password.unicodeScalars.prefix(maximum * 4 + 1).count <= maximum * 4 else { return nil }
        return password.precomposedStringWithCanonicalMapping
    }

    /// What is wrong with it; nil when nothing is.
    public static func problem(_ password: String, login: String) -> NodeError? {
        guard let password = normalised(password), password.count <= maximum else {
            return refusal("口令最长 \(maximum) 个字符", "a password has at most \(maximum) characters")
        }
        let kinds = [
            password.contains { $0.isLowercase }, password.contains { $0.isUppercase }, password.contains { $0.isNumber },
            password.contains { !$0.isLowercase && !$0.isUppercase && !$0.isNumber },
        ].count { $0 }
        guard password.count >= long || (password.count >= short && kinds >= 3) else {
            return refusal(
                "口令至少 \(long) 个字符，或 \(short) 个字符且含大写、小写、数字、其他字符中的三种",
                "at least \(long) characters, or \(short) of three kinds: capitals, small letters, digits, others"
            )
        }
        let plain = password.lowercased()
        let core = plain.filter { $0.isLetter || $0.isNumber }
        let isRepeated = Set(plain).count < 4
        if isRepeated || common.contains(plain) || common.contains(core) || isRun(plain) {
            return refusal("此口令太常见，请换一个", "this password is too common: choose another")
        }
        if plain.contains(login.lowercased()) {
            return refusal("口令不能包含登录名", "a password must not contain the login")
        }
        return nil
    }

    private static func refusal(_ zh: String, _ en: String) -> NodeError { NodeError(.weakPassword, zh, en) }

    /// One step up or down all the way: 123456789012, abcdefghijkl.
    private static func isRun(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int64($0.value) }
        let steps = Set(zip(values, values.dropFirst()).map { $1 - $0 })
        return steps.isSubset(of: [1, -9]) || steps.isSubset(of: [-1, 9])
    }

    /// Those on top of every published list that pass the rules on length and kinds, and what people here would try.
    private static let common: Set<String> = [
        "password123", "passw0rd", "passw0rd1", "password1", "password12", "password1234", "password12345", "p@ssw0rd",
        "p@ssw0rd1", "p@ssw0rd123", "p@ssword123", "qwertyuiop", "qwertyuiop123", "qwerty123456", "1qaz2wsx3edc",
        "1qaz2wsx", "1q2w3e4r", "1q2w3e4r5t", "1q2w3e4r5t6y", "zaq12wsx", "qwer1234", "qwerasdf1234", "asdfghjkl123",
        "abcd1234", "abc123456", "abc123456789", "abcd123456", "a123456789", "aa123456", "aa12345678", "iloveyou123",
        "iloveyou1314", "woaini1314", "woaini520", "woaini1314520", "5201314", "admin123", "admin1234", "admin12345",
        "admin123456", "administrator", "administrator1", "welcome123", "welcome1", "letmein123", "changeme123",
        "monkey123456", "dragon123456", "football1234", "123456789abc", "123456abcdef", "1234567890ab", "123qweasdzxc",
        "qazwsxedc123", "qazwsxedcrfv", "zhonggong123", "gonghui123", "gonghui1234", "gonghui123456", "bangfu123",
        "bangfu1234", "bangfu123456", "bangfuzhongxin", "zhigong123456", "zonggonghui123", "123123123123", "112233445566",
        "111222333444", "123454321234", "147258369147", "102030405060", "121212121212",
    ]
}
