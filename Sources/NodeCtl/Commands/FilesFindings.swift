import ArgumentParser
import NodeCore

/// What the checks found in a record of this home, and what they propose.
struct FilesFindings: Verb {
    static let configuration = CommandConfiguration(
        commandName: "findings", abstract: say("系统检查的结果与建议", "What the checks found, and what they propose"))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    @Argument(help: ArgumentHelp(say("档案编号或标识", "The file's number or identifier"))) var id: String

    func perform() async throws -> Answer {
        let received = try await options.client.get("records/\(try record.kind().code)/\(id)/findings")
        let page: FindingEndpoints.Page = try received.decode()
        let table = Table(
            [
                Table.Column("rule", "规则", "rule"),
                Table.Column("severity", "程度", "severity", .number), Table.Column("field", "字段", "field"),
                Table.Column("message", "说明", "message"), Table.Column("proposals", "建议", "proposed"),
            ], rows: page.items.map(FilesFindings.row))
        return Answer(table: table, json: received.bytes)
    }

    private static func text(_ proposal: FindingEndpoints.ProposalView) -> String {
        guard let text = proposal.text else { return say("（不可见）", "(hidden)") }
        return text.isEmpty ? say("清空", "nothing") : text
    }

    private static func row(_ item: FindingEndpoints.FindingView) -> [String] {
        let proposals = item.proposals.enumerated().map { choice, proposal in
            let name = proposal.field == item.field ? "" : proposal.field + " "
            return "\(choice + 1)) " + name + text(proposal)
        }
        return [
            item.rule, String(item.severity), item.place, say(item.zh, item.en),
            proposals.joined(separator: " "),
        ]
    }
}

/// Takes a proposal over: the record is edited by whoever says so.
struct FilesAccept: Verb {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: say("采用一条建议", "Take a proposal of the checks over"))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    @Argument(help: ArgumentHelp(say("档案编号或标识", "The file's number or identifier"))) var id: String

    @Argument(help: ArgumentHelp(say("规则（见 files findings）", "The rule (see files findings)"))) var rule: String

    @Option(
        help: ArgumentHelp(say("字段（同一规则有多条结果时）", "The field, where the rule found several places"), valueName: "field"))
    var field: String?

    @Option(help: ArgumentHelp(say("第几条建议", "Which of its proposals"), valueName: "n")) var choice = 1

    func perform() async throws -> Answer {
        let path = "records/\(try record.kind().code)/\(id)/findings"
        let page: FindingEndpoints.Page = try (try await options.client.get(path)).decode()
        // Named, not numbered: somebody else may have corrected another one meanwhile.
        let found = page.items.filter { $0.rule == rule && (field == nil || $0.place == field) }
        guard let item = found.first else {
            throw NodeError(.notFound, "没有这样的检查结果（见 files findings）", "there is no such finding: see files findings")
        }
        guard found.count == 1 else {
            let places = found.map(\.place).joined(separator: ", ")
            throw NodeError(.badRequest, "请用 --field 指明：\(places)", "name one with --field: \(places)")
        }
        var body: [String: JSONValue] = [
            "token": .text(page.token), "rule": .text(item.rule), "field": .text(item.field),
            "choice": .integer(Int64(choice - 1)),
        ]
        if let list = item.list { body["list"] = .text(list) }
        if let child = item.child { body["child"] = .integer(child) }
        let received = try await options.client.send("POST", path + "/accept", body: body.json())
        return Answer(received, [Table.Column("accepted", "已采用", "accepted")], [received.value])
    }

    func validate() throws {
        guard choice > 0 else { throw ValidationError(say("序号从 1 起", "numbers begin at 1")) }
    }
}

extension FindingEndpoints.FindingView {
    /// As it is shown and named: the field, on a line behind its list and number.
    fileprivate var place: String { list.map { "\($0).\(child ?? 0).\(field)" } ?? field }
}
