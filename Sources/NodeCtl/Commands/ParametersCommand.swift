import ArgumentParser
import NodeCore

/// Amounts, multiples and periods as they count here.
struct ParametersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parameters", abstract: say("业务参数", "Parameters"),
        subcommands: [List.self, Show.self, Compare.self])

    private static var valueColumns: [Table.Column] {
        [
            Table.Column("key", "键", "key"), Table.Column(say("zh", "en"), "名称", "name"),
            Table.Column("value", "值", "value"), Table.Column("division", "设定区划", "set for"),
            Table.Column("from", "生效", "from"), Table.Column("to", "失效", "to"), Table.Column("basis", "依据", "basis"),
            Table.Column("settableBy", "可设定至", "settable down to"),
        ]
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出参数及其值", "List all parameters with their values"))

        @OptionGroup var options: Options
        @OptionGroup var place: PlaceOptions
        @Option(help: ArgumentHelp(say("日期（默认今天）", "Day (default: today)"), valueName: "date")) var on: String?
        @Flag(help: ArgumentHelp(say("只列地方标准（低保标准等）", "Local standards only (minimum living standard ...)")))
        var standards = false

        func perform() async throws -> Answer {
            Answer(
                try await options.client.get("parameters", place.query(["on": on, "standards": standards ? "1" : nil])),
                ParametersCommand.valueColumns)
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("一个参数的值及其来历", "One parameter: its value and where it comes from"))

        @OptionGroup var options: Options
        @OptionGroup var place: PlaceOptions
        @Option(help: ArgumentHelp(say("日期（默认今天）", "Day (default: today)"), valueName: "date")) var on: String?
        @Argument(help: ArgumentHelp(say("参数的键", "The parameter's key"))) var key: String

        func perform() async throws -> Answer {
            let received = try await options.client.get("parameters/\(key)", place.query(["on": on]))
            let parameter = received.value["parameter"]
            var answer = Answer(
                received,
                [
                    Table.Column("division", "区划", "division"), Table.Column("value", "值", "value"),
                    Table.Column("from", "生效", "from"), Table.Column("to", "失效", "to"),
                    Table.Column("basis", "依据", "basis"), Table.Column("decides", "采用", "counts", .flag),
                ], received.value["looks"].items)
            let name = parameter[say("zh", "en")].plain
            let value = parameter["value"]
            answer.notes = [
                value == .null
                    ? say("\(name)：无值", "\(name): no value")
                    : parameter["isFallback"].isTrue
                        ? say("\(name) = \(value.plain)（程序内置的默认值）", "\(name) = \(value.plain) (the declared default)")
                        : "\(name) = \(value.plain)"
            ]
            return answer
        }
    }

    struct Compare: Verb {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: say("比较两个区划或两个日期的参数", "Compare the parameters of two divisions or two days"))

        @OptionGroup var options: Options
        @OptionGroup var place: PlaceOptions
        @Option(help: ArgumentHelp(say("日期（默认今天）", "Day (default: today)"), valueName: "date")) var on: String?
        @Option(help: ArgumentHelp(say("另一区划", "The other division"), valueName: "code")) var with: String?
        @Option(help: ArgumentHelp(say("另一日期", "The other day"), valueName: "date")) var and: String?

        func perform() async throws -> Answer {
            let received = try await options.client.get(
                "comparisons/parameters", place.query(["on": on, "with": with, "and": and]))
            let rows = received.value.items.filter(\.["differs"].isTrue)
            var answer = Answer(
                received,
                [
                    Table.Column("key", "键", "key"), Table.Column(say("zh", "en"), "名称", "name"),
                    Table.Column("left", "甲", "one"), Table.Column("right", "乙", "other"),
                ], rows)
            answer.notes = [say("\(rows.count) 项不同", "\(rows.count) differ")]
            return answer
        }
    }
}

/// Code tables, and what provinces and cities added.
struct CodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codes", abstract: say("码表", "Code tables"), subcommands: [List.self])

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: say("列出码表，或一张码表的代码", "List the code tables, or the codes of one"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("码表名", "The table's name"))) var table: String?
        @Flag(help: ArgumentHelp(say("只列省市的本地扩展", "Only what provinces and cities added"))) var local = false

        private static let codes = [
            Table.Column("table", "码表", "table"), Table.Column("code", "代码", "code"), Table.Column("zh", "中文", "Chinese"),
            Table.Column("en", "英文", "English"), Table.Column("owner", "扩展区划", "added by"),
        ]

        func perform() async throws -> Answer {
            if let table {
                let received = try await options.client.get("codes/\(table)")
                let rows = received.value.items.filter { !local || $0["owner"] != .null }
                return Answer(received, List.codes, rows)
            }
            if local { return Answer(try await options.client.get("additions/codes"), List.codes) }
            return Answer(
                try await options.client.get("codes"),
                [
                    Table.Column("table", "码表", "table"), Table.Column("codes", "代码数", "codes", .number),
                    Table.Column("added", "本地扩展", "added", .number),
                    Table.Column("isExtensible", "可扩展", "may be extended", .flag),
                ])
        }
    }
}
