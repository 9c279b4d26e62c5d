import ArgumentParser
import NodeCore

/// How this node stands with its neighbours.
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: say("同步", "Synchronisation"),
        subcommands: [
            Now.self, Status.self, Lag.self, Quarantine.self, Settle.self, SyncLate.self, SyncStops.self, SyncThaw.self,
            SyncEvidence.self,
        ])

    struct Now: Verb {
        static let configuration = CommandConfiguration(
            commandName: "now", abstract: say("立即与上级同步", "Synchronise with the parent now"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            let received = try await Progress.during(say("同步中", "synchronising")) {
                try await options.client.send("POST", "sync/now")
            }
            return Answer(text: "", json: received.bytes, notes: [say("已通知同步", "Synchronisation was asked for")])
        }
    }

    struct Status: Verb {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: say("各链路的状态", "How each link stands"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("sync/status"),
                [
                    Table.Column("seat", "对方单位", "peer"), Table.Column("log", "日志", "log"),
                    Table.Column("direction", "方向", "direction"), Table.Column("next", "下一位置", "next", .number),
                    Table.Column("peerDurable", "对方已存", "peer holds", .number),
                    Table.Column("backlog", "待送条目", "backlog", .number),
                    Table.Column("waiting", "待签封条目", "to be sealed", .number),
                    Table.Column("lastReceiptMilliseconds", "最近回执", "last receipt", .time),
                    Table.Column("storedBytes", "已存字节", "stored bytes", .number),
                    Table.Column("quotaBytes", "配额字节", "quota bytes", .number),
                    Table.Column("stagedBytes", "处理中字节", "staged bytes", .number),
                    Table.Column("creditBytes", "对方可收字节", "credit bytes", .number),
                    Table.Column("frozen", "冻结原因", "frozen"),
                ])
        }
    }

    struct Lag: Verb {
        static let configuration = CommandConfiguration(
            commandName: "lag", abstract: say("各县最近一次变化", "When each county was last heard of"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("sync/lag"),
                [
                    Table.Column("seat", "单位", "seat"), Table.Column("name", "名称", "name"),
                    Table.Column("records", "档案数", "records", .number),
                    Table.Column("changedMilliseconds", "最近变化", "last change", .time),
                ])
        }
    }

    struct Quarantine: Verb {
        static let configuration = CommandConfiguration(
            commandName: "quarantine", abstract: say("被拒或等待的内容及原因", "What was refused or waits, with reasons"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("最多几条（1 至 10000）", "How many at most (1 to 10000)"))) var limit = 100

        @Flag(help: ArgumentHelp(say("连同已查明的", "Also what somebody has settled"))) var settled = false

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("sync/quarantine", ["limit": String(limit), "settled": settled ? "1" : "0"]),
                [
                    Table.Column("atMilliseconds", "时间", "time", .time), Table.Column("seat", "单位", "seat"),
                    Table.Column("peer", "节点", "peer"), Table.Column("code", "代码", "code"),
                    Table.Column("reason", "原因", "reason"), Table.Column("subject", "内容", "subject"),
                    Table.Column("times", "次数", "times", .number),
                ])
        }
    }

    struct Settle: Verb {
        static let configuration = CommandConfiguration(
            commandName: "settle", abstract: say("隔离区：已查明", "Say that what was refused has been looked at"),
            discussion: say(
                "内容留存，但不再列出，体检也不再提示；再次发生时重新出现。",
                "It is kept and no longer listed, and the doctor is content; when it happens again it is back."))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("代码（见 sync quarantine）", "The code (see sync quarantine)"))) var code: String

        @Option(help: ArgumentHelp(say("只是这个单位的", "Only of this seat"))) var seat: String?

        @Option(help: ArgumentHelp(say("查明的情况", "What was found"), valueName: "text")) var reason: String

        func perform() async throws -> Answer {
            var body: [String: JSONValue] = ["code": .text(code), "reason": .text(reason)]
            if let seat { body["seat"] = .text(seat) }
            let received = try await options.client.send("POST", "sync/quarantine/settle", body: body.json())
            return Answer(received, [Table.Column("settled", "已查明", "settled", .number)], [received.value])
        }
    }
}
