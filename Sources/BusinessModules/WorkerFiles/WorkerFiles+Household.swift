public import NodeCore

/// The lines of a hardship file: one household is one record, so a line has no file number of its own.
extension WorkerFiles {
    /// Who lives with the worker and shares the budget; students away at school count.
    public enum Member {
        public static let name = Field<String>.text(
            "name", 1, "姓名", "name", maximum: 30, .maskedCity, required: true, form: .personName, inClear: true)
        public static let relation = Field<String>.code(
            "relation", 2, "与户主关系", "relation to the head", of: "family_relation", .kept, required: true)
        public static let idNumber = Field<String>.text(
            "id_number", 3, "身份证号", "ID number", maximum: 18, .hiddenCity, required: true, form: .citizenNumber)
        public static let sex = Field<String>.code("sex", 4, "性别", "sex", of: "sex", .kept, required: true)
        public static let birthDate = Field<Int64>.date(
            "birth_date", 5, "出生日期", "date of birth", .banded, required: true)
        public static let ethnicity = Field<String>.code(
            "ethnicity", 6, "民族", "ethnicity", of: "ethnicity", .banded, banding: .group(["01"]))
        public static let politicalStatus = Field<String>.code(
            "political_status", 7, "政治面貌", "political status", of: "political_status", .banded,
            banding: .group(["01", "02"]))
        public static let maritalStatus = Field<String>.code(
            "marital_status", 8, "婚姻状况", "marital status", of: "marital_status", .kept)
        public static let healthStatus = Field<String>.code(
            "health_status", 9, "健康状况", "health", of: "health_status", .banded, required: true,
            banding: .group(["10", "20"]))
        public static let disease = Field<[String]>.codes(
            "disease", 10, "疾病类别", "diseases", of: "disease", .banded, banding: .present)
        public static let disabilityType = Field<String>.code(
            "disability_type", 11, "残疾类别", "kind of disability", of: "disability_type", .banded, banding: .present)
        public static let disabilityGrade = Field<String>.code(
            "disability_grade", 12, "残疾等级", "grade of disability", of: "disability_grade", .banded, banding: .present)
        public static let medicalInsurance = Field<[String]>.codes(
            "medical_insurance", 13, "医保状况", "medical insurance", of: "medical_insurance", .kept, required: true)
        public static let incomeMonthly = Field<Int64>.money(
            "income_monthly", 14, "月收入", "monthly income", .banded, required: true, range: 0...9_999_999_999,
            banding: .step(50_000))
        public static let employmentStatus = Field<String>.code(
            "employment_status", 15, "身份（工作状态）", "employment status", of: "employment_status", .kept, required: true)
        public static let educationNow = Field<String>.code(
            "education_now", 16, "当前学历", "present education", of: "education", .kept)
        public static let schoolOrEmployer = Field<String>.text(
            "school_or_employer", 17, "单位或学校", "school or employer", maximum: 100, .city, inClear: true)
        public static let enrolledYear = Field<Int64>.integer(
            "enrolled_year", 18, "入学年份", "enrolled in (year)", .kept, range: 1900...2999)
        public static let schoolYears = Field<Int64>.integer(
            "school_years", 19, "学制（年）", "length of schooling (years)", .kept, range: 1...8)
        public static let isMinor = Field<Bool>.flag("is_minor", 20, "未成年", "minor", .kept)
        public static let livesTogether = Field<Bool>.flag(
            "lives_together", 21, "共同生活", "lives in the household", .kept, required: true)

        public static let list = ChildList(
            "family_member", 1001, Label("家庭成员", "family members"),
            [
                name.definition, relation.definition, idNumber.definition, sex.definition, birthDate.definition,
                ethnicity.definition, politicalStatus.definition, maritalStatus.definition, healthStatus.definition,
                disease.definition, disabilityType.definition, disabilityGrade.definition, medicalInsurance.definition,
                incomeMonthly.definition, employmentStatus.definition, educationNow.definition,
                schoolOrEmployer.definition, enrolledYear.definition, schoolYears.definition, isMinor.definition,
                livesTogether.definition,
            ],
            guarded: Guarded(
                health: [
                    healthStatus.definition, disease.definition, disabilityType.definition, disabilityGrade.definition,
                ],
                traits: [ethnicity.definition, politicalStatus.definition]))
    }

    /// What the family lives on, line by line; no member means the worker.
    public enum Income {
        public static let memberId = Field<Int64>.child(
            "member_id", 1, "成员（空为本人）", "family member", of: "family_member", .kept)
        public static let incomeType = Field<String>.code(
            "income_type", 2, "收入类型", "kind of income", of: "income_type", .kept, required: true)
        public static let amountYear = Field<Int64>.money(
            "amount_year", 3, "年金额", "amount per year", .banded, required: true, range: 0...999_999_999_999,
            banding: .step(600_000))
        public static let evidenceId = Field<String>.text("evidence_id", 4, "佐证", "evidence", maximum: 64, .reviewers)

        public static let list = ChildList(
            "income_item", 1002, Label("收入明细", "income items"),
            [
                memberId.definition, incomeType.definition, amountYear.definition, evidenceId.definition,
            ])
    }

    /// What is deducted before the family is classified; no member means the worker.
    public enum Expense {
        public static let memberId = Field<Int64>.child(
            "member_id", 1, "成员", "family member", of: "family_member", .kept)
        public static let expenseType = Field<String>.code(
            "expense_type", 2, "支出类型", "kind of expense", of: "rigid_expense_type", .kept, required: true)
        public static let grossAmount = Field<Int64>.money(
            "gross_amount", 3, "总额", "gross amount", .banded, required: true, range: 0...999_999_999_999,
            banding: .step(600_000))
        public static let reimbursedAmount = Field<Int64>.money(
            "reimbursed_amount", 4, "报销或赔付", "reimbursed amount", .banded, required: true,
            range: 0...999_999_999_999, banding: .step(600_000))
        public static let selfPaidAmount = Field<Int64>.money(
            "self_paid_amount", 5, "个人自付", "paid by the family", .banded, required: true,
            range: 0...999_999_999_999, banding: .step(600_000))
        public static let periodFrom = Field<Int64>.date(
            "period_from", 6, "期间起", "period from", .kept, required: true)
        public static let periodTo = Field<Int64>.date("period_to", 7, "期间止", "period to", .kept, required: true)
        public static let evidenceId = Field<String>.text(
            "evidence_id", 8, "佐证", "evidence", maximum: 64, .reviewers, required: true)

        public static let list = ChildList(
            "rigid_expense", 1003, Label("刚性支出明细", "rigid expenses"),
            [
                memberId.definition, expenseType.definition, grossAmount.definition, reimbursedAmount.definition,
                selfPaidAmount.definition, periodFrom.definition, periodTo.definition, evidenceId.definition,
            ])
    }
}
