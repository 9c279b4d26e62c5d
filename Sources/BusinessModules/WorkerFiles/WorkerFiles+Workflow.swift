internal import NodeCore

/// The life of a hardship file, and what every level counts of it.
extension WorkerFiles {
    static let workflow = Workflow(
        draft: "10",
        ready: "40",
        pending: "50",
        returned: "55",
        approved: "60",
        active: ["20", "30", "35", "40", "50", "55", "60", "70", "85"],
        editable: ["10", "40", "55", "60"],
        steps: [
            Workflow.Step("10", "20", "送核对", "send to check"),
            Workflow.Step("20", "30", "核对通过", "check fits"),
            Workflow.Step("20", "10", "核对不通过，退回修改", "check does not fit, back to editing"),
            Workflow.Step("30", "35", "开始公示", "notice starts"),
            Workflow.Step("35", "40", "公示结束，待上报", "notice ends, ready to report"),
            Workflow.Step("35", "10", "公示有异议，退回修改", "objection upheld, back to editing"),
        ])

    /// Only by fields whose originals stand in `nation`: every level must count the same.
    static let statistics: [Statistic] = [
        Statistic(
            "files", Label("档案", "files"),
            by: [
                hardshipCategory.definition, fileStandard.definition, mainCause.definition, fileStatus.definition,
            ]),
        Statistic(
            "workers", Label("困难职工构成", "who the workers are"),
            by: [
                fileStatus.definition, personKind.definition, sex.definition, employmentStatus.definition,
            ]),
        Statistic(
            "exits", Label("脱困与注销", "ways out of hardship"),
            by: [
                fileStatus.definition, trackingStatus.definition, deregisterReason.definition,
            ]),
    ]
}
