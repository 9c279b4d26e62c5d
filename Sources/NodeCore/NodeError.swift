/// Why the node refused a person or could not go on. The code is public contract; the message is for the person who asked.
public struct NodeError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case badRequest = "bad-request"
        case badConfiguration = "bad-configuration"
        case notFound = "not-found"
        case notAllowed = "not-allowed"
        /// Nobody has signed in, or the session ended.
        case signInFirst = "sign-in-first"
        /// Login, password or code is wrong, or the account is locked for the moment: which of them is not said.
        case signInRefused = "sign-in-refused"
        case weakPassword = "weak-password"
        /// More often than this may be done: later again.
        case tooMany = "too-many"
        case conflict
        case invalid
        case tooLarge = "too-large"
        case notEnrolled = "not-enrolled"
        case codeUsed = "code-used"
        case storeNewer = "store-newer"
        case storeBroken = "store-broken"
        /// Written by an earlier program, and not taken over yet.
        case storeOlder = "store-older"
        /// The data keys do not open.
        case storeLocked = "store-locked"
        /// An encrypted value of the store was changed or stands in another's place.
        case cellAltered = "cell-altered"
        case unreachable
        /// The node was restored, and what it once said is not back yet.
        case recovering
        /// Restored from a copy, or copied: read only until a person has decided.
        case recoverFirst = "recover-first"
        /// No room: reads go on, and so does everything as soon as there is room again.
        case diskFull = "disk-full"
        /// The disk gave an error: read only until the node is started again.
        case diskFailed = "disk-failed"
        /// A neighbour has stored all that it may.
        case quotaUsed = "quota-used"
        /// Too much is half uploaded.
        case stagingFull = "staging-full"
    }

    public let code: Code
    public let message: Label

    public init(_ code: Code, _ zh: String, _ en: String) {
        self.code = code
        message = Label(zh, en)
    }

    public static let diskFull = NodeError(
        .diskFull, "磁盘已满：暂不能写入，查询照常；请清理或扩容，有空间后自动恢复",
        "the disk is full: nothing can be written, reading goes on; make room, then it goes on by itself")

    public static func == (left: NodeError, right: NodeError) -> Bool { left.code == right.code }

    public var description: String { "\(code.rawValue): \(message.zh) / \(message.en)" }
}
