/// What somebody agrees to, in words that need no lawyer, and what it means to take it back. A changed text gets a new
/// version: the ledger names the one that was shown.
public struct ConsentText: Sendable {
    /// Code of `consent_purpose`.
    public let purpose: String
    public let version: String
    public let text: Label
    /// What follows from taking it back, and what does not.
    public let withdrawal: Label
}

public enum ConsentTexts {
    public static let version = "2026-1"

    /// What every withdrawal leaves alone.
    public static let kept = Label(
        "已经批准、正在发放的帮扶不会因为撤回而取消。以前依法办过的事仍然有效。以后想通了，可以随时重新同意。",
        "Help that was approved and is being given goes on. What was done before stays "
            + "valid. You may agree again at any time."
    )

    /// The purposes that a file rests on, in the order of their codes. Others are shown once they stand in a ledger.
    public static let all: [ConsentText] = [
        text(
            "01", "帮扶中心登记您和家人的基本情况、收入和支出，用来判断您能得到哪些帮扶。",
            "The centre writes down how you and your family live, earn and spend, to see what help you can get.",
            "经办人会看到您的撤回，不再向您收集新的情况；新的帮扶也就批不了。已经登记的内容不会自动删除，想注销档案请告诉经办人。",
            "The clerk sees it and collects nothing new; no new help can be approved. What is written down "
                + "is not deleted by itself: tell the clerk if the file is to be closed."
        ),
        text(
            "02", "经您同意，工会请民政等部门核对您家的收入和财产情况。",
            "With your consent the union asks civil affairs and other offices about your family's income and property.",
            "以后不再请别的部门核对。没有核对结果，新的帮扶可能批不下来。",
            "Other offices are not asked any more. Without their answer new help may not be approved."),
        text(
            "03", "审批之前，在单位或社区公布您的姓名、单位和困难类别几天，请大家监督。不公布身份证号、电话、病情和孩子的信息。",
            "Before approval your name, employer and kind of hardship are posted for some days. Never "
                + "your ID number, telephone, illness or children.",
            "以后不再公布。按规定要先公示才能上报的，会停在这一步。",
            "Nothing is posted any more. What has to be posted before it is reported stops at that step."),
        text(
            "04", "您的档案送上一级工会审核。上级只看审核需要的内容。",
            "Your file goes to the union above for review, as far as the review needs it.",
            "从现在起不再上报；正在等上级审核的，会马上撤回来，要上级批的帮扶就停下了。上级以前收到的内容不会自动收回。",
            "Nothing is reported from now on. What waits for a review above is taken back at once, so help "
                + "that needs the union above stops there. What it received before is not taken back by itself."
        ),
        text(
            "05", "登记您和家人的病情、残疾等级和医药费。这是敏感信息，只给办理和审核的人看。",
            "Illness, disability and medical bills of you and your family. Only those who "
                + "handle and review your file see them.",
            "以后不再登记新的病情。和看病有关的帮扶（如大病救助）就办不了。",
            "Nothing new about your health is written down. Help that has to do with illness cannot be given."),
        text(
            "06", "在窗口拍一张照片放进档案。不做人脸识别。",
            "A photograph taken at the counter, for your file. Faces are not recognised by machine.",
            "以后不再拍照。不影响帮扶。", "No more photographs. Your help is not touched."),
        text(
            "07", "登记未成年子女的情况，用于助学等帮扶。须由父母或其他监护人同意。",
            "Data of children under age, for help with school. A parent or guardian agrees.",
            "以后不再登记孩子的新情况。助学帮扶就办不了。", "Nothing new about the child is written down. Help with school cannot be given."),
        text(
            "12", "登记您的银行卡号，用来把帮扶金打到卡上。卡号不出本中心。",
            "Your bank account, so that money can be paid into it. The number never leaves this centre.",
            "以后不再往这张卡打钱，改用别的方式领取，可能会慢一些。",
            "Nothing is paid into this account any more: another way has to be found, which may take longer."),
        text(
            "13", "把您的有关情况告诉民政、人社等部门，让他们也能帮您。",
            "Other departments are told what they need so that they can help too.",
            "以后不再告诉别的部门。别的部门的帮扶要您自己去申请。", "Other departments are not told any more: you ask for their help yourself."),
    ]

    public static func find(_ purpose: String) -> ConsentText? { all.first { $0.purpose == purpose } }

    private static func text(_ purpose: String, _ zh: String, _ en: String, _ goneZh: String, _ goneEn: String)
        -> ConsentText
    {
        ConsentText(purpose: purpose, version: version, text: Label(zh, en), withdrawal: Label(goneZh, goneEn))
    }
}
