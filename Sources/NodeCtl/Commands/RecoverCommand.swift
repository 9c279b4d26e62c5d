import ArgumentParser
import NodeCore

/// Begins a new life of a node that was restored, copied or moved.
struct RecoverCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: say("恢复后开始新的一世", "Begin a new life after a restore"),
        discussion: say(
            "只在确认其他拷贝不再运行之后使用。节点随后与上下级核对：自己说过而已丢失的内容从对方取回；在此之前只能录入，不能上报或审核。",
            """
            Only after making sure that no other copy of this node will run. The node then catches up with its neighbours:
            what it once said and lost comes back from them; until then drafts can be edited, but nothing reported or
            decided.
            """))

    @OptionGroup var options: Options

    @Flag(help: ArgumentHelp(say("已确认没有其他拷贝在运行", "No other copy of this node runs: this was checked"))) var onlyCopy = false

    func perform() async throws -> Answer {
        guard onlyCopy else {
            throw NodeError(
                .badRequest, "请先确认没有其他拷贝在运行，再加 --only-copy", "make sure that no other copy runs, then add --only-copy")
        }
        let received = try await options.client.send("POST", "recovery", body: [])
        return Answer(
            received,
            [
                Table.Column("life", "新的一世", "life"),
                Table.Column("takenBack", "退回草稿的条目", "entries taken back", .number),
            ], [received.value])
    }
}
