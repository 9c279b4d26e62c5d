import ArgumentParser
import NodeCore

/// What this level decides about the records of those below.
struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: say("审核", "Review"),
        subcommands: [List.self, Approve.self, Return.self, Reject.self])

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出待本级审核的档案", "List what waits for this level"))

        @OptionGroup var options: Options
        @OptionGroup var page: PageOptions
        @OptionGroup var record: KindOption

        func perform() async throws -> Answer {
            let client = options.client
            let level = try await client.get("node").value["level"].plain
            return try await RecordPages(client: client, kind: record.kind())
                .list(["pending": level], limit: page.limit, all: page.all)
        }
    }

    struct Approve: Verb {
        static let configuration = CommandConfiguration(commandName: "approve", abstract: say("批准", "Approve"))

        @OptionGroup var options: Options
        @OptionGroup var record: KindOption
        @OptionGroup var selection: RecordSelection

        func perform() async throws -> Answer {
            try await RecordCommand(client: options.client, kind: record.kind(), path: "decisions", verdict: .approve)
                .run(selection.ids, all: selection.all)
        }
    }

    /// Why a record is not approved.
    struct Reason: ParsableArguments {
        @Option(help: ArgumentHelp(say("原因代码（码表 return_reason）", "Reason code (table return_reason)"))) var code: String

        @Option(help: ArgumentHelp(say("给经办人的说明", "What the clerk should know"))) var words: String

        @Option(help: ArgumentHelp(say("有问题的字段，可重复", "A field it is about; may be repeated"))) var field = [String]()

        func validate() throws {
            guard words.count <= NodeLimits.reasonCharacters else {
                let limit = NodeLimits.reasonCharacters
                throw ValidationError(say("--words 至多 \(limit) 字", "--words has at most \(limit) characters"))
            }
        }
    }

    struct Return: Verb {
        static let configuration = CommandConfiguration(
            commandName: "return", abstract: say("退回修改", "Return for correction"))

        @OptionGroup var options: Options
        @OptionGroup var record: KindOption
        @OptionGroup var selection: RecordSelection
        @OptionGroup var reason: Reason

        func perform() async throws -> Answer {
            try await ReviewCommand.refuse(.return, options.client, record.kind(), reason)
                .run(selection.ids, all: selection.all)
        }
    }

    struct Reject: Verb {
        static let configuration = CommandConfiguration(
            commandName: "reject", abstract: say("不予批准", "Reject"))

        @OptionGroup var options: Options
        @OptionGroup var record: KindOption
        @OptionGroup var selection: RecordSelection
        @OptionGroup var reason: Reason

        func perform() async throws -> Answer {
            try await ReviewCommand.refuse(.reject, options.client, record.kind(), reason)
                .run(selection.ids, all: selection.all)
        }
    }

    private static func refuse(
        _ verdict: Verdict.Kind, _ client: Client, _ kind: RecordKind, _ reason: Reason
    ) -> RecordCommand {
        RecordCommand(
            client: client, kind: kind, path: "decisions", verdict: verdict, code: reason.code, words: reason.words,
            fields: reason.field)
    }
}
