import ArgumentParser
import BusinessModules
import NodeCore

/// What goes down to every seat below: parameters, code tables and the calendar.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: say("向下级发布", "Publish to every seat below"),
        subcommands: [Parameters.self, Codes.self, Calendar.self, List.self])

    struct Parameters: Verb {
        static let configuration = CommandConfiguration(
            commandName: "parameters", abstract: say("发布业务参数（parameter.csv）", "Publish parameters (parameter.csv)"))

        @OptionGroup var options: Options

        @Argument(help: ArgumentHelp(say("CSV 文件", "The CSV file"), valueName: "file")) var file: String

        func perform() async throws -> Answer { try await PublishCommand.send(file, table: nil, options) }
    }

    struct Codes: Verb {
        static let configuration = CommandConfiguration(
            commandName: "codes",
            abstract: say(
                "发布一张码表（列：code,label_zh,label_en）：全国为整表替换，省市为本地扩展",
                "Publish a code table (code,label_zh,label_en): the nation's replaces it, a province's or city's adds to it"
            ))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("码表名", "The table's name"))) var table: String

        @Argument(help: ArgumentHelp(say("CSV 文件", "The CSV file"), valueName: "file")) var file: String

        func perform() async throws -> Answer { try await PublishCommand.send(file, table: table, options) }
    }

    struct Calendar: Verb {
        static let configuration = CommandConfiguration(
            commandName: "calendar",
            abstract: say(
                "发布工作日历（列：id,day,day_kind,note,basis,adjusted_by），每年整体替换；省级只能增加休息日",
                "Publish days (id,day,day_kind,note,basis,adjusted_by), each year whole; a province adds days off"
            ))

        @OptionGroup var options: Options

        @Argument(help: ArgumentHelp(say("CSV 文件", "The CSV file"), valueName: "file")) var file: String

        func perform() async throws -> Answer { try await PublishCommand.send(file, table: nil, isCalendar: true, options) }
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("本节点执行的发布", "What was published to this node"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("publications"),
                [
                    Table.Column("artefact", "内容", "artefact"), Table.Column("seat", "发布单位", "publisher"),
                    Table.Column("version", "版本", "version", .number),
                    Table.Column("atMilliseconds", "生效时间", "in force since", .time),
                ])
        }
    }

    private struct Body: Encodable { let name, text: String; let table: String?; let calendar: Bool? }

    private static func send(
        _ file: String, table: String?, isCalendar: Bool = false, _ options: Options
    ) async throws -> Answer {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let body = Body(name: name, text: try InputFile.text(file), table: table, calendar: isCalendar ? true : nil)
        let received = try await options.client.send("POST", "publications", body: body.json())
        let result: PublishEndpoint.Result = try received.decode()
        let problems = Table(ImportCommand.columns, rows: result.problems.map(ImportCommand.row))
        var answer = Answer(table: problems, json: received.bytes, exitCode: result.problems.isEmpty ? 0 : 1)
        if result.problems.isEmpty { answer.text = "" }
        answer.notes = [
            result.problems.isEmpty
                ? say("已发布 \(result.artefact)：\(result.rows) 行", "published \(result.artefact): \(result.rows) rows")
                : say("有 \(result.problems.count) 处问题，未发布", "\(result.problems.count) problems, nothing published")
        ]
        return answer
    }
}
