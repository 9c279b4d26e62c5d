public import NodeCore

/// Every parameter by its key: what it means, and down to which level it may be set. The values themselves are published.
public enum DeclaredParameters {
    public static let all: [ParameterKey] = standards + deadlines + aid + node

    /// Code tables to which a province or city may add codes of its own (QG.7): none by which every level counts.
    public static let extensibleCodes: Set<String> = [
        "activity_kind", "attachment_type", "job_major", "knowledge_kind", "policy_category", "visit_purpose",
        "wish_category",
    ]

    /// What differs from place to place and is published there every year (S.12).
    private static let standards = [
        standard("minimum_living_monthly", "城市低保标准（元/月）", "minimum living standard, urban (yuan a month)"),
        standard("rural_minimum_monthly", "农村低保标准（元/月）", "minimum living standard, rural (yuan a month)"),
        standard("minimum_wage_monthly", "最低工资标准（元/月）", "minimum wage (yuan a month)"),
        standard("relative_multiple", "相对困难倍数", "multiple of the standard for relative hardship"),
        standard("accident_multiple", "意外致困上限倍数", "multiple of the standard for hardship by accident"),
        standard("work_cost_monthly", "必要就业成本（元/月）", "necessary cost of working (yuan a month)"),
    ]

    private static func standard(_ key: String, _ zh: String, _ en: String) -> ParameterKey {
        ParameterKey(key, zh, en, .decimal, settableBy: .county, isStandard: true)
    }

    /// Section 4 of the rules.
    private static let deadlines = [
        ParameterKey(
            "notice_working_days", "公示天数（工作日）", "public notice (working days), T-10", .integer, settableBy: .city,
            fallback: "5", range: 500...6_000),
        reviewDays, correctionDays, verificationMonths, verificationCloses,
    ]

    public static let reviewDays = ParameterKey(
        "review_working_days", "审核时限（工作日）", "review by the next level (working days), T-11", .integer,
        settableBy: .province, fallback: "10", range: 100...6_000)
    public static let correctionDays = ParameterKey(
        "correction_working_days", "退回更正时限（工作日）", "correction of what was returned (working days), T-12", .integer,
        settableBy: .province, fallback: "10", range: 100...6_000)
    public static let verificationMonths = ParameterKey(
        "verification_months", "年度核查间隔（月）", "full verification (months), T-13", .integer, settableBy: .city,
        fallback: "12", range: 100...2_400)
    public static let verificationCloses = ParameterKey(
        "verification_closes", "年度核查截止（月日）", "full verification closes (month-day), T-13", .text,
        settableBy: .city, fallback: "11-30")

    private static let aid = [
        ParameterKey(
            "warmth_per_time", "送温暖每次上限（元）", "warmth visit, most each time (yuan), G-05", .integer,
            settableBy: .province),
        ParameterKey(
            "warmth_per_year", "送温暖每年上限（元）", "warmth visits, most a year (yuan), G-05", .integer,
            settableBy: .province),
        ParameterKey(
            "cash_limit", "现金发放上限（元）", "most that is paid in cash (yuan), G-10", .integer, settableBy: .province),
        ParameterKey(
            "county_aid_limit", "县级审批救助金额上限（元）", "most that a county approves (yuan)", .integer,
            settableBy: .city),
    ]

    /// Safety and disclosure: the same everywhere.
    private static let node = [
        ParameterKey(
            "lock_minutes", "账号锁定分钟数", "minutes that an account is locked", .integer, settableBy: .national),
        ParameterKey(
            "lock_failures", "锁定前失败次数", "failures before an account is locked", .integer, settableBy: .national),
        ParameterKey("min_cell", "统计最小单元（人）", "smallest cell of a statistic, S-01", .integer, settableBy: .national),
        ParameterKey(
            "min_cell_cross", "多维统计最小单元（人）", "smallest cell of crossed statistics, S-02", .integer,
            settableBy: .national),
    ]
}
