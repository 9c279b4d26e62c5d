import ArgumentParser
import NodeCore

/// Counts by declared dimensions.
struct StatsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: say("统计", "Statistics"),
        discussion: say(
            "维度如 division,hardship_category；division 为建档单位。",
            "Dimensions are such as division,hardship_category; division is the home's seat."))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    @Option(help: ArgumentHelp(say("维度，以逗号分隔", "Dimensions, separated by commas"), valueName: "dimensions")) var by: String

    @Option(help: ArgumentHelp(say("只计这些状态，以逗号分隔", "Only these states, separated by commas"), valueName: "codes"))
    var status: String?

    func perform() async throws -> Answer {
        let kind = try record.kind()
        var query = ["by": by]
        if let status { query["status"] = status }
        let received = try await options.client.get("statistics/\(kind.code)", query)
        let dimensions = by.split(separator: ",").map(String.init)
        let columns = dimensions.flatMap { dimension in
            let label = kind.field(dimension)?.label ?? Label("单位", dimension)
            return [
                Table.Column(dimension, label.zh, label.en),
                Table.Column(dimension + "_label", label.zh + "名称", label.en + " name"),
            ]
        }
        let rows = received.value.items.map { item in
            dimensions.flatMap { [item["values"][$0].plain, item["labels"][$0].plain] } + [item["count"].plain]
        }
        let total = received.value.items.compactMap { $0["count"].integer }.reduce(0, +)
        return Answer(
            table: Table(columns + [Table.Column("count", "数量", "count", .number)], rows: rows), json: received.bytes,
            notes: [say("合计 \(total)", "total \(total)")])
    }
}
