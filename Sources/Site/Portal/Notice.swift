internal import NodeCore

/// The notice that everybody can read before giving anything away: who, what for, how long, and what one may ask.
enum Notice {
    struct Part {
        let title: Label
        let lines: [Label]
    }

    static let parts: [Part] = [
        Part(
            title: Label("申请网上账号时", "When you ask for an account"),
            lines: [
                Label(
                    "只要姓名和手机号，用来在窗口核对是您本人，并作为登录名。不用填身份证号：到窗口出示身份证原件就行。",
                    "Only name and telephone, to know you at the counter and as your login. "
                        + "No ID number: you show the card there."
                ),
                Label(
                    "申请 30 天后自动删除，不管办没办成。不给别人。",
                    "A request is deleted after 30 days, whatever became of it. Nobody else gets it."),
            ]),
        Part(
            title: Label("有了档案以后", "Once you have a file"),
            lines: [
                Label(
                    "档案是您在窗口建的，用来判断和发放帮扶。每一种用途都要您同意，同意了什么、能不能撤回，登录后在“我的同意”里看。",
                    "The file was made with you at the counter, to decide about help and to give it. "
                        + "Each use needs your consent: see My consents."
                ),
                Label(
                    "病情、残疾、孩子的信息、银行卡号是敏感信息，单独征求同意，只给办理和审核的人看。",
                    "Illness, disability, children and bank accounts need a consent of their "
                        + "own; only those who handle them see them."
                ),
                Label("谁看过、改过，都有记录。", "Who looked at it and who changed it is on record."),
            ]),
        Part(
            title: Label("您可以要求", "What you may ask for"),
            lines: [
                Label(
                    "查看、下载、更正自己的信息，撤回同意，要求删除或说明。15 个工作日内答复。",
                    "To see, copy and correct your data, to take a consent back, to have something deleted "
                        + "or explained. Answered in 15 working days."
                ),
                Label("在网上不方便，到窗口办也一样。", "At the counter it is the same."),
            ]),
    ]
}
