import Foundation
import NodeCore
import Testing

@testable import BusinessModules

/// The two invented counties that come with the sources, and what a node knows before it reads them.
enum Samples {
    /// The day the samples count as today.
    static let today = CalendarDay(year: 2026, month: 6, day: 30) ?? CalendarDay(number: 0)

    static let codes: CodeTables = {
        do {
            return try CodeTables(BundledData.codes())
        } catch {
            Issue.record(error)
            return CodeTables([:])
        }
    }()

    static let national: Parameters = {
        do {
            return try Parameters(BundledData.parameters())
        } catch {
            Issue.record(error)
            return Parameters([])
        }
    }()

    static func text(_ county: String, _ name: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("samples/county-\(county)/\(name).csv")
        return try String(contentsOf: file, encoding: .utf8)
    }

    static let names = ["worker_file", "family_member", "income_item", "rigid_expense", "local_standard", "parameter"]

    static func files(_ county: String) throws -> [ImportFile] {
        try names.map { ImportFile(name: $0 + ".csv", text: try text(county, $0)) }
    }

    static func path(_ county: String) -> [String] {
        [county, county.prefix(4) + "00", county.prefix(2) + "0000", "000000"]
    }

    static func plan(_ files: [ImportFile], home: String = "370211") -> ImportPlan {
        CSVImport.plan(
            kind: WorkerFiles.kind, files: files, codes: codes, parameters: national, divisionPath: path(home), today: today)
    }

    /// Rows of a file by column name.
    static func rows(_ county: String, _ name: String) throws -> [[String: String]] {
        let rows = try CSVRows.read(text(county, name))
        let header = try #require(rows.first)
        return rows.dropFirst().map { Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first }) }
    }
}

/// A small import that a test changes before it is planned: the rows of one household of the clean county.
struct SmallImport {
    var tables: [String: [[String]]] = [:]

    /// The household of the clean county that has most lines, so that every list is there; with the next one.
    init() throws {
        for name in ["worker_file", "family_member", "income_item", "rigid_expense"] {
            tables[name] = try CSVRows.read(Samples.text("370211", name))
        }
        let heads = try #require(tables["worker_file"])
        let lines = ["family_member", "income_item", "rigid_expense"]
        let complete = heads.dropFirst().map { $0[0] }.filter { id in
            lines.allSatisfy { name in tables[name]?.contains { $0[1] == id } ?? false }
        }
        let kept = Set(complete.prefix(2))
        tables["worker_file"] = heads.filter { $0[0] == "id" || kept.contains($0[0]) }
        for name in lines { tables[name] = tables[name]?.filter { $0[0] == "id" || kept.contains($0[1]) } }
    }

    func keys() -> [String] { tables["worker_file", default: []].dropFirst().map { $0[0] } }

    func cell(_ table: String, _ row: Int, _ column: String) throws -> String {
        let rows = try #require(tables[table])
        return rows[row][try #require(rows[0].firstIndex(of: column))]
    }

    /// `row` as in a spreadsheet less one: 1 is the first after the header.
    mutating func set(_ table: String, _ row: Int, _ column: String, _ text: String) throws {
        let place = try #require(tables[table]?[0].firstIndex(of: column))
        tables[table]?[row][place] = text
    }

    func file(_ name: String) -> ImportFile {
        let lines = tables[name, default: []].map { row in
            row.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }.joined(separator: ",")
        }
        return ImportFile(name: name + ".csv", text: lines.joined(separator: "\r\n") + "\r\n")
    }

    func files() throws -> [ImportFile] {
        let own = ["worker_file", "family_member", "income_item", "rigid_expense"].map(file)
        return own + [ImportFile(name: "local_standard.csv", text: try Samples.text("370211", "local_standard"))]
    }

    func plan() throws -> ImportPlan { Samples.plan(try files()) }
}
