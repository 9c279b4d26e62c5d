import ArgumentParser
import NodeCore

/// The keys under which the store's values lie.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: say("库的数据密钥", "The data keys of the store"), subcommands: [List.self, Rotate.self])

    static let columns = [
        Table.Column("number", "编号", "number", .number), Table.Column("purpose", "用途", "purpose"),
        Table.Column("createdMilliseconds", "启用时间", "created", .time), Table.Column("isInUse", "在用", "in use", .flag),
        Table.Column("uses", "加密次数", "uses", .number), Table.Column("left", "待重新加密", "left at most", .number),
    ]

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出数据密钥", "List them"),
            discussion: say(
                "用途：body 为日志与草稿正文，cell 为各表的加密字段，lookup 为按值查找。",
                "Purposes: body is for the journal and working copies, cell for sealed fields, lookup for finding by value.")
        )

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            let received = try await options.client.get("keys")
            return Answer(received, KeysCommand.columns, received.value["keys"].items)
        }
    }

    struct Rotate: Verb {
        static let configuration = CommandConfiguration(
            commandName: "rotate", abstract: say("更换数据密钥", "Take new data keys into use"),
            discussion: say(
                "新密钥立即启用；已有内容在节点运行中分批重新加密，完成后旧密钥销毁。满一年会自动更换。进度见 keys list。",
                """
                They are in use at once; what is there is sealed anew while the node works, and then the old keys are
                destroyed. After a year this happens by itself. keys list shows how far it is.
                """))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", "keys/rotations", body: [])
            return Answer(received, KeysCommand.columns, received.value["keys"].items)
        }
    }
}
