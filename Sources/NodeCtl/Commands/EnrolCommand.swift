import ArgumentParser
import Foundation
import NodeCore

/// Takes a child in by a one-time code.
struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: say("入网与密钥", "Enrolment and keys"),
        subcommands: [
            Invite.self, Join.self, Confirm.self, List.self, Rotate.self, Revoke.self, RequestFile.self, AnswerFile.self,
        ])

    struct Invite: Verb {
        static let configuration = CommandConfiguration(
            commandName: "invite",
            abstract: say("邀请一个直接下级（邀请文件一天内有效，只能用一次）", "Invite a seat directly below (for one use within a day)"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("下级单位代码", "The code of the seat below"), valueName: "code")) var seat: String

        @Flag(
            help: ArgumentHelp(
                say("该单位的节点丢失了密钥或磁盘，重新入网", "The seat's node lost its key or its disk and is enrolled again")))
        var again = false

        @Option(
            help: ArgumentHelp(
                say("写入此文件（仅本人可读）；否则写到标准输出", "Write here, readable to you alone; else to standard output"),
                valueName: "file"))
        var out: String?

        func perform() async throws -> Answer {
            let invitation = try await options.client.send(
                "POST", "enrolments", body: ["seat": JSONValue.text(seat), "again": .flag(again)].json())
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
            abstract: say("用上级的邀请文件入网（节点须在运行）", "Enrol with an invitation from above (the node must run)"),
            discussion: say(
                "上级核对并确认密钥指纹后才算入网；命令会等待确认，中断后可重新运行。",
                "The parent's administrator compares the key's fingerprint and confirms it; the command waits for that, "
                    + "and can be run again when it was interrupted."))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("邀请文件，- 为标准输入", "The invitation; - for standard input"), valueName: "file"))
        var invitation: String

        @Option(
            help: ArgumentHelp(
                say("上级以文件给出的答复（无网络时）", "The parent's answer as a file (without a line)"), valueName: "file"))
        var answer: String?

        @Flag(help: ArgumentHelp(say("不等待确认", "Do not wait for the confirmation"))) var noWait = false

        private static let pauseSeconds: Int64 = 2

        func perform() async throws -> Answer {
            var joining: [String: JSONValue] = ["invitation": try EnrolCommand.invitation(invitation)]
            if let answer { joining["statements"] = try JSONValue(InputFile.bytes(answer))["statements"] }
            var received = try await options.client.send("POST", "enrolments/join", body: joining.json())
            if case .text(let fingerprint) = received.value["fingerprint"] {
                let note = say(
                    "请向上级管理员报出密钥指纹：\(Table.grouped(fingerprint))",
                    "Tell the parent's administrator this key fingerprint: \(Table.grouped(fingerprint))")
                if noWait { return Answer(text: "", json: received.bytes, notes: [note]) }
                Output.note(note)
            }
            while !received.value["enrolled"].isTrue {
                try await Task.sleep(for: .seconds(Join.pauseSeconds))
                received = try await options.client.send("POST", "enrolments/join", body: joining.json())
            }
            let node = try await options.client.get("node")
            let table = Table(
                [
                    Table.Column("seat", "单位", "seat"), Table.Column("name", "名称", "name"),
                    Table.Column("federation", "联合体", "federation"), Table.Column("isEnrolled", "已入网", "enrolled", .flag),
                ], objects: [node.value])
            return Answer(table: table, json: received.bytes, notes: [say("已入网", "Enrolled")])
        }
    }

    fileprivate static func invitation(_ path: String) throws -> JSONValue {
        let bytes = try InputFile.bytes(path)
        do { _ = try JSONDecoder().decode(EnrolmentEndpoints.InvitationFile.self, from: Data(bytes)) } catch {
            throw NodeError(.badRequest, "\(path) 不是邀请文件", "\(path) is no invitation")
        }
        return try JSONValue(bytes)
    }

    struct Confirm: Verb {
        static let configuration = CommandConfiguration(
            commandName: "confirm",
            abstract: say("核对指纹后确认下级的密钥", "Confirm the key of a seat below after comparing its fingerprint"))

        @OptionGroup var options: Options

        @Argument(help: ArgumentHelp(say("下级单位代码", "The code of the seat below"))) var seat: String

        @Argument(
            help: ArgumentHelp(say("下级报来的指纹（可带空格，加引号）", "The fingerprint as the seat told it (quoted if it has spaces)")))
        var fingerprint: String

        func perform() async throws -> Answer {
            let received = try await options.client.send(
                "POST", "enrolments/\(seat)/confirm", body: ["fingerprint": fingerprint].json())
            return Answer(
                received, [Table.Column("seat", "单位", "seat"), Table.Column("state", "状态", "state")], [received.value])
        }
    }

    struct Rotate: Verb {
        static let configuration = CommandConfiguration(
            commandName: "rotate", abstract: say("更换本节点的密钥（须连得上上级）", "Change this node's key (the parent must be reachable)")
        )

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", "rotation", body: [])
            return Answer(
                received, [Table.Column("fingerprint", "新密钥指纹", "new fingerprint", .fingerprint)], [received.value])
        }
    }

    struct Revoke: Verb {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: say("吊销下级的密钥（失窃时）", "Take the key of a seat below away (when it was stolen)"),
            discussion: say(
                """
                默认保留本节点已收到的全部内容；用 --position 指明最近一世中最后一个可信封签的末尾（--life 指明更早的一世），其后的内容撤回，\
                由下级核对后重新上报。随后用 enrol invite --again 重新入网。
                """,
                """
                What this node holds stays, or with --position only what stands before the end of the last seal that can be
                trusted, in its last life or the one that --life names: the rest is taken back, and the seat reports it anew.
                Then enrol it with enrol invite --again.
                """))

        @OptionGroup var options: Options

        @Argument(help: ArgumentHelp(say("下级单位代码", "The code of the seat below"))) var seat: String

        @Option(help: ArgumentHelp(say("原因", "Why"), valueName: "text")) var reason: String

        @Option(
            help: ArgumentHelp(
                say("其上行日志中可信部分的末尾位置（见 log show）", "Where the trusted part of its log ends (see log show)"), valueName: "n"))
        var position: UInt64?

        @Option(
            help: ArgumentHelp(
                say("位置所在的一世（见 log show，默认最近的）", "The life in which it counts (see log show; default the last)"),
                valueName: "life"))
        var life: String?

        func perform() async throws -> Answer {
            var body: [String: JSONValue] = ["reason": .text(reason)]
            if let position { body["position"] = .integer(Int64(clamping: position)) }
            if let life { body["life"] = .text(life) }
            let received = try await options.client.send("POST", "enrolments/\(seat)/revoke", body: body.json())
            return Answer(
                received, [Table.Column("seat", "单位", "seat"), Table.Column("state", "状态", "state")], [received.value])
        }
    }

    struct RequestFile: Verb {
        static let configuration = CommandConfiguration(
            commandName: "request",
            abstract: say("把入网申请写成文件（无网络时）", "Write the enrolment request as a file (without a line)"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("邀请文件", "The invitation"), valueName: "file")) var invitation: String

        @Option(help: ArgumentHelp(say("写入此文件", "Write here"), valueName: "file")) var out: String

        func perform() async throws -> Answer {
            let body = try JSONValue.object(["invitation": try EnrolCommand.invitation(invitation)]).json()
            let received = try await options.client.send("POST", "enrolments/request", body: body)
            try SecretFile.write(received.bytes + [0x0A], to: out)
            return Answer(received, [Table.Column("fingerprint", "密钥指纹", "fingerprint", .fingerprint)], [received.value])
        }
    }

    struct AnswerFile: Verb {
        static let configuration = CommandConfiguration(
            commandName: "answer",
            abstract: say(
                "收下入网申请文件；确认后再次运行即写出答复",
                "Take a request that came as a file; run again after enrol confirm to write the answer"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("申请文件", "The request"), valueName: "file")) var request: String

        @Option(help: ArgumentHelp(say("答复写入此文件", "Write the answer here"), valueName: "file")) var out: String?

        func perform() async throws -> Answer {
            let file = try JSONValue(InputFile.bytes(request))
            let received = try await options.client.send(
                "POST", "enrolments/requests", body: ["request": file["request"]].json())
            let isConfirmed = !received.value["statements"].items.isEmpty
            if let out, isConfirmed { try SecretFile.write(received.bytes + [0x0A], to: out) }
            let note =
                isConfirmed
                ? say("已确认", "Confirmed")
                : say("等待确认：核对指纹后运行 enrol confirm", "Waiting: compare the fingerprint, then run enrol confirm")
            let table = Table(
                [Table.Column("seat", "单位", "seat"), Table.Column("fingerprint", "密钥指纹", "fingerprint", .fingerprint)],
                objects: [received.value])
            return Answer(table: table, json: received.bytes, notes: [note])
        }
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: say(
                "列出下级的密钥、待确认的申请和未用的邀请", "List the keys of the seats below, requests to confirm and open invitations"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("enrolments"),
                [
                    Table.Column("seat", "单位", "seat"), Table.Column("state", "状态", "state"),
                    Table.Column("atMilliseconds", "时间", "time", .time),
                    Table.Column("fingerprint", "密钥指纹", "key fingerprint", .fingerprint),
                ])
        }
    }
}
