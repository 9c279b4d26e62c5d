public import NodeCore

/// Who may do what with hardship files. A level writes its own files and decides about those below; nobody else comes near.
extension WorkerFiles {
    public static let permissions: [Permission] = [
        // Cities and provinces have files of their own affiliated unions.
        Permission(
            [.clerk], at: [.county, .city, .province], area,
            [.view, .viewSensitive, .create, .update, .delete, .takeIn, .print, .export]),
        Permission([.countyReviewer], at: [.county], area, reviewing),
        Permission([.cityReviewer], at: [.city], area, reviewing),
        Permission([.provinceReviewer], at: [.province], area, reviewing),
        // Above the provinces nobody is named: what reaches the national node is masked.
        Permission([.nationalReviewer], at: [.national], area, [.view, .review, .approve, .return, .print]),
        Permission([.approver, .unitHead], at: [.county, .city, .province], area, [.view, .print]),
        Permission([.dataSteward], at: [.county, .city, .province], area, [.takeIn]),
    ]

    /// What is hidden in lists, masked, and opened with a purpose only.
    static let guarded = Guarded(
        health: [
            healthStatus.definition, disease.definition, disabilityType.definition, disabilityGrade.definition,
            disabilityCertNo.definition,
        ],
        traits: [ethnicity.definition, politicalStatus.definition], accounts: [bankAccount.definition],
        addresses: [address.definition])

    private static let area = Area(kind.code)

    private static let reviewing: [Action] = [
        .view, .viewSensitive, .review, .report, .approve, .return, .deregister, .restore, .print, .export,
    ]
}
