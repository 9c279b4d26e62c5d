import ArgumentParser
import BusinessModules
import Foundation
import NodeCore
import NodeFiles

/// Brings up a whole tree on this machine, for trying out.
struct StartAllCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "start-all",
        abstract: say("在本机启动整个单位树（试用）", "Start a whole tree on this machine, for trying out"),
        discussion: say(
            "目录 D 下每个单位一个文件夹，缺的会自动建立并入网。Ctrl-C 停止全部节点；--detach 则留其在后台运行。",
            """
            Each seat has its folder below D; missing ones are made and enrolled. Ctrl-C ends all nodes; with --detach they
            stay behind.
            """))

    @OptionGroup var options: Options

    @Option(help: ArgumentHelp(say("拓扑文件", "The topology file"), valueName: "file"))
    var topology: String

    @Option(
        help: ArgumentHelp(
            say("noded 的路径（默认与 nodectl 同目录）", "Where noded is (default: beside nodectl)"), valueName: "path"))
    var noded: String?

    @Option(
        help: ArgumentHelp(
            say("新建节点中用国密套件的单位代码，可多次给出", "A seat whose new node uses the national suite; may be repeated"),
            valueName: "code"))
    var national: [String] = []

    @Option(
        help: ArgumentHelp(
            say("新建节点的控制台端口，从此号起依次使用（默认不开控制台）", "Consoles of new nodes listen from this port on (default: none)"),
            valueName: "port"))
    var webPort: Int?

    @Option(
        help: ArgumentHelp(
            say("页面所需文件的目录（scripts/web-assets）", "The folder of the browser's files (scripts/web-assets)"),
            valueName: "folder"))
    var assets: String?

    @Flag(help: ArgumentHelp(say("全部就绪后返回，节点继续运行", "Return when all are ready and leave them running")))
    var detach = false

    func perform() async throws -> Answer {
        let tree = try TopologyFile.read(topology)
        if let unknown = national.first(where: { tree.seat($0) == nil }) {
            throw NodeError(.badRequest, "拓扑中没有单位 \(unknown)", "the topology has no seat \(unknown)")
        }
        let fleet = Fleet(
            tree: tree, root: options.dir, daemon: try daemon(), person: options.client.person, national: Set(national),
            webPort: webPort, assets: assets.map { URL(fileURLWithPath: $0).standardizedFileURL.path })
        do {
            if detach {
                try await fleet.start()
                return try await ready(fleet)
            }
            try await stay(fleet)
        } catch {
            // What was started is ended when one node fails.
            _ = try await fleet.stop()
            throw error
        }
        return try await stopped(fleet)
    }

    /// Starts all and waits until someone interrupts, be it before they are ready.
    private func stay(_ fleet: Fleet) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await fleet.start()
                Output.write(try await ready(fleet).rendered(as: options.format))
                Output.note(say("全部就绪，按 Ctrl-C 停止", "All are ready; Ctrl-C ends them"))
                try await Task.sleep(for: .seconds(Int64(Int32.max)))
            }
            group.addTask { await Interruption.wait() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func ready(_ fleet: Fleet) async throws -> Answer {
        let table = Table(
            InitCommand.columns + [Table.Column("pid", "进程", "process", .number)],
            rows: await fleet.members.map {
                [$0.seat.code, $0.seat.name, $0.seat.address, $0.folder.path, String($0.processID)]
            })
        return Answer(table: table, json: try table.json())
    }

    private func stopped(_ fleet: Fleet) async throws -> Answer {
        for member in await fleet.fallen() {
            Output.note(
                say(
                    "\(member.seat.code) 的节点已自行结束，见 \(member.folder.logPath)",
                    "the node of \(member.seat.code) had ended by itself, see \(member.folder.logPath)"))
        }
        Output.note(say("正在停止……", "Ending the nodes ..."))
        let left = try await fleet.stop()
        guard left.isEmpty else {
            let names = left.map(\.config.seat).joined(separator: ", ")
            throw NodeError(.conflict, "仍未结束：\(names)", "still running: \(names)")
        }
        return Answer(text: "", json: [])
    }

    private func daemon() throws -> String {
        if let noded { return URL(fileURLWithPath: noded).standardizedFileURL.path }
        let own: String
        do { own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") } catch {
            throw NodeError(.badConfiguration, "请用 --noded 指明 noded 的路径", "name the path of noded with --noded")
        }
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("noded").path
    }
}
