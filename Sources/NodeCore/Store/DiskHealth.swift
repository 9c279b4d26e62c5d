internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// What the disk said to this store. After an error of the disk, above all a sync that failed, nobody knows which pages are
/// on it: Linux forgets what it could not write and calls the next sync a success. So nothing is written any more until the
/// store is opened anew, when SQLite's recovery looks at what is really there. A full disk is no such error.
final class DiskHealth: Sendable {
    private let failed = Mutex<NodeError?>(nil)
    /// In the write-ahead log, as SQLite said after the last commit.
    private let pagesInLog = Atomic(0)

    /// 64 MiB, as before a commit waits for the next one.
    static let pagesBeforeCheckpoint = 16_384

    /// Why nothing is written any more; nil while all is well.
    var failure: NodeError? { failed.withLock { $0 } }

    func checkWritable() throws { if let failure { throw failure } }

    /// An act of the writer: what it throws of the disk has a code of its own.
    func writing<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as DatabaseError {
            throw noted(error)
        }
    }

    /// Reading fails alone; what is written is not in doubt.
    static func reading<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as DatabaseError {
            throw refusal(error) ?? error
        }
    }

    // MARK: Checkpoints

    /// SQLite's own checkpoints keep what the disk says of them to themselves: the writer's are made by `checkpoint`.
    func watchLog(of database: Database) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                let health = Unmanaged<DiskHealth>.fromOpaque(context).takeUnretainedValue()
                health.pagesInLog.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, context)
    }

    /// After a commit, when the log has grown. What goes wrong here takes nothing from what was committed: an error of the
    /// disk stops the next write, and for want of room it is tried again after it.
    func checkpointIfLong(_ writer: any DatabaseWriter) {
        guard pagesInLog.load(ordering: .relaxed) >= DiskHealth.pagesBeforeCheckpoint else { return }
        do {
            _ = try writer.writeWithoutTransaction { try $0.checkpoint(.passive) }
            pagesInLog.store(0, ordering: .relaxed)
        } catch let error as DatabaseError {
            _ = noted(error)
        } catch { /* the library throws nothing else here */  }
    }

    private func noted(_ error: DatabaseError) -> any Error {
        guard let refusal = DiskHealth.refusal(error) else { return error }
        if refusal.code == .diskFailed { failed.withLock { $0 = $0 ?? refusal } }
        return refusal
    }

    private static func refusal(_ error: DatabaseError) -> NodeError? {
        switch error.resultCode {
        case .SQLITE_FULL: return NodeError.diskFull
        case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CANTOPEN, .SQLITE_READONLY:
            let code = error.extendedResultCode.rawValue
            return NodeError(
                .diskFailed, "磁盘出错（SQLite \(code)），本节点只读不写：请检查磁盘，然后重启节点",
                "the disk failed (SQLite \(code)): this node only reads; look after the disk, then start the node again")
        default: return nil
        }
    }
}

extension Store {
    /// Why this store is not written to any more, until it is opened anew; nil while all is well.
    public var failure: NodeError? { health.failure }

    /// Moves what the write-ahead log holds into the database file and makes the log small.
    public func shrinkLog() throws {
        try health.checkWritable()
        try health.writing { try withoutTransaction { _ = try $0.checkpoint(.truncate) } }
    }
}
