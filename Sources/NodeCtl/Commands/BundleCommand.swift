import ArgumentParser
import Foundation
import NodeCore
import NodeFiles
import SyncProtocol

/// Files for a stick, to and from neighbours without a line.
struct BundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: say("用 U 盘等介质同步", "Sync by stick: files to and from neighbours"),
        subcommands: [Export.self, Import.self, Show.self, Owed.self])

    struct Export: Verb {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: say("导出给一个上级或下级", "Export what a neighbour lacks"),
            discussion: say(
                "文件只有对方能打开。导出不算送达：收到对方的回执（网络或介质）后才前进，丢了可再导。",
                """
                Only the receiver can open the files. To export marks nothing as sent: positions move when the receiver's
                receipts come, by line or stick, so a lost stick is exported again.
                """))

        @OptionGroup var options: Options

        @Option(
            help: ArgumentHelp(say("接收单位的区划代码，或 parent（上级）", "The receiver's division code, or parent"), valueName: "seat"))
        var to: String

        @Option(help: ArgumentHelp(say("输出目录或文件", "A folder, or the file to write"), valueName: "path")) var out: String

        @Option(
            help: ArgumentHelp(
                say("单个文件上限，可带 K、M、G（默认 2G）", "Largest file, with K, M or G (default 2G)"), valueName: "bytes"))
        var maxSize: String?

        func perform() async throws -> Answer {
            let limit = try maxSize.map(BundleCommand.size)
            let path = URL(fileURLWithPath: out).standardizedFileURL.path
            let request = BundleEndpoints.ExportRequest(to: to, out: path, maxBytes: limit)
            let received = try await Progress.during(say("导出", "exporting"), BundleCommand.progress(options)) {
                try await options.client.send("POST", "bundles", body: request.json())
            }
            return Answer(
                received,
                [
                    Table.Column("path", "文件", "file"), Table.Column("bytes", "字节", "bytes", .number),
                    Table.Column("to", "接收单位", "to"), Table.Column("file", "序号", "number", .number),
                    Table.Column("files", "共", "of", .number),
                    Table.Column("entries", "条目（全部）", "entries in all", .number),
                ])
        }
    }

    struct Import: Verb {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: say("导入文件", "Take files in"),
            discussion: say(
                "重复导入无害，与网络同步可任意交替。次序不对的文件会自动排到后面再试。",
                """
                To import twice does no harm, and the line may work meanwhile. Files given in the wrong order are tried again
                behind the others.
                """))

        @OptionGroup var options: Options

        @Argument(help: ArgumentHelp(say("文件", "The files"), valueName: "file")) var files: [String]

        private static let columns = [
            Table.Column("path", "文件", "file"), Table.Column("from", "来自", "from"),
            Table.Column("madeMilliseconds", "导出时间", "made", .time), Table.Column("file", "序号", "number", .number),
            Table.Column("files", "共", "of", .number), Table.Column("taken", "新收", "new", .number),
            Table.Column("repeated", "已有", "known", .number), Table.Column("returned", "找回", "given back", .number),
        ]

        private struct Line: Encodable {
            let path: String
            let view: BundleEndpoints.TakenView

            func encode(to encoder: any Encoder) throws {
                try view.encode(to: encoder)
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(path, forKey: .path)
            }

            private enum Key: String, CodingKey { case path }
        }

        func perform() async throws -> Answer {
            var (lines, waiting, refused) = ([Line](), files, [String]())
            // Files of one export name each other only inside: those that came too early go round again.
            while !waiting.isEmpty {
                var early = [(file: String, error: NodeError)]()
                for file in waiting {
                    do { lines.append(Line(path: file, view: try await take(file))) } catch let error as NodeError
                        where error.code == .conflict
                    {
                        early.append((file: file, error: error))
                    } catch let error as NodeError where error.code != .unreachable {
                        refused.append(Import.sentence(file, error))
                    }
                }
                guard early.count < waiting.count else {
                    refused += early.map { Import.sentence($0.file, $0.error) }
                    break
                }
                waiting = early.map(\.file)
            }
            let json = try lines.json()
            var answer = Answer(try Received(json), Import.columns)
            answer.notes = refused
            answer.exitCode = refused.isEmpty ? 0 : 1
            return answer
        }

        private static func sentence(_ file: String, _ error: NodeError) -> String {
            "\(file): \(Language.current.pick(error.message))"
        }

        private func take(_ file: String) async throws -> BundleEndpoints.TakenView {
            let path = URL(fileURLWithPath: file).standardizedFileURL.path
            return try await Progress.during(say("导入 \(file)", "importing \(file)"), BundleCommand.progress(options)) {
                try await options.client.send(
                    "POST", "bundles/import", body: BundleEndpoints.ImportRequest(file: path).json()
                ).decode()
            }
        }
    }

    /// What the outside may know of a file; asks no node.
    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("查看文件外部可见的信息", "What anyone sees who finds the file"))

        @OptionGroup var options: Options

        @Argument(help: ArgumentHelp(say("文件", "The file"), valueName: "file")) var file: String

        func perform() async throws -> Answer {
            let (head, bytes) = try BundleFiles.head(file)
            let table = Table(
                [
                    Table.Column("sender", "发送节点", "from node"), Table.Column("receiver", "接收节点", "to node"),
                    Table.Column("key", "接收方密钥", "for key"), Table.Column("suite", "算法套件", "suite", .number),
                    Table.Column("bytes", "字节", "bytes", .number),
                ],
                rows: [
                    [
                        head.sender.description, head.receiver.description, head.receiverKey.description,
                        "\(head.suite.rawValue)", "\(bytes)",
                    ]
                ])
            return Answer(
                table: table, json: try table.json(),
                notes: [
                    say(
                        "其余内容只有接收方能打开；发送方要由接收方打开后才能核实",
                        "The rest opens only at the receiver, who alone can tell whether the sender is true.")
                ])
        }
    }

    struct Owed: Verb {
        static let configuration = CommandConfiguration(
            commandName: "owed", abstract: say("各相邻单位待带走的内容", "What a stick to each neighbour would hold"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("bundles"),
                [
                    Table.Column("seat", "单位", "seat"), Table.Column("entries", "条目", "entries", .number),
                    Table.Column("lastBundleMilliseconds", "上次导入", "last bundle taken", .time),
                ])
        }
    }

    // MARK: Parts of these

    /// A number of bytes as people write it.
    static func size(_ text: String) throws -> Int {
        let units = ["K": 1_024, "M": 1_024 * 1_024, "G": 1_024 * 1_024 * 1_024]
        let unit = text.last.flatMap { units[String($0).uppercased()] }
        guard let number = Int(unit == nil ? text[...] : text.dropLast()), number > 0,
            case let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: unit ?? 1), !isTooLarge
        else { throw ValidationError(say("不是字节数：\(text)", "not a number of bytes: \(text)")) }
        return bytes
    }

    /// A share between 0 and 1 of what is under way at the node; nil while it is not known.
    fileprivate static func progress(_ options: Options) -> @Sendable () async -> Double? {
        let client = options.client
        return {
            do {
                let view: BundleEndpoints.ProgressView = try await client.get("bundles/progress").decode()
                return view.total > 0 ? min(1, Double(view.done) / Double(view.total)) : nil
            } catch { return nil }
        }
    }
}
