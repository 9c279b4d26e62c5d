import BusinessModules
import Foundation
import NodeCore

/// Records for a county to report, and what their kind needs beside them.
protocol Workload {
    var kind: RecordKind { get }
    var count: Int { get }
    var codes: [String: [Code]] { get }
    var parameters: [Parameters.Entry] { get }
    func record(_ index: Int, home: String) -> Record
}

/// The real hardship files with their families, incomes and expenses: the sample county's households as often as needed.
/// Copies differ in the file's number and in the area code of every ID number, whose check character is made right.
struct Households: Workload {
    let kind = WorkerFiles.kind
    let count: Int
    let codes: [String: [Code]]
    let parameters: [Parameters.Entry]
    private let samples: [Record]
    private let areas: [String]

    init(count: Int, home: String) throws {
        self.count = count
        codes = try BundledData.codes()
        areas = (codes["divisions"] ?? []).map(\.code).filter { !$0.hasSuffix("00") }
        let folder = "samples/county-\(home)"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".csv") }.sorted()
        let files = try names.map {
            ImportFile(name: $0, text: try String(contentsOfFile: folder + "/" + $0, encoding: .utf8))
        }
        let national = try BundledData.parameters()
        let plan = CSVImport.plan(
            kind: kind, files: files, codes: CodeTables(codes), parameters: Parameters(national),
            divisionPath: [home, "370200", "370000", "000000"], today: CalendarDay(milliseconds: Federation.start))
        samples = plan.records.map(\.record)
        parameters = national + plan.parameters
        guard !samples.isEmpty, !areas.isEmpty else {
            throw NodeError(.badConfiguration, "没有样例", "no sample household could be read")
        }
    }

    func record(_ index: Int, home: String) -> Record {
        var record = samples[index % samples.count]
        let area = areas[index / samples.count % areas.count]
        let serial = String(index)
        record.row[kind.key.tag] = .text(home + String(repeating: "0", count: max(0, 10 - serial.count)) + serial)
        let numbers = moved(record, to: area)
        record.row = replace(numbers, in: record.row, kind.fields)
        for list in kind.lists {
            record[list] = record[list].map {
                Child(number: $0.number, row: replace(numbers, in: $0.row, list.fields))
            }
        }
        return record
    }

    /// The ID numbers of a household as people of another area would have them.
    private func moved(_ record: Record, to area: String) -> [String: String] {
        guard let persons = kind.persons else { return [:] }
        var old = [record.row[persons.head.tag]?.text]
        if let member = persons.member { old += record[member.list].map { $0.row[member.field.tag]?.text } }
        var moved = [String: String]()
        for number in old.compactMap({ $0 }) where number.utf8.count == 18 {
            let digits = area + number.dropFirst(6).dropLast()
            guard let new = CitizenNumber(digits + "0") else { continue }
            moved[number] = digits + new.checkCharacter
        }
        return moved
    }

    /// A disability certificate's number begins with that of its holder, so whatever begins so is changed.
    private func replace(_ numbers: [String: String], in row: Row, _ fields: [FieldDefinition]) -> Row {
        var row = row
        for field in fields {
            guard let text = row[field.tag]?.text, let new = numbers[String(text.prefix(18))] else { continue }
            row[field.tag] = .text(new + text.dropFirst(18))
        }
        return row
    }
}
