import ArgumentParser
import BusinessModules
import NodeCore
import NodeFiles

/// Who is whose parent.
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: say("单位树", "The tree of seats"), subcommands: [Check.self, Show.self])

    static let columns = [
        Table.Column("code", "代码", "code"), Table.Column("name", "名称", "name"), Table.Column("level", "级别", "level"),
        Table.Column("parent", "上级", "parent"), Table.Column("address", "地址", "address"),
        Table.Column("reviewChain", "审核单位（由近到远）", "reviewers, nearest first"),
    ]

    struct Check: Verb {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: say("检查拓扑文件，列出全部错误", "Check a topology file and list all that is wrong"))

        @OptionGroup var options: Options

        @Argument(help: ArgumentHelp(say("拓扑文件", "The topology file"))) var file: String

        func perform() async throws -> Answer {
            let seats = try TopologyFile.read(file).seats
            let rows = seats.map {
                [$0.code, $0.name, $0.level.label.en, $0.parent ?? "", $0.address, $0.reviewChain.joined(separator: ",")]
            }
            let table = Table(TopologyCommand.columns, rows: rows)
            return Answer(
                table: table, json: try table.json(),
                notes: [say("拓扑正确：\(seats.count) 个单位", "The topology is right: \(seats.count) seats")])
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("列出节点所知的单位树", "List the tree as this node knows it"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("topology"),
                TopologyCommand.columns + [Table.Column("node", "节点", "node")])
        }
    }
}
