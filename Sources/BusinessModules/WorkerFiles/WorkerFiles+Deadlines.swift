internal import NodeCore

/// What has to be done with a hardship file by when (T-11 to T-13): the clerk is reminded first, then the reviewer, then the
/// head of the unit.
extension WorkerFiles {
    static let deadlines = [
        Deadline(
            "T-11", Label("上报件审核", "review of a report"), .pendingHere,
            .workingDays(DeclaredParameters.reviewDays),
            ladder: [.init(-3, .reviewer), .init(0, .reviewer), .init(1, .reviewer), .init(3, .head)]),
        Deadline(
            "T-12", Label("退回件更正", "correction of a returned file"), .returned,
            .workingDays(DeclaredParameters.correctionDays),
            ladder: [.init(-3, .clerk), .init(0, .clerk), .init(1, .clerk, .reviewer), .init(5, .head)]),
        Deadline(
            "T-13", Label("年度核查", "yearly verification"),
            .dated(
                [verifiedOn.definition, filedOn.definition], planned: nextVerifyOn.definition,
                states: [workflow.approved]),
            .yearly(months: DeclaredParameters.verificationMonths, closes: DeclaredParameters.verificationCloses),
            ladder: [.init(-20, .clerk), .init(-5, .clerk), .init(0, .clerk), .init(1, .reviewer), .init(10, .head)]),
    ]
}
