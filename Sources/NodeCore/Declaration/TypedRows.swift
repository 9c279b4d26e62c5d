internal import SyncProtocol

/// The rows of one record for its typed tables, value by value in the order of the columns. Texts stay where they are: a
/// cell only says where, so that reading a report copies and allocates next to nothing.
struct TypedRows: Sendable {
    enum Cell: Sendable, Hashable {
        case empty
        case integer(Int64)
        /// Bytes `start` to `start + count` of part `part`, valid UTF-8.
        case text(part: UInt8, start: UInt32, count: UInt32)
    }

    struct Lines: Sendable {
        /// Ascending; each line's cells stand one behind the other.
        var numbers: [Int64] = []
        var cells: [Cell] = []
    }

    private(set) var head: [Cell]
    /// In the order of the kind's lists.
    private(set) var lists: [Lines]
    /// What the cells point into: the sections of a report, and last the texts that were made here.
    private(set) var parts: [ArraySlice<UInt8>]
    private var made: [UInt8] = []

    private init(_ shape: TypedShape, parts: [ArraySlice<UInt8>]) {
        head = [Cell](repeating: .empty, count: shape.head.columns.count)
        lists = [Lines](repeating: Lines(), count: shape.lists.count)
        self.parts = parts
    }

    // MARK: From a report

    /// What the shown sections say together; derived forms have columns of their own. Throws `schema` for a value of
    /// another type than declared, and what `CanonicalValue` throws. Unknown tags stay in the journal's bytes.
    init(_ sections: [Section], kind: RecordKind) throws {
        let shown = sections.filter { $0.reach != .match }.compactMap(\.bytes)
        self.init(kind.shape, parts: shown)
        for part in shown.indices { try read(part, kind.shape) }
        finish()
    }

    private mutating func read(_ part: Int, _ shape: TypedShape) throws {
        var reader = CanonicalReader(parts[part])
        guard case .map(let count) = try reader.head() else { throw ProtocolError(.schema, "a section is a map") }
        var keys = Sections.KeyOrder()
        for _ in 0..<count {
            let tag = try keys.next(&reader)
            if let place = shape.head.place(tag) {
                head[place] = try cell(&reader, shape.head.columns[place], part)
            } else if let list = shape.list(tag) {
                try readLines(&reader, list, shape.lists[list], part)
            } else {
                _ = try CanonicalValue.read(from: &reader, depth: 1)
            }
        }
        try reader.expectEnd()
    }

    private mutating func readLines(
        _ reader: inout CanonicalReader, _ list: Int, _ table: TypedShape.Table, _ part: Int
    ) throws {
        guard case .array(let count) = try reader.head(), count <= NodeLimits.childrenPerList else {
            throw ProtocolError(.schema, "\(table.name) is a list of at most \(NodeLimits.childrenPerList)")
        }
        var last: Int64?
        for _ in 0..<count {
            let (number, fields) = try Sections.lineHead(&reader, table)
            if let last, last >= number { throw ProtocolError(.schema, "lines of \(table.name) out of order") }
            last = number
            let start = line(number, of: list, table) * table.columns.count
            var keys = Sections.KeyOrder(after: Sections.childNumber)
            for _ in 1..<fields {
                let tag = try keys.next(&reader)
                guard let place = table.place(tag) else {
                    _ = try CanonicalValue.read(from: &reader, depth: 3)
                    continue
                }
                lists[list].cells[start + place] = try cell(&reader, table.columns[place], part)
            }
        }
        guard lists[list].numbers.count <= NodeLimits.childrenPerList else {
            throw ProtocolError(.schema, "\(table.name) is a list of at most \(NodeLimits.childrenPerList)")
        }
    }

    /// The position of a line, made when another section did not name it yet.
    private mutating func line(_ number: Int64, of list: Int, _ table: TypedShape.Table) -> Int {
        let numbers = lists[list].numbers
        let index = numbers.last.map { $0 < number } ?? true ? numbers.count : numbers.firstIndex { $0 >= number } ?? 0
        if index < numbers.count && numbers[index] == number { return index }
        lists[list].numbers.insert(number, at: index)
        let empty = repeatElement(Cell.empty, count: table.columns.count)
        lists[list].cells.insert(contentsOf: empty, at: index * table.columns.count)
        return index
    }

