import ArgumentParser
import NodeCore

/// Who did what, and whether the audit is whole.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: say("审计日志", "The audit"), subcommands: [List.self, Verify.self])

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("查看审计日志（新的在前）", "Show the audit, the newest first"))

        @OptionGroup var options: Options
        @Option(help: ArgumentHelp(say("首日", "First day"), valueName: "date")) var from: String?
        @Option(help: ArgumentHelp(say("末日", "Last day"), valueName: "date")) var to: String?
        @Option(help: ArgumentHelp(say("经办人", "Who acted"), valueName: "name")) var actor: String?
        @Option(help: ArgumentHelp(say("操作", "What was done"), valueName: "action")) var action: String?
        @Option(help: ArgumentHelp(say("领域", "Area"), valueName: "code")) var area: String?
        @Option(help: ArgumentHelp(say("档案标识", "Id of a record"), valueName: "id")) var record: String?
        @Option(help: ArgumentHelp(say("结果：ok、denied、error", "Result: ok, denied, error"), valueName: "result"))
        var result: String?
        @Option(help: ArgumentHelp(say("早于此编号", "Older than this number"), valueName: "n")) var before: Int64?
        @Option(help: ArgumentHelp(say("最多行数", "Rows at most"), valueName: "n")) var limit = 100

        private func milliseconds(_ text: String?, daysLater: Int64) throws -> String? {
            guard let text else { return nil }
            guard let day = CalendarDay(text) else {
                throw NodeError(.badRequest, "日期须为 YYYY-MM-DD", "a day is written YYYY-MM-DD")
            }
            return String(CalendarDay(number: day.number + daysLater).startMilliseconds)
        }

        func perform() async throws -> Answer {
            let query: [String: String?] = [
                "from": try milliseconds(from, daysLater: 0), "to": try milliseconds(to, daysLater: 1), "actor": actor,
                "action": action, "area": area, "record": record, "result": result, "before": before.map { String($0) },
                "limit": String(limit),
            ]
            return Answer(
                try await options.client.get("audit", query.compactMapValues { $0 }),
                [
                    Table.Column("number", "编号", "number", .number), Table.Column("atMilliseconds", "时间", "time", .time),
                    Table.Column("actor", "经办人", "actor"), Table.Column("source", "来源", "source"),
                    Table.Column("action", "操作", "action"), Table.Column("area", "领域", "area"),
                    Table.Column("object", "对象", "object"), Table.Column("detail", "详情", "detail"),
                    Table.Column("result", "结果", "result"), Table.Column("reason", "事由", "reason"),
                    Table.Column("fields", "字段", "fields"),
                ])
        }
    }

    struct Verify: Verb {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: say("校验审计日志是否完整", "Check that the audit is whole"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            let received = try await options.client.get("audit/verify")
            let failures = received.value["failures"].items.map(\.plain)
            var answer = Answer(
                received,
                [
                    Table.Column("entries", "条数", "entries", .number), Table.Column("signed", "已签至", "signed to", .number),
                    Table.Column("witnessed", "上级已见至", "seen above to", .number),
                ], [received.value])
            answer.notes = failures.isEmpty ? [say("完整", "whole")] : failures
            answer.exitCode = failures.isEmpty ? 0 : 1
            return answer
        }
    }
}
