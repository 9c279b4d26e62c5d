internal import Foundation
internal import GRDB

extension Store {
    /// The tables that are no projection: what a rebuild takes over before it plays the journal.
    private static let truth = [
        "data_key", "meta", "seat", "code", "parameter", "statement", "invitation", "enrolment", "log", "journal", "outbox",
        "home_body", "audit", "quarantine", "refusal", "catching_up", "late", "narrowed", "thread", "met", "stick",
        "calendar_day", "local_code", "notice", "notice_read", "reminder", "notification", "notification_read", "consent",
        "account", "role_grant", "account_link", "second_factor", "recovery_code", "session", "last_edit", "audit_head",
        "form_draft", "saved_filter", "sign_up", "correction", "export_request", "deleted_draft",
    ]

    /// Copies them from another store's file, which is only read. What is sealed there is of this store's key and stays as
    /// it is; what an earlier program left in plain is sealed on the way.
    func copyTruth(from path: String, at moment: Moment) throws {
        try withoutTransaction { database in
            try database.execute(sql: "ATTACH DATABASE ? AS source", arguments: [path])
            let isSealed = try database.tableExists("data_key", in: "source")
            let ring = ring(database, moment)
            try database.inTransaction {
                for table in Store.truth where try database.tableExists(table, in: "source") {
                    let column = isSealed ? nil : SealedColumn.own.first { $0.table == table }
                    try Store.copy(table, without: column?.column, in: database)
                    if let column { try Store.seal(column, ring) }
                }
                try AuditTable.chain(in: database, ring.suite)
                try ring.finish()
                return .commit
            }
            try database.execute(sql: "DETACH DATABASE source")
        }
    }

    private static func copy(_ table: String, without plain: String?, in database: Database) throws {
        let names = try database.columns(in: table, in: "source").map(\.name)
        let values = names.map { $0 == plain ? "CASE WHEN \($0) IS NULL THEN NULL ELSE x'' END" : $0 }
        let list = names.joined(separator: ", ")
        try database.execute(
            sql: "INSERT INTO main.\(table) (\(list)) SELECT \(values.joined(separator: ", ")) FROM source.\(table)")
    }

    private static func seal(_ column: SealedColumn, _ ring: KeyRing) throws {
        let keys = column.keys.joined(separator: ", ")
        let rows = try GRDB.Row.fetchCursor(
            ring.database,
            sql: "SELECT \(column.column), \(keys) FROM source.\(column.table) WHERE \(column.column) IS NOT NULL")
        while let row = try rows.next() {
            let plain: Data = row[0]
            try column.put(ring.seal([UInt8](plain), in: column, column.parts(row)), row, in: ring.database)
        }
    }
}

extension SealedColumn {
    /// Replaces the value in the row that has the key of `row`.
    func put(_ sealed: [UInt8], _ row: GRDB.Row, in database: Database) throws {
        let condition = keys.map { "\($0) = ?" }.joined(separator: " AND ")
        let values: [DatabaseValue] = keys.map { row[$0] }
        try database.cachedStatement(sql: "UPDATE main.\(table) SET \(column) = ? WHERE \(condition)")
            .execute(arguments: [Data(sealed)] + StatementArguments(values))
    }
}
