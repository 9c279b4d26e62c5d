internal import Foundation
internal import GRDB
internal import SyncProtocol

/// The typed tables of one record kind, made from its declaration: `worker_file (record, ...)` and for each list
/// `family_member (record, number, ...)`. Fields that are sealed stand together in the last column, encrypted, and beside
/// it a keyed digest for each of those by which rows are found.
struct TypedTable {
    let ring: KeyRing
    let kind: RecordKind
    var held = HeldStatements()
    var database: Database { ring.database }

    init(ring: KeyRing, kind: RecordKind, held: HeldStatements = HeldStatements()) {
        self.ring = ring
        self.kind = kind
        self.held = held
    }

    /// Creates what is missing: a new field of a declaration becomes a new column. No reference to `record`: a look-up for
    /// each row of what is made again from the journal anyway, and checked by comparing with it.
    static func fit(_ kind: RecordKind, in database: Database) throws {
        try fit(kind.shape.head, key: "record INTEGER PRIMARY KEY", suffix: "", in: database)
        try fitList(kind, in: database)
        for table in kind.shape.lists {
            try fit(
                table, key: "record INTEGER NOT NULL, number INTEGER NOT NULL", constraint: ", PRIMARY KEY (record, number)",
                suffix: " WITHOUT ROWID", in: database)
        }
    }

    /// The index that lists read. It begins with the record's number, so it grows at its end as the table does.
    private static func fitList(_ kind: RecordKind, in database: Database) throws {
        let name = "\(kind.code)_list"
        var columns = ["record"]
        for field in [kind.key, kind.status] + kind.listed where !columns.contains(field.code) { columns.append(field.code) }
        let present = try String.fetchAll(
            database, sql: "SELECT name FROM pragma_index_info(?) ORDER BY seqno", arguments: [name])
        // A number that is the key of its table stands in the index without a name.
        guard present != columns else { return }
        try database.execute(
            sql: "DROP INDEX IF EXISTS \(name); CREATE INDEX \(name) ON \(kind.code) (\(columns.joined(separator: ", ")))")
    }

    private static func fit(
        _ table: TypedShape.Table, key: String, constraint: String = "", suffix: String, in database: Database
    ) throws {
        let columns = table.stored
        if try !database.tableExists(table.name) {
            let list = columns.map { ", \($0.name) \($0.affinity)" }.joined()
            try database.execute(sql: "CREATE TABLE \(table.name) (\(key)\(list)\(constraint))\(suffix)")
        } else {
            let present = Set(try database.columns(in: table.name).map(\.name))
            for column in columns where !present.contains(column.name) {
                try database.execute(sql: "ALTER TABLE \(table.name) ADD COLUMN \(column.name) \(column.affinity)")
            }
        }
        // Only where the value itself is known, that is at the home and its reviewers.
        for (place, _) in table.lookedUp {
            let column = table.columns[place].lookupName
            try database.execute(
                sql: """
                    CREATE INDEX IF NOT EXISTS \(table.name)_\(column) ON \(table.name) (\(column))
                    WHERE \(column) IS NOT NULL
                    """)
        }
    }

    /// Replaces the rows of one record by what `rows` say.
    func put(_ rows: TypedRows, id: Int64, status: String) throws {
        for (index, list) in kind.lists.enumerated() {
            let name = HeldStatements.Name.clearLines(kind: kind.number, list: index)
            let clear = try held.statement(name, in: database) { "DELETE FROM \(list.code) WHERE record = ?" }
            clear.bind(1, id)
            _ = try clear.run(in: database)
        }
        try rows.withParts { try write(rows, $0, id: id, status: status, isReplacing: true) }
    }

    /// Adds the rows of a record that is new here; `parts` are those of `rows`.
    func insert(_ rows: TypedRows, _ parts: borrowing TypedRows.Parts, id: Int64, status: String) throws {
        try write(rows, parts, id: id, status: status, isReplacing: false)
    }

    private func write(
        _ rows: TypedRows, _ parts: borrowing TypedRows.Parts, id: Int64, status: String, isReplacing: Bool
    ) throws {
        let shape = kind.shape
        let head = try statement(shape.head, list: nil, isReplacing)
        head.bind(1, id)
        try write(head, shape.head, rows.head[...], parts, row: (id, nil), status: status)
        for (index, lines) in rows.lists.enumerated() where !lines.numbers.isEmpty {
            try write(lines, shape.lists[index], list: index, id: id, parts)
        }
    }

    private func write(
        _ lines: TypedRows.Lines, _ table: TypedShape.Table, list: Int, id: Int64, _ parts: borrowing TypedRows.Parts
    ) throws {
        let line = try statement(table, list: list, false)
        let width = table.columns.count
        for (index, number) in lines.numbers.enumerated() {
            line.bind(1, id)
            line.bind(2, number)
            try write(line, table, lines.cells[index * width..<(index + 1) * width], parts, row: (id, number), status: nil)
        }
    }

