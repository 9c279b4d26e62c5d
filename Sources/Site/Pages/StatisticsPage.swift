internal import BusinessModules
internal import NodeCore

/// The declared statistics of every kind as this node holds them: sums, never a person. Each counts the same at every level.
struct StatisticsPage: Sendable {
    let frame: Frame

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("统计", "Statistics")
        var context = try frame.context(visit, snapshot, title: title, current: "/statistics")
        let kinds = frame.modules.flatMap(\.records).map(\.kind)
        let codes = try visit.codes()
        var rows = [[Table.Cell]]()
        for kind in kinds {
            let shown = Shown(codes: codes, language: visit.language, kind: kind)
            for statistic in kind.statistics {
                for field in statistic.dimensions {
                    rows += try self.rows(kind, statistic, field, visit, shown, snapshot)
                }
            }
        }
        let total = try kinds.map { kind in
            let count = try Inquiry(visit.surroundings.charter).count(kind, [], in: snapshot)
            return "\(visit.say(kind.label)) \(Shown.grouped(String(count)))"
        }
        context["heading"] = title
        context["lead"] = visit.say(
            "本节点现有：\(total.joined(separator: "、"))。以下按各项分别计数。",
            "Held here: \(total.joined(separator: ", ")). Counted by one thing at a time.")
        context["actions"] = [Context]()
        context["summary"] = [Context]()
        Table(
            caption: title,
            columns: [
                visit.say("统计", "Statistic"), visit.say("按", "By"), visit.say("值", "Value"), visit.say("件数", "Count"),
            ], rows: rows
        ).add(to: &context, empty: visit.say("还没有可统计的内容。", "There is nothing to count yet."))
        return try frame.page("result", context)
    }

    private func rows(
        _ kind: RecordKind, _ statistic: Statistic, _ field: FieldDefinition, _ visit: Visit, _ shown: Shown,
        _ snapshot: borrowing Snapshot
    ) throws -> [[Table.Cell]] {
        let inquiry = Inquiry(visit.surroundings.charter)
        return try inquiry.statistics(kind, by: [field.code], statuses: [], in: snapshot).map { line in
            let value = line.values.first ?? ""
            let words =
                value.isEmpty
                ? visit.say("（未填）", "(not given)") : field.codeTable.map { shown.label(value, $0) } ?? value
            return [
                Table.Cell(visit.say(statistic.label)), Table.Cell(visit.say(field.label)), Table.Cell(words),
                Table.Cell(Shown.grouped(String(line.count)), isNumber: true),
            ]
        }
    }
}
