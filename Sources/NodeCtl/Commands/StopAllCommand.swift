import ArgumentParser
import BusinessModules
import Foundation
import NodeCore
import NodeFiles

/// Ends what `start-all --detach` left running.
struct StopAllCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "stop-all", abstract: say("停止目录下的全部节点", "End all nodes below a folder"))

    @OptionGroup var options: Options

    @Option(help: ArgumentHelp(say("每个节点最多等待的秒数", "Seconds to wait for each node"), valueName: "seconds"))
    var wait = 30

    func perform() async throws -> Answer {
        let folders = try folders()
        // Without a process the number belongs to no daemon of that folder: such a process is left alone.
        let processes = try folders.map(NodeProcess.find)
        let left = try await NodeProcess.end(folders, seconds: wait).map(\.path)
        let rows = zip(folders, processes).map { folder, process in
            let state = process == nil ? "stale" : left.contains(folder.path) ? "running" : "stopped"
            return [folder.config.seat, process.map { String($0) } ?? "", state]
        }
        let table = Table(
            [
                Table.Column("seat", "单位", "seat"), Table.Column("pid", "进程", "process", .number),
                Table.Column("state", "状态", "state"),
            ], rows: rows)
        return Answer(table: table, json: try table.json(), exitCode: left.isEmpty ? 0 : 1)
    }

    /// Folders of nodes with a `pid`.
    private func folders() throws -> [NodeFolder] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: options.dir) } catch {
            throw NodeError(.notFound, "无法读取目录 \(options.dir)", "the folder \(options.dir) cannot be read")
        }
        return try names.sorted().map { options.dir + "/" + $0 }
            .filter { path in ["config.json", "pid"].allSatisfy { FileManager.default.fileExists(atPath: path + "/" + $0) } }
            .map(NodeFolder.open)
    }
}
