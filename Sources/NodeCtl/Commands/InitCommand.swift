import ArgumentParser
import BusinessModules
import Foundation
import NodeCore
import NodeFiles
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

    @Option(
        help: ArgumentHelp(
            say(
                "全国节点：根密钥各份写入此目录，随后分交数人离线保管",
                "National node: write the parts of the root key here, for several people to keep offline"),
            valueName: "folder"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            say("口令文件（默认生成 目录.passphrase）", "The file with the passphrase (default: DIR.passphrase is made)"),
            valueName: "file"))
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            say(
                "控制台的监听地址 主机:端口（默认不开；证书由 nodectl tls init 建立）",
                "Where the console listens, host:port (default: nowhere; nodectl tls init makes its certificate)"),
            valueName: "host:port"))
    var web: String?

    @Option(help: ArgumentHelp(say("根密钥分成几份", "Into how many parts the root key is split"), valueName: "n"))
    var rootParts = 3

    @Option(help: ArgumentHelp(say("用几份即可恢复根密钥", "How many of them give it back"), valueName: "k"))
    var rootNeeded = 2

    static let columns = [
        Table.Column("seat", "单位", "seat"), Table.Column("name", "名称", "name"), Table.Column("address", "地址", "address"),
        Table.Column("folder", "目录", "folder"),
    ]

    func perform() async throws -> Answer {
        let tree = try TopologyFile.read(topology)
        let (folder, first) = try NodeMaking.make(
            options.dir, seat: seat, tree: tree, suite: suite.suite,
            root: root.map { .init(folder: $0, needed: rootNeeded, count: rootParts) },
            passphraseFile: passphraseFile.map { URL(fileURLWithPath: $0).standardizedFileURL.path }, web: web, at: .now)
        let row = [seat, tree.seat(seat)?.name ?? "", folder.config.listen, folder.path]
        let table = Table(InitCommand.columns, rows: [row])
        let next =
            tree.seat(seat)?.parent == nil
            ? say(
                "根密钥各份在 \(root ?? "")：请分交数人离线保管，并从本机删除。下一步：启动 noded --dir \(folder.path)",
                "The parts of the root key are in \(root ?? ""): hand them to different people and remove them here. "
                    + "Next: start noded --dir \(folder.path)")
            : say(
                "下一步：启动 noded --dir \(folder.path)，再用上级的邀请入网（nodectl enrol join）",
                "Next: start noded --dir \(folder.path), then enrol with an invitation from above (nodectl enrol join)")
        let recovery = NodeMaking.recoveryPath(folder.path)
        let key = say(
            "恢复密钥在 \(recovery)：备份只能用它打开，请移到别处保管",
            "The recovery key is in \(recovery): backups open with nothing else; keep it elsewhere")
        let place = folder.config.passphraseFile ?? ""
        let word = say(
            "口令在 \(place)：请移到只有服务管理器能读的地方（systemd 的 LoadCredential）",
            "The passphrase is in \(place): put it where only the service manager reads it (systemd's LoadCredential)")
        let links = first.map { person in
            say(
                "\(person.role.label.zh)（登录名 \(person.login)）的一次性链接，72 小时内有效：\(person.path)",
                "One-time link for the \(person.role.label.en.lowercased()) (login \(person.login)), good for 72 hours: "
                    + person.path)
        }
        return Answer(table: table, json: try table.json(), notes: [key, word] + links + [next])
    }
}

/// A suite as it is typed.
enum SuiteName: String, ExpressibleByArgument, CaseIterable, Sendable {
    case international, national

    var suite: Suite { self == .national ? .national : .international }
}
