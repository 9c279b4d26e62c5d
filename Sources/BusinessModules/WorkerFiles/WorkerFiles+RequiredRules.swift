internal import NodeCore

/// what must be filled in, always or because of something else in the file.
extension Household {
    func required() -> [Finding] {
        empty(WorkerFiles.fields, record.row) + conditional()
            + WorkerFiles.kind.lists.flatMap { list in
                record[list].flatMap { line in
                    empty(list.fields, line.row).map { $0.at(list: list.code, child: line.number) }
                }
            } + schoolOrEmployer()
    }

    private func empty(_ fields: [FieldDefinition], _ row: Row) -> [Finding] {
        fields.filter { $0.isRequired && Household.isEmpty(row[$0.tag]) }.map(\.missing)
    }

    private static func isEmpty(_ value: Value?) -> Bool {
        switch value {
        case nil: true
        case .text(let text): FieldDefinition.isBlank(text)
        case .list(let codes): codes.isEmpty
        case .integer, .flag: false
        }
    }

    private func conditional() -> [Finding] {
        let migrant = record[WorkerFiles.personKind] == "2"
        let opinion = !Household.isEmpty(record.row[WorkerFiles.grassrootsOpinion.definition.tag])
        let past = status.map { $0 != WorkerFiles.workflow.draft } ?? false
        let demands: [(Bool, FieldDefinition, String, String)] = [
            (
                record[WorkerFiles.employmentStatus] != "03", WorkerFiles.employerName.definition,
                "工作状态不是失（无）业", "the employment status is not unemployed"
            ),
            (
                record[WorkerFiles.personKind] == "4", WorkerFiles.newFormJob.definition,
                "职工类别为新就业形态劳动者", "the person works in a new form of employment"
            ),
            (migrant, WorkerFiles.contractSignedOn.definition, "职工类别为农民工", "the person is a migrant worker"),
            (
                record[WorkerFiles.mainCause] == "99", WorkerFiles.causeText.definition,
                "主要致困原因为“其他”", "the main cause is \"other\""
            ),
            (past, WorkerFiles.grassrootsOpinion.definition, "档案已不是草稿", "the file is no longer a draft"),
            (opinion, WorkerFiles.grassrootsBy.definition, "已有基层工会意见", "there is an opinion of the grass-roots union"),
            (opinion, WorkerFiles.grassrootsOn.definition, "已有基层工会意见", "there is an opinion of the grass-roots union"),
            (status == "80", WorkerFiles.deregisterReason.definition, "档案已注销", "the file is deregistered"),
            (status == "85", WorkerFiles.restoreReason.definition, "档案待恢复", "the file is to be restored"),
        ]
        return demands.filter { $0.0 && Household.isEmpty(record.row[$0.1.tag]) }.flatMap { _, field, zh, en in
            found("R-01", .error, field, "\(zh)，请填写\(field.label.zh)", "\(en): fill in the \(field.label.en)")
        }
    }

    private func schoolOrEmployer() -> [Finding] {
        let field = WorkerFiles.Member.schoolOrEmployer
        let placed = members.filter { ["01", "08", "09", "10"].contains($0.row[WorkerFiles.Member.employmentStatus] ?? "") }
        return placed.filter { $0.row[field].map(FieldDefinition.isBlank) ?? true }.flatMap {
            found(
                "R-01", .error, $0, WorkerFiles.Member.list, field.definition, "该成员在职或在校，请填写单位或学校",
                "this member works or is at school: fill in where")
        }
    }
}
