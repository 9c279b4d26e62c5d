extension Migrations {
    static let portal = """
        -- People from outside who asked for an account and wait until somebody has seen their ID card. `said` is sealed:
        -- name and telephone. Of the code that follows the request only its digest; rows leave after thirty days.
        CREATE TABLE sign_up (
            id INTEGER PRIMARY KEY AUTOINCREMENT, code BLOB NOT NULL UNIQUE, source TEXT NOT NULL, said BLOB NOT NULL,
            text_version TEXT NOT NULL, at_ms INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', reason TEXT,
            decided_by TEXT, decided_ms INTEGER
        );
        CREATE INDEX sign_up_source ON sign_up (source, at_ms);
        CREATE INDEX sign_up_waiting ON sign_up (at_ms) WHERE state = 'waiting';
        CREATE INDEX account_record ON account (record) WHERE record IS NOT NULL;
        -- What somebody says is wrong in their own record. `said` is sealed: what is right, why, and the answer.
        CREATE TABLE correction (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES account(id), uuid BLOB NOT NULL,
            kind TEXT NOT NULL, field TEXT NOT NULL, said BLOB NOT NULL, at_ms INTEGER NOT NULL, due INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting', decided_by TEXT, decided_ms INTEGER
        );
        CREATE INDEX correction_account ON correction (account, at_ms);
        CREATE INDEX correction_open ON correction (due) WHERE state IN ('waiting', 'taken');
        CREATE INDEX correction_record ON correction (uuid);
        """
}
