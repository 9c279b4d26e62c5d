import ArgumentParser
import NodeCore

/// Which days are worked.
struct CalendarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar", abstract: say("工作日历", "The working-day calendar"), subcommands: [Show.self, Count.self])

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("列出一段时间的日子", "What the days of a period are"))

        @OptionGroup var options: Options
        @OptionGroup var place: PlaceOptions

        @Option(help: ArgumentHelp(say("首日（默认今天）", "First day (default: today)"), valueName: "date")) var from: String?
        @Option(help: ArgumentHelp(say("末日（默认31天）", "Last day (default: 31 days)"), valueName: "date")) var to: String?

        func perform() async throws -> Answer {
            let received = try await options.client.get("calendar", place.query(["from": from, "to": to]))
            var answer = Answer(
                received,
                [
                    Table.Column("day", "日期", "day"), Table.Column("isWorking", "上班", "worked", .flag),
                    Table.Column("kind", "日类型", "kind"), Table.Column("note", "说明", "note"),
                    Table.Column("setBy", "设定区划", "set by"), Table.Column("basis", "依据", "basis"),
                ])
            if !received.value.items.allSatisfy(\.["isPublished"].isTrue) { answer.notes = [CalendarCommand.unpublished] }
            return answer
        }
    }

    struct Count: Verb {
        static let configuration = CommandConfiguration(
            commandName: "count", abstract: say("推算工作日", "Count working days"),
            discussion: say(
                "--add 自次日起数N个工作日；--until 数到某日为止的工作日。",
                "--add counts N working days from the day after; --until says how many there are up to a day."))

        @OptionGroup var options: Options
        @OptionGroup var place: PlaceOptions

        @Argument(help: ArgumentHelp(say("事件当天", "The day of the event"), valueName: "date")) var day: String
        @Option(help: ArgumentHelp(say("增加的工作日数", "Working days to add"))) var add: Int?
        @Option(help: ArgumentHelp(say("数到这一天", "Count up to this day"), valueName: "date")) var until: String?

        func validate() throws {
            guard (add == nil) != (until == nil) else {
                throw ValidationError(say("请给出 --add 或 --until（二者取一）", "say --add or --until, one of the two"))
            }
        }

        func perform() async throws -> Answer {
            let received = try await options.client.get(
                "calendar/count", place.query(["day": day, "add": add.map(String.init), "until": until]))
            var answer = Answer(
                received,
                [Table.Column("day", "日期", "day"), Table.Column("workingDays", "工作日", "working days", .number)],
                [received.value])
            if !received.value["isPublished"].isTrue { answer.notes = [CalendarCommand.unpublished] }
            return answer
        }
    }

    static var unpublished: String {
        say(
            "其中有的年份尚未发布工作日历：只按周六、周日休息推算",
            "for a year in it no calendar was published: only Saturdays and Sundays rest here")
    }
}

/// Which division a question is about.
struct PlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("区划代码（默认本单位）", "Division code (default: this node's own)"), valueName: "code"))
    var division: String?

    /// With what else was said.
    func query(_ others: [String: String?] = [:]) -> [String: String] {
        var query = others.compactMapValues { $0 }
        if let division { query["division"] = division }
        return query
    }
}
