import ArgumentParser
import BusinessModules
import NodeCore
import SyncProtocol

/// Makes a node.
struct InitCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: say("建立节点：目录、密钥、证书和数据库", "Make a node: folder, key, certificate and store"))

    @OptionGroup var options: Options

    @Option(help: ArgumentHelp(say("拓扑文件", "The topology file"), valueName: "file"))
    var topology: String

    @Option(help: ArgumentHelp(say("本节点所属单位的代码", "The code of the seat this node holds"), valueName: "code"))
    var seat: String

    @Option(
        help: ArgumentHelp(
            say(
                "密码套件：international（Ed25519、SHA-256）或 national（SM2、SM3、SM4），建立后不再改变",
                "The suite: international (Ed25519, SHA-256) or national (SM2, SM3, SM4); it stays for good")))
    var suite: SuiteName = .international

    static let columns = [
        Table.Column("seat", "单位", "seat"), Table.Column("name", "名称", "name"), Table.Column("address", "地址", "address"),
        Table.Column("folder", "目录", "folder"),
    ]

    func perform() async throws -> Answer {
        let tree = try TopologyFile.read(topology)
        let folder = try NodeMaking.make(options.dir, seat: seat, tree: tree, suite: suite.suite, at: .now)
        let row = [seat, tree.seat(seat)?.name ?? "", folder.config.listen, folder.path]
        let table = Table(InitCommand.columns, rows: [row])
        let next =
            tree.seat(seat)?.parent == nil
            ? say("下一步：启动 noded --dir \(folder.path)", "Next: start noded --dir \(folder.path)")
            : say(
                "下一步：启动 noded --dir \(folder.path)，再用上级的邀请入网（nodectl enrol join）",
                "Next: start noded --dir \(folder.path), then enrol with an invitation from above (nodectl enrol join)")
        return Answer(table: table, json: try table.json(), notes: [next])
    }
}

/// A suite as it is typed.
enum SuiteName: String, ExpressibleByArgument, CaseIterable, Sendable {
    case international, national

    var suite: Suite { self == .national ? .national : .international }
}
