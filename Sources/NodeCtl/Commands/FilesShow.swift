import ArgumentParser
import NodeCore

/// One record with all its fields and lines.
struct FilesShow: Verb {
    static let configuration = CommandConfiguration(commandName: "show", abstract: say("查看一份档案", "Show one file"))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    @Argument(help: ArgumentHelp(say("档案编号或标识", "The file's number or identifier"))) var id: String

    func perform() async throws -> Answer {
        let kind = try record.kind()
        return FilesShow.answer(try await options.client.get("records/\(kind.code)/\(id)"), kind)
    }

    private static let heads = [
        Label("档案编号", "key"), Label("单位", "seat"), Label("版本", "version"), Label("审核", "standing"),
        Label("待审级别", "pendingLevel"), Label("状态", "status"),
    ]

    static func answer(_ received: Received, _ kind: RecordKind) -> Answer {
        var rows = heads.map { ["", "", $0.en, say($0.zh, $0.en), received.value[$0.en].plain] }
        rows += fields(received.value["fields"], kind.fields, "", "")
        for list in kind.lists {
            for line in received.value["lists"][list.code].items {
                rows += fields(line["fields"], list.fields, list.code, line["number"].plain)
            }
        }
        let table = Table(
            [
                Table.Column("list", "列表", "list"), Table.Column("number", "行号", "line", .number),
                Table.Column("field", "字段", "field"), Table.Column("label", "名称", "name"),
                Table.Column("value", "值", "value"),
            ], rows: rows)
        return Answer(table: table, json: received.bytes)
    }

    /// In the order of the declaration; derived forms follow their original.
    private static func fields(
        _ values: JSONValue, _ fields: [FieldDefinition], _ list: String, _ number: String
    ) -> [[String]] {
        var rest = values.keys
        var rows = [[String]]()
        for field in fields {
            for form in ["", "_masked", "_band", "_area", "_birth_year"].map({ field.code + $0 }) where rest.contains(form) {
                rest.removeAll { $0 == form }
                rows.append([list, number, form, say(field.label.zh, field.label.en), values[form].plain])
            }
        }
        return rows + rest.map { [list, number, $0, "", values[$0].plain] }
    }
}
