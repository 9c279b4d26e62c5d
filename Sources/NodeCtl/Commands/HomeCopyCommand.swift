import ArgumentParser
import Foundation
import NodeCore
import NodeFiles
import SyncProtocol

/// What stays at home also lies sealed at the parent, for the day when a disk is lost without a backup.
struct HomeCopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "home-copy",
        abstract: say(
            "只在本级的内容（草稿、不上报的栏目）加密代存于上级",
            "What stays at home (drafts, fields never reported), kept sealed by the parent"),
        discussion: say(
            "每小时自动发送；上级无法打开。磁盘丢失又无备份时：重新入网后 fetch，再用原恢复密钥 adopt。",
            """
            Sent every hour by itself; the parent cannot open it. After a disk was lost without a backup: enrol again, fetch,
            then adopt with the recovery key of the lost node.
            """),
        subcommands: [Send.self, Fetch.self, Adopt.self])

    private static let bytes = Table.Column("bytes", "字节", "bytes", .number)

    struct Send: Verb {
        static let configuration = CommandConfiguration(
            commandName: "send", abstract: say("立即制作并发送", "Make it and send it now"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", "home-copy/send", body: [])
            return Answer(received, [HomeCopyCommand.bytes], [received.value])
        }
    }

    struct Fetch: Verb {
        static let configuration = CommandConfiguration(
            commandName: "fetch", abstract: say("从上级取回副本文件", "Fetch the copy from the parent, as a file"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("写入此文件", "Write here"), valueName: "file")) var out: String

        func perform() async throws -> Answer {
            let path = URL(fileURLWithPath: out).standardizedFileURL.path
            let received = try await options.client.send("POST", "home-copy/fetch", body: ["into": path].json())
            return Answer(received, [HomeCopyCommand.bytes], [received.value])
        }
    }

    struct Adopt: Verb {
        static let configuration = CommandConfiguration(
            commandName: "adopt", abstract: say("用恢复密钥打开副本并并入本节点", "Open a copy with the recovery key and take it in"))

        @OptionGroup var options: Options

        @Argument(help: ArgumentHelp(say("副本文件", "The copy"))) var file: String

        @Option(help: ArgumentHelp(say("恢复密钥文件", "The recovery key's file"), valueName: "file")) var key: String

        func perform() async throws -> Answer {
            let opened = try HomeCopyFile.open(file, with: try RecoveryKey.open(InputFile.bytes(key)))
            let body = CanonicalValue.array([.bytes(opened.manifest.message.encoded), .bytes(opened.content)]).encoded
            let received = try await options.client.send("POST", "home-copy/adopt", body: body)
            return Answer(
                received,
                [
                    Table.Column("drafts", "恢复的草稿", "drafts", .number),
                    Table.Column("completed", "补全的版本", "versions completed", .number),
                    Table.Column("passedOver", "跳过", "passed over", .number),
                ], [received.value])
        }
    }
}
