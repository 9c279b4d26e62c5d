import ArgumentParser
import Foundation
import NodeCore

/// Takes a child in by a one-time code.
struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: say("入网", "Enrolment"), subcommands: [Invite.self, Join.self, List.self])

    struct Invite: Verb {
        static let configuration = CommandConfiguration(
            commandName: "invite",
            abstract: say("邀请一个直接下级（邀请文件一天内有效，只能用一次）", "Invite a seat directly below (for one use within a day)"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("下级单位代码", "The code of the seat below"), valueName: "code")) var seat: String

        @Option(
            help: ArgumentHelp(
                say("写入此文件（仅本人可读）；否则写到标准输出", "Write here, readable to you alone; else to standard output"),
                valueName: "file"))
        var out: String?

        func perform() async throws -> Answer {
            let invitation = try await options.client.send("POST", "enrolments", body: ["seat": seat].json())
            let end = Table.time(invitation.value["expiresMilliseconds"].integer ?? 0)
            let note = say("邀请有效期至 \(end)", "The invitation holds until \(end)")
            guard let out else { return Answer(json: invitation.bytes, notes: [note]) }
            try SecretFile.write(invitation.bytes + [0x0A], to: out)
            let table = Table(
                [
                    Table.Column("seat", "单位", "seat"), Table.Column("file", "邀请文件", "invitation"),
                    Table.Column("expires", "有效期至", "expires"),
                ], rows: [[seat, out, end]])
            return Answer(table: table, json: try table.json())
        }
    }

    struct Join: Verb {
        static let configuration = CommandConfiguration(
            commandName: "join",
            abstract: say("用上级的邀请文件入网（节点须在运行）", "Enrol with an invitation from above (the node must run)"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("邀请文件，- 为标准输入", "The invitation; - for standard input"), valueName: "file"))
        var invitation: String

        func perform() async throws -> Answer {
            let bytes = try InputFile.bytes(invitation)
            do { _ = try JSONDecoder().decode(NodeEndpoints.InvitationFile.self, from: Data(bytes)) } catch {
                throw NodeError(.badRequest, "\(invitation) 不是邀请文件", "\(invitation) is no invitation")
            }
            let received = try await options.client.send("POST", "enrolments/join", body: bytes)
            let node = try await options.client.get("node")
            let table = Table(
                [
                    Table.Column("seat", "单位", "seat"), Table.Column("name", "名称", "name"),
                    Table.Column("federation", "联合体", "federation"), Table.Column("isEnrolled", "已入网", "enrolled", .flag),
                ], objects: [node.value])
            return Answer(table: table, json: received.bytes, notes: [say("已入网", "Enrolled")])
        }
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出已入网的下级和未用的邀请", "List enrolled seats and open invitations"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("enrolments"),
                [
                    Table.Column("seat", "单位", "seat"), Table.Column("state", "状态", "state"),
                    Table.Column("atMilliseconds", "有效期至", "expires", .time),
                    Table.Column("fingerprint", "密钥指纹", "key fingerprint"),
                ])
        }
    }
}
