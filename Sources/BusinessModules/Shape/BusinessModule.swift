public import NodeCore

/// The headings of the console's menu, in their order. A module stands under one of them.
public enum Heading: String, Sendable, CaseIterable {
    case files, aid, petitions, legalAid, jobs, training, policies, funds, reports

    public var label: Label {
        switch self {
        case .files: Label("困难职工档案", "Files")
        case .aid: Label("帮扶救助", "Aid")
        case .petitions: Label("信访咨询", "Petitions")
        case .legalAid: Label("法律援助", "Legal aid")
        case .jobs: Label("职业介绍", "Jobs")
        case .training: Label("技能培训", "Training")
        case .policies: Label("政策文件", "Policies")
        case .funds: Label("专项资金", "Funds")
        case .reports: Label("工作报表", "Reports")
        }
    }
}

/// One business module, all that the program knows of it: what it keeps, who may do what with it, how its pages look.
public struct BusinessModule: Sendable {
    public let heading: Heading
    public let records: [RecordPages]
    public let permissions: [Permission]

    public init(heading: Heading, records: [RecordPages], permissions: [Permission]) {
        self.heading = heading
        self.records = records
        self.permissions = permissions
    }

    public var kinds: [RecordKind] { records.map(\.kind) }
}
