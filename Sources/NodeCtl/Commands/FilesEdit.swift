import ArgumentParser
import NodeCore

/// Changes fields of a record of this home.
struct FilesEdit: Verb {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: say("编辑一份档案", "Edit one file"),
        discussion: say(
            "值留空表示清除。行号写 new 表示新增一行（同一命令中同一列表的 new 是同一行）。",
            """
            An empty value clears the field. The line number `new` adds a line; all `new` of one list in one command are the
            same line.
            """))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    @Argument(help: ArgumentHelp(say("档案编号或标识", "The file's number or identifier"))) var id: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(say("字段=值，可多个", "One or more of field=value"), valueName: "field=value"))
    var set = [String]()

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            say("列表:行号:字段=值，可多个", "One or more of list:number:field=value"), valueName: "list:number:field=value"))
    var line = [String]()

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(say("删除的行，列表:行号", "Lines to remove: list:number"), valueName: "list:number"))
    var removeLine = [String]()

    func validate() throws {
        _ = try body()
        guard !(set.isEmpty && line.isEmpty && removeLine.isEmpty) else {
            throw ValidationError(say("请给出 --set、--line 或 --remove-line", "give --set, --line or --remove-line"))
        }
    }

    struct Body: Encodable, Equatable {
        struct Line: Encodable, Equatable {
            var number: Int64?
            var set: [String: String?]?
            var remove: Bool?
        }
        var set = [String: String?]()
        var lists = [String: [Line]]()
    }

    func body() throws -> Body {
        var body = Body()
        for text in set {
            let (field, value) = try FilesEdit.assignment(text)
            body.set.updateValue(value, forKey: field)
        }
        for text in line {
            let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { throw FilesEdit.unreadable(text, "list:number:field=value") }
            let (field, value) = try FilesEdit.assignment(parts[2])
            let number = try FilesEdit.number(parts[1], text)
            var lines = body.lists[parts[0]] ?? []
            let index = lines.firstIndex { $0.number == number } ?? lines.endIndex
            if index == lines.endIndex { lines.append(Body.Line(number: number, set: [:])) }
            lines[index].set?.updateValue(value, forKey: field)
            body.lists[parts[0]] = lines
        }
        for text in removeLine {
            let parts = text.split(separator: ":").map(String.init)
            guard parts.count == 2, let number = Int64(parts[1]) else { throw FilesEdit.unreadable(text, "list:number") }
            body.lists[parts[0], default: []].append(Body.Line(number: number, remove: true))
        }
        return body
    }

    private static func number(_ text: String, _ whole: String) throws -> Int64? {
        if text == "new" { return nil }
        guard let number = Int64(text), number > 0 else { throw unreadable(whole, "list:number:field=value") }
        return number
    }

    /// A value may hold further equals signs; an empty one clears.
    private static func assignment(_ text: String) throws -> (field: String, value: String?) {
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex else { throw unreadable(text, "field=value") }
        let value = String(text[text.index(after: sign)...])
        return (String(text[..<sign]), value.isEmpty ? nil : value)
    }

    private static func unreadable(_ text: String, _ form: String) -> ValidationError {
        ValidationError(say("\(text) 不是 \(form)", "\(text) is not \(form)"))
    }

    func perform() async throws -> Answer {
        let kind = try record.kind()
        let received = try await options.client.send("PATCH", "records/\(kind.code)/\(id)", body: try body().json())
        return FilesShow.answer(received, kind)
    }
}
