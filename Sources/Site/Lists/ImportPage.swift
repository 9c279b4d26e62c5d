internal import BusinessModules
internal import Foundation
internal import NodeCore
internal import Workbooks

/// Taking records in from files: template, trial run with a report row by row, then the same for good (S.7).
struct ImportPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try visit.need(.takeIn, area)
        return try frame.page("import", context(visit, snapshot))
    }

    private func context(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context {
        let title = visit.say("导入\(pages.noun.zh)", "Import")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/\(pages.path)",
            crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (title, nil)])
        context["heading"] = title
        context["lead"] = visit.say(
            "先下载模板，按表头填写；可以先试运行，逐行查看问题，确认后再正式导入。",
            "Download the template and fill it in. A trial run reports row by row and changes nothing.")
        context["action"] = "/\(pages.path)/import"
        context["templates"] =
            [["label": "Excel（\(workbookName)）", "href": "/\(pages.path)/import/\(workbookName)"] as Context]
            + ([pages.kind.code] + pages.kind.lists.map(\.code)).map { name -> Context in
                ["label": "\(name).csv", "href": "/\(pages.path)/import/\(name)"]
            }
        context["files"] = visit.say(
            "文件（一个 .xlsx，或几个 .csv；CSV 文件名须与模板相同）",
            "Files: one .xlsx, or several .csv named as the templates")
        context["buttons"] = [
            Button.submit(visit.say("试运行", "Trial run"), name: "do", value: "try", isPrimary: true).context,
            Button.submit(
                visit.say("正式导入", "Import"), name: "do", value: "take",
                confirm: visit.say("正式导入这些文件？", "Import these files?")
            ).context,
        ]
        context["hasResult"] = false
        return context
    }

    /// The first line of an import file with nothing behind it.
    func template(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        try visit.need(.takeIn, area)
        let name = visit.path["name"] ?? ""
        if name == workbookName {
            return .download(workbookName, WorkbookWriter.type, try workbookFiles(visit).template())
        }
        let list = pages.kind.list(name)
        guard list != nil || name == pages.kind.code else {
            throw NodeError(.notFound, "没有这个模板", "there is no such template")
        }
        let columns = list.map { CSVImport.columns(of: $0, in: pages.kind) } ?? CSVImport.columns(of: pages.kind)
        return .download("\(name).csv", "text/csv; charset=utf-8", "\u{FEFF}\(columns.joined(separator: ","))\r\n".utf8)
    }

    private var workbookName: String { "\(pages.path).xlsx" }

    private func workbookFiles(_ visit: Visit) throws -> WorkbookFiles {
        WorkbookFiles(kind: pages.kind, codes: try visit.codes(), language: visit.language)
    }

    /// The files are unpacked and read beside the writer; what they say is taken in it.
    func run(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> @Sendable () throws -> Page.Finish {
        try visit.need(.takeIn, area)
        guard let form = Multipart(visit.request) else {
            throw NodeError(.badRequest, "文件没有收全，请重新选择", "the files did not arrive whole: choose them again")
        }
        let isTrial = form.field("do") != "take"
        let reading: Result<[ImportFile], NodeError>
        do { reading = .success(try files(form, visit)) } catch let error as NodeError { reading = .failure(error) }
        return { { visit, tx in try finish(reading, isTrial, visit, tx) } }
    }

    private func files(_ form: Multipart, _ visit: Visit) throws -> [ImportFile] {
        let files = try form.files("file").flatMap { part -> [ImportFile] in
            guard let name = part.filename else { return [] }
            if WorkbookReader.isWorkbook(part.bytes) {
                return try workbookFiles(visit).files(WorkbookReader.tables(part.bytes), name)
            }
            return String(validating: part.bytes, as: UTF8.self).map { [ImportFile(name: name, text: $0)] } ?? []
        }
        guard !files.isEmpty else {
            throw NodeError(
                .badRequest, "请选择 .xlsx 文件，或 UTF-8 编码的 CSV 文件", "choose a .xlsx file, or CSV files in UTF-8")
        }
        return files
    }

    private func finish(
        _ reading: Result<[ImportFile], NodeError>, _ isTrial: Bool, _ visit: Visit, _ tx: borrowing Transaction
    ) throws -> (WebReply, [Effect]) {
        var context = try tx.withSnapshot { try self.context(visit, $0) }
        context["hasResult"] = true
        let files: [ImportFile]
        switch reading {
        case .success(let read): files = read
        case .failure(let error):
            context["result"] =
                ["text": "\(visit.say(error.message))（\(error.code.rawValue)）", "kind": "problem", "hasRows": false]
                as Context
            return (try frame.page("import", context, status: error.code.status), [])
        }
        let (result, effects) = try ImportEndpoint.run(
            files, kind: pages.kind, engine: visit.engine(), by: visit.principal(), isDryRun: isTrial, in: tx)
        context["result"] = report(result, isTrial, visit)
        return (try frame.page("import", context), effects)
    }

    private func report(_ result: ImportEndpoint.Result, _ isTrial: Bool, _ visit: Visit) -> Context {
        let words =
            isTrial
            ? visit.say(
                "试运行：可导入 \(result.taken)，已存在 \(result.present)，有错误 \(result.refused)。未改动任何数据。",
                "Trial: \(result.taken) would be taken, \(result.present) here, \(result.refused) refused. Nothing changed"
            )
            : visit.say(
                "已导入 \(result.taken)，已存在 \(result.present)，未导入 \(result.refused)。",
                "\(result.taken) taken, \(result.present) were here, \(result.refused) refused.")
        let shown = result.problems.prefix(ImportPage.problemsShown)
        return [
            "text": words, "kind": result.refused == 0 ? "done" : "note", "hasRows": !shown.isEmpty,
            "rows": shown.map { problem -> Context in
                [
                    "place": visit.say("\(problem.file) 第 \(problem.row) 行", "\(problem.file) row \(problem.row)"),
                    "key": problem.key, "rule": problem.rule, "text": visit.language.text(problem.zh, problem.en),
                    "isError": problem.severity == Severity.error.rawValue,
                    "proposal": problem.proposals.map { $0.isEmpty ? visit.say("清空", "nothing") : $0 }
                        .joined(separator: visit.say(" 或 ", " or ")),
                    "hasProposal": !problem.proposals.isEmpty,
                ]
            },
            "more": result.problems.count > shown.count
                ? visit.say("另有 \(result.problems.count - shown.count) 条未列出", "\(result.problems.count - shown.count) more")
                : "",
            "hasMore": result.problems.count > shown.count,
        ]
    }

    private static let problemsShown = 500
}
