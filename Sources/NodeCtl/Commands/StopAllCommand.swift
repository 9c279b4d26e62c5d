import ArgumentParser
import BusinessModules
import Foundation
import NodeCore

/// Ends what `start-all --detach` left running.
struct StopAllCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "stop-all", abstract: say("停止目录下的全部节点", "End all nodes below a folder"))

    @OptionGroup var options: Options

    @Option(help: ArgumentHelp(say("每个节点最多等待的秒数", "Seconds to wait for each node"), valueName: "seconds"))
    var wait = 30

    func perform() async throws -> Answer {
        var rows = [[String]]()
        var left = 0
        for folder in try folders() {
            let process = try NodeProcess.find(folder)
            var state = "stale"
            if let process {
                state = try await NodeProcess.end(process, of: folder, seconds: wait) ? "stopped" : "running"
            } else {
                // The number belongs to no daemon of this folder: leave that process alone.
                try folder.removeProcessID()
            }
            left += state == "running" ? 1 : 0
            rows.append([folder.config.seat, process.map { String($0) } ?? "", state])
        }
        let table = Table(
            [
                Table.Column("seat", "单位", "seat"), Table.Column("pid", "进程", "process", .number),
                Table.Column("state", "状态", "state"),
            ], rows: rows)
        return Answer(table: table, json: try table.json(), exitCode: left == 0 ? 0 : 1)
    }

    /// Folders of nodes with a `pid`, those of the lower levels first.
    private func folders() throws -> [NodeFolder] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: options.dir) } catch {
            throw NodeError(.notFound, "无法读取目录 \(options.dir)", "the folder \(options.dir) cannot be read")
        }
        return try names.sorted(by: >).map { options.dir + "/" + $0 }
            .filter { path in ["config.json", "pid"].allSatisfy { FileManager.default.fileExists(atPath: path + "/" + $0) } }
            .map(NodeFolder.open)
    }
}
