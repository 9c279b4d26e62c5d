import ArgumentParser
import NodeCore

/// The journal of signed changesets.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: say("日志", "The journal"), subcommands: [Verify.self, Show.self, Export.self])

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
                    Table.Column("life", "哪一世", "life"), Table.Column("hash", "封签", "seal"),
                    Table.Column("packedBytes", "压缩字节", "packed bytes", .number),
                    Table.Column("unpackedBytes", "字节", "bytes", .number),
                    Table.Column("atMilliseconds", "时间", "time", .time),
                ])
        }
    }

    struct Export: Verb {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: say("把日志导出为变更包文件，供其他工具校验", "Write the journal as changeset files for other tools to check"),
            discussion: say(
                "写入 export.json、trust.cbor 和 changesets/NNNNNNNN.bgfu。目标文件夹不能已存在。",
                "Writes export.json, trust.cbor and changesets/NNNNNNNN.bgfu. The folder must not exist."))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("目标文件夹", "The folder to write"))) var to: String

        func perform() async throws -> Answer {
            let folder = try ExportFolder(making: to)
            var after: Int64 = 0
            while true {
                let received = try await options.client.get("log/changesets", ["after": String(after)])
                let page: NodeEndpoints.ExportPage = try received.decode()
                try folder.write(page, isFirst: after == 0)
                guard let last = page.last else { break }
                after = last
            }
            let count = try folder.finish()
            return Answer(
                text: "", json: try JSONValue.object(["changesets": .integer(Int64(count))]).json(),
                notes: [say("已导出 \(count) 个变更包到 \(to)", "\(count) changesets written to \(to)")])
        }
    }
}
