public import NodeCore

/// The fields of a hardship file in the order of its form. A tag is the field's number on the wire: new fields go to the
/// end, no number is used twice.
extension WorkerFiles {
    // MARK: What kind of file it is
    public static let fileNo = Field<String>.text(
        "file_no", 1, "档案编号", "file number", maximum: 20, .kept, required: true, form: .digits(16))
    public static let fileStandard = Field<String>.code(
        "file_standard", 2, "建档标准", "file standard", of: "file_standard", .kept, required: true)
    public static let personKind = Field<String>.code(
        "person_kind", 3, "职工类别", "kind of worker", of: "person_kind", .kept, required: true)
    public static let personalIdentity = Field<String>.code(
        "personal_identity", 4, "个人身份", "personal identity", of: "personal_identity", .kept)
    public static let hardshipCategory = Field<String>.code(
        "hardship_category", 5, "困难类别", "hardship category", of: "hardship_category", .kept, required: true)
    public static let categoryByRule = Field<String>.code(
        "category_by_rule", 6, "系统分类", "category by rule", of: "hardship_category", .kept)
    public static let categoryOverrideReason = Field<String>.text(
        "category_override_reason", 7, "人工调整理由", "reason for another category", maximum: 200, .city)

    // MARK: The person
    public static let name = Field<String>.text(
        "name", 8, "姓名", "name", maximum: 30, .masked, required: true, form: .personName, inClear: true)
    public static let namePinyin = Field<String>.text(
        "name_pinyin", 9, "姓名拼音", "name in pinyin", maximum: 80, .local, inClear: true)
    public static let idType = Field<String>.code(
        "id_type", 10, "证件类型", "type of identity document", of: "id_document_type", .kept, required: true)
    public static let idNumber = Field<String>.text(
        "id_number", 11, "身份证号", "ID number", maximum: 18, .hidden, required: true, form: .citizenNumber)
    public static let sex = Field<String>.code("sex", 12, "性别", "sex", of: "sex", .kept, required: true)
    public static let birthDate = Field<Int64>.date(
        "birth_date", 13, "出生日期", "date of birth", .banded, required: true)
    public static let ethnicity = Field<String>.code(
        "ethnicity", 14, "民族", "ethnicity", of: "ethnicity", .banded, required: true, banding: .group(["01"]))
    public static let politicalStatus = Field<String>.code(
        "political_status", 15, "政治面貌", "political status", of: "political_status", .banded, required: true,
        banding: .group(["01", "02"]))
    public static let maritalStatus = Field<String>.code(
        "marital_status", 16, "婚姻状况", "marital status", of: "marital_status", .kept, required: true)
    public static let education = Field<String>.code(
        "education", 17, "学历", "education", of: "education", .kept, required: true)
    public static let healthStatus = Field<String>.code(
        "health_status", 18, "健康状况", "health", of: "health_status", .banded, required: true,
        banding: .group(["10", "20"]))
    public static let disease = Field<[String]>.codes(
        "disease", 19, "疾病类别", "diseases", of: "disease", .banded, banding: .present)
    public static let disabilityType = Field<String>.code(
        "disability_type", 20, "残疾类别", "kind of disability", of: "disability_type", .banded, banding: .present)
    public static let disabilityGrade = Field<String>.code(
        "disability_grade", 21, "残疾等级", "grade of disability", of: "disability_grade", .banded, banding: .present)
    public static let disabilityCertNo = Field<String>.text(
        "disability_cert_no", 22, "残疾证号", "disability certificate number", maximum: 20, .home)
    public static let modelWorkerGrade = Field<String>.code(
        "model_worker_grade", 23, "劳模类型", "model worker", of: "model_worker_grade", .kept, required: true)

