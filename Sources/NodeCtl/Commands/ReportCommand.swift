import ArgumentParser
import NodeCore

/// Seals ready records as versions and sends them upward.
struct ReportCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: say("上报待上报的档案", "Report files that are ready"))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption
    @OptionGroup var selection: RecordSelection

    func perform() async throws -> Answer {
        try await RecordCommand(client: options.client, kind: record.kind(), path: "reports")
            .run(selection.ids, all: selection.all)
    }
}
