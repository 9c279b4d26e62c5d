import ArgumentParser
import NodeCore

/// The ledger of consents at the home of a record.
struct ConsentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consents", abstract: say("个人信息同意记录", "Consents"),
        subcommands: [Show.self, Give.self, Withdraw.self])

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("各目的的同意情况", "What holds for each purpose"))

        @OptionGroup var options: Options
        @OptionGroup var record: KindOption
        @Option(help: ArgumentHelp(say("日期（默认今天）", "Day (default: today)"), valueName: "date")) var on: String?
        @Flag(help: ArgumentHelp(say("列出登记的每一条", "List every row of the ledger"))) var entries = false
        @Argument(help: ArgumentHelp(say("档案编号或标识", "Number or identifier of the file"))) var id: String

        func perform() async throws -> Answer {
            let received = try await options.client.get(
                "records/\(try record.kind().code)/\(id)/consents", ["on": on].compactMapValues { $0 })
            var answer =
                entries
                ? Answer(
                    received,
                    [
                        Table.Column("number", "序号", "number", .number), Table.Column("act", "事项", "act"),
                        Table.Column("purpose", "目的", "purpose"), Table.Column("basis", "依据", "basis"),
                        Table.Column("textVersion", "告知书版本", "text"), Table.Column("givenBy", "同意人", "by"),
                        Table.Column("method", "方式", "method"), Table.Column("atMilliseconds", "时间", "time", .time),
                        Table.Column("expires", "到期", "expires"), Table.Column("actor", "登记人", "written by"),
                    ], received.value["entries"].items)
                : Answer(
                    received,
                    [
                        Table.Column("purpose", "目的", "purpose"), Table.Column(say("zh", "en"), "名称", "name"),
                        Table.Column("standing", "情况", "standing"),
                    ], received.value["purposes"].items)
            if received.value["stopsReports"].isTrue {
                answer.notes = [say("已撤回“逐级上报”：不能上报", "the consent to report upward is withdrawn: no report")]
            }
            return answer
        }
    }

    struct Give: Verb {
        static let configuration = CommandConfiguration(
            commandName: "give", abstract: say("登记同意", "Write down a consent"))

        @OptionGroup var options: Options
        @OptionGroup var record: KindOption
        @OptionGroup var entry: EntryOptions
        @Option(help: ArgumentHelp(say("合法性基础代码", "Code of the lawful basis"))) var basis = "1"
        @Option(help: ArgumentHelp(say("监护关系代码", "Code of the guardian's relation"))) var guardian: String?
        @Option(help: ArgumentHelp(say("到期日", "Last day"), valueName: "date")) var expires: String?
        @Option(help: ArgumentHelp(say("签字扫描件编号（书面必填）", "The scan's number (needed on paper)"))) var attachment: String?
        @Argument(help: ArgumentHelp(say("档案编号或标识", "Number or identifier of the file"))) var id: String

        func perform() async throws -> Answer {
            let body = EntryOptions.Body(
                act: "given", purpose: entry.purpose, textVersion: entry.text, givenBy: entry.by, method: entry.method,
                basis: basis, guardian: guardian, expires: expires, attachment: attachment)
            let received = try await options.client.send(
                "POST", "records/\(try record.kind().code)/\(id)/consents", body: body.json())
            return Answer(text: "", json: received.bytes, notes: [say("已登记", "written down")])
        }
    }

    struct Withdraw: Verb {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: say("登记撤回", "Write down that a consent was taken back"))

        @OptionGroup var options: Options
        @OptionGroup var record: KindOption
        @OptionGroup var entry: EntryOptions
        @Argument(help: ArgumentHelp(say("档案编号或标识", "Number or identifier of the file"))) var id: String

        func perform() async throws -> Answer {
            let body = EntryOptions.Body(
                act: "withdrawn", purpose: entry.purpose, textVersion: entry.text, givenBy: entry.by,
                method: entry.method, basis: nil, guardian: nil, expires: nil, attachment: nil)
            let received = try await options.client.send(
                "POST", "records/\(try record.kind().code)/\(id)/consents", body: body.json())
            var answer = Answer(text: "", json: received.bytes, notes: [say("已登记撤回", "written down")])
            if received.value["isTakenBack"].isTrue {
                answer.notes.append(say("待审的上报已一并撤回", "the report that waited was withdrawn with it"))
            }
            return answer
        }
    }
}

/// What every row of the ledger says.
struct EntryOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("目的代码（consent_purpose）", "Code of consent_purpose"), valueName: "code")) var purpose:
        String
    @Option(help: ArgumentHelp(say("告知书版本", "Version of the text"), valueName: "version")) var text: String
    @Option(help: ArgumentHelp(say("同意人或撤回人", "Who said so"), valueName: "name")) var by: String
    @Option(help: ArgumentHelp(say("方式：paper、app 或 sms", "How: paper, app or sms"))) var method: String

    struct Body: Encodable {
        let act, purpose, textVersion, givenBy, method: String
        let basis, guardian, expires, attachment: String?
    }
}