    /// Behind the key: what stands in the open, the sealed cell, the digests.
    private func write(
        _ line: HeldStatement, _ table: TypedShape.Table, _ cells: ArraySlice<TypedRows.Cell>,
        _ parts: borrowing TypedRows.Parts, row: (Int64, Int64?), status: String?
    ) throws {
        var next = row.1 == nil ? 2 : 3
        // What a record asks for is not where it stands.
        let own = status == nil ? nil : table.place(kind.status.tag)
        for place in table.open {
            if place == own, let status {
                line.bind(next, repeating: status)
            } else {
                line.bind(next, cells[cells.startIndex + place], parts)
            }
            next += 1
        }
        guard table.sealedColumn != nil else { return _ = try line.run(in: database) }
        for (index, lookup) in table.lookedUp.enumerated() {
            guard case .text(let part, let start, let count) = cells[cells.startIndex + lookup.place], count > 0 else {
                line.bindNull(next + 1 + index)
                continue
            }
            try ring.lookup(lookup.name, parts.bytes(part, start, count)).withBytes {
                line.bind(next + 1 + index, blob: UnsafeRawBufferPointer(rebasing: $0[..<KeyRing.lookupSize]))
            }
        }
        try ring.withCell(table, cells, parts, row: row) { sealed in
            if let sealed { line.bind(next, stayingBlob: sealed) } else { line.bindNull(next) }
            _ = try line.run(in: database)
        }
    }

    private func statement(_ table: TypedShape.Table, list: Int?, _ isReplacing: Bool) throws -> HeldStatement {
        let name = HeldStatements.Name.insertRow(kind: kind.number, list: list, isReplacing: isReplacing)
        return try held.statement(name, in: database) {
            let names = (list == nil ? ["record"] : ["record", "number"]) + table.stored.map(\.name)
            let marks = names.map { _ in "?" }.joined(separator: ", ")
            let verb = isReplacing ? "INSERT OR REPLACE" : "INSERT"
            return "\(verb) INTO \(table.name) (\(names.joined(separator: ", "))) VALUES (\(marks))"
        }
    }

    func setStatus(_ status: String, id: Int64) throws {
        let statement = try held.statement(.setStatus(kind: kind.number), in: database) {
            "UPDATE \(kind.code) SET \(kind.status.code) = ? WHERE record = ?"
        }
        statement.bind(1, status)
        statement.bind(2, id)
        _ = try statement.run(in: database)
    }

    func remove(id: Int64) throws {
        for table in [kind.code] + kind.lists.map(\.code) {
            try statement("DELETE FROM \(table) WHERE record = ?").execute(arguments: [id])
        }
    }

    /// What this node knows of one record; nil when there is no row.
    func record(id: Int64) throws -> Record? {
        guard let head = try lines(kind.shape.head, id: id).first else { return nil }
        var record = Record(row: TypedTable.row(head.values, kind.shape.head))
        for (list, table) in zip(kind.lists, kind.shape.lists) {
            record[list] = try lines(table, id: id).map { Child(number: $0.number, row: TypedTable.row($0.values, table)) }
        }
        return record
    }

    /// The head of one record as far as lists show it: sealed values only when one of `fields` is, no lines.
    func head(id: Int64, showing fields: [FieldDefinition]) throws -> Record? {
        let opens = fields.contains { $0.isSealed }
        return try lines(kind.shape.head, id: id, opens: opens).first.map {
            Record(row: TypedTable.row($0.values, kind.shape.head))
        }
    }

    /// The rows of one record in a table: each value where its column stands among all, as a number or text.
    func lines(_ table: TypedShape.Table, id: Int64, opens: Bool = true) throws -> [(number: Int64, values: [Value?])] {
        let isHead = table.name == kind.shape.head.name
        let names = table.open.map { ", \(table.columns[$0].name)" }.joined()
        let sealed = table.sealedColumn == nil || !opens ? "NULL" : TypedShape.sealed
        let (number, order) = isHead ? ("0", "record") : ("number", "number")
        let rows = try GRDB.Row.fetchAll(
            statement("SELECT \(number), \(sealed)\(names) FROM \(table.name) WHERE record = ? ORDER BY \(order)"),
            arguments: [id])
        return try rows.map { row in
            var values = [Value?](repeating: nil, count: table.columns.count)
            for (index, place) in table.open.enumerated() { values[place] = Value(stored: row[index + 2]) }
            let number: Int64 = row[0]
            if let sealed: Data = row[1] {
                let key: [SealedColumn.Part] = isHead ? [.number(id)] : [.number(id), .number(number)]
                for (tag, value) in try ring.openCell([UInt8](sealed), table, row: key) {
                    if let place = table.place(tag) { values[place] = value }
                }
            }
            return (number: number, values: values)
        }
    }

    private static func row(_ values: [Value?], _ table: TypedShape.Table) -> Row {
        var row = Row()
        for (column, value) in zip(table.columns, values) {
            guard let value else { continue }
            row[column.tag] = column.form.typed(value)
        }
        return row
    }

    private func statement(_ sql: String) throws -> Statement { try database.cachedStatement(sql: sql) }
}

extension Column.Form {
    /// A number or text of the table as the field's own kind of value.
    fileprivate func typed(_ value: Value) -> Value {
        switch (self, value) {
        case (.flag, .integer(let number)): .flag(number != 0)
        case (.list, .text(let text)): .list(text.isEmpty ? [] : text.split(separator: ";").map(String.init))
        default: value
        }
    }
}

extension HeldStatement {
    /// A text stays where it is until the statement has run: within `withParts`.
    func bind(_ column: Int, _ cell: TypedRows.Cell, _ parts: borrowing TypedRows.Parts) {
        switch cell {
        case .empty: bindNull(column)
        case .integer(let value): bind(column, value)
        case .text(let part, let start, let count): bind(column, stayingText: parts.bytes(part, start, count))
        }
    }
}
