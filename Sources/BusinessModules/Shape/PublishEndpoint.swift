public import NodeCore

/// `POST publications`: parameters, days of the calendar or a code table from a CSV file, sent to every seat below. All of
/// it or nothing.
public enum PublishEndpoint {
    public static let endpoint = Endpoint(
        "POST", "publications", Label("发布参数、日历或码表", "Publish parameters, a calendar or a code table to every seat below"),
        needs: .right(.config, .publishing),
        body: "{name, text, table: name of a code table, calendar: true for days; neither for parameters}", .write(run))

    struct Body: Decodable { let name, text: String; let table: String?; let calendar: Bool? }

    public struct Result: Codable, Sendable {
        public let artefact: String
        /// Rows that were published; 0 when something was wrong.
        public let rows: Int
        public let problems: [ImportProblem]
    }

    @Sendable static func run(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let body: Body = try call.decode()
        let engine = try call.enrolled()
        let (artefacts, rows, problems) = try read(body, engine)
        let name = artefacts.map(\.name).joined(separator: ", ")
        guard problems.isEmpty else { return (try Reply(Result(artefact: name, rows: 0, problems: problems)), []) }
        guard rows > 0 else { throw NodeError(.badRequest, "文件中没有内容", "the file has no rows") }
        var effects = [Effect]()
        for artefact in artefacts { effects += try engine.handle(.publish(artefact, by: call.actor()), in: tx) }
        return (try Reply(Result(artefact: name, rows: rows, problems: []), status: 201), effects)
    }

    private static func read(_ body: Body, _ engine: SyncEngine) throws -> ([Artefact], Int, [ImportProblem]) {
        let file = ImportFile(name: body.name, text: body.text)
        if body.calendar == true {
            let (days, problems) = CalendarFile.read(file, seat: engine.identity.seat.code)
            let years = Dictionary(grouping: days, by: \.day.year).sorted { $0.key < $1.key }
            return (years.map { .calendar(year: $0.key, $0.value) }, days.count, problems)
        }
        guard let table = body.table else {
            let (entries, problems) = CSVImport.parameters(file)
            return ([.parameters(entries)], entries.count, problems)
        }
        guard engine.draft.codes.has(table: table) else {
            throw NodeError(.badRequest, "没有码表 \(table)", "there is no code table \(table)")
        }
        let (codes, problems) = CodeTableFile.read(file)
        return ([.codes(table: table, codes)], codes.count, problems)
    }
}

/// A code table as a file: `code, label_zh, label_en`.
enum CodeTableFile {
    static func read(_ file: ImportFile) -> (codes: [Code], problems: [ImportProblem]) {
        switch CSVTable.read(file, columns: ["code", "label_zh", "label_en"]) {
        case .refused(let problems): return ([], problems)
        case .table(let table):
            var (codes, problems, seen) = ([Code](), [ImportProblem](), Set<String>())
            for line in table.lines {
                let cells = ["code", "label_zh", "label_en"].map { PlainText.trimmed(table.cell($0, line)) }
                if line.isWhole, cells.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 300 }), seen.insert(cells[0]).inserted {
                    codes.append(Code(cells[0], Label(cells[1], cells[2])))
                } else {
                    problems.append(
                        ImportProblem(
                            file: table.file, row: line.row, key: cells[0], field: "code", rule: "R-03",
                            severity: Severity.error.rawValue, zh: "代码和两种名称都要有，代码不能重复，请更正",
                            en: "a code and both labels are needed, each code once: correct it"))
                }
            }
            return (codes, problems)
        }
    }
}
