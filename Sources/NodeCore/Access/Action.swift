/// What somebody may do in an area. The codes of the table `audit_action`, which the audit shows, and two that the table of
/// rights needs besides: taking files in, and seeing the queue of what waits for a decision.
public enum Action: String, Sendable, Hashable, CaseIterable, Codable {
    case login
    case view
    /// Open a masked value in full, with a purpose.
    case viewSensitive = "view_sensitive"
    case create
    case update
    case delete
    case report
    case `return`
    case approve
    case deregister
    case restore
    case print
    case export
    case grant
    case config
    case exchange
    case requestOriginal = "request_original"
    case answerOriginal = "answer_original"
    case unsealMatch = "unseal_match"
    case takeIn = "import"
    case review

    public var label: Label {
        switch self {
        case .login: Label("登录", "sign in")
        case .view: Label("查看", "view")
        case .viewSensitive: Label("查看敏感信息", "view sensitive data")
        case .create: Label("新增", "create")
        case .update: Label("修改", "change")
        case .delete: Label("删除", "delete")
        case .report: Label("上报", "report upward")
        case .return: Label("退回", "return")
        case .approve: Label("审批", "approve")
        case .deregister: Label("注销", "deregister")
        case .restore: Label("恢复", "restore")
        case .print: Label("打印", "print")
        case .export: Label("导出", "export")
        case .grant: Label("授权", "grant rights")
        case .config: Label("配置", "configure")
        case .exchange: Label("数据交换", "exchange data")
        case .requestOriginal: Label("调阅原值请求", "ask for an original value")
        case .answerOriginal: Label("调阅原值答复", "answer with an original value")
        case .unsealMatch: Label("匹配任务解封", "open a sealed number (matching job)")
        case .takeIn: Label("导入", "import")
        case .review: Label("审核队列", "see the review queue")
        }
    }
}
