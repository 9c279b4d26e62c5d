import Foundation
import SyncProtocol
import Testing

@testable import NodeCore

/// Runs a statement as somebody would who has the file and a tool for SQL.
func tamper(_ sql: String, in tx: borrowing Transaction) throws {
    _ = try HeldStatements().statement(.addAudit, in: tx.database) { sql }.run(in: tx.database)
}

@Suite struct SealedValueTests {
    private static let altered = NodeError(.cellAltered, "", "")
    private let kind = Fixtures.charter.kinds[0]

    /// Two records of a home, with the rows of their tables.
    private func filled() throws -> (store: Store, records: [RecordID]) {
        let (store, draft) = try Fixtures.home()
        var uuids = [RecordID]()
        for (index, number) in ["370285197602299979", "370285198807059990"].enumerated() {
            try store.write(Fixtures.moment(Fixtures.noon, UInt8(index + 1))) { tx in
                var record = Fixtures.record()
                record[Fixtures.key] = "37028500\(index)"
                record[Fixtures.number] = number
                record[Fixtures.members] = [Fixtures.child(1, "何小宁", "37028520151130999\(index)", "2015-11-30")]
                guard case .taken(let uuid) = try draft.take(record, kind: kind, by: Principal("clerk"), in: tx) else {
                    return
                }
                uuids.append(uuid)
            }
        }
        #expect(uuids.count == 2)
        return (store, uuids)
    }

    private func read(_ store: Store) throws {
        try store.read { for id: Int64 in [1, 2] { _ = try $0.typed(kind).record(id: id) } }
    }

    @Test func `sealed cells that trade places are refused, and come back when they are put right`() throws {
        let store = try filled().store
        try read(store)
        try store.write(Fixtures.moment()) { try tamper("CREATE TABLE held AS SELECT record, sealed FROM pet", in: $0) }
        try store.write(Fixtures.moment()) {
            try tamper("UPDATE pet SET sealed = (SELECT h.sealed FROM held h WHERE h.record = 3 - pet.record)", in: $0)
        }
        #expect(throws: Self.altered) { try read(store) }
        #expect(throws: Self.altered) { try store.read { try StoreDigest.make(Fixtures.charter, in: $0) } }
        try store.write(Fixtures.moment()) {
            try tamper("UPDATE pet SET sealed = (SELECT h.sealed FROM held h WHERE h.record = pet.record)", in: $0)
        }
        try read(store)
    }

    @Test func `lines of two records that trade places are refused`() throws {
        let store = try filled().store
        try store.write(Fixtures.moment()) { tx in
            for sql in [
                "UPDATE pet_member SET record = record + 100", "UPDATE pet_member SET record = 1203 - record",
                "UPDATE pet_member SET record = record - 1100",
            ] { try tamper(sql, in: tx) }
        }
        #expect(throws: Self.altered) { try read(store) }
    }

    @Test func `the home's own bodies cannot stand for each other, nor one version for another`() throws {
        let (store, records) = try filled()
        try store.write(Fixtures.moment()) { try tamper("UPDATE home_body SET version = 5", in: $0) }
        #expect(throws: Self.altered) { try store.read { try $0.home.find(records[0], version: 5) } }
        try store.write(Fixtures.moment()) { try tamper("UPDATE home_body SET version = 0", in: $0) }
        #expect(try store.read { try $0.home.find(records[0], version: 0) } != nil)
        try store.write(Fixtures.moment()) {
            try tamper("UPDATE home_body SET body = (SELECT body FROM home_body ORDER BY uuid LIMIT 1)", in: $0)
        }
        #expect(throws: Self.altered) {
            try store.read { for record in records { _ = try $0.home.find(record, version: 0) } }
        }
    }

    @Test func `every byte of a sealed value counts, and a key that is not there is named`() throws {
        let store = try filled().store
        let sealed = try store.write(Fixtures.moment()) { try $0.ring.seal([1, 2, 3], in: .journal, .number(9)) }
        func open(_ sealed: [UInt8], _ column: SealedColumn = .journal, _ row: Int64 = 9) throws -> [UInt8] {
            try store.read { try $0.ring.open(sealed, in: column, .number(row)) }
        }
        #expect(try open(sealed) == [1, 2, 3])
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(throws: Self.altered, "byte \(index)") { try open(altered) }
        }
        #expect(throws: Self.altered) { try open(sealed, .journal, 8) }
        #expect(throws: Self.altered) { try open(sealed, .late) }
        for count in 0..<sealed.count { #expect(throws: Self.altered) { try open(Array(sealed.prefix(count))) } }
    }

    @Test func `no two values are sealed under one nonce, not in one transaction and not in two`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        var nonces = Set<[UInt8]>()
        let entropy = { (start: UInt8) in
            Moment(milliseconds: 1, entropy: { count in (0..<count).map { start &+ UInt8($0) } })
        }
        for start in UInt8(0)..<4 {
            try store.write(entropy(start &* 40)) { tx in
                for number in Int64(0)..<600 {
                    nonces.insert(Array(try tx.ring.seal([1], in: .journal, .number(number))[4..<16]))
                }
            }
        }
        #expect(nonces.count == 4 * 600)
        let keys = try store.read { try DataKeyTable(database: $0.database).all() }
        #expect(keys.map(\.purpose) == [.body] && keys.map(\.uses) == [4 * 600])
    }

    @Test func `a data key drawn in a part that was taken back is not used behind it`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        struct Stop: Error {}
        let sealed = try store.write(Fixtures.moment()) { tx in
            do {
                try tx.part {
                    _ = try tx.ring.seal([1], in: .journal, .number(1))
                    throw Stop()
                }
            } catch is Stop { /* as wanted */  }
            return try tx.ring.seal([2], in: .journal, .number(2))
        }
        #expect(try store.read { try $0.ring.open(sealed, in: .journal, .number(2)) } == [2])
    }

    @Test func `a store does not open with another key, and says which file to look at`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "bangfu-" + UUID().uuidString + ".db").path
        defer {
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
                do { try FileManager.default.removeItem(atPath: path + suffix) } catch { Issue.record(error) }
            }
        }
        let store = try Store(path: path, charter: Fixtures.charter, key: .known)
        _ = try store.write(Fixtures.moment()) { try $0.ring.seal([1], in: .journal, .number(1)) }
        try store.close()
        let other = StoreKey(seed: [UInt8](repeating: 1, count: 32), suite: .international)
        #expect(throws: NodeError(.storeLocked, "", "")) { try Store(path: path, charter: Fixtures.charter, key: other) }
        #expect(throws: NodeError(.storeLocked, "", "")) { try Store(readOnly: path, key: other) }
        try Store(readOnly: path, key: .known).close()
    }

    @Test func `people are found by number and telephone through digests of this node's own key`() throws {
        let (store, _) = try filled()
        let number = "370285197602299979"
        #expect(try store.read { try $0.persons.heads(number, kind: kind) } == [1])
        #expect(try store.read { try $0.persons.members("370285201511309991", kind: kind) } == [2])
        #expect(try store.read { try $0.persons.heads("370285201511309991", kind: kind) } == [])
        // The same number elsewhere has another digest.
        let place = TypedShape.Table.lookupName("pet", "id_number")
        let here = try store.read { try $0.ring.lookups(place, number) }
        let other = try Store(inMemory: Fixtures.charter)
        let there = try other.write(Fixtures.moment(1, 9)) { tx in
            try tx.ring.draw(.lookup)
            return try tx.ring.lookups(place, number)
        }
        #expect(here.count == 1 && there.count == 1 && here != there && here[0].count == 16)
    }
}
