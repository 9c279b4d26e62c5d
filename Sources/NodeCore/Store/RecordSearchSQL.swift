internal import GRDB

/// Pages of a list: over one kind's table, and over `record` only where a condition needs it.
struct RecordSearchSQL {
    let database: Database

    private struct Clause {
        var joined = false
        var texts: [String] = []
        var arguments: [(any DatabaseValueConvertible)?] = []

        mutating func add(_ text: String, _ values: (any DatabaseValueConvertible)?...) {
            texts.append(text)
            arguments += values
        }

        /// One of several; none is never true.
        mutating func addAny(of values: [String], _ text: String, _ each: (String) -> [String] = { [$0] }) {
            texts.append("(\(values.isEmpty ? "0" : values.map { _ in text }.joined(separator: " OR ")))")
            arguments += values.flatMap(each)
        }

        func sql(_ table: String) -> String {
            let join = joined ? " JOIN record ON record.id = \(table).record" : ""
            return "FROM \(table)\(join)" + (texts.isEmpty ? "" : " WHERE " + texts.joined(separator: " AND "))
        }
    }

    func count(_ kind: RecordKind, _ conditions: [RecordSearch.Condition]) throws -> Int {
        let clause = try self.clause(kind, conditions)
        return try Int.fetchOne(
            database.cachedStatement(sql: "SELECT COUNT(*) \(clause.sql(kind.code))"),
            arguments: StatementArguments(clause.arguments)) ?? 0
    }

    func oldestChange(_ kind: RecordKind, _ conditions: [RecordSearch.Condition]) throws -> Int64? {
        var clause = try self.clause(kind, conditions)
        clause.joined = true
        return try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT MIN(record.changed_ms) \(clause.sql(kind.code))"),
            arguments: StatementArguments(clause.arguments))
    }

    /// Ascending by key unless the search says otherwise; records that are equal in that stand by key. `count`: how many
    /// fit, where that is known.
    func page(_ kind: RecordKind, _ search: RecordSearch, of count: Int? = nil) throws -> [Int64] {
        let end = max(search.limit, 0) + min(max(search.offset, 0), RecordSearch.offsetMax)
        if search.order == nil, let count, count / RecordSearchSQL.walkedAtMost >= end { return try walk(kind, search) }
        let clause = try self.clause(kind, search.conditions)
        let key = "\(kind.code).\(kind.key.code)"
        var order = ["\(key), \(kind.code).record"]
        if let wish = search.order {
            guard wish.field.isSearchable else { throw RecordSearchSQL.sealed(wish.field) }
            order.insert("\(kind.code).\(wish.field.code)\(wish.isDescending ? " DESC" : "")", at: 0)
        }
        let sql = """
            SELECT \(kind.code).record \(clause.sql(kind.code)) ORDER BY \(order.joined(separator: ", ")) LIMIT ? OFFSET ?
            """
        return try Int64.fetchAll(
            database.cachedStatement(sql: sql),
            arguments: StatementArguments(
                clause.arguments + [max(search.limit, 0), min(max(search.offset, 0), RecordSearch.offsetMax)]))
    }

    /// Record by record in the order of keys until the page is full, which is soon where many fit. Otherwise the list's
    /// index is read whole and sorted.
    private func walk(_ kind: RecordKind, _ search: RecordSearch) throws -> [Int64] {
        let clause = try self.clause(kind, search.conditions, key: "record.key")
        let condition = (["record.kind = ?"] + clause.texts).joined(separator: " AND ")
        return try Int64.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT record.id FROM record CROSS JOIN \(kind.code) ON \(kind.code).record = record.id
                    WHERE \(condition) ORDER BY record.key, record.id LIMIT ? OFFSET ?
                    """),
            arguments: StatementArguments(
                [Int64(clamping: kind.number)] + clause.arguments
                    + [max(search.limit, 0), min(max(search.offset, 0), RecordSearch.offsetMax)]))
    }

    /// A walk is worth it while so many fit for each that the page needs.
    private static let walkedAtMost = 10

    /// `key`: where the record's key is looked at.
    private func clause(_ kind: RecordKind, _ conditions: [RecordSearch.Condition], key: String? = nil) throws -> Clause {
        var clause = Clause()
        let key = key ?? "\(kind.code).\(kind.key.code)"
        for condition in conditions { try add(condition, kind, key: key, to: &clause) }
        return clause
    }

    private func add(_ condition: RecordSearch.Condition, _ kind: RecordKind, key: String, to clause: inout Clause) throws {
        func column(_ field: FieldDefinition) throws -> String {
            guard field.isSearchable else { throw RecordSearchSQL.sealed(field) }
            return "\(kind.code).\(field.code)"
        }
        switch condition {
        case .anyOf(let field, let codes):
            let name = try column(field)
            if case .codes = field.type {
                clause.addAny(of: codes, "instr(';' || \(name) || ';', ?) > 0") { [";\($0);"] }
            } else {
                clause.texts.append("\(name) IN (\(codes.map { _ in "?" }.joined(separator: ", ")))")
                clause.arguments += codes
            }
        case .contains(let field, let writings):
            clause.addAny(of: writings, "instr(\(try column(field)), ?) > 0")
        case .within(let field, let from, let to):
            let name = try column(field)
            if let from { clause.add("\(name) >= ?", from) }
            if let to { clause.add("\(name) <= ?", to) }
        case .flag(let field, let isOn): clause.add("\(try column(field)) = ?", isOn ? 1 : 0)
        case .isFilled(let field, let isFilled):
            let name = try column(field)
            clause.texts.append(isFilled ? "(\(name) IS NOT NULL AND \(name) <> '')" : "(\(name) IS NULL OR \(name) = '')")
        case .keyBegins(let starts):
            // Digits only, so the sign after '9' ends the range.
            clause.addAny(of: starts, "\(key) >= ? AND \(key) < ?") { [$0, $0 + ":"] }
        case .pending(let level):
            clause.joined = true
            clause.add("record.pending_level = ?", level.rawValue)
        case .unchangedSince(let milliseconds):
            clause.joined = true
            clause.add("record.changed_ms < ?", milliseconds)
        }
    }

    private static func sealed(_ field: FieldDefinition) -> NodeError {
        NodeError(
            .badRequest, "\(field.label.zh)加密保存，不能用于筛选和排序；请用精确查找",
            "the \(field.label.en) lies encrypted and cannot be filtered or sorted by: look it up exactly")
    }
}

extension Snapshot {
    var search: RecordSearchSQL { RecordSearchSQL(database: database) }
}
