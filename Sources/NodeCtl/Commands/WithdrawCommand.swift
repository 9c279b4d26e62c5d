import ArgumentParser
import NodeCore

/// Takes back what no level has decided yet.
struct WithdrawCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: say("撤回尚未审核的上报", "Withdraw reports that are still pending"))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    @Argument(help: ArgumentHelp(say("档案编号或标识，可多个", "Numbers or identifiers of files"), valueName: "id")) var ids: [String]

    func perform() async throws -> Answer {
        try await RecordCommand(client: options.client, kind: record.kind(), path: "withdrawals").run(ids, all: false)
    }
}
