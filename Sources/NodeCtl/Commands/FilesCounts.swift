import ArgumentParser
import NodeCore

struct FilesCounts: Verb {
    static let configuration = CommandConfiguration(
        commandName: "counts", abstract: say("按状态计数", "Count files by state"))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    func perform() async throws -> Answer {
        Answer(
            try await options.client.get("counts/\(try record.kind().code)"),
            [
                Table.Column("status", "状态", "status"), Table.Column(say("zh", "en"), "名称", "name"),
                Table.Column("count", "数量", "count", .number),
            ])
    }
}
