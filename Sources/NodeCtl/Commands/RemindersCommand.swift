import ArgumentParser
import NodeCore

/// What is due, and the daily run by hand.
struct RemindersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reminders", abstract: say("催办提醒", "Reminders"),
        subcommands: [List.self, Preview.self, Run.self])

    private static var columns: [Table.Column] {
        [
            Table.Column("rule", "规则", "rule"), Table.Column("key", "档案编号", "key"), Table.Column("due", "到期日", "due"),
            Table.Column("stage", "阶段", "stage"), Table.Column("role", "提醒对象", "for"),
            Table.Column("day", "提醒日", "step of"), Table.Column("isLate", "补发", "late", .flag),
        ]
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出未办结的提醒", "List the open reminders"))

        @OptionGroup var options: Options
        @Option(help: ArgumentHelp(say("只看此角色的", "Only those for this role"), valueName: "role")) var role: String?
        @Flag(help: ArgumentHelp(say("包括已办结的", "Settled ones too"))) var settled = false
        @Option(help: ArgumentHelp(say("最多行数", "Most rows"))) var limit = 500

        func perform() async throws -> Answer {
            let received = try await options.client.get(
                "reminders",
                ["role": role, "settled": settled ? "1" : nil, "limit": String(limit)].compactMapValues { $0 })
            var answer = Answer(received, RemindersCommand.columns, received.value["items"].items)
            answer.notes = received.value["counts"].items.map {
                "\($0["rule"].plain) \($0[say("zh", "en")].plain) \($0["stage"].plain): \($0["count"].plain)"
            }
            let day = received.value["notedUpTo"].plain
            answer.notes.append(
                day.isEmpty ? say("尚未生成过提醒", "no run so far") : say("已生成至 \(day)", "noted up to \(day)"))
            return answer
        }
    }

    struct Preview: Verb {
        static let configuration = CommandConfiguration(
            commandName: "preview", abstract: say("预览某日的提醒，不写入", "What a run as of a day would note; writes nothing"))

        @OptionGroup var options: Options
        @Option(help: ArgumentHelp(say("日期（默认今天）", "Day (default: today)"), valueName: "date")) var asOf: String?

        func perform() async throws -> Answer {
            let received = try await options.client.get("reminders/plan", ["asOf": asOf].compactMapValues { $0 })
            var answer = Answer(received, RemindersCommand.columns, received.value["items"].items)
            let rows = received.value["rowsRead"].plain
            answer.notes = [say("读取 \(rows) 行", "\(rows) rows read")]
            return answer
        }
    }

    struct Run: Verb {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: say("生成提醒（守护进程每天自动进行）", "Note what is due (the daemon does it every day)"))

        @OptionGroup var options: Options
        @Option(help: ArgumentHelp(say("截至日期（默认今天）", "As of this day (default: today)"), valueName: "date"))
        var asOf: String?

        private struct Body: Encodable { let asOf: String? }

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", "reminders/runs", body: Body(asOf: asOf).json())
            let outcome: Reminders.Outcome = try received.decode()
            var answer = Answer(text: "", json: received.bytes)
            answer.notes = [
                say(
                    "新提醒 \(outcome.noted) 条（补发 \(outcome.late)），办结 \(outcome.settled) 条，读取 \(outcome.rowsRead) 行",
                    "\(outcome.noted) noted, \(outcome.late) late, \(outcome.settled) settled, \(outcome.rowsRead) rows read"
                )
            ]
            if outcome.postponed > 0 {
                answer.notes.append(say("还有 \(outcome.postponed) 条待下次生成", "\(outcome.postponed) wait for the next run"))
            }
            return answer
        }
    }
}
