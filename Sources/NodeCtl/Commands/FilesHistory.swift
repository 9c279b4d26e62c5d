import ArgumentParser
import Foundation
import NodeCore

/// The whole way of a record, each step with what proves it.
struct FilesHistory: Verb {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: say("一份档案的全程与证明", "The whole way of a file, proved"))

    @OptionGroup var options: Options
    @OptionGroup var record: KindOption

    @Argument(help: ArgumentHelp(say("档案编号或标识", "The file's number or identifier"))) var id: String

    func perform() async throws -> Answer {
        let received = try await options.client.get("records/\(try record.kind().code)/\(id)/history")
        let history: HistoryView = try received.decode()
        return Answer(
            table: Table(FilesHistory.columns, objects: received.value["steps"].items), text: FilesHistory.text(history),
            json: received.bytes, exitCode: history.isProved ? 0 : 1)
    }

    private static let columns = [
        Table.Column("version", "版本", "version", .number), Table.Column("act", "行为", "act"),
        Table.Column("seat", "单位", "seat"), Table.Column("node", "节点", "node"),
        Table.Column("position", "位置", "position", .number), Table.Column("entry", "条目", "entry"),
        Table.Column("seal", "封签", "seal"), Table.Column("evidence", "证据", "evidence"),
        Table.Column("hashes", "哈希数", "hashes", .number), Table.Column("certificates", "证书链", "certificates"),
        Table.Column("broughtBy", "送达单位", "brought by"),
        Table.Column("createdMilliseconds", "时间", "created", .time), Table.Column("shown", "可见部分", "shown"),
        Table.Column("withheld", "不下放部分", "withheld"), Table.Column("code", "原因代码", "code"),
        Table.Column("words", "意见", "words"), Table.Column("failure", "失败", "failure"),
    ]

    static func text(_ history: HistoryView) -> String {
        var lines = [
            say(
                "档案 \(history.key)（\(history.seat)）状态 \(history.status)，\(history.standing)",
                "file \(history.key) (\(history.seat)) status \(history.status), \(history.standing)"),
            "",
        ]
        for step in history.steps { lines += FilesHistory.lines(step) }
        if !history.acts.isEmpty {
            lines += ["", say("本节点的经办", "acts of people on this node")]
            lines += history.acts.map { "  \(Table.time($0.at))  \($0.actor)  \($0.action)  \($0.detail)" }
        }
        lines += ["", history.isProved ? say("全程已证明", "the whole way is proved") : say("全程未能证明", "the way is NOT proved")]
        return lines.map { $0 + "\n" }.joined()
    }

    private static func lines(_ step: HistoryView.Step) -> [String] {
        let time = step.createdMilliseconds.map { "  " + Table.time($0) } ?? ""
        var lines = [
            say("版本 \(step.version)", "version \(step.version)") + "  \(act(step.act))  \(step.seat)\(time)",
            say("  封签单位节点 ", "  sealed by node ") + step.node,
            say("  封签 ", "  seal ") + (step.seal ?? say("尚未签封", "not yet"))
                + say("，位置 \(step.position)", ", position \(step.position)"),
            say("  条目 ", "  entry ") + step.entry,
            say("  证书链 ", "  certificates ") + step.certificates.joined(separator: " > "),
            say("  证据 ", "  evidence ") + evidence(step) + say("，由 \(step.broughtBy) 送达", ", brought by \(step.broughtBy)"),
            say("  可见 ", "  shown ") + listed(step.shown) + say("；不下放 ", "; withheld ") + listed(step.withheld),
        ]
        if let code = step.code, !code.isEmpty { lines.append(say("  原因 ", "  reason ") + code + " " + (step.words ?? "")) }
        if !step.fields.isEmpty { lines.append(say("  字段 ", "  fields ") + listed(step.fields)) }
        lines.append(step.failure.map { say("  失败：", "  FAILED: ") + $0 } ?? say("  通过", "  ok"))
        return lines
    }

    private static func listed(_ names: [String]) -> String { names.isEmpty ? "-" : names.joined(separator: ", ") }

    private static func evidence(_ step: HistoryView.Step) -> String {
        switch step.evidence {
        case "seal": say("完整封签", "the whole seal")
        case "waiting": say("本节点已登记，线路空出后签封", "noted here, sealed when the line is free")
        default: say("摘录，\(step.hashes) 个哈希", "excerpt with \(step.hashes) hashes")
        }
    }

    private static func act(_ act: String) -> String {
        switch act {
        case "report": say("上报", act)
        case "approve": say("批准", act)
        case "return": say("退回", act)
        case "reject": say("不予批准", act)
        case "withdraw": say("撤回", act)
        default: act
        }
    }
}
