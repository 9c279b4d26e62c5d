internal import Foundation
public import NodeCore

/// The code tables, divisions and national parameters that come with the program.
public enum BundledData {
    /// All tables of `Data/codes` by name, and the divisions as `divisions` (in force) and `divisions.history` (all codes
    /// that ever were: ID numbers keep the one of their time).
    public static func codes() throws -> [String: [Code]] {
        var tables = [String: [Code]]()
        let folder = try data("codes")
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw missing("codes")
        }
        for name in names.sorted() where name.hasSuffix(".csv") {
            tables[String(name.dropLast(4))] = try rows("codes/" + name, ["code", "label_zh", "label_en"]).map {
                Code($0[0], Label($0[1], $0[2]))
            }
        }
        for name in ["divisions", "divisions.history"] {
            // Places have no English names here.
            tables[name] = try rows(name + ".csv", ["code", "name_zh"]).map { Code($0[0], Label($0[1], $0[1])) }
        }
        return tables
    }

    /// The national parameters; amounts of a city or county come with its own data.
    public static func parameters() throws -> [Parameters.Entry] {
        let columns = ["key", "value", "division_code", "effective_from", "effective_to", "basis"]
        return try rows("parameters.csv", columns).map { row in
            guard let from = CalendarDay(row[3]), row[4].isEmpty || CalendarDay(row[4]) != nil else {
                throw NodeError(.badConfiguration, "业务参数\(row[0])的日期无法识别", "the parameter \(row[0]) has no readable date")
            }
            return Parameters.Entry(
                key: row[0], division: row[2], from: from, to: CalendarDay(row[4]), value: row[1],
                basis: row[5])
        }
    }

    /// The named columns of a bundled file, row by row.
    public static func rows(_ name: String, _ columns: [String]) throws -> [[String]] {
        let lines: [[String]]
        do {
            lines = try CSVRows.read(String(contentsOf: data(name), encoding: .utf8))
        } catch {
            throw missing(name)
        }
        let places = columns.compactMap { lines.first?.firstIndex(of: $0) }
        guard places.count == columns.count, lines.count > 1, let width = lines.first?.count,
            lines.dropFirst().allSatisfy({ $0.count == width })
        else {
            throw NodeError(
                .badConfiguration, "随程序提供的数据文件\(name)不完整，请重新安装", "the data file \(name) is damaged: install again")
        }
        return lines.dropFirst().map { line in places.map { line[$0] } }
    }

    private static func data(_ name: String) throws -> URL {
        guard let folder = Bundle.module.resourceURL else { throw missing(name) }
        return folder.appendingPathComponent("Data/" + name)
    }

    private static func missing(_ name: String) -> NodeError {
        NodeError(.badConfiguration, "缺少随程序提供的数据文件\(name)，请重新安装", "the data file \(name) is missing: install again")
    }
}
