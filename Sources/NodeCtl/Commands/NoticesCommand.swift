import ArgumentParser
import Foundation
import NodeCore

/// Notices of the nation and of provinces.
struct NoticesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notices", abstract: say("公告", "Notices"),
        subcommands: [List.self, Show.self, Publish.self, Withdraw.self, Read.self])

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出有效公告", "List the notices in force"))

        @OptionGroup var options: Options
        @Flag(help: ArgumentHelp(say("包括过期、未到期和撤下的", "Past, coming and withdrawn ones too"))) var all = false
        @Option(help: ArgumentHelp(say("只看此角色的", "Only those for this role"), valueName: "role")) var role: String?

        func perform() async throws -> Answer {
            let received = try await options.client.get(
                "notices", ["all": all ? "1" : nil, "role": role].compactMapValues { $0 })
            var answer = Answer(
                received,
                [
                    Table.Column("id", "标识", "id"), Table.Column("title", "标题", "title"),
                    Table.Column("seat", "发布单位", "publisher"), Table.Column("from", "自", "from"),
                    Table.Column("to", "至", "to"), Table.Column("isRead", "已读", "read", .flag),
                    Table.Column("isWithdrawn", "已撤下", "withdrawn", .flag),
                ], received.value["items"].items)
            let unread = received.value["unread"].plain
            answer.notes = [say("未读 \(unread) 条", "\(unread) unread")]
            return answer
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(commandName: "show", abstract: say("查看公告", "Show one notice"))

        @OptionGroup var options: Options
        @Argument var id: String

        func perform() async throws -> Answer {
            let received = try await options.client.get("notices/\(id)")
            let notice = received.value
            // Lines of their own for paragraphs; nothing in them can reach the terminal's controls.
            return Answer(text: "\(notice["title"].plain)\n\n\(notice["text"].plain)\n", json: received.bytes)
        }
    }

    struct Publish: Verb {
        static let configuration = CommandConfiguration(
            commandName: "publish", abstract: say("发布公告（全国或省级）", "Publish a notice (national or province)"))

        @OptionGroup var options: Options
        @Option(help: ArgumentHelp(say("标题，最多60字", "Title, at most 60 characters"))) var title: String
        @Option(help: ArgumentHelp(say("首日", "First day"), valueName: "date")) var from: String
        @Option(help: ArgumentHelp(say("末日（默认不限）", "Last day (default: none)"), valueName: "date")) var to: String?
        @Option(help: ArgumentHelp(say("角色代码，可多个", "Codes of roles"), valueName: "role")) var role = [String]()
        @Option(help: ArgumentHelp(say("级别：national、province、city、county，可多个", "Levels"), valueName: "level"))
        var level = [String]()
        @Option(help: ArgumentHelp(say("替换这条公告", "Replace this notice"), valueName: "id")) var id: String?
        @Argument(help: ArgumentHelp(say("正文文件（纯文本），- 为标准输入", "File with the plain text; - for standard input")))
        var file: String

        private struct Body: Encodable {
            let title, text, from: String
            let to, id: String?
            let roles, levels: [String]
        }

        func perform() async throws -> Answer {
            let text = try InputFile.text(file).trimmingCharacters(in: .whitespacesAndNewlines)
            let body = Body(title: title, text: text, from: from, to: to, id: id, roles: role, levels: level)
            let received = try await options.client.send("POST", "notices", body: body.json())
            let id = received.value["id"].plain
            return Answer(text: id + "\n", json: received.bytes, notes: [say("已发布", "published")])
        }
    }

    struct Withdraw: Verb {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: say("撤下本单位的公告", "Withdraw a notice of this unit"))

        @OptionGroup var options: Options
        @Argument var id: String

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", "notices/\(id)/withdrawal")
            return Answer(text: "", json: received.bytes, notes: [say("已撤下", "withdrawn")])
        }
    }

    struct Read: Verb {
        static let configuration = CommandConfiguration(
            commandName: "read", abstract: say("标记已读", "Note that the acting person has read it"))

        @OptionGroup var options: Options
        @Argument var id: String

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", "notices/\(id)/reading")
            return Answer(text: "", json: received.bytes, notes: [say("已标记", "noted")])
        }
    }
}
