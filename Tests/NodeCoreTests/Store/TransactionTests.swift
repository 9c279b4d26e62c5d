import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct TransactionTests {
    private struct Refused: Error {}

    @Test func `a part that is refused is taken back alone`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        let record = RecordID(words: [1, 1])
        let actions = try store.write(Fixtures.moment()) { tx in
            for (action, isRefused) in [("first", false), ("second", true), ("third", false)] {
                do {
                    try tx.part {
                        try tx.audit.append(tx.moment, by: Principal("a"), action: action, record: record, detail: "")
                        if isRefused { throw Refused() }
                    }
                } catch is Refused {}
            }
            return try tx.audit.all(record: record).map(\.action)
        }
        #expect(actions == ["first", "third"])
    }
}