    // MARK: Where the person lives
    public static let phone = Field<String>.text(
        "phone", 24, "手机号码", "mobile phone", maximum: 11, .masked, required: true, form: .mobile, lookedUp: true)
    public static let otherContact = Field<String>.text(
        "other_contact", 25, "其他联系方式", "other contact", maximum: 40, .home)
    public static let hukouType = Field<String>.code(
        "hukou_type", 26, "户口类型", "register type", of: "hukou_type", .kept, required: true)
    public static let hukouDivision = Field<String>.code(
        "hukou_division", 27, "户口所在地区划", "register division", of: "divisions", .kept, required: true)
    public static let residenceDivision = Field<String>.code(
        "residence_division", 28, "居住地区划", "residence division", of: "divisions", .kept, required: true)
    public static let address = Field<String>.text(
        "address", 29, "家庭住址", "home address", maximum: 200, .city, required: true)
    public static let postcode = Field<String>.text(
        "postcode", 30, "邮政编码", "postcode", maximum: 6, .city, form: .digits(6))
    public static let housingType = Field<String>.code(
        "housing_type", 31, "住房类型", "housing", of: "housing_type", .kept, required: true)
    public static let housingArea = Field<Int64>.decimal(
        "housing_area", 32, "建筑面积（平方米）", "floor area (square metres)", digits: 2, .banded, range: 0...50_000,
        banding: .step(2_000))
    public static let housingAreaBand = Field<String>.code(
        "housing_area_band", 33, "住房面积档", "floor area band", of: "housing_area_band", .kept)

    // MARK: Work
    public static let employerName = Field<String>.text(
        "employer_name", 34, "工作单位", "employer", maximum: 100, .city, inClear: true)
    public static let employerCreditCode = Field<String>.text(
        "employer_credit_code", 35, "单位信用代码", "employer credit code", maximum: 18, .city, form: .creditCode,
        inClear: true)
    public static let unitNature = Field<String>.code(
        "unit_nature", 36, "单位性质", "nature of the employer", of: "unit_nature", .kept, required: true)
    public static let enterpriseStatus = Field<String>.code(
        "enterprise_status", 37, "企业状况", "state of the enterprise", of: "enterprise_status", .kept, required: true)
    public static let industry = Field<String>.code(
        "industry", 38, "所属行业", "industry", of: "industry", .kept, required: true)
    public static let employmentStatus = Field<String>.code(
        "employment_status", 39, "工作状态", "employment status", of: "employment_status", .kept, required: true)
    public static let newFormJob = Field<String>.code(
        "new_form_job", 40, "新就业形态职业", "new-form occupation", of: "new_form_job", .kept)
    public static let jobStartDate = Field<Int64>.date("job_start_date", 41, "参加工作时间", "first employment", .banded)
    public static let contractSignedOn = Field<Int64>.date(
        "contract_signed_on", 42, "劳动合同签订时间", "labour contract signed on", .city)
    public static let contractMonths = Field<Int64>.integer(
        "contract_months", 43, "劳动合同期限（月）", "labour contract (months)", .city, range: 0...600)
    public static let unionMember = Field<Bool>.flag(
        "union_member", 44, "工会会员", "union member", .kept, required: true)
    public static let memberNo = Field<String>.text("member_no", 45, "会员卡号", "member card number", maximum: 20, .home)

    // MARK: Insurance and flags
    public static let medicalInsurance = Field<[String]>.codes(
        "medical_insurance", 46, "医保状况", "medical insurance", of: "medical_insurance", .kept, required: true)
    public static let socialInsurance = Field<[String]>.codes(
        "social_insurance", 47, "参保险种", "social insurance", of: "social_insurance_kind", .kept)
    public static let hasAllowance = Field<Bool>.flag(
        "has_allowance", 48, "享受低保", "receives the minimum allowance", .kept, required: true)
    public static let isSingleParent = Field<Bool>.flag(
        "is_single_parent", 49, "单亲", "single parent", .kept, required: true)
    public static let canSelfHelp = Field<Bool>.flag(
        "can_self_help", 50, "有一定自救能力", "able to help themselves", .kept, required: true)
    public static let isZeroEmployment = Field<Bool>.flag(
        "is_zero_employment", 51, "零就业家庭", "zero-employment family", .kept, required: true)

