internal import Foundation
internal import GRDB
internal import SyncProtocol

/// Identifiers and digests go in and out of SQLite as blobs.
extension FixedBytes {
    var data: Data { Data(bytes) }

    /// Traps never: a blob of another length in our own table means a broken store.
    static func stored(_ data: Data) throws -> Self { try stored(bytes: data) }

    static func stored(bytes: some Collection<UInt8>) throws -> Self {
        guard let value = Self(bytes) else {
            throw NodeError(
                .storeBroken, "数据库内容损坏", "the store holds an identifier of a wrong length: restore it from a backup")
        }
        return value
    }
}

extension Value {
    /// Numbers and texts; `TypedTable` knows from the declaration which of them are flags and lists.
    init?(stored value: DatabaseValue) {
        if let integer = Int64.fromDatabaseValue(value) {
            self = .integer(integer)
        } else if let text = String.fromDatabaseValue(value) {
            self = .text(text)
        } else {
            return nil
        }
    }
}

extension SealedColumn {
    /// The primary key of a row that has its columns.
    func parts(_ row: GRDB.Row) -> [Part] {
        keys.map { name in
            let value: DatabaseValue = row[name]
            if let number = Int64.fromDatabaseValue(value) { return .number(number) }
            return .identifier([UInt8](Data.fromDatabaseValue(value) ?? Data()))
        }
    }
}
