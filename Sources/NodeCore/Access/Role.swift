/// What a person is at a node. The codes are those of the code table `role`, and public contract.
public enum Role: String, Sendable, Hashable, CaseIterable, Comparable, Codable {
    case clerk
    case countyReviewer = "county_reviewer"
    case cityReviewer = "city_reviewer"
    case provinceReviewer = "province_reviewer"
    case nationalReviewer = "national_reviewer"
    case nationalAnalyst = "national_analyst"
    case analyst
    case approver
    case unitHead = "unit_head"
    case finance
    case petitionOfficer = "petition_officer"
    case petitionSupervisor = "petition_supervisor"
    case handler
    case legalOfficer = "legal_officer"
    case jobOfficer = "job_officer"
    case grassrootsOfficer = "grassroots_officer"
    case stationStaff = "station_staff"
    case policyEditor = "policy_editor"
    case reportDesigner = "report_designer"
    case activityManager = "activity_manager"
    case dataSteward = "data_steward"
    case auditor
    case sysadmin
    case secadmin
    case matchingJob = "matching_job"
    case lawyer
    case worker
    case employer
    case recruiter
    case trainer
    case examiner
    case merchant
    case volunteer
    case counsellor
    case petitioner

    /// By code, so that lists of roles look the same everywhere.
    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }

    /// People who come to the centre's site and do not work for the union: they sign in at the portal.
    public static let outside: [Role] = [
        .worker, .lawyer, .employer, .recruiter, .trainer, .examiner, .merchant, .volunteer, .counsellor, .petitioner,
    ]

    /// Those who keep the node and nobody's file: system, security and audit exclude each other and all business.
    public static let administrative: [Role] = [.sysadmin, .secadmin, .auditor]

    public var isOutside: Bool { Role.outside.contains(self) }

    public var isAdministrative: Bool { Role.administrative.contains(self) }

    /// Everybody who works for the union, at any desk.
    public static let staff: [Role] = allCases.filter { !$0.isOutside && $0 != .matchingJob }

    /// Those of the staff who work for people: not the administrators.
    public static let business: [Role] = staff.filter { !$0.isAdministrative }

    public static let reviewers: [Role] = [.countyReviewer, .cityReviewer, .provinceReviewer, .nationalReviewer]

    public var label: Label {
        switch self {
        case .clerk: Label("帮扶中心经办人", "Help-centre clerk")
        case .countyReviewer: Label("县级审核人", "County reviewer")
        case .cityReviewer: Label("市级审核人", "City reviewer")
        case .provinceReviewer: Label("省级审核人", "Province reviewer")
        case .nationalReviewer: Label("全国级审核人", "National reviewer")
        case .nationalAnalyst: Label("全总保障部分析员", "National analyst")
        case .analyst: Label("数据分析员", "Analyst of a city or province")
        case .approver: Label("审批人", "Approver")
        case .unitHead: Label("单位负责人", "Head of the unit")
        case .finance: Label("财务人员", "Finance officer")
        case .petitionOfficer: Label("信访接待员", "Petition officer")
        case .petitionSupervisor: Label("信访督办员", "Petition supervisor")
        case .handler: Label("信访承办人", "Handler of a petition")
        case .legalOfficer: Label("法律援助管理员", "Legal-aid officer")
        case .jobOfficer: Label("职业介绍管理员", "Jobs officer of the union")
        case .grassrootsOfficer: Label("基层工会经办人", "Officer of the grass-roots union")
        case .stationStaff: Label("服务场所核验员", "Staff of a station or lane")
        case .policyEditor: Label("政策编辑", "Policy editor")
        case .reportDesigner: Label("报表设计员", "Report designer")
        case .activityManager: Label("活动管理员", "Activity manager")
        case .dataSteward: Label("数据治理员", "Data steward")
        case .auditor: Label("审计员", "Auditor")
        case .sysadmin: Label("系统管理员", "System administrator")
        case .secadmin: Label("安全管理员", "Security administrator")
        case .matchingJob: Label("匹配任务（系统）", "Matching job (system account)")
        case .lawyer: Label("援助律师", "Legal-aid lawyer")
        case .worker: Label("职工（会员）", "Worker")
        case .employer: Label("用人单位", "Employer")
        case .recruiter: Label("第三方招聘机构", "Recruiter")
        case .trainer: Label("培训教师", "Trainer")
        case .examiner: Label("阅卷考务", "Examiner")
        case .merchant: Label("商户核销员", "Merchant")
        case .volunteer: Label("志愿者", "Volunteer")
        case .counsellor: Label("心理咨询师", "Counsellor")
        case .petitioner: Label("信访人", "Petitioner")
        }
    }
}
