internal import NodeCore

/// The filling guide (填表说明): what a clerk has to know beside a field (S.12). Where the label says all there is none.
extension WorkerFiles {
    static let guides: [FieldDefinition: Label] = [
        personGuides, workGuides, moneyGuides, filingGuides, lineGuides,
    ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

    private static let personGuides: [FieldDefinition: Label] = [
        name.definition: Label("与证件一致；少数民族姓名用间隔号“·”", "As on the identity document; parts of a name are set off by ·"),
        idNumber.definition: Label(
            "18位，末位X大写；一人只能有一份有效档案", "18 characters, a capital X at the end; a person has one file in force"),
        birthDate.definition: Label("与身份证号第7至14位一致", "As digits 7 to 14 of the ID number"),
        personKind.definition: Label(
            "选“新就业形态”的，还要填写新就业形态职业", "For workers in new forms of employment fill in their occupation too"),
        phone.definition: Label("本人的11位手机号", "The worker's own mobile number, 11 digits"),
        otherContact.definition: Label("座机，或联系人及其电话", "A landline, or somebody who can be called and their number"),
        disease.definition: Label("致困原因为疾病的必填，可多选", "Required where illness is the cause; several may be chosen"),
        disabilityType.definition: Label("健康状况为残疾的必填，等级一并填写", "Required where health says disabled, with its grade"),
        disabilityCertNo.definition: Label("20位，前18位是身份证号", "20 characters; the first 18 are the ID number"),
    ]

    private static let workGuides: [FieldDefinition: Label] = [
        hukouDivision.definition: Label("户口簿上的县（市、区）", "The county of the household register"),
        residenceDivision.definition: Label("现在实际居住的县（市、区）", "The county where the household lives now"),
        address.definition: Label("写到门牌号，不必重复省、市、县", "Down to the house number; without province, city and county"),
        housingArea.definition: Label("按房产证或租约上的建筑面积", "The floor area in the deed or lease"),
        employerCreditCode.definition: Label(
            "营业执照上18位统一社会信用代码", "The unified social credit code on the licence, 18 characters"),
        contractSignedOn.definition: Label("农民工必填", "Required for migrant workers"),
        contractMonths.definition: Label("无固定期限的填0", "0 for a contract without a term"),
    ]

    private static let moneyGuides: [FieldDefinition: Label] = [
        familySize.definition: Label(
            "本人加上共同生活的家庭成员；在外就学的子女计入", "The worker and who lives with them; children away at school count"),
        hasAllowance.definition: Label("以民政部门的核对结果为准", "As civil affairs confirms"),
        isZeroEmployment.definition: Label(
            "有劳动能力的家庭成员都没有就业", "Nobody in the household who could work has work"),
        personalIncomeMonthly.definition: Label(
            "近12个月到手工资的月平均数", "Take-home pay, the average of the last 12 months"),
        familyIncomeYear.definition: Label(
            "等于收入明细合计，不含第6类", "The sum of the income lines without kind 6"),
        incomePerHeadMonthly.definition: Label("家庭年度总收入÷12÷家庭人口", "Family income of the year / 12 / size"),
        rigidExpenseYear.definition: Label(
            "支出明细中个人自付的合计，不含第5类", "The sum of what the family paid itself in the lines, without kind 5"),
        workCostYear.definition: Label("支出明细第5类的合计，不超过当地标准", "The sum of lines of kind 5, up to the local standard"),
        netPerHeadMonthly.definition: Label(
            "（总收入－刚性支出－就业成本）÷12÷人口，可以为负", "(Income - rigid costs - work costs) / 12 / size; may be negative"),
        minimumLivingUsed.definition: Label(
            "建档之日当地的低保月标准，见“系统—参数”", "The local monthly standard on the day of filing; see System, Parameters"),
    ]

    private static let filingGuides: [FieldDefinition: Label] = [
        hardshipCategory.definition: Label(
            "与系统分类不同的，要填写人工调整理由", "Where it differs from the category by rule give the reason"),
        categoryOverrideReason.definition: Label("不少于10个字", "At least 10 characters"),
        mainCause.definition: Label("只选一项最主要的", "The one that weighs most"),
        otherCauses.definition: Label("最多3项，不含主要原因", "At most 3, not the main one"),
        causeText.definition: Label(
            "谁、何时、何事、花费多少、现在怎样；不写他人的身份证号", "Who, when, what, at what cost, how it stands; no ID numbers"),
        grassrootsOpinion.definition: Label(
            "所在基层工会的意见；没有基层工会的写明原因", "The opinion of the grass-roots union, or why there is none"),
        nextVerifyOn.definition: Label("不晚于上次核查后12个月", "Within 12 months of the last verification"),
        bankAccount.definition: Label("本人名下的银行卡号", "A bank card in the worker's own name"),
        bankHolder.definition: Label("与姓名一致", "As the name"),
    ]

    private static let lineGuides: [FieldDefinition: Label] = [
        Member.idNumber.definition: Label(
            "未办身份证的儿童填户口簿上的号码", "For a child without a card the number in the household register"),
        Member.livesTogether.definition: Label("选“是”的计入家庭人口", "Who does counts for the size of the family"),
        Member.schoolOrEmployer.definition: Label("在学、在职的必填", "Required for who studies or works"),
        Income.memberId.definition: Label("不选就是本人", "Nobody chosen means the worker"),
        Expense.selfPaidAmount.definition: Label("总额减去报销或赔付", "Gross amount less what was reimbursed"),
        Expense.periodFrom.definition: Label("建档前12个月之内", "Within 12 months before filing"),
    ]
}
