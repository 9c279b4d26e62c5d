import ArgumentParser
import NodeCore

/// What happened at other nodes and concerns somebody here.
struct NotificationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notifications", abstract: say("消息通知", "Notifications"), subcommands: [List.self, Read.self])

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出消息", "List them, the newest first"))

        @OptionGroup var options: Options
        @Option(help: ArgumentHelp(say("只看此角色的", "Only those for this role"), valueName: "role")) var role: String?
        @Flag(help: ArgumentHelp(say("只列未读", "Unread ones only"))) var unread = false
        @Option(help: ArgumentHelp(say("最多行数", "Most rows"))) var limit = 100

        func perform() async throws -> Answer {
            let received = try await options.client.get(
                "notifications",
                ["role": role, "unread": unread ? "1" : nil, "limit": String(limit)].compactMapValues { $0 })
            var answer = Answer(
                received,
                [
                    Table.Column("number", "序号", "number", .number), Table.Column("atMilliseconds", "时间", "time", .time),
                    Table.Column("role", "角色", "for"), Table.Column(say("zh", "en"), "内容", "what"),
                    Table.Column("isRead", "已读", "read", .flag),
                ], received.value["items"].items)
            let count = received.value["unread"].plain
            answer.notes = [say("未读 \(count) 条", "\(count) unread")]
            return answer
        }
    }

    struct Read: Verb {
        static let configuration = CommandConfiguration(
            commandName: "read", abstract: say("标记已读", "Note that the acting person has read them"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("序号，可多个；不写则全部", "Numbers; all when none is named"))) var numbers = [Int64]()

        private struct Body: Encodable { let numbers: [Int64]? }

        func perform() async throws -> Answer {
            let body = Body(numbers: numbers.isEmpty ? nil : numbers)
            let received = try await options.client.send("POST", "notifications/readings", body: body.json())
            let count = received.value["read"].plain
            return Answer(text: "", json: received.bytes, notes: [say("已标记 \(count) 条", "\(count) noted")])
        }
    }
}
