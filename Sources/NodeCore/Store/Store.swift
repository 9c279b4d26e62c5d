internal import GRDB

/// The time and the randomness of one act: they come in from outside, so that the same act can be played again.
public struct Moment: Sendable {
    public let milliseconds: Int64
    public let entropy: @Sendable (Int) -> [UInt8]

    public init(milliseconds: Int64, entropy: @escaping @Sendable (Int) -> [UInt8]) {
        self.milliseconds = milliseconds
        self.entropy = entropy
    }

    public var today: CalendarDay { CalendarDay(milliseconds: milliseconds) }
}

/// One node's database. All writes and checkpoints go through one connection; every other one only reads (decision 004).
public struct Store: Sendable {
    private let reader: any DatabaseReader
    private let writer: (any DatabaseWriter)?
    let health = DiskHealth()

    /// How a store uses memory and disk.
    public struct Settings: Sendable {
        /// Pages that the writer may keep in memory; filled only as far as they are used.
        public var cacheMebibytes = 64
        /// Whether a commit waits for the disk. False gives up what was committed last when the power fails: for
        /// benchmarks and simulations only.
        public var isDurable = true

        public init() {}
    }

    /// Opens or creates the file, migrates it and fits the typed tables to the declarations.
    public init(path: String, charter: Charter, settings: Settings = Settings()) throws {
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
        let queue = try Store.guarded { try DatabaseQueue(configuration: Store.configuration(readOnly: false)) }
        reader = queue
        writer = queue
        try prepare(queue, charter)
    }

    /// A stopped node's file, to look into.
    public init(readOnly path: String) throws {
        reader = try Store.guarded { try DatabaseQueue(path: path, configuration: Store.configuration(readOnly: true)) }
        writer = nil
    }

    public func read<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result {
        try DiskHealth.reading { try reader.read { try body(Snapshot(database: $0)) } }
    }

    /// One transaction: everything or nothing, on the disk when this returns.
    public func write<Result>(_ moment: Moment, _ body: (borrowing Transaction) throws -> Result) throws -> Result {
        guard let writer else {
            throw NodeError(.notAllowed, "此库只读打开，不能写入", "this store is open for reading only")
        }
        try health.checkWritable()
        let result = try health.writing { try writer.write { try body(Transaction(database: $0, moment: moment)) } }
        health.checkpointIfLong(writer)
        return result
    }

    /// Moves what the write-ahead log holds into the database file, as SQLite does by itself every so often.
    package func checkpoint() throws { try withoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") } }

    /// For statements that cannot run inside a transaction.
    func withoutTransaction(_ body: (Database) throws -> Void) throws { try writer?.writeWithoutTransaction(body) }

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
        try migrator.migrate(writer)
        try writer.write { database in
            for kind in charter.kinds { try TypedTable(database: database, kind: kind).fit() }
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
            try database.execute(sql: "PRAGMA foreign_keys = ON")
            guard !readOnly else { return }
            try database.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 16384")
        }
        return configuration
    }
}

/// A view of one committed state. Never leaves its closure.
public struct Snapshot: ~Copyable {
    let database: Database

    /// Never inlined: Swift 6.3.1 crashes in a release build when it clones the making of a value that cannot be copied.
    @inline(never)
    init(database: Database) { self.database = database }
}

/// The one writer's open transaction. Never leaves its closure.
public struct Transaction: ~Copyable {
    let database: Database
    let held = HeldStatements()
    public let moment: Moment

    /// Never inlined, for the same reason as `Snapshot`'s.
    @inline(never)
    init(database: Database, moment: Moment) {
        self.database = database
        self.moment = moment
    }

    /// A part of the transaction that is taken back alone when `body` throws: what was written before it stays.
    public func part<Result>(_ body: () throws -> Result) throws -> Result {
        var result: Result?
        try database.inSavepoint {
            result = try body()
            return .commit
        }
        guard let result else { throw NodeError(.storeBroken, "写入未完成", "a part of the transaction gave no result") }
        return result
    }
}
