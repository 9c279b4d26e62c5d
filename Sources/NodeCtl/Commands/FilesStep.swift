import ArgumentParser
import NodeCore

/// A step of the home's own work: check, notice and the like.
struct FilesStep: Verb {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: say("办理下一步", "Take the next step of the home's own work"))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    @Argument(help: ArgumentHelp(say("档案编号或标识", "The file's number or identifier"))) var id: String

    @Option(help: ArgumentHelp(say("要到的状态代码", "The state to go to"), valueName: "code")) var to: String

    func perform() async throws -> Answer {
        let kind = try record.kind()
        let received = try await options.client.send("POST", "records/\(kind.code)/\(id)/steps", body: ["to": to].json())
        return Answer(
            received,
            [
                Table.Column("key", "档案编号", "key"), Table.Column("seat", "单位", "seat"),
                Table.Column("version", "版本", "version", .number), Table.Column("status", "状态", "status"),
            ], [received.value])
    }
}