    private mutating func cell(_ reader: inout CanonicalReader, _ column: Column, _ part: Int) throws -> Cell {
        if column.form == .integer {
            guard let value = try reader.integer() else {
                throw ProtocolError(.schema, "\(column.name) holds a value of another type")
            }
            return .integer(value)
        }
        switch (column.form, try reader.head()) {
        case (.flag, .bool(let value)): return .integer(value ? 1 : 0)
        case (.text, .text(let count)):
            guard count <= Limits.fieldBytes else { throw ProtocolError(.tooLarge, "a field of \(count) bytes") }
            let text = try reader.takeText(count)
            return .text(part: UInt8(part), start: UInt32(text.lowerBound), count: UInt32(count))
        case (.list, .array(let count)): return try joined(count, &reader, part)
        default: throw ProtocolError(.schema, "\(column.name) holds a value of another type")
        }
    }

    private mutating func joined(_ count: Int, _ reader: inout CanonicalReader, _ part: Int) throws -> Cell {
        let start = made.count
        for index in 0..<count {
            guard case .text(let count) = try reader.head() else {
                throw ProtocolError(.schema, "a list holds a value of another type")
            }
            guard count <= Limits.fieldBytes else { throw ProtocolError(.tooLarge, "a field of \(count) bytes") }
            if index > 0 { made.append(UInt8(ascii: ";")) }
            made.append(contentsOf: parts[part][try reader.takeText(count)])
        }
        return madeCell(from: start)
    }

    // MARK: From a record

    /// The same of a record that is at hand as values: the home's own working copy.
    init(_ record: Record, kind: RecordKind) {
        self.init(kind.shape, parts: [])
        for (place, column) in kind.shape.head.columns.enumerated() { head[place] = cell(record.row[column.tag]) }
        for (list, declared) in kind.lists.enumerated() {
            let children = record[declared]
            lists[list].numbers = children.map(\.number)
            lists[list].cells = children.flatMap { child in
                kind.shape.lists[list].columns.map { cell(child.row[$0.tag]) }
            }
        }
        finish()
    }

    private mutating func cell(_ value: Value?) -> Cell {
        switch value {
        case nil: return .empty
        case .integer(let value): return .integer(value)
        case .flag(let value): return .integer(value ? 1 : 0)
        case .text(let text): return made(text)
        case .list(let texts): return made(texts.joined(separator: ";"))
        }
    }

    private mutating func made(_ text: String) -> Cell {
        let start = made.count
        made.append(contentsOf: text.utf8)
        return madeCell(from: start)
    }

    /// Texts that are made stand in a part behind all others, whose number is not known yet while sections are read.
    private func madeCell(from start: Int) -> Cell {
        // An empty one stands nowhere: a part may never be made for it.
        if made.count == start { return .text(part: 0, start: 0, count: 0) }
        return .text(part: UInt8(parts.count), start: UInt32(start), count: UInt32(made.count - start))
    }

    private mutating func finish() {
        if !made.isEmpty || parts.isEmpty { parts.append(made[...]) }
        made = []
    }

    // MARK: Looking

    /// Where the parts stand in memory, for as long as `withParts` runs.
    struct Parts {
        fileprivate var starts = InlineArray<8, UnsafeRawPointer?>(repeating: nil)

        func bytes(_ part: UInt8, _ start: UInt32, _ count: UInt32) -> UnsafeRawBufferPointer {
            guard count > 0, let base = starts[Int(part)] else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            return UnsafeRawBufferPointer(start: base + Int(start), count: Int(count))
        }
    }

    func withParts<Result>(_ body: (borrowing Parts) throws -> Result) rethrows -> Result {
        try withParts(from: 0, Parts(), body)
    }

    /// Holds one part after the other in place, then runs `body`.
    private func withParts<Result>(from part: Int, _ held: Parts, _ body: (borrowing Parts) throws -> Result) rethrows
        -> Result
    {
        guard part < parts.count else { return try body(held) }
        return try parts[part].withUnsafeBytes { buffer in
            var held = held
            held.starts[part] = buffer.baseAddress.map { $0 - parts[part].startIndex }
            return try withParts(from: part + 1, held, body)
        }
    }

    func text(_ cell: Cell) -> String? {
        guard case .text(let part, let start, let count) = cell else { return nil }
        guard count > 0 else { return "" }
        return String(decoding: parts[Int(part)][Int(start)..<Int(start + count)], as: UTF8.self)
    }

    func begins(_ cell: Cell, with prefix: String) -> Bool {
        guard case .text(let part, let start, let count) = cell, Int(count) >= prefix.utf8.count, count > 0 else {
            return false
        }
        return parts[Int(part)][Int(start)..<Int(start + count)].starts(with: prefix.utf8)
    }

    /// The text of one of the record's own fields.
    func text(_ field: FieldDefinition, of kind: RecordKind) -> String? {
        kind.shape.head.place(field.tag).flatMap { text(head[$0]) }
    }
}
