import Foundation
import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct TypedTableTests {
    private func insert(_ key: String, in tx: borrowing Transaction) throws -> Int64 {
        try tx.records.insert(
            RecordID(words: [1, UInt64(key.utf8.count)]), kind: 7, home: NodeID(words: [1, 1]), homeSeat: "370285", key: key,
            status: "10", at: 1)
    }

    @Test func `a record with every type of field comes back as it went in`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        let kind = Fixtures.charter.kinds[0]
        let whole = Sections.withDerived(Fixtures.record(), kind: kind, today: Fixtures.day("2026-07-01"))
        let read = try store.write(Fixtures.moment()) { tx in
            let id = try insert("370285001", in: tx)
            try tx.typed(kind).put(TypedRows(whole, kind: kind), id: id, status: "40")
            return try tx.typed(kind).record(id: id)
        }
        #expect(read == whole)
    }

    @Test func `what a record has no more is gone after it is put again`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        let kind = Fixtures.charter.kinds[0]
        var shorter = Fixtures.record()
        shorter[Fixtures.phone] = nil
        shorter[Fixtures.members] = [Fixtures.record()[Fixtures.members][1]]
        let read = try store.write(Fixtures.moment()) { tx in
            let id = try insert("370285001", in: tx)
            try tx.typed(kind).put(TypedRows(Fixtures.record(), kind: kind), id: id, status: "40")
            try tx.typed(kind).put(TypedRows(shorter, kind: kind), id: id, status: "40")
            return try tx.typed(kind).record(id: id)
        }
        #expect(read == shorter)
        #expect(try store.read { try ByteSearch(["15423633091", "370285201511309986"]).run(in: $0) } == [])
    }

    @Test func `a new field of the declaration becomes a column, and old rows stay`() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "bangfu-" + UUID().uuidString + ".db")
        defer {
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: url.path + suffix) {
                do { try FileManager.default.removeItem(atPath: url.path + suffix) } catch { Issue.record(error) }
            }
        }
        let store = try Store(path: url.path, charter: Fixtures.charter, key: .known)
        let id = try store.write(Fixtures.moment()) { tx in
            let id = try insert("370285001", in: tx)
            let kind = Fixtures.charter.kinds[0]
            try tx.typed(kind).put(TypedRows(Fixtures.record(), kind: kind), id: id, status: "40")
            return id
        }
        try store.close()
        let shoe = Field<String>.text("shoe", 60, "鞋号", "shoe size", maximum: 5, .masked)
        let wider = Charter([Fixtures.kind(fields: Fixtures.fields + [shoe.definition])])
        let again = try Store(path: url.path, charter: wider, key: .known)
        #expect(try again.read { try $0.typed(wider.kinds[0]).record(id: id) } == Fixtures.record())
        var record = Fixtures.record()
        record[shoe] = "42"
        record.row[shoe.definition.derivedTag] = .text("4*")
        let rows = TypedRows(record, kind: wider.kinds[0])
        try again.write(Fixtures.moment()) { try $0.typed(wider.kinds[0]).put(rows, id: id, status: "40") }
        #expect(try again.read { try $0.typed(wider.kinds[0]).record(id: id) } == record)
        try again.close()
    }
}
