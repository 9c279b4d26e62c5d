internal import NodeCore
internal import SyncProtocol

/// Why a bundle was refused, for the person with the stick in hand: the code, what it means there, and what to do.
enum BundleRefusal {
    static func error(_ error: ProtocolError) -> NodeError {
        let words = words(error)
        let detail = words.en == error.reason ? "" : " [\(error.reason)]"
        return NodeError(
            code(error.code), "拒收（\(error.code.rawValue)）：\(words.zh)",
            "refused (\(error.code.rawValue)): \(words.en)\(detail)")
    }

    private static func code(_ code: ProtocolError.Code) -> NodeError.Code {
        switch code {
        case .position, .late, .fork, .chainBroken, .copied: .conflict
        case .wrongReceiver, .notEntitled, .unknownKey, .revoked, .retiredKey, .foreignAuthor, .outOfScope: .notAllowed
        case .recoverFirst: .recoverFirst
        case .tooLarge, .expansion: .tooLarge
        default: .invalid
        }
    }

    private static func words(_ error: ProtocolError) -> Label {
        switch error.code {
        case .position: Label("缺少前面的文件：\(error.reason)", error.reason)
        case .wrongReceiver: Label("这个文件是给别的节点的，请交给对应单位", "the file is for another node: take it there")
        case .retiredKey:
            Label("文件用旧密钥封装或签名，请对方重新导出", "an earlier key was used: have it exported anew")
        case .unknownKey:
            Label("签名的密钥没有证书，请先办理入网", "signed by a key that nobody certified: enrol that node first")
        case .revoked: Label("签名的密钥已被吊销，请对方重新入网", "the sender's key was taken away: it has to enrol again")
        case .late:
            Label("文件是对方恢复之前做的，不再算数，请对方重新导出", "made before the sender was restored: have it exported anew")
        case .fork: Label("两份历史互相矛盾，链路已停，请看 nodectl doctor", "two histories contradict each other: see nodectl doctor")
        case .recoverFirst:
            Label("一方的数据库来自旧备份，请先核实再运行 nodectl recover", "one of the two databases is an old copy: nodectl recover there")
        case .badSignature, .malformed, .digestMismatch, .rootMismatch:
            Label(
                "文件不完整或被改动；此前的内容已收下，请重新拷贝或重新导出",
                "the file is cut or was altered; what stood before that was taken. Copy it again, or have it exported anew")
        case .unsupportedVersion, .unsupportedType, .unsupportedSuite:
            Label("文件由更新的程序生成，请升级本节点", "made by a newer program: upgrade this node")
        default: Label(error.reason, "the sender's node has to be looked at")
        }
    }
}
