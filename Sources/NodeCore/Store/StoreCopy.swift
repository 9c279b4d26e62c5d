internal import GRDB

extension Store {
    /// The tables that are no projection: what a rebuild takes over before it plays the journal.
    private static let truth = [
        "meta", "seat", "code", "parameter", "statement", "invitation", "enrolment", "log", "journal", "outbox", "home_body",
        "audit",
        "quarantine", "refusal", "catching_up", "late", "thread", "met", "stick",
    ]

    /// Copies them from another store's file, which is only read.
    func copyTruth(from path: String) throws {
        try withoutTransaction { database in
            try database.execute(sql: "ATTACH DATABASE ? AS source", arguments: [path])
            try database.inTransaction {
                for table in Store.truth {
                    try database.execute(sql: "INSERT INTO main.\(table) SELECT * FROM source.\(table)")
                }
                return .commit
            }
            try database.execute(sql: "DETACH DATABASE source")
        }
    }
}
