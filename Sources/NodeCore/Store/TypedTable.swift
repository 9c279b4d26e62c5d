internal import GRDB

/// The typed tables of one record kind, made from its declaration: `worker_file (record, ...)` and for each list
/// `family_member (record, number, ...)`.
struct TypedTable {
    let database: Database
    let kind: RecordKind

    /// Creates what is missing: a new field of a declaration becomes a new column.
    func fit() throws {
        let columns = kind.fields.flatMap(\.columns)
        try fit(table: kind.code, key: "record INTEGER PRIMARY KEY REFERENCES record(id)", columns, suffix: "")
        for list in kind.lists {
            try fit(
                table: list.code, key: "record INTEGER NOT NULL REFERENCES record(id), number INTEGER NOT NULL",
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

    /// Replaces the rows of one record by what `record` says, derived forms included.
    func put(_ record: Record, id: Int64, status: String) throws {
        var head = record.row
        head[kind.status.tag] = .text(status)
        try insert(into: kind.code, keys: [id], kind.fields, head, replacing: true)
        for list in kind.lists {
            try statement("DELETE FROM \(list.code) WHERE record = ?").execute(arguments: [id])
            for child in record[list] {
                try insert(into: list.code, keys: [id, child.number], list.fields, child.row, replacing: false)
            }
        }
    }

    func setStatus(_ status: String, id: Int64) throws {
        try statement("UPDATE \(kind.code) SET \(kind.status.code) = ? WHERE record = ?").execute(arguments: [status, id])
    }

    func remove(id: Int64) throws {
        for table in [kind.code] + kind.lists.map(\.code) {
            try statement("DELETE FROM \(table) WHERE record = ?").execute(arguments: [id])
        }
    }

    /// What this node knows of one record; nil when there is no row.
    func record(id: Int64) throws -> Record? {
        let sql = "SELECT * FROM \(kind.code) WHERE record = ?"
        guard let row = try GRDB.Row.fetchOne(statement(sql), arguments: [id]) else { return nil }
        var record = Record(row: TypedTable.values(row, kind.fields))
        for list in kind.lists {
            let rows = try GRDB.Row.fetchAll(
                statement("SELECT * FROM \(list.code) WHERE record = ? ORDER BY number"), arguments: [id])
            record[list] = rows.map { Child(number: $0["number"], row: TypedTable.values($0, list.fields)) }
        }
        return record
    }

    static func values(_ row: GRDB.Row, _ fields: [FieldDefinition]) -> Row {
        var values = Row()
        for field in fields {
            for column in field.columns {
                guard let value = Value(stored: row[column.name]) else { continue }
                values[column.tag] = column.tag == field.tag ? field.type.typed(value) : value
            }
        }
        return values
    }

    private func insert(into table: String, keys: [Int64], _ fields: [FieldDefinition], _ row: Row, replacing: Bool) throws {
        let columns = fields.flatMap(\.columns)
        let names = (keys.count == 1 ? ["record"] : ["record", "number"]) + columns.map(\.name)
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let sql =
            "INSERT \(replacing ? "OR REPLACE " : "")INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(marks))"
        let values = keys.map(\.databaseValue) + columns.map { row[$0.tag]?.stored ?? .null }
        try statement(sql).execute(arguments: StatementArguments(values))
    }

    private func statement(_ sql: String) throws -> Statement { try database.cachedStatement(sql: sql) }
}

extension FieldType {
    /// A number or text of the table as the field's own kind of value.
    fileprivate func typed(_ value: Value) -> Value {
        switch (self, value) {
        case (.flag, .integer(let number)): .flag(number != 0)
        case (.codes, .text(let text)): .list(text.isEmpty ? [] : text.split(separator: ";").map(String.init))
        default: value
        }
    }
}
