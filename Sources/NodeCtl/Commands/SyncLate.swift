import ArgumentParser
import NodeCore

/// What does not count and was kept: listed, read, and taken up again at its home.
struct SyncLate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "late", abstract: say("迟到条目：不计入、但已留存的内容", "Entries that do not count and were kept"),
        subcommands: [List.self, Show.self, TakeUp.self], defaultSubcommand: List.self)

    /// A kept entry, by the number of its seal here and its place under it.
    struct Place: ParsableArguments {
        @Argument(help: ArgumentHelp(say("封签编号（见 sync late list）", "Number of the seal (see sync late list)")))
        var number: Int64

        @Argument(help: ArgumentHelp(say("条目序号", "Place of the entry under it"))) var item: Int

        func validate() throws {
            guard number > 0, item >= 0 else { throw ValidationError(say("编号无效", "that is no entry")) }
        }

        var path: String { "sync/late/\(number)/\(item)" }
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出迟到条目", "List them"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("从哪个封签编号之后开始", "Go on behind this number"))) var after: Int64 = 0

        @Option(help: ArgumentHelp(say("最多几个封签（1 至 1000）", "How many seals at most (1 to 1000)"))) var limit = 100

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("sync/late", ["after": String(after), "limit": String(limit)]),
                [
                    Table.Column("number", "编号", "number", .number), Table.Column("item", "序号", "item", .number),
                    Table.Column("atMilliseconds", "时间", "time", .time), Table.Column("seat", "单位", "seat"),
                    Table.Column("position", "位置", "position", .number), Table.Column("type", "类型", "type"),
                    Table.Column("record", "档案", "record"), Table.Column("version", "版本", "version", .number),
                    Table.Column("reason", "原因", "reason"), Table.Column("canTakeUp", "可重新采用", "can be taken up"),
                ])
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("查看一个迟到版本的内容", "What a kept version says"))

        @OptionGroup var options: Options
        @OptionGroup var place: Place

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get(place.path),
                [
                    Table.Column("list", "列表", "list"), Table.Column("child", "行号", "line", .number),
                    Table.Column("field", "字段", "field"), Table.Column(say("zh", "en"), "名称", "name"),
                    Table.Column("value", "值", "value"),
                ])
        }
    }

    struct TakeUp: Verb {
        static let configuration = CommandConfiguration(
            commandName: "take-up",
            abstract: say("把迟到版本重新采用为草稿，核对后再上报", "Take a kept version up as a draft, to be reported again"))

        @OptionGroup var options: Options
        @OptionGroup var place: Place

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", place.path + "/take-up")
            let record = received.value["record"].plain
            return Answer(
                text: "", json: received.bytes,
                notes: [say("已成为草稿：\(record)，请核对后上报", "It is a draft now: \(record); check it, then report it")])
        }
    }
}

/// Links that stand still until a person has looked.
struct SyncStops: Verb {
    static let configuration = CommandConfiguration(
        commandName: "stops", abstract: say("停住的链路及原因", "Links that stand still, and why"))

    @OptionGroup var options: Options

    func perform() async throws -> Answer {
        Answer(
            try await options.client.get("sync/stops"),
            [
                Table.Column("seat", "对方单位", "peer"), Table.Column("cause", "类别", "cause"),
                Table.Column("reason", "原因", "reason"), Table.Column("next", "本节点的位置", "position here", .number),
                Table.Column("claimsToHold", "对方称持有", "peer claims", .number),
                Table.Column("answersGiven", "本节点应答数", "answers given", .number),
                Table.Column("answersClaimed", "对方称收到应答数", "answers claimed", .number),
                Table.Column("canThaw", "可恢复", "can go on"), Table.Column("life", "哪一世", "life"),
            ])
    }
}

struct SyncThaw: Verb {
    static let configuration = CommandConfiguration(
        commandName: "thaw", abstract: say("核实之后恢复与一个单位的链路", "Let the link with a seat go on, after you have looked"),
        discussion: say(
            "先看 sync stops。只影响今后接收什么：另一分支仍按分叉拒收。",
            "Look at sync stops first. It changes only what is admitted from now on: another branch is still a fork."
        ))

    @OptionGroup var options: Options

    @Argument(help: ArgumentHelp(say("单位代码", "Code of the seat"))) var seat: String

    func perform() async throws -> Answer {
        let received = try await options.client.send("POST", "sync/stops/\(seat)/thaw")
        return Answer(
            text: "", json: received.bytes, notes: [say("链路已恢复：\(seat)", "The link with \(seat) goes on")])
    }
}

struct SyncEvidence: Verb {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: say("签名证据：对方自相矛盾的证明", "Signed proofs that a neighbour contradicted itself"))

    @OptionGroup var options: Options

    func perform() async throws -> Answer {
        Answer(
            try await options.client.get("sync/evidence"),
            [
                Table.Column("atMilliseconds", "时间", "time", .time), Table.Column("seat", "单位", "seat"),
                Table.Column("code", "代码", "code"), Table.Column("subject", "内容", "subject"),
                Table.Column("evidence", "证据", "evidence"),
            ])
    }
}
