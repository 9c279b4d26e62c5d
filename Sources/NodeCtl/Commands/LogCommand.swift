import ArgumentParser
import NodeCore

/// The journal of signed changesets.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: say("日志", "The journal"), subcommands: [Verify.self, Show.self])

    struct Verify: Verb {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: say("校验全部封签和内容", "Check every seal and body"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            let received = try await Progress.during(say("校验中", "checking")) { try await options.client.get("log/verify") }
            let check: NodeEndpoints.JournalCheck = try received.decode()
            let table = Table(
                [
                    Table.Column("seals", "封签", "seals", .number), Table.Column("entries", "条目", "entries", .number),
                    Table.Column("failures", "失败", "failures", .number),
                ], rows: [[String(check.seals), String(check.entries), String(check.failures.count)]])
            return Answer(
                table: table, json: received.bytes, notes: check.failures, exitCode: check.failures.isEmpty ? 0 : 1)
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("列出封签", "List the seals"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("log/seals"),
                [
                    Table.Column("seat", "单位", "seat"), Table.Column("direction", "方向", "direction"),
                    Table.Column("first", "起始位置", "first", .number), Table.Column("count", "条目", "entries", .number),
                    Table.Column("hash", "封签", "seal"), Table.Column("packedBytes", "压缩字节", "packed bytes", .number),
                    Table.Column("unpackedBytes", "字节", "bytes", .number),
                    Table.Column("atMilliseconds", "时间", "time", .time),
                ])
        }
    }
}
