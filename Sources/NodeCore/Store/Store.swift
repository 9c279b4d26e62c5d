internal import GRDB

/// The time and the randomness of one act: they come in from outside, so that the same act can be played again.
public struct Moment: Sendable {
    public let milliseconds: Int64
    public let entropy: @Sendable (Int) -> [UInt8]
    /// Randomness for the store's own encryption, of which nothing but ciphertext depends.
    let nonces: @Sendable (Int) -> [UInt8]

    /// `nonces`: another source for what the store draws; nil for the same.
    public init(
        milliseconds: Int64, entropy: @escaping @Sendable (Int) -> [UInt8], nonces: (@Sendable (Int) -> [UInt8])? = nil
    ) {
        self.milliseconds = milliseconds
        self.entropy = entropy
        self.nonces = nonces ?? entropy
    }

    public var today: CalendarDay { CalendarDay(milliseconds: milliseconds) }
}

/// One node's database. All writes and checkpoints go through one connection; every other one only reads (decision 004).
public struct Store: Sendable {
    private let reader: any DatabaseReader
    private let writer: (any DatabaseWriter)?
    let health = DiskHealth()
    private let key: StoreKey

    /// How a store uses memory and disk.
    public struct Settings: Sendable {
        /// Pages that the writer may keep in memory; filled only as far as they are used.
        public var cacheMebibytes = 64
        /// Whether a commit waits for the disk. False gives up what was committed last when the power fails: for
        /// benchmarks and simulations only.
        public var isDurable = true

        public init() {}
    }

