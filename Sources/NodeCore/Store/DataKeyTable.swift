internal import Foundation
internal import GRDB
internal import SyncProtocol

/// A data key as it lies in the store, wrapped.
struct DataKeyState: Sendable {
    let number: Int64
    let purpose: KeyPurpose
    let suite: Suite
    let wrapped: [UInt8]
    let createdMilliseconds: Int64
    /// Since when another one is used; nil for the one in use.
    let retiredMilliseconds: Int64?
    /// Messages sealed under it, counted at each commit.
    let uses: Int64

    var name: String { "\(number)/\(purpose.rawValue)" }
}

struct DataKeyTable {
    let database: Database

    func all() throws -> [DataKeyState] {
        try GRDB.Row.fetchAll(database.cachedStatement(sql: "SELECT * FROM data_key ORDER BY number")).compactMap { row in
            guard let purpose = KeyPurpose(rawValue: row["purpose"]) else { return nil }
            let wrapped: Data = row["wrapped"]
            return DataKeyState(
                number: row["number"], purpose: purpose, suite: try Suite(number: UInt64(clamping: row["suite"] as Int64)),
                wrapped: [UInt8](wrapped), createdMilliseconds: row["created_ms"], retiredMilliseconds: row["retired_ms"],
                uses: row["uses"])
        }
    }

    /// The number that the next key gets: numbers are never used again.
    func nextNumber() throws -> Int64 {
        let last = try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'data_key'")
        return (last ?? 0) + 1
    }

    func insert(_ key: DataKeyState) throws {
        try database.execute(
            sql: "INSERT INTO data_key (number, purpose, suite, wrapped, created_ms) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                key.number, key.purpose.rawValue, Int64(key.suite.rawValue), Data(key.wrapped), key.createdMilliseconds,
            ])
    }

    func add(uses: Int64, of number: Int64) throws {
        try database.cachedStatement(sql: "UPDATE data_key SET uses = uses + ? WHERE number = ?")
            .execute(arguments: [uses, number])
    }

    /// None is in use any more; what was sealed under them can still be read.
    func retireAll(at milliseconds: Int64) throws {
        try database.execute(
            sql: "UPDATE data_key SET retired_ms = ? WHERE retired_ms IS NULL", arguments: [milliseconds])
    }

    /// Nothing is sealed under them any more.
    func destroyRetired() throws { try database.execute(sql: "DELETE FROM data_key WHERE retired_ms IS NOT NULL") }
}
