import ArgumentParser
import NodeCore

/// Looks for values everywhere in a node's store: the proof that something never came here.
struct FindBytesCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "find-bytes", abstract: say("在整个库中查找字符串", "Look for strings everywhere in the store"),
        discussion: say(
            "查找各表、日志内容和库文件本身（含空闲页）。字符串至少 4 字节。",
            "Searches tables, bodies of the journal and the files themselves with their free pages. At least 4 bytes each."))

    @OptionGroup var options: Options

    @Argument(help: ArgumentHelp(say("要查找的字符串", "The strings to look for"), valueName: "string"))
    var strings = [String]()

    @Option(
        help: ArgumentHelp(
            say("从文件读取，每行一个；- 为标准输入", "Read them from a file, one a line; - for standard input"), valueName: "file"))
    var from: String?

    @Flag(help: ArgumentHelp(say("只输出数目", "Print the counts only"))) var count = false

    func validate() throws {
        guard strings.isEmpty, from == nil else { return }
        throw ValidationError(say("请给出字符串或 --from", "give strings, or --from"))
    }

    private struct Body: Encodable { let strings: [String] }

    func perform() async throws -> Answer {
        var wanted = strings
        if let from { wanted += try InputFile.text(from).split(whereSeparator: \.isNewline).map(String.init) }
        let body = Body(strings: wanted)
        let received = try await Progress.during(say("查找中", "searching")) {
            try await options.client.ask("find-bytes", body)
        }
        let found: NodeEndpoints.Found = try received.decode()
        let counts = "found=\(found.found) searched=\(found.searched)"
        let table = Table(
            [Table.Column("text", "字符串", "string"), Table.Column("place", "位置", "place")],
            objects: received.value["hits"].items)
        var answer = Answer(table: table, json: received.bytes)
        if count {
            answer = Answer(
                table: Table(
                    [Table.Column("found", "找到", "found", .number), Table.Column("searched", "查找", "searched", .number)],
                    rows: [[String(found.found), String(found.searched)]]),
                text: counts + "\n", json: try ["found": found.found, "searched": found.searched].json())
        } else if options.format == .table {
            answer.text = counts + "\n" + (found.hits.isEmpty ? "" : "\n" + table.text(.current))
        } else {
            answer.notes = [counts]
        }
        return answer
    }
}
