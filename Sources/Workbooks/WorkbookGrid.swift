internal import NodeCore

extension WorkbookReader {
    /// The cells of one sheet, row by row.
    final class Grid: XMLPart.Reading {
        private(set) var rows: [[String]] = []
        private(set) var cellCount = 0

        private let sheet: String
        private let limits: WorkbookLimits
        private let most: Int
        private let strings: [String]
        private let days: [Bool]
        private let epoch: Int64

        private var row: [String] = []
        private var rowNumber = 0
        private var column = 0
        private var kind = ""
        private var style = 0
        private var value = ""
        private var inline = ""
        private var isValue = false
        private var isText = false
        private var isSound = false

        /// `cells`: how many there may still be. `days`: of each style, whether it shows a day.
        init(_ sheet: String, _ limits: WorkbookLimits, cells: Int, strings: [String], days: [Bool], epoch: Int64) {
            self.sheet = sheet
            self.limits = limits
            most = cells
            self.strings = strings
            self.days = days
            self.epoch = epoch
        }

        func began(_ element: String, _ attributes: [String: String]) throws {
            switch element {
            case "row":
                rowNumber = attributes["r"].flatMap { Int($0) } ?? rowNumber + 1
                guard rowNumber > rows.count else { throw ZipReader.damaged }
                guard rowNumber <= limits.rows else { throw WorkbookReader.tooLarge }
                row = []
                column = -1
            case "c": try beganCell(attributes)
            case "v": isValue = true
            case "rPh": isSound = true
            case "t": isText = !isSound
            default: break
            }
        }

        private func beganCell(_ attributes: [String: String]) throws {
            column = try attributes["r"].map(place) ?? column + 1
            cellCount += 1
            guard column < limits.columns, cellCount <= most else { throw WorkbookReader.tooLarge }
            kind = attributes["t"] ?? "n"
            style = attributes["s"].flatMap { Int($0) } ?? 0
            (value, inline) = ("", "")
        }

        func said(_ string: String) {
            if isValue { value += string } else if isText { inline += string }
        }

        func ended(_ element: String) throws {
            switch element {
            case "row":
                while row.last?.isEmpty == true { row.removeLast() }
                if row.isEmpty { return }
                while rows.count < rowNumber - 1 { rows.append([]) }
                rows.append(row)
            case "c": try endedCell()
            case "v": isValue = false
            case "rPh": isSound = false
            case "t": isText = false
            default: break
            }
        }

        private func endedCell() throws {
            let text = try self.text()
            guard text.count <= limits.cellCharacters else { throw WorkbookReader.tooLarge }
            if text.isEmpty { return }
            while row.count < column { row.append("") }
            // A cell that stands twice, or behind a later one, was made by no spreadsheet program.
            guard row.count == column else { throw ZipReader.damaged }
            row.append(text)
        }

        private func text() throws -> String {
            switch kind {
            case "inlineStr": return WorkbookText.unmarked(inline)
            case "str", "d": return WorkbookText.unmarked(value)
            case "s":
                guard let index = Int(value), strings.indices.contains(index) else {
                    if value.isEmpty { return "" }
                    throw ZipReader.damaged
                }
                return strings[index]
            case "b": return value == "1" ? "1" : value.isEmpty ? "" : "0"
            case "n": return try number()
            case "e": throw wrong("公式出错（\(value.prefix(20))）", "holds an error (\(value.prefix(20)))")
            default: throw wrong("类型不认识", "is of an unknown type")
            }
        }

        private func number() throws -> String {
            guard !value.isEmpty else { return "" }
            guard let number = WorkbookText.number(value) else { throw wrong("不是数字", "is no number") }
            guard number.isWhole else {
                throw wrong(
                    "位数过多，末几位已丢失：请把该列设为文本格式后重新填写", "has lost its last digits: make the column a text and type it again")
            }
            guard days.indices.contains(style), days[style] else { return number.text }
            // A day with a time: the time is no part of any date here.
            guard let serial = Int64(number.text.split(separator: ".").first ?? ""),
                (1...WorkbookText.lastSerial).contains(serial)
            else { throw wrong("不是日期", "is no date") }
            return WorkbookText.day(serial - epoch)
        }

        private func wrong(_ zh: String, _ en: String) -> NodeError {
            let place = "\(WorkbookWriter.name(column: max(column, 0)))\(rowNumber)"
            return NodeError(
                .invalid, "工作表“\(sheet)”的单元格 \(place) \(zh)", "the cell \(place) of the sheet \"\(sheet)\" \(en)")
        }

        /// AB12 is column 27.
        private func place(_ name: String) throws -> Int {
            var number = 0
            for sign in name.utf8 {
                guard (0x41...0x5A).contains(sign) else { break }
                number = number * 26 + Int(sign - 0x40)
                guard number <= 16_384 else { throw ZipReader.damaged }
            }
            guard number > 0 else { throw ZipReader.damaged }
            return number - 1
        }
    }
}
