import ArgumentParser
import BusinessModules
import Foundation
import NodeCore

/// Takes records from CSV files.
struct ImportCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: say("从 CSV 文件导入", "Import records from CSV files"),
        discussion: say(
            "读取文件夹中的主文件、各明细文件及 parameter.csv、local_standard.csv。合格的行会保留，不合格的逐行列出。",
            """
            Reads the head file, the files of its lists, parameter.csv and local_standard.csv as far as they are there. Good
            rows are kept; what is wrong with the others is listed row by row.
            """))

    @OptionGroup var options: Options

    @Argument(help: ArgumentHelp(say("含 CSV 文件的文件夹", "The folder with the CSV files"), valueName: "folder")) var source:
        String

    @Flag(help: ArgumentHelp(say("只检查，不写入", "Only check, write nothing"))) var dryRun = false

    @Option(help: ArgumentHelp(say("记录种类", "The kind of record"))) var kind = WorkerFiles.kind.code

    static let columns = [
        Table.Column("file", "文件", "file"), Table.Column("row", "行", "row", .number), Table.Column("key", "编号", "key"),
        Table.Column("field", "字段", "field"), Table.Column("rule", "规则", "rule"),
        Table.Column("severity", "程度", "severity"), Table.Column("message", "说明", "message"),
        Table.Column("proposal", "建议", "proposal"),
    ]

    private struct Body: Encodable {
        struct File: Encodable { let name, text: String }
        let files: [File]
    }

    func perform() async throws -> Answer {
        let body = Body(files: try files())
        let query = dryRun ? ["dry_run": "true"] : [:]
        let received = try await Progress.during(say("导入", "importing")) {
            try await options.client.send("POST", "imports/\(kind)", query, body: body.json())
        }
        let result: ImportEndpoint.Result = try received.decode()
        let table = Table(ImportCommand.columns, rows: result.problems.map(ImportCommand.row))
        var answer = Answer(table: table, json: received.bytes)
        if options.format == .table {
            answer.text = ImportCommand.summary(result) + "\n" + (result.problems.isEmpty ? "" : "\n" + table.text(.current))
        } else {
            answer.notes = [ImportCommand.summary(result)]
        }
        // Some good rows are a success; nothing but refusals is none.
        answer.exitCode = result.refused > 0 && result.taken + result.present == 0 ? 1 : 0
        return answer
    }

    private func files() throws -> [Body.File] {
        guard let kind = Catalog.charter.kind(code: kind) else {
            throw ValidationError(say("没有这种记录：\(kind)", "there is no such kind of record: \(kind)"))
        }
        let names = ([kind.code] + kind.lists.map(\.code) + ["parameter", "local_standard"]).map { $0 + ".csv" }
        let found = names.filter { FileManager.default.fileExists(atPath: source + "/" + $0) }
        guard found.contains(kind.code + ".csv") else {
            throw NodeError(.notFound, "\(source) 中没有 \(kind.code).csv", "there is no \(kind.code).csv in \(source)")
        }
        return try found.map { Body.File(name: $0, text: try InputFile.text(source + "/" + $0)) }
    }

    static func summary(_ result: ImportEndpoint.Result) -> String {
        let counts = say(
            "共 \(result.total) 条：导入 \(result.taken)，已有 \(result.present)，拒绝 \(result.refused)；问题 \(result.problems.count) 处",
            "\(result.total) records: \(result.taken) taken, \(result.present) here already, \(result.refused) refused; "
                + "\(result.problems.count) problems")
        return result.isDryRun ? say("仅检查，未写入。", "Only checked, nothing written. ") + counts : counts
    }

    static func row(_ problem: ImportProblem) -> [String] {
        [
            problem.file, String(problem.row), problem.key, problem.field, problem.rule, severity(problem.severity),
            say(problem.zh, problem.en), proposals(problem),
        ]
    }

    private static func proposals(_ problem: ImportProblem) -> String {
        problem.proposals.map { $0.isEmpty ? say("清空", "nothing") : $0 }.joined(separator: say(" 或 ", " or "))
    }

    private static func severity(_ number: Int) -> String {
        switch Severity(rawValue: number) {
        case .error: say("错误", "error")
        case .warning: say("警告", "warning")
        case .hint: say("提示", "hint")
        case nil: String(number)
        }
    }
}
