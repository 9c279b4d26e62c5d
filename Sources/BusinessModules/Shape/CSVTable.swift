internal import NodeCore

/// A file of an import with the columns it must have.
struct CSVTable {
    struct Line {
        /// As in a spreadsheet.
        let row: Int
        let cells: [String]
        /// The `id` column.
        let id: String
        /// Whether the row has as many cells as the header; if not, only its first cells can be trusted.
        let isWhole: Bool
    }

    let file: String
    let lines: [Line]
    private let places: [String: Int]

    func cell(_ column: String, _ line: Line) -> String {
        guard let place = places[column], line.cells.indices.contains(place) else { return "" }
        return line.cells[place]
    }

    /// The table, or why nothing of the file can be taken.
    enum Reading {
        case table(CSVTable)
        case refused([ImportProblem])
    }

    static func read(_ file: ImportFile, columns: [String]) -> Reading {
        let name = fileName(file)
        guard file.text.utf8.count <= NodeLimits.importBytes else {
            let most = NodeLimits.importBytes / 1_048_576
            return .refused([
                ImportProblem(
                    wholeFile: name, "文件超过\(most)MB，请分成几个文件",
                    "the file is over \(most) MB: split it")
            ])
        }
        let rows: [[String]]
        do {
            // Two more than allowed: the header, and one that shows there are too many.
            rows = try CSVRows.read(file.text, limit: NodeLimits.importRows + 2)
        } catch let sign as CSVRows.JoinedSign {
            return .refused([
                ImportProblem(
                    wholeFile: name, "第\(sign.line)行的逗号或引号旁有看不见的字符，请删去后重新保存",
                    "beside a comma or quote in line \(sign.line) stands an invisible mark: delete it and save again")
            ])
        } catch {
            return .refused([
                ImportProblem(
                    wholeFile: name, "文件中的引号不成对，请用表格软件另存为CSV", "quotes in the file do not pair: save it as CSV again")
            ])
        }
        guard rows.count <= NodeLimits.importRows + 1 else {
            let most = NodeLimits.importRows
            return .refused([
                ImportProblem(
                    wholeFile: name, "文件超过\(most)行，请分成几个文件",
                    "the file has over \(most) rows: split it")
            ])
        }
        let header = (rows.first ?? []).map(PlainText.trimmed)
        let problems = check(header, columns, name)
        if !problems.isEmpty { return .refused(problems) }
        let places = Dictionary(header.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        let filled = rows.enumerated().dropFirst().filter { !$0.element.allSatisfy(FieldDefinition.isBlank) }
        let lines = filled.map { index, cells in
            let id = places["id"].flatMap { cells.indices.contains($0) ? PlainText.trimmed(cells[$0]) : nil }
            return Line(row: index + 1, cells: cells, id: id ?? "", isWhole: cells.count == header.count)
        }
        return .table(CSVTable(file: name, lines: lines, places: places))
    }

    /// The name without folders.
    static func fileName(_ file: ImportFile) -> String {
        file.name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? file.name
    }

    /// Every column once, none missing, none unknown; their order is free.
    private static func check(_ header: [String], _ columns: [String], _ file: String) -> [ImportProblem] {
        let known = Set(columns)
        guard header.contains(where: known.contains) else {
            // The first row may be a person's: it is not repeated here.
            return [
                ImportProblem(
                    wholeFile: file, "第一行必须是列名（id及字段代码），请补上",
                    "the first row must hold the column names (id and field codes): add it")
            ]
        }
        var seen = Set<String>()
        var problems = [ImportProblem]()
        for (index, column) in header.enumerated() {
            if !known.contains(column) {
                let shown = column.isEmpty ? "\(index + 1)" : String(column.prefix(40))
                problems.append(
                    ImportProblem(
                        wholeFile: file, field: shown, "列“\(shown)”不在数据规范中，请删除或改正列名",
                        "the column \"\(shown)\" is unknown: remove it or correct its name"))
            } else if !seen.insert(column).inserted {
                problems.append(
                    ImportProblem(
                        wholeFile: file, field: column, "列“\(column)”出现两次，请删除一列",
                        "the column \"\(column)\" stands twice: remove one"))
            }
        }
        problems += columns.filter { !seen.contains($0) }.map { column in
            ImportProblem(
                wholeFile: file, field: column, "缺少列“\(column)”，请补上（没有内容也要保留列名）",
                "the column \"\(column)\" is missing: add it, even if it is empty")
        }
        return Array(problems.prefix(20))
    }
}
