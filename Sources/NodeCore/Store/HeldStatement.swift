internal import GRDB
internal import GRDBSQLite
internal import SyncProtocol

/// Statements of one transaction that each record of a bulk write uses, found without hashing their text again.
final class HeldStatements {
    enum Name: Hashable {
        case insertRecord
        /// A row of a typed table: nil for the record's own, else the position of its list.
        case insertRow(kind: UInt64, list: Int?, isReplacing: Bool)
        case clearLines(kind: UInt64, list: Int)
        case setStatus(kind: UInt64)
        case keepReported, addOlder, setNewest, addAudit
    }

    private var held: [Name: HeldStatement] = [:]

    func statement(_ name: Name, in database: Database, _ sql: () -> String) throws -> HeldStatement {
        if let known = held[name] { return known }
        let statement = HeldStatement(try database.cachedStatement(sql: sql()))
        held[name] = statement
        return statement
    }
}

/// A prepared statement whose values are bound straight from bytes. Columns count from 1; a value that is not bound keeps
/// that of the row before.
struct HeldStatement {
    private let statement: Statement
    private let handle: OpaquePointer

    init(_ statement: Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
    }

    /// SQLite copies what is bound, except where the caller promises that it stays.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ column: Int, _ value: (some FixedBytes)?) {
        if let value { bind(column, value) } else { bindNull(column) }
    }

    func bindNull(_ column: Int) { sqlite3_bind_null(handle, Int32(column)) }

    func bind(_ column: Int, _ value: Int64) { sqlite3_bind_int64(handle, Int32(column), value) }

    func bind(_ column: Int, _ value: Int64?) {
        if let value { bind(column, value) } else { bindNull(column) }
    }

    func bind(_ column: Int, _ value: some FixedBytes) {
        _ = value.withBytes {
            sqlite3_bind_blob(handle, Int32(column), $0.baseAddress, Int32($0.count), HeldStatement.copied)
        }
    }

    func bind(_ column: Int, _ text: String) {
        var text = text
        text.withUTF8 { bindText(column, UnsafeRawPointer($0.baseAddress), $0.count, HeldStatement.copied) }
    }

    /// `bytes` must be valid UTF-8 and stay where they are until the statement has run.
    func bind(_ column: Int, staying bytes: UnsafeRawBufferPointer) {
        bindText(column, bytes.baseAddress, bytes.count, nil)
    }

    private func bindText(_ column: Int, _ base: UnsafeRawPointer?, _ count: Int, _ destructor: sqlite3_destructor_type?) {
        // Without an address SQLite would bind null instead of an empty text.
        guard let base, count > 0 else {
            sqlite3_bind_text(handle, Int32(column), "", 0, HeldStatement.copied)
            return
        }
        sqlite3_bind_text(handle, Int32(column), base.assumingMemoryBound(to: CChar.self), Int32(count), destructor)
    }

    /// Runs the statement and returns how many rows it changed.
    func run(in database: Database) throws -> Int {
        let code = sqlite3_step(handle)
        let changed = sqlite3_changes(database.sqliteConnection)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(database.sqliteConnection)))
        }
        return Int(changed)
    }
}
