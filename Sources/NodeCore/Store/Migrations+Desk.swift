extension Migrations {
    static let desk = """
        -- Forms half filled in: `form` is sealed.
        CREATE TABLE form_draft (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL,
            form BLOB NOT NULL, at_ms INTEGER NOT NULL, UNIQUE (account, kind, record)
        );
        CREATE TABLE saved_filter (
            id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL,
            is_shared INTEGER NOT NULL, UNIQUE (account, kind, name)
        );
        """
}
