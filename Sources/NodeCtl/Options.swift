import ArgumentParser
import Foundation
import NodeFiles

/// What every command takes.
struct Options: ParsableArguments {
    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp(
            say("节点目录（默认取环境变量 BANGFU_DIR，否则为当前目录）", "The node's folder (default: BANGFU_DIR, else the current one)"),
            valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp(say("输出格式：table、json 或 csv", "How data is written: table, json or csv")))
    var format: Format = .table

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(say("经办人（默认为登录名）", "The acting person (default: the login name)"), valueName: "name"))
    var person: String?

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    var dir: String { folder ?? Options.environment["BANGFU_DIR"] ?? "." }

    /// Work on a folder can be ended on purpose, as a daemon can (`scripts/failpoints`).
    func armFailpoint() throws {
        guard case .refused(let name) = try FailpointArming.fromEnvironment(Options.environment, folder: dir) else { return }
        Output.note(say("此处不允许设置失效点 \(name)", "The failpoint \(name) is refused: this is no folder for tests"))
    }

    var client: Client { Client(folder: dir, person: person ?? NSUserName()) }
}

enum Format: String, ExpressibleByArgument, CaseIterable, Sendable { case table, json, csv }

/// A command that answers with data.
protocol Verb: AsyncParsableCommand {
    var options: Options { get }
    func perform() async throws -> Answer
}

extension Verb {
    func run() async throws {
        let answer = try await perform()
        Output.write(answer.rendered(as: options.format))
        for note in answer.notes { Output.note(note) }
        if answer.exitCode != 0 { throw ExitCode(answer.exitCode) }
    }
}
