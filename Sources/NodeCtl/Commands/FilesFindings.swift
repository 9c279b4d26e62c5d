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
                Table.Column("number", "序号", "number", .number), Table.Column("rule", "规则", "rule"),
                Table.Column("severity", "程度", "severity", .number), Table.Column("field", "字段", "field"),
                Table.Column("message", "说明", "message"), Table.Column("proposals", "建议", "proposed"),
            ], rows: page.items.enumerated().map { FilesFindings.row($0 + 1, $1) })
        return Answer(table: table, json: received.bytes)
    }

    private static func text(_ proposal: FindingEndpoints.ProposalView) -> String {
        guard let text = proposal.text else { return say("（不可见）", "(hidden)") }
        return text.isEmpty ? say("清空", "nothing") : text
    }

    private static func row(_ number: Int, _ item: FindingEndpoints.FindingView) -> [String] {
        let place = item.list.map { "\($0).\(item.child ?? 0)." } ?? ""
        let proposals = item.proposals.enumerated().map { choice, proposal in
            let name = proposal.field == item.field ? "" : proposal.field + " "
            return "\(choice + 1)) " + name + text(proposal)
        }
        return [
            String(number), item.rule, String(item.severity), place + item.field, say(item.zh, item.en),
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

    @Argument(help: ArgumentHelp(say("检查结果的序号（见 files findings）", "Number of the finding (see files findings)")))
    var number: Int

    @Option(help: ArgumentHelp(say("第几条建议", "Which of its proposals"), valueName: "n")) var choice = 1

    func perform() async throws -> Answer {
        let path = "records/\(try record.kind().code)/\(id)/findings"
        let page: FindingEndpoints.Page = try (try await options.client.get(path)).decode()
        guard page.items.indices.contains(number - 1) else {
            throw NodeError(.notFound, "没有第 \(number) 条检查结果", "there is no finding \(number)")
        }
        let item = page.items[number - 1]
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
        guard number > 0, choice > 0 else { throw ValidationError(say("序号从 1 起", "numbers begin at 1")) }
    }
}