    /// Opens or creates the file, migrates it and fits the typed tables to the declarations. `key` opens its data keys.
    public init(path: String, charter: Charter, key: StoreKey, settings: Settings = Settings()) throws {
        self.key = key
        let pool = try Store.guarded {
            let pool = try DatabasePool(path: path, configuration: Store.configuration(readOnly: false))
            // The pool lowers this to NORMAL when it turns on write-ahead logging, after it has prepared its connection.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = \(settings.isDurable ? "FULL" : "NORMAL")")
                try database.execute(sql: "PRAGMA cache_size = -\(settings.cacheMebibytes * 1_024)")
            }
            return pool
        }
        reader = pool
        writer = pool
        try prepare(pool, charter)
        pool.writeWithoutTransaction { health.watchLog(of: $0) }
    }

    /// A store in memory, for tests and the simulator.
    public init(inMemory charter: Charter) throws {
        key = .known
        let queue = try Store.guarded { try DatabaseQueue(configuration: Store.configuration(readOnly: false)) }
        reader = queue
        writer = queue
        try prepare(queue, charter)
    }

    /// A stopped node's file, to look into; without a key only into what is not sealed, whatever program wrote it.
    public init(readOnly path: String, key: StoreKey?) throws {
        reader = try Store.guarded { try DatabaseQueue(path: path, configuration: Store.configuration(readOnly: true)) }
        writer = nil
        self.key = key ?? .known
        guard key != nil else { return }
        try Store.reading { [reader] in
            guard try reader.read({ try Migrations.migrator.hasCompletedMigrations($0) }) else { throw Store.older }
        }
        try checkKeys()
    }

    /// What cannot be read is a refusal, also where a value that the disk did not give looks like one of another kind.
    private static func reading<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try DiskHealth.reading(body) } catch let error as NodeError { throw error } catch {
            throw NodeError(.storeBroken, "数据库打不开", "the store does not open: \(error)")
        }
    }

    private static let older = NodeError(
        .storeOlder, "数据库由较早的版本写成：请先启动一次 noded，它会转换",
        "this store was written by an earlier program: start noded once, which takes it over")

    /// Whether a file was written by an earlier program, or shows in the open what the declarations seal now.
    public static func isOlder(_ path: String, _ charter: Charter) throws -> Bool {
        let queue = try guarded { try DatabaseQueue(path: path, configuration: configuration(readOnly: true)) }
        let isOlder = try Store.reading { try queue.read { try Store.isOlder($0, charter) } }
        try queue.close()
        return isOlder
    }

    private static func isOlder(_ database: Database, _ charter: Charter) throws -> Bool {
        guard try database.tableExists("meta") else { return false }
        guard try database.tableExists("data_key") else { return true }
        for table in charter.kinds.flatMap({ [$0.shape.head] + $0.shape.lists }) where try database.tableExists(table.name) {
            let present = Set(try database.columns(in: table.name).map(\.name))
            if table.sealed.contains(where: { present.contains(table.columns[$0].name) }) { return true }
        }
        return false
    }

    /// Moves what the write-ahead log of a file that nobody has open holds into the file, and takes the log away.
    public static func foldLog(of path: String) throws {
        let queue = try guarded { try DatabaseQueue(path: path, configuration: configuration(readOnly: false)) }
        try guarded {
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            try queue.close()
        }
    }

    private func checkKeys() throws { try Store.reading { try reader.read { try KeyRing($0, key, nil).check() } } }

    public func read<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result {
        try DiskHealth.reading { try reader.read { try body(Snapshot(ring: KeyRing($0, key, nil))) } }
    }

    /// One transaction: everything or nothing, on the disk when this returns.
    public func write<Result>(_ moment: Moment, _ body: (borrowing Transaction) throws -> Result) throws -> Result {
        guard let writer else {
            throw NodeError(.notAllowed, "此库只读打开，不能写入", "this store is open for reading only")
        }
        try health.checkWritable()
        let result = try health.writing {
            try writer.write { database in
                let transaction = Transaction(ring: KeyRing(database, key, moment), moment: moment)
                let result = try body(transaction)
                try transaction.ring.finish()
                return result
            }
        }
        health.checkpointIfLong(writer)
        return result
    }

    /// Moves what the write-ahead log holds into the database file, as SQLite does by itself every so often.
    package func checkpoint() throws { try withoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") } }

    /// The same to its end, while nobody reads; what was deleted is in the log no more.
    public func foldLog() throws { try withoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") } }

    /// For statements that cannot run inside a transaction.
    func withoutTransaction(_ body: (Database) throws -> Void) throws { try writer?.writeWithoutTransaction(body) }

    /// For one that copies values as they are sealed, or seals them anew.
    func ring(_ database: Database, _ moment: Moment) -> KeyRing { KeyRing(database, key, moment) }

    /// A copy of one committed state, page by page, while the node works on. `path` must not exist.
    public func copy(to path: String) throws {
        let target = try Store.guarded { try DatabaseQueue(path: path) }
        try DiskHealth.reading { try reader.backup(to: target) }
        try target.close()
    }

    /// What SQLite finds wrong with the file; `ok` alone when nothing is.
    public func integrity() throws -> [String] {
        try DiskHealth.reading { try reader.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(10)") } }
    }

    public func close() throws { try reader.close() }

    private func prepare(_ writer: any DatabaseWriter, _ charter: Charter) throws {
        let migrator = Migrations.migrator
        let isNewer = try writer.read { try migrator.hasBeenSuperseded($0) }
        guard !isNewer else {
            throw NodeError(
                .storeNewer, "数据库由更新的版本写成，请先升级本程序", "this store was written by a newer program: upgrade the program first")
        }
        // A store with plain values is never opened as it is: a new one is made from it.
        guard try !writer.read({ try Store.isOlder($0, charter) }) else { throw Store.older }
        try migrator.migrate(writer)
        try checkKeys()
        try writer.write { database in
            for kind in charter.kinds { try TypedTable.fit(kind, in: database) }
            try AuditTable.chain(in: database, key.suite)
        }
    }

    private static func guarded<Result>(_ open: () throws -> Result) throws -> Result {
        do { return try open() } catch let error as DatabaseError {
            throw NodeError(
                .storeBroken, "数据库打不开：\(error.message ?? "原因不明")",
                "the store does not open: \(error.message ?? "no reason given")")
        }
    }

    private static func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // What SQLite would put into files of its own stays in memory: it may hold values in plain.
            try database.execute(sql: "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY")
            guard !readOnly else { return }
            try database.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 16384")
        }
        return configuration
    }
}

/// A view of one committed state. Never leaves its closure.
public struct Snapshot: ~Copyable {
    let ring: KeyRing
    var database: Database { ring.database }

    /// Never inlined: Swift 6.3.1 crashes in a release build when it clones the making of a value that cannot be copied.
    @inline(never)
    init(ring: KeyRing) { self.ring = ring }
}

/// The one writer's open transaction. Never leaves its closure.
public struct Transaction: ~Copyable {
    let ring: KeyRing
    var database: Database { ring.database }
    let held = HeldStatements()
    public let moment: Moment

    /// Never inlined, for the same reason as `Snapshot`'s.
    @inline(never)
    init(ring: KeyRing, moment: Moment) {
        self.ring = ring
        self.moment = moment
    }

    /// A part of the transaction that is taken back alone when `body` throws: what was written before it stays.
    public func part<Result>(_ body: () throws -> Result) throws -> Result {
        var result: Result?
        do {
            try database.inSavepoint {
                result = try body()
                return .commit
            }
        } catch {
            ring.forget()
            held.auditHead = nil
            throw error
        }
        guard let result else { throw NodeError(.storeBroken, "写入未完成", "a part of the transaction gave no result") }
        return result
    }
}