    // MARK: Money: the sums that the income and expense lines must bear out
    public static let personalIncomeMonthly = Field<Int64>.money(
        "personal_income_monthly", 52, "本人月平均收入", "own average monthly income", .banded, required: true,
        range: 0...5_000_000, banding: .step(50_000))
    public static let familyOtherIncomeYear = Field<Int64>.money(
        "family_other_income_year", 53, "家庭其他非薪资年收入", "other yearly family income, no wages", .banded,
        required: true, range: 0...999_999_999_999, banding: .step(600_000))
    public static let familyIncomeYear = Field<Int64>.money(
        "family_income_year", 54, "家庭年度总收入", "yearly family income", .banded, required: true,
        range: 0...999_999_999_999, banding: .step(600_000))
    public static let familySize = Field<Int64>.integer(
        "family_size", 55, "家庭人口", "family size", .kept, required: true, range: 1...15)
    public static let incomePerHeadMonthly = Field<Int64>.money(
        "income_per_head_monthly", 56, "家庭月人均收入", "monthly income per head", .banded, required: true,
        range: 0...9_999_999_999, banding: .step(50_000))
    public static let rigidExpenseYear = Field<Int64>.money(
        "rigid_expense_year", 57, "刚性支出合计（年）", "rigid expenses (year)", .banded, required: true,
        range: 0...999_999_999_999, banding: .step(600_000))
    public static let workCostYear = Field<Int64>.money(
        "work_cost_year", 58, "必要就业成本（年）", "necessary cost of working (year)", .banded, range: 0...999_999_999_999,
        banding: .step(600_000))
    public static let netPerHeadMonthly = Field<Int64>.money(
        "net_per_head_monthly", 59, "扣减后月人均", "monthly net per head", .banded, required: true,
        range: -999_999_999_999...999_999_999_999, banding: .step(50_000))
    public static let minimumLivingUsed = Field<Int64>.money(
        "minimum_living_used", 60, "适用低保标准", "minimum living standard used", .kept, required: true,
        range: 0...9_999_999_999)

    // MARK: Why the family is in hardship
    public static let mainCause = Field<String>.code(
        "main_cause", 61, "主要致困原因", "main cause of hardship", of: "hardship_cause", .kept, required: true)
    public static let otherCauses = Field<[String]>.codes(
        "other_causes", 62, "次要致困原因", "other causes of hardship", of: "hardship_cause", .kept)
    public static let causeText = Field<String>.text(
        "cause_text", 63, "致困情况说明", "description of the hardship", maximum: 500, .city)

    // MARK: Account and photo: for the home only
    public static let bankName = Field<String>.text("bank_name", 64, "开户银行", "bank", maximum: 60, .home)
    public static let bankBranch = Field<String>.text("bank_branch", 65, "支行名称", "bank branch", maximum: 60, .home)
    public static let bankAccount = Field<String>.text(
        "bank_account", 66, "银行卡号", "bank card number", maximum: 30, .home)
    public static let bankHolder = Field<String>.text("bank_holder", 67, "户名", "account holder", maximum: 30, .home)
    public static let photoId = Field<String>.text("photo_id", 68, "本人照片", "photo", maximum: 64, .home)

    // MARK: Filing
    public static let filingOrgId = Field<String>.text(
        "filing_org_id", 69, "建档单位", "filing unit", maximum: 64, .kept, required: true)
    public static let filedBy = Field<String>.text(
        "filed_by", 70, "建档人", "filed by", maximum: 64, .home, required: true)
    public static let filedOn = Field<Int64>.date("filed_on", 71, "建档日期", "filed on", .kept, required: true)
    public static let grassrootsOrgId = Field<String>.text(
        "grassroots_org_id", 72, "基层工会", "grass-roots union", maximum: 64, .kept)
    public static let grassrootsOpinion = Field<String>.text(
        "grassroots_opinion", 73, "基层工会意见", "opinion of the grass-roots union", maximum: 300, .reviewers)
    public static let grassrootsBy = Field<String>.text(
        "grassroots_by", 74, "基层工会经办人", "grass-roots officer", maximum: 64, .home)
    public static let grassrootsOn = Field<Int64>.date(
        "grassroots_on", 75, "基层工会意见日期", "date of the grass-roots opinion", .kept)
    public static let verifiedOn = Field<Int64>.date("verified_on", 76, "最近核查日期", "last verified on", .kept)
    public static let nextVerifyOn = Field<Int64>.date(
        "next_verify_on", 77, "下次核查日期", "next verification on", .kept, required: true)

