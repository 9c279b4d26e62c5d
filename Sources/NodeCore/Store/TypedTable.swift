internal import GRDB

/// The typed tables of one record kind, made from its declaration: `worker_file (record, ...)` and for each list
/// `family_member (record, number, ...)`.
struct TypedTable {
    let database: Database
    let kind: RecordKind
    var held = HeldStatements()

    /// Creates what is missing: a new field of a declaration becomes a new column. No reference to `record`: a look-up for
    /// each row of what is made again from the journal anyway, and checked by comparing with it.
    func fit() throws {
        let columns = kind.fields.flatMap(\.columns)
        try fit(table: kind.code, key: "record INTEGER PRIMARY KEY", columns, suffix: "")
        for list in kind.lists {
            try fit(
                table: list.code, key: "record INTEGER NOT NULL, number INTEGER NOT NULL",
                list.fields.flatMap(\.columns), constraint: ", PRIMARY KEY (record, number)", suffix: " WITHOUT ROWID")
        }
        guard let persons = kind.persons else { return }
        try index(table: kind.code, column: persons.head.code)
        if let member = persons.member { try index(table: member.list.code, column: member.field.code) }
    }

    private func fit(table: String, key: String, _ columns: [Column], constraint: String = "", suffix: String) throws {
        guard try database.tableExists(table) else {
            let list = columns.map { ", \($0.name) \($0.affinity)" }.joined()
            return try database.execute(sql: "CREATE TABLE \(table) (\(key)\(list)\(constraint))\(suffix)")
        }
        let present = Set(try database.columns(in: table).map(\.name))
        for column in columns where !present.contains(column.name) {
            try database.execute(sql: "ALTER TABLE \(table) ADD COLUMN \(column.name) \(column.affinity)")
        }
    }

    /// Only where the number itself is known, that is at the home and its reviewers.
    private func index(table: String, column: String) throws {
        try database.execute(
            sql: "CREATE INDEX IF NOT EXISTS \(table)_\(column) ON \(table) (\(column)) WHERE \(column) IS NOT NULL")
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
        // What a record asks for is not where it stands.
        let own = shape.head.place(kind.status.tag)
        for (place, cell) in rows.head.enumerated() where place != own { head.bind(place + 2, cell, parts) }
        if let own { head.bind(own + 2, repeating: status) }
        _ = try head.run(in: database)
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
            for place in 0..<width { line.bind(place + 3, lines.cells[index * width + place], parts) }
            _ = try line.run(in: database)
        }
    }

    private func statement(_ table: TypedShape.Table, list: Int?, _ isReplacing: Bool) throws -> HeldStatement {
        let name = HeldStatements.Name.insertRow(kind: kind.number, list: list, isReplacing: isReplacing)
        return try held.statement(name, in: database) {
            let names = (list == nil ? ["record"] : ["record", "number"]) + table.columns.map(\.name)
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
        guard let head = try rows(kind.shape.head, after: "", id: id).first else { return nil }
        var record = Record(row: TypedTable.values(head, kind.shape.head, from: 1))
        for (list, table) in zip(kind.lists, kind.shape.lists) {
            record[list] = try rows(table, after: ", number", id: id).map {
                Child(number: $0[1], row: TypedTable.values($0, table, from: 2))
            }
        }
        return record
    }

    private func rows(_ table: TypedShape.Table, after key: String, id: Int64) throws -> [GRDB.Row] {
        let names = table.columns.map { ", \($0.name)" }.joined()
        return try GRDB.Row.fetchAll(
            statement("SELECT record\(key)\(names) FROM \(table.name) WHERE record = ? ORDER BY record\(key)"),
            arguments: [id])
    }

    /// Read by position, from the column at `start` on.
    private static func values(_ row: GRDB.Row, _ table: TypedShape.Table, from start: Int) -> Row {
        var values = Row()
        for (index, column) in table.columns.enumerated() {
            guard let value = Value(stored: row[start + index]) else { continue }
            values[column.tag] = column.form.typed(value)
        }
        return values
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
