extension Migrations {
    static let exports = """
        -- Exports that need a second person. `records`: identifiers one after the other; empty once nobody can fetch them.
        CREATE TABLE export_request (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES account(id), name TEXT NOT NULL,
            kind TEXT NOT NULL, query TEXT NOT NULL, words_zh TEXT NOT NULL, words_en TEXT NOT NULL, columns TEXT NOT NULL,
            format TEXT NOT NULL, row_count INTEGER NOT NULL, records BLOB NOT NULL, homes TEXT NOT NULL,
            purpose TEXT NOT NULL, asked_ms INTEGER NOT NULL, decision TEXT, decided_by TEXT, decided_account INTEGER,
            reason TEXT NOT NULL DEFAULT '', decided_ms INTEGER, fetches INTEGER NOT NULL DEFAULT 0,
            is_seen INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX export_request_account ON export_request (account, id);
        CREATE INDEX export_request_waiting ON export_request (asked_ms) WHERE decision IS NULL;
        """
}
