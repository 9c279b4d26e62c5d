import ArgumentParser
import NodeCore

/// Pages of records as lists show them.
struct RecordPages {
    let client: Client
    let kind: RecordKind

    /// What a list shows of the content, where the kind has it. An original that stays below shows its masked form.
    static let shown = ["name", "hardship_category", "file_standard"]

    /// One page, or all of them.
    func list(_ query: [String: String], limit: Int, all: Bool) async throws -> Answer {
        let size = all ? NodeLimits.recordsPerCommand : limit
        var items = [JSONValue]()
        var after = query["after"] ?? ""
        while true {
            var query = query
            query["limit"] = String(size)
            if !after.isEmpty { query["after"] = after }
            let page = try await client.get("records/\(kind.code)", query).value["items"].items
            items += page
            guard all, page.count == size, let last = page.last?["key"].plain, last != after else { break }
            after = last
        }
        let json = try JSONValue.object(["items": .array(items)]).json()
        let isFull = !all && items.count == limit
        let note = say("可能还有更多：用 --all 或 --limit", "there may be more: use --all or --limit")
        return Answer(table: table(items), json: json, notes: isFull ? [note] : [])
    }

    /// Those with exactly this value in a sealed field.
    func list(field: String, value: String) async throws -> Answer {
        struct Body: Encodable { let field, value: String }
        let items = try await client.ask("records/\(kind.code)/lookups", Body(field: field, value: value)).value["items"]
            .items
        return Answer(table: table(items), json: try JSONValue.object(["items": .array(items)]).json())
    }

    private func table(_ items: [JSONValue]) -> Table {
        let fields = RecordPages.shown.compactMap { kind.field($0) }
        let columns = RecordPages.columns + fields.map { Table.Column($0.code, $0.label.zh, $0.label.en) }
        return Table(
            columns,
            rows: items.map { item in
                RecordPages.columns.map { item[$0.key].plain }
                    + fields.map { field in
                        let values = item["fields"]
                        let forms = [field.code, field.code + "_masked", field.code + "_band"].map { values[$0].plain }
                        return forms.first { !$0.isEmpty } ?? ""
                    }
            })
    }

    private static let columns = [
        Table.Column("key", "档案编号", "key"), Table.Column("seat", "单位", "seat"),
        Table.Column("version", "版本", "version", .number), Table.Column("standing", "审核", "standing"),
        Table.Column("pendingLevel", "待审级别", "pending at"), Table.Column("status", "状态", "status"),
    ]
}

struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("最多几条（1 至 10000）", "How many at most (1 to 10000)"))) var limit = 100

    @Flag(help: ArgumentHelp(say("全部列出", "List all of them"))) var all = false

    func validate() throws {
        guard (1...NodeLimits.recordsPerCommand).contains(limit) else {
            throw ValidationError(say("--limit 须为 1 至 10000", "--limit is 1 to 10000"))
        }
    }
}

struct FilesList: Verb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: say("列出档案", "List files"))

    @OptionGroup var options: Options
    @OptionGroup var page: PageOptions
    @OptionGroup var record: KindOption

    @Option(help: ArgumentHelp(say("状态代码", "State code"), valueName: "code")) var status: String?

    @Option(
        help: ArgumentHelp(
            say("待哪一级审核：national、province、city、county", "The level that has to decide: national, province, city, county"),
            valueName: "level"))
    var pending: String?

    @Option(help: ArgumentHelp(say("建档单位代码", "The home's division code"), valueName: "code")) var seat: String?

    @Option(
        help: ArgumentHelp(say("证件号码（精确，含家庭成员）", "Exactly this ID number, members of families too"), valueName: "number"))
    var idNumber: String?

    @Option(help: ArgumentHelp(say("手机号码（精确）", "Exactly this mobile phone"), valueName: "number")) var phone: String?

    func validate() throws {
        let others = [status, pending, seat].contains { $0 != nil } || page.all
        guard [idNumber != nil, phone != nil, others].count(where: { $0 }) <= 1 else {
            throw ValidationError(say("--id-number、--phone 须单独使用", "--id-number and --phone stand alone"))
        }
        guard let pending, Level(name: pending) == nil else { return }
        throw ValidationError(
            say(
                "--pending 须为 national、province、city 或 county", "--pending is national, province, city or county"))
    }

    func perform() async throws -> Answer {
        let pages = RecordPages(client: options.client, kind: try record.kind())
        if let idNumber { return try await pages.list(field: "id_number", value: idNumber) }
        if let phone { return try await pages.list(field: "phone", value: phone) }
        var query = [String: String]()
        if let status { query["status"] = status }
        if let pending { query["pending"] = pending }
        if let seat { query["seat"] = seat }
        return try await pages.list(query, limit: page.limit, all: page.all)
    }
}
