internal import NodeCore

/// How hardship files look: the six steps of the form, what a list shows and what it can be narrowed by (M1.2, M1.11).
extension WorkerFiles {
    public static let pages = RecordPages(
        kind, path: "workers", noun: Label("档案", "file"), title: name.definition,
        searched: [name.definition, employerName.definition],
        columns: [
            name.definition, sex.definition, hardshipCategory.definition, mainCause.definition, fileStandard.definition,
            incomePerHeadMonthly.definition, fileStatus.definition, filedOn.definition,
        ],
        filters: [
            .choice(fileStatus.definition), .text(name.definition), .choice(hardshipCategory.definition),
            .choice(mainCause.definition), .choice(fileStandard.definition), .choice(residenceDivision.definition),
            .choice(sex.definition), .range(birthDate.definition), .filled(disease.definition),
            .filled(disabilityType.definition), .text(employerName.definition), .choice(industry.definition),
            .range(incomePerHeadMonthly.definition), .range(familySize.definition), .choice(isZeroEmployment.definition),
            .choice(isSingleParent.definition), .range(aidCount.definition), .range(verifiedOn.definition),
            .range(filedOn.definition), .choice(modelWorkerGrade.definition), .choice(trackingStatus.definition),
            .choice(employmentStatus.definition),
        ],
        sections: [
            .init("worker", Label("一 职工本人", "1 The worker"), fields(person)),
            .init("living", Label("二 住址与工作", "2 Home and work"), fields(livingAndWork)),
            .init("household", Label("三 家庭成员", "3 The household"), fields(household) + [.list(Member.list)]),
            .init(
                "money", Label("四 收入与支出", "4 Income and costs"), fields(money) + [.list(Income.list), .list(Expense.list)]),
            .init("cause", Label("五 困难情况", "5 The hardship"), fields(cause)),
            .init("filing", Label("六 建档与账户", "6 Filing and account"), fields(filing)),
        ], guides: guides)

    /// The columns and filters above.
    static let listed = [
        name.definition, sex.definition, hardshipCategory.definition, mainCause.definition, fileStandard.definition,
        incomePerHeadMonthly.definition, filedOn.definition, residenceDivision.definition, birthDate.definition,
        disease.definition, disabilityType.definition, employerName.definition, industry.definition, familySize.definition,
        isZeroEmployment.definition, isSingleParent.definition, aidCount.definition, verifiedOn.definition,
        modelWorkerGrade.definition, trackingStatus.definition, employmentStatus.definition,
    ]

    private static func fields(_ definitions: [FieldDefinition]) -> [RecordPages.Section.Item] {
        definitions.map { .field($0) }
    }

    private static let person = [
        name.definition, idType.definition, idNumber.definition, sex.definition, birthDate.definition, ethnicity.definition,
        politicalStatus.definition, maritalStatus.definition, education.definition, phone.definition,
        otherContact.definition, personKind.definition, personalIdentity.definition, modelWorkerGrade.definition,
        healthStatus.definition, disease.definition, disabilityType.definition, disabilityGrade.definition,
        disabilityCertNo.definition, namePinyin.definition,
    ]

    private static let livingAndWork = [
        hukouType.definition, hukouDivision.definition, residenceDivision.definition, address.definition,
        postcode.definition, housingType.definition, housingArea.definition, housingAreaBand.definition,
        employerName.definition, employerCreditCode.definition, unitNature.definition, enterpriseStatus.definition,
        industry.definition, employmentStatus.definition, newFormJob.definition, jobStartDate.definition,
        contractSignedOn.definition, contractMonths.definition, unionMember.definition, memberNo.definition,
        medicalInsurance.definition, socialInsurance.definition,
    ]

    private static let household = [
        familySize.definition, hasAllowance.definition, isSingleParent.definition, canSelfHelp.definition,
        isZeroEmployment.definition,
    ]

    private static let money = [
        personalIncomeMonthly.definition, familyOtherIncomeYear.definition, familyIncomeYear.definition,
        incomePerHeadMonthly.definition, rigidExpenseYear.definition, workCostYear.definition,
        netPerHeadMonthly.definition, minimumLivingUsed.definition,
    ]

    private static let cause = [
        hardshipCategory.definition, categoryByRule.definition, categoryOverrideReason.definition, mainCause.definition,
        otherCauses.definition, causeText.definition,
    ]

    private static let filing = [
        fileStandard.definition, filingOrgId.definition, filedBy.definition, filedOn.definition,
        grassrootsOrgId.definition, grassrootsOpinion.definition, grassrootsBy.definition, grassrootsOn.definition,
        verifiedOn.definition, nextVerifyOn.definition, trackingStatus.definition, bankName.definition,
        bankBranch.definition, bankAccount.definition, bankHolder.definition, remark.definition,
    ]

    /// A new file is this unit's, of today, of a person who receives aid, to be verified within a year (T-13).
    static func begin(_ record: inout Record, _ beginning: Beginning) {
        record[filedOn] = beginning.today.number
        record[nextVerifyOn] = beginning.today.number + 365
        record[filingOrgId] = beginning.seat
        record[filedBy] = beginning.person
        record[trackingStatus] = "1"
        record[aidCount] = 0
        record[aidAmountTotal] = 0
    }
}
