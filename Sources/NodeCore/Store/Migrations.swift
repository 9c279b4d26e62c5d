internal import GRDB

/// The store's own tables, append-only. The tables of record kinds follow from their declarations (`TypedTable`).
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001 the federation runs") { try $0.execute(sql: first) }
        migrator.registerMigration("002 gathered entries, counted refusals, publications") { try $0.execute(sql: second) }
        migrator.registerMigration("003 the newest version stands in its record's row") { try $0.execute(sql: third) }
        migrator.registerMigration("004 the trust log") { try $0.execute(sql: fourth) }
        migrator.registerMigration("005 the stick") { try $0.execute(sql: stick) }
        migrator.registerMigration("006 values lie encrypted") { try $0.execute(sql: sealing) }
        migrator.registerMigration("007 people and audit") { try $0.execute(sql: people) }
        migrator.registerMigration("008 calendar, reminders, notices") { try $0.execute(sql: time) }
        migrator.registerMigration("009 the desk") { try $0.execute(sql: desk) }
        migrator.registerMigration("010 the portal") { try $0.execute(sql: portal) }
        migrator.registerMigration("011 exports by two") { try $0.execute(sql: exports) }
        migrator.registerMigration("012 the audit by record") {
            // Identifiers grow with time, so it grows at its end as the audit does.
            try $0.execute(sql: "CREATE INDEX audit_record ON audit (uuid, id) WHERE uuid IS NOT NULL")
        }
        migrator.registerMigration("013 what was narrowed") { try $0.execute(sql: narrowing) }
        migrator.registerMigration("014 the recycle list of drafts") { try $0.execute(sql: bin) }
        migrator.registerMigration("015 refusals that somebody has looked at") {
            try $0.execute(sql: "ALTER TABLE quarantine ADD COLUMN settled_ms INTEGER")
        }
        return migrator
    }

    private static let first = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE seat (
            code TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, level INTEGER NOT NULL, parent TEXT,
            address TEXT NOT NULL, review_chain TEXT NOT NULL, is_relay INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE code (
            list TEXT NOT NULL, position INTEGER NOT NULL, code TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
            PRIMARY KEY (list, position)
        ) WITHOUT ROWID;
        CREATE TABLE parameter (
            key TEXT NOT NULL, division TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER, value TEXT NOT NULL,
            PRIMARY KEY (key, division, valid_from)
        ) WITHOUT ROWID;

        CREATE TABLE certificate (
            position INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, node BLOB NOT NULL, seat TEXT NOT NULL,
            bytes BLOB NOT NULL
        );
        CREATE TABLE invitation (
            code_hash BLOB PRIMARY KEY, seat TEXT NOT NULL, expires_ms INTEGER NOT NULL, used_by BLOB, used_ms INTEGER
        ) WITHOUT ROWID;

        -- One row a log that is written, received or relayed. next and hash: how far it is held here.
        CREATE TABLE log (
            id INTEGER PRIMARY KEY, author BLOB NOT NULL, incarnation BLOB NOT NULL, direction INTEGER NOT NULL,
            peer BLOB NOT NULL,
            next INTEGER NOT NULL DEFAULT 0, hash BLOB, receipts INTEGER NOT NULL DEFAULT 0,
            peer_durable INTEGER NOT NULL DEFAULT 0, peer_applied INTEGER NOT NULL DEFAULT 0,
            peer_receipt INTEGER NOT NULL DEFAULT 0,
            peer_ms INTEGER, frozen TEXT,
            UNIQUE (author, incarnation, direction, peer)
        );
        -- The truth: a row a seal; packed is empty where only the seal was relayed.
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY, log INTEGER NOT NULL REFERENCES log(id), first INTEGER NOT NULL, count INTEGER NOT NULL,
            hash BLOB NOT NULL, seal BLOB NOT NULL, packed BLOB, unpacked_size INTEGER, at_ms INTEGER NOT NULL,
            UNIQUE (log, first)
        );
        -- The home's own knowledge: version 0 is the working copy, others what was known when that version was reported.
        CREATE TABLE home_body (
            uuid BLOB NOT NULL, version INTEGER NOT NULL, kind INTEGER NOT NULL, status TEXT NOT NULL, body BLOB NOT NULL,
            at_ms INTEGER NOT NULL, PRIMARY KEY (uuid, version)
        ) WITHOUT ROWID;
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, uuid BLOB,
            detail TEXT NOT NULL
        );
        CREATE TABLE quarantine (
            id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, peer BLOB NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL,
            subject TEXT NOT NULL, times INTEGER NOT NULL DEFAULT 1, evidence BLOB, UNIQUE (peer, subject, code)
        );

        -- Projections: everything below is made again by a rebuild.
        CREATE TABLE record (
            id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, home BLOB NOT NULL,
            home_seat TEXT NOT NULL,
            key TEXT NOT NULL, version INTEGER NOT NULL, standing TEXT NOT NULL, pending_level INTEGER, status TEXT NOT NULL,
            changed_ms INTEGER NOT NULL
        );
        CREATE INDEX record_key ON record (key);
        CREATE INDEX record_pending ON record (pending_level) WHERE pending_level IS NOT NULL;
        CREATE TABLE version (
            record INTEGER NOT NULL REFERENCES record(id), number INTEGER NOT NULL, hash BLOB NOT NULL,
            ceiling INTEGER NOT NULL,
            asked TEXT NOT NULL, log INTEGER NOT NULL, seq INTEGER NOT NULL, carrier INTEGER, PRIMARY KEY (record, number)
        ) WITHOUT ROWID;
        CREATE TABLE decision (
            record INTEGER NOT NULL REFERENCES record(id), version INTEGER NOT NULL, level INTEGER NOT NULL,
            type INTEGER NOT NULL,
            hash BLOB NOT NULL, code TEXT, words TEXT, fields TEXT, log INTEGER NOT NULL, seq INTEGER NOT NULL,
            carrier INTEGER,
            PRIMARY KEY (record, version, level)
        ) WITHOUT ROWID;
        CREATE TABLE deferred (
            journal INTEGER NOT NULL, item INTEGER NOT NULL, reason TEXT NOT NULL, tried_ms INTEGER NOT NULL,
            PRIMARY KEY (journal, item)
        ) WITHOUT ROWID;
        -- Which seals of other logs went into one of this node's own logs.
        CREATE TABLE relayed (
            target INTEGER NOT NULL, origin INTEGER NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (target, origin, first)
        ) WITHOUT ROWID;
        """

    private static let narrowing = """
        -- Versions that hold less than they did, whatever becomes of the newer one that took it away. Truth.
        CREATE TABLE narrowed (uuid BLOB NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (uuid, version)) WITHOUT ROWID;
        """

    private static let second = """
        -- Truth too: entries of this node's own logs that are not sealed yet.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY, log INTEGER NOT NULL REFERENCES log(id), kind INTEGER NOT NULL, schema INTEGER NOT NULL,
            placement INTEGER NOT NULL, entry BLOB NOT NULL, carries TEXT NOT NULL
        );
        CREATE INDEX outbox_log ON outbox (log);
        -- How often each neighbour was refused for what: stays when the rows of the quarantine have left.
        CREATE TABLE refusal (
            peer BLOB NOT NULL, code TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (peer, code)
        ) WITHOUT ROWID;
        INSERT INTO refusal (peer, code, times) SELECT peer, code, SUM(times) FROM quarantine GROUP BY peer, code;
        CREATE INDEX quarantine_peer ON quarantine (peer, id);
        -- What publishers above sent down their channels, newest position of each name: a projection.
        CREATE TABLE publication (
            author BLOB NOT NULL, artefact TEXT NOT NULL, version INTEGER NOT NULL, hash BLOB NOT NULL,
            log INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (author, artefact)
        ) WITHOUT ROWID;
        """

    private static let third = """
        -- The newest version is part of the record's row; only those before it have rows of their own.
        ALTER TABLE record ADD COLUMN hash BLOB;
        ALTER TABLE record ADD COLUMN ceiling INTEGER;
        ALTER TABLE record ADD COLUMN asked TEXT;
        ALTER TABLE record ADD COLUMN log INTEGER;
        ALTER TABLE record ADD COLUMN seq INTEGER;
        ALTER TABLE record ADD COLUMN carrier INTEGER;
        -- Where this node's own entry about the version stands in its log toward the parent.
        ALTER TABLE record ADD COLUMN sent_log INTEGER;
        ALTER TABLE record ADD COLUMN sent_seq INTEGER;
        ALTER TABLE version ADD COLUMN sent_log INTEGER;
        ALTER TABLE version ADD COLUMN sent_seq INTEGER;
        UPDATE record SET (hash, ceiling, asked, log, seq, carrier) = (
            SELECT hash, ceiling, asked, log, seq, carrier FROM version
            WHERE version.record = record.id AND version.number = record.version);
        DELETE FROM version WHERE number = (SELECT version FROM record WHERE record.id = version.record);
        """

    private static let fourth = """
        DROP TABLE certificate;
        -- Statements that a revocation took out again stay as evidence.
        CREATE TABLE statement (
            position INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL,
            is_admitted INTEGER NOT NULL DEFAULT 1
        );
        -- Who asked to be enrolled and waits until a person has compared the key.
        CREATE TABLE enrolment (seat TEXT PRIMARY KEY, request BLOB NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
        -- Where the log of an earlier life ended: seals behind it are late. And who signed its last seal.
        ALTER TABLE log ADD COLUMN closed INTEGER;
        ALTER TABLE log ADD COLUMN key BLOB;
        -- The peer's life that numbered its last receipt: in another life it counts from the beginning.
        ALTER TABLE log ADD COLUMN peer_life BLOB;
        -- Neighbours, by seat, whose part of what this node once said is not back yet.
        CREATE TABLE catching_up (seat TEXT PRIMARY KEY) WITHOUT ROWID;
        -- Working copies as they were when a new life began: what was reported since says more.
        ALTER TABLE home_body ADD COLUMN is_old INTEGER NOT NULL DEFAULT 0;
        -- Seals with their bodies that do not count: of a lost branch, or of a life that was closed.
        CREATE TABLE late (
            id INTEGER PRIMARY KEY, author BLOB NOT NULL, incarnation BLOB NOT NULL, direction INTEGER NOT NULL,
            peer BLOB NOT NULL, first INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE, seal BLOB NOT NULL, packed BLOB,
            unpacked_size INTEGER, reason TEXT NOT NULL, at_ms INTEGER NOT NULL
        );
        -- How far the thread of hellos with a neighbour goes, for each life of the child and of the parent.
        CREATE TABLE thread (
            peer BLOB NOT NULL, child_life BLOB NOT NULL, parent_life BLOB NOT NULL, number INTEGER NOT NULL,
            digest BLOB, previous BLOB, is_used INTEGER NOT NULL DEFAULT 0, question BLOB,
            PRIMARY KEY (peer, child_life, parent_life)
        );
        """

    private static let stick = """
        -- Lives of neighbours in the order in which they were met.
        CREATE TABLE met (number INTEGER PRIMARY KEY, peer BLOB NOT NULL, life BLOB NOT NULL, UNIQUE (peer, life));
        -- The manifest of the latest bundle of each neighbour.
        CREATE TABLE stick (peer BLOB PRIMARY KEY, manifest BLOB NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
        """

    private static let sealing = """
        -- Wrapped with the node's store key. One of each purpose is in use; the others go when nothing lies under them.
        CREATE TABLE data_key (
            number INTEGER PRIMARY KEY AUTOINCREMENT, purpose TEXT NOT NULL, suite INTEGER NOT NULL, wrapped BLOB NOT NULL,
            created_ms INTEGER NOT NULL, retired_ms INTEGER, uses INTEGER NOT NULL DEFAULT 0
        );
        """

    private static let time = """
        -- Who set a parameter: empty for what came with the program or with an import.
        CREATE TABLE parameter_by_owner (
            key TEXT NOT NULL, division TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER, value TEXT NOT NULL,
            owner TEXT NOT NULL DEFAULT '', basis TEXT NOT NULL DEFAULT '', PRIMARY KEY (key, division, valid_from, owner)
        ) WITHOUT ROWID;
        INSERT INTO parameter_by_owner (key, division, valid_from, valid_to, value)
            SELECT key, division, valid_from, valid_to, value FROM parameter;
        DROP TABLE parameter;
        ALTER TABLE parameter_by_owner RENAME TO parameter;
        CREATE TABLE calendar_day (
            division TEXT NOT NULL, day INTEGER NOT NULL, kind TEXT NOT NULL, note TEXT NOT NULL, basis TEXT NOT NULL,
            PRIMARY KEY (division, day)
        ) WITHOUT ROWID;
        -- What a province or city added to a code table; the tables themselves stay as the nation publishes them.
        CREATE TABLE local_code (
            owner TEXT NOT NULL, list TEXT NOT NULL, position INTEGER NOT NULL, code TEXT NOT NULL, zh TEXT NOT NULL,
            en TEXT NOT NULL, PRIMARY KEY (owner, list, position)
        ) WITHOUT ROWID;
        CREATE TABLE notice (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seat TEXT NOT NULL, title TEXT NOT NULL,
            words TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER, roles TEXT NOT NULL, levels TEXT NOT NULL,
            is_withdrawn INTEGER NOT NULL, published_ms INTEGER NOT NULL
        );
        CREATE TABLE notice_read (
            id TEXT NOT NULL, reader TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (id, reader)
        ) WITHOUT ROWID;
        -- Each step of a deadline once for each recipient: start names the period, a due day may move.
        CREATE TABLE reminder (
            number INTEGER PRIMARY KEY, rule TEXT NOT NULL, kind TEXT NOT NULL, uuid BLOB NOT NULL, key TEXT NOT NULL,
            start INTEGER NOT NULL, step INTEGER NOT NULL, role TEXT NOT NULL, due INTEGER NOT NULL, day INTEGER NOT NULL,
            noted INTEGER NOT NULL, is_late INTEGER NOT NULL, settled INTEGER, UNIQUE (uuid, rule, start, step, role)
        );
        CREATE INDEX reminder_open ON reminder (role, due) WHERE settled IS NULL;
        CREATE INDEX record_returned ON record (standing) WHERE standing IN ('returned', 'rejected');
        -- What happened at another node and concerns a role here. Repeats of one day are counted in one row.
        CREATE TABLE notification (
            number INTEGER PRIMARY KEY, day INTEGER NOT NULL, event TEXT NOT NULL, kind TEXT NOT NULL,
            subject TEXT NOT NULL, role TEXT NOT NULL, key TEXT NOT NULL, code TEXT NOT NULL, times INTEGER NOT NULL,
            at_ms INTEGER NOT NULL, UNIQUE (day, event, kind, subject, role)
        );
        CREATE TABLE notification_read (
            number INTEGER NOT NULL, reader TEXT NOT NULL, times INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            PRIMARY KEY (number, reader)
        ) WITHOUT ROWID;
        -- The ledger of consents: rows are added, never changed.
        CREATE TABLE consent (
            number INTEGER PRIMARY KEY, uuid BLOB NOT NULL, purpose TEXT NOT NULL, act TEXT NOT NULL, basis TEXT NOT NULL,
            text_version TEXT NOT NULL, given_by TEXT NOT NULL, guardian TEXT NOT NULL, method TEXT NOT NULL,
            given_ms INTEGER NOT NULL, expires INTEGER, attachment TEXT NOT NULL, actor TEXT NOT NULL,
            at_ms INTEGER NOT NULL
        );
        CREATE INDEX consent_person ON consent (uuid, purpose);
        CREATE INDEX consent_withdrawn ON consent (purpose, uuid) WHERE act = 'withdrawn';
        """
}
