import ArgumentParser
import BusinessModules
import Foundation
import NodeCore
import SyncProtocol

/// The command line of a node. Exit codes: 0 done, 1 refused with a reason, 2 wrong use, 3 not reachable.
@main struct Nodectl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodectl", abstract: say("帮扶节点的命令行", "The command line of a Bangfu node"),
        discussion: say(
            "数据写到标准输出，其他信息写到标准错误。退出码：0 完成，1 被拒绝（附原因），2 用法错误，3 连接不上。",
            """
            Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 refused with a reason,
            2 wrong use, 3 not reachable.
            """),
        version: Nodectl.version,
        subcommands: [
            InitCommand.self, TopologyCommand.self, EnrolCommand.self, RootCommand.self, StartAllCommand.self,
            StopAllCommand.self, ImportCommand.self, FilesCommand.self, ReportCommand.self,
            WithdrawCommand.self, ReviewCommand.self, SyncCommand.self, LogCommand.self, FindBytesCommand.self,
            StatsCommand.self, BundleCommand.self, DigestCommand.self, RebuildCommand.self, DoctorCommand.self,
            BackupCommand.self, RestoreCommand.self, RecoverCommand.self, PublishCommand.self,
            MatchingCommand.self, KeysCommand.self, SimulateCommand.self, HomeCopyCommand.self,
            CalendarCommand.self, ParametersCommand.self, CodesCommand.self, NoticesCommand.self,
            RemindersCommand.self, NotificationsCommand.self, ConsentsCommand.self,
            TLSCommand.self, AccountsCommand.self, AuditCommand.self,
        ])

    static let version = Catalog.version

    static func main() async {
        Foundation.exit(await execute(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs one command line and says what went wrong.
    static func execute(_ arguments: [String]) async -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return explain(error)
        }
    }

    /// Prints the reason and gives the exit code.
    static func explain(_ error: any Error) -> Int32 {
        switch error {
        case let code as ExitCode: return code.rawValue
        case let error as NodeError:
            Output.note(Language.current.pick(error.message))
            return error.code == .unreachable ? 3 : 1
        case let error as ProtocolError:
            Output.note(error.description)
            return 1
        default: break
        }
        let code = exitCode(for: error)
        if code == .success {
            Output.write(fullMessage(for: error) + "\n")
            return 0
        }
        Output.note(fullMessage(for: error))
        return code == .validationFailure ? 2 : 1
    }
}
