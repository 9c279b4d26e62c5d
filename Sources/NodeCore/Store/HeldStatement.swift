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
        case findReportable, keepReported, addOlder, setNewest, addAudit
    }

    private var held: [Name: HeldStatement] = [:]
    /// Number and hash of the audit's last entry, once it was asked for: the next one follows it.
    var auditHead: (number: Int64, hash: Digest?)?

    func statement(_ name: Name, in database: Database, _ sql: () -> String) throws -> HeldStatement {
        if let known = held[name] { return known }
        // A text of its own: a statement that others run by the same text may stand unreset, and then takes no values.
        let statement = HeldStatement(try database.cachedStatement(sql: "/* held */ " + sql()))
        held[name] = statement
        return statement
    }
}

/// A prepared statement whose values are bound straight from bytes. Columns count from 1; a value that is not bound keeps
/// that of the row before.
final class HeldStatement {
    private let statement: Statement
    private let handle: OpaquePointer
    private var repeated: [Int: String] = [:]
    /// The first value that SQLite did not take, told by `run`.
    private var failure = SQLITE_OK

    init(_ statement: Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
    }

    private func note(_ code: Int32) { if code != SQLITE_OK && failure == SQLITE_OK { failure = code } }

    /// SQLite copies what is bound, except where the caller promises that it stays.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ column: Int, _ value: (some FixedBytes)?) {
        if let value { bind(column, value) } else { bindNull(column) }
    }

    func bindNull(_ column: Int) { note(sqlite3_bind_null(handle, Int32(column))) }

    func bind(_ column: Int, _ value: Int64) { note(sqlite3_bind_int64(handle, Int32(column), value)) }

    func bind(_ column: Int, _ value: Int64?) {
        if let value { bind(column, value) } else { bindNull(column) }
    }

    func bind(_ column: Int, _ value: some FixedBytes) {
        value.withBytes {
            note(sqlite3_bind_blob(handle, Int32(column), $0.baseAddress, Int32($0.count), HeldStatement.copied))
        }
    }

    func bind(_ column: Int, _ text: String) {
        var text = text
        text.withUTF8 { bindText(column, UnsafeRawPointer($0.baseAddress), $0.count, HeldStatement.copied) }
    }

    /// A text that is the same in most rows: given to SQLite only when it is another one than last time.
    func bind(_ column: Int, repeating text: String) {
        if repeated[column] == text { return }
        repeated[column] = text
        bind(column, text)
    }

    func bind(_ column: Int, blob bytes: UnsafeRawBufferPointer) {
        note(sqlite3_bind_blob(handle, Int32(column), bytes.baseAddress, Int32(bytes.count), HeldStatement.copied))
    }

    /// `bytes` must stay where they are until the statement has run.
    func bind(_ column: Int, stayingBlob bytes: UnsafeRawBufferPointer) {
        note(sqlite3_bind_blob(handle, Int32(column), bytes.baseAddress, Int32(bytes.count), nil))
    }

    /// `bytes` must be valid UTF-8 and stay where they are until the statement has run.
    func bind(_ column: Int, stayingText bytes: UnsafeRawBufferPointer) {
        bindText(column, bytes.baseAddress, bytes.count, nil)
    }

    private func bindText(_ column: Int, _ base: UnsafeRawPointer?, _ count: Int, _ destructor: sqlite3_destructor_type?) {
        // Without an address SQLite would bind null instead of an empty text.
        guard let base, count > 0 else {
            return note(sqlite3_bind_text(handle, Int32(column), "", 0, HeldStatement.copied))
        }
        let text = base.assumingMemoryBound(to: CChar.self)
        note(sqlite3_bind_text(handle, Int32(column), text, Int32(count), destructor))
    }

    /// The one row a question has, read inside `read`; nil when there is none. Columns count from 0 here.
    func first<Result>(in database: Database, _ read: (HeldRow) throws -> Result) throws -> Result? {
        defer { sqlite3_reset(handle) }
        let code = step()
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw error(code, database) }
        return try read(HeldRow(handle: handle))
    }

    /// All rows of a question, each read inside `read`.
    func rows<Result>(in database: Database, _ read: (HeldRow) throws -> Result) throws -> [Result] {
        defer { sqlite3_reset(handle) }
        var rows = [Result]()
        while true {
            let code = step()
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw error(code, database) }
            rows.append(try read(HeldRow(handle: handle)))
        }
    }

    /// Runs the statement and returns how many rows it changed.
    func run(in database: Database) throws -> Int {
        let code = step()
        let changed = sqlite3_changes(database.sqliteConnection)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw error(code, database) }
        return Int(changed)
    }

    private func step() -> Int32 { failure == SQLITE_OK ? sqlite3_step(handle) : failure }

    private func error(_ code: Int32, _ database: Database) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(database.sqliteConnection)))
    }
}

/// A row that a held statement stands on; nothing of it outlives the step.
struct HeldRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    func bytes(_ column: Int) -> [UInt8] {
        guard let base = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    func text(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }

    func fixed<Value: FixedBytes>(_ column: Int) throws -> Value {
        let base = sqlite3_column_blob(handle, Int32(column))
        return try .stored(
            bytes: UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }
}