    // MARK: State
    public static let fileStatus = Field<String>.code(
        "file_status", 78, "档案状态", "file status", of: "file_status", .kept, required: true)
    public static let legacyStatus = Field<String>.code(
        "legacy_status", 79, "原系统状态", "status in the old system", of: "file_status", .kept)
    public static let trackingStatus = Field<String>.code(
        "tracking_status", 80, "跟踪状态", "tracking status", of: "tracking_status", .kept, required: true)
    public static let outOfHardshipOn = Field<Int64>.date(
        "out_of_hardship_on", 81, "脱困日期", "out of hardship on", .kept)
    public static let deregisterReason = Field<String>.code(
        "deregister_reason", 82, "注销原因", "reason for deregistration", of: "deregister_reason", .kept)
    public static let deregisterOn = Field<Int64>.date("deregister_on", 83, "注销日期", "deregistered on", .kept)
    public static let deregisterNote = Field<String>.text(
        "deregister_note", 84, "注销说明", "note on deregistration", maximum: 200, .city)
    public static let restoreReason = Field<String>.code(
        "restore_reason", 85, "恢复原因", "reason for restoring", of: "restore_reason", .kept)
    public static let legacyCategory = Field<String>.code(
        "legacy_category", 86, "旧档困难类别", "category in the old file", of: "hardship_category_old", .kept)
    public static let aidCount = Field<Int64>.integer(
        "aid_count", 87, "累计帮扶次数", "times helped", .kept, range: 0...100_000)
    public static let aidAmountTotal = Field<Int64>.money(
        "aid_amount_total", 88, "累计帮扶金额", "aid received in total", .kept, range: 0...999_999_999_999)
    public static let remark = Field<String>.text("remark", 89, "备注", "remark", maximum: 2000, .home)

    static let fields: [FieldDefinition] = [
        fileNo.definition, fileStandard.definition, personKind.definition, personalIdentity.definition,
        hardshipCategory.definition, categoryByRule.definition, categoryOverrideReason.definition, name.definition,
        namePinyin.definition, idType.definition, idNumber.definition, sex.definition, birthDate.definition,
        ethnicity.definition, politicalStatus.definition, maritalStatus.definition, education.definition,
        healthStatus.definition, disease.definition, disabilityType.definition, disabilityGrade.definition,
        disabilityCertNo.definition, modelWorkerGrade.definition, phone.definition, otherContact.definition,
        hukouType.definition, hukouDivision.definition, residenceDivision.definition, address.definition,
        postcode.definition, housingType.definition, housingArea.definition, housingAreaBand.definition,
        employerName.definition, employerCreditCode.definition, unitNature.definition, enterpriseStatus.definition,
        industry.definition, employmentStatus.definition, newFormJob.definition, jobStartDate.definition,
        contractSignedOn.definition, contractMonths.definition, unionMember.definition, memberNo.definition,
        medicalInsurance.definition, socialInsurance.definition, hasAllowance.definition,
        isSingleParent.definition, canSelfHelp.definition, isZeroEmployment.definition,
        personalIncomeMonthly.definition, familyOtherIncomeYear.definition, familyIncomeYear.definition,
        familySize.definition, incomePerHeadMonthly.definition, rigidExpenseYear.definition,
        workCostYear.definition, netPerHeadMonthly.definition, minimumLivingUsed.definition, mainCause.definition,
        otherCauses.definition, causeText.definition, bankName.definition, bankBranch.definition,
        bankAccount.definition, bankHolder.definition, photoId.definition, filingOrgId.definition,
        filedBy.definition, filedOn.definition, grassrootsOrgId.definition, grassrootsOpinion.definition,
        grassrootsBy.definition, grassrootsOn.definition, verifiedOn.definition, nextVerifyOn.definition,
        fileStatus.definition, legacyStatus.definition, trackingStatus.definition, outOfHardshipOn.definition,
        deregisterReason.definition, deregisterOn.definition, deregisterNote.definition, restoreReason.definition,
        legacyCategory.definition, aidCount.definition, aidAmountTotal.definition, remark.definition,
    ]
}
