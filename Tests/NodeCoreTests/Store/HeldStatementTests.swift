import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct HeldStatementTests {
    private func record(_ number: UInt64, in tx: borrowing Transaction) throws -> Int64 {
        try tx.records.insert(
            RecordID(words: [1, number]), kind: 7, home: NodeID(words: [1, 1]), homeSeat: "370285", key: "370285\(number)",
            status: "10", at: 1)
    }

    private func version(_ number: UInt64) -> VersionState {
        VersionState(
            number: number, hash: Digest(words: [number, 0, 0, 0]), ceiling: .city, asked: "60",
            place: EntryPlace(log: 1, seq: number, carrier: nil))
    }

    private func report(_ number: UInt64, of record: UInt64, in tx: borrowing Transaction) throws {
        let found = try #require(try tx.reports.find(RecordID(words: [1, record])))
        try tx.reports.setNewest(found, version(number), .pending(.city), status: "50", at: 2)
    }

    @Test func `a statement that others ran by the same text takes its own values`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        let numbers = try store.write(Fixtures.moment()) { tx in
            let (first, second) = (try record(1, in: tx), try record(2, in: tx))
            try report(1, of: 1, in: tx)
            try report(1, of: 2, in: tx)
            try report(2, of: 1, in: tx)
            try tx.versions.insertNewest(first, version(3))
            try report(2, of: 2, in: tx)
            return [try tx.versions.all(first).map(\.number), try tx.versions.all(second).map(\.number)]
        }
        #expect(numbers == [[1, 2, 3], [1, 2]])
    }

    @Test func `a value without a place is an error of the run, and nothing is written`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        try store.write(Fixtures.moment()) { tx in
            let statement = try tx.held.statement(.addAudit, in: tx.database) {
                "INSERT INTO audit (at_ms, actor, action, detail) VALUES (1, ?, 'x', 'y')"
            }
            statement.bind(2, "nobody")
            #expect(throws: (any Error).self) { try statement.run(in: tx.database) }
        }
    }

    @Test func `an empty text is a text, and what is not there is null`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        let kind = Fixtures.charter.kinds[0]
        var whole = Fixtures.record()
        whole[Fixtures.opinion] = ""
        whole[Fixtures.phone] = nil
        let read = try store.write(Fixtures.moment()) { tx in
            let id = try record(1, in: tx)
            try tx.typed(kind).put(TypedRows(whole, kind: kind), id: id, status: "40")
            return try tx.typed(kind).record(id: id)
        }
        #expect(read?[Fixtures.opinion] == "" && read?[Fixtures.phone] == nil)
    }
}
