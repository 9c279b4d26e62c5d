extension Migrations {
    static let people = """
        CREATE TABLE account (
            id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            is_outside INTEGER NOT NULL, password TEXT, password_ms INTEGER, failed INTEGER NOT NULL DEFAULT 0,
            locked_until_ms INTEGER, is_locked INTEGER NOT NULL DEFAULT 0, valid_until INTEGER, record BLOB,
            created_ms INTEGER NOT NULL, last_ms INTEGER
        );
        CREATE TABLE role_grant (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES account(id), role TEXT NOT NULL,
            scope TEXT, valid_from INTEGER NOT NULL, valid_to INTEGER, asked_by TEXT NOT NULL, asked_by_account INTEGER,
            asked_ms INTEGER NOT NULL, approved_by TEXT, approved_ms INTEGER, ended_by TEXT, ended_ms INTEGER
        );
        CREATE INDEX role_grant_account ON role_grant (account);
        -- Invitations and resets: only the digest of what the link says.
        CREATE TABLE account_link (
            hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id), expires_ms INTEGER NOT NULL,
            used_ms INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE second_factor (
            account INTEGER NOT NULL REFERENCES account(id), is_offer INTEGER NOT NULL, secret BLOB NOT NULL,
            step INTEGER NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (account, is_offer)
        ) WITHOUT ROWID;
        CREATE TABLE recovery_code (
            account INTEGER NOT NULL REFERENCES account(id), hash BLOB NOT NULL, used_ms INTEGER,
            PRIMARY KEY (account, hash)
        ) WITHOUT ROWID;
        -- Of browsers and of programs (tokens): only the digest of the secret that is presented.
        CREATE TABLE session (
            id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, account INTEGER NOT NULL REFERENCES account(id),
            is_token INTEGER NOT NULL, label TEXT NOT NULL, duty TEXT, source TEXT NOT NULL, created_ms INTEGER NOT NULL,
            used_ms INTEGER NOT NULL, idle_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL
        );
        CREATE INDEX session_account ON session (account);
        -- Failures to sign in, by address.
        CREATE TABLE sign_in_source (
            source TEXT PRIMARY KEY, since_ms INTEGER NOT NULL, failures INTEGER NOT NULL
        ) WITHOUT ROWID;
        -- Which account wrote a working copy last: somebody else reports it.
        CREATE TABLE last_edit (uuid BLOB PRIMARY KEY, account INTEGER NOT NULL) WITHOUT ROWID;

        ALTER TABLE audit ADD COLUMN account INTEGER;
        ALTER TABLE audit ADD COLUMN session INTEGER;
        ALTER TABLE audit ADD COLUMN source TEXT NOT NULL DEFAULT '';
        ALTER TABLE audit ADD COLUMN area TEXT NOT NULL DEFAULT '';
        ALTER TABLE audit ADD COLUMN object TEXT NOT NULL DEFAULT '';
        ALTER TABLE audit ADD COLUMN result TEXT NOT NULL DEFAULT 'ok';
        ALTER TABLE audit ADD COLUMN reason TEXT NOT NULL DEFAULT '';
        ALTER TABLE audit ADD COLUMN fields TEXT NOT NULL DEFAULT '';
        -- Of this row and the hash of the one before. Empty only until a store from before has been chained.
        ALTER TABLE audit ADD COLUMN hash BLOB;
        CREATE INDEX audit_account ON audit (account, at_ms) WHERE account IS NOT NULL;
        CREATE TRIGGER audit_stays BEFORE UPDATE ON audit WHEN OLD.hash IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END;
        CREATE TRIGGER audit_grows BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'nothing of the audit is deleted'); END;
        -- Signed heads of this node's own audit and of those of the nodes below, with the parent's word that it saw them.
        CREATE TABLE audit_head (
            node BLOB NOT NULL, life BLOB NOT NULL, number INTEGER NOT NULL, head BLOB NOT NULL, witness BLOB,
            at_ms INTEGER NOT NULL, PRIMARY KEY (node, life, number)
        ) WITHOUT ROWID;
        """
}
