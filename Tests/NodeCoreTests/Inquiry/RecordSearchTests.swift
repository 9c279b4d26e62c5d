import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct RecordSearchTests {
    private static let kind = Fixtures.charter.kinds[0]

    /// Sixty records of two counties, in an order that is not that of their numbers.
    private static func filled() throws -> Store {
        let store = try Store(inMemory: Fixtures.charter)
        try store.write(Fixtures.moment()) { tx in
            for place in 0..<60 {
                let serial = (place * 37) % 60
                let seat = serial % 3 == 0 ? "370211" : "370285"
                var record = Fixtures.record()
                record[Fixtures.key] = seat + (serial < 10 ? "00" : "0") + String(serial)
                record[Fixtures.name] = serial % 2 == 0 ? "何娜" : "赵杰"
                record[Fixtures.rooms] = Int64(serial % 7)
                let id = try tx.records.insert(
                    RecordID(words: [1, UInt64(place)]), kind: kind.number, home: NodeID(words: [1, 1]), homeSeat: seat,
                    key: record[Fixtures.key] ?? "", status: "40", at: Int64(place))
                try tx.typed(kind).put(TypedRows(record, kind: kind), id: id, status: "40")
            }
        }
        return store
    }

    private static let conditions: [[RecordSearch.Condition]] = [
        [], [.contains(Fixtures.name.definition, ["何", "周"])], [.keyBegins(["370211"])], [.keyBegins(["3702"])],
        [.within(Fixtures.rooms.definition, from: 2, to: 4)], [.unchangedSince(30)],
        [.keyBegins(["370285", "37021"]), .flag(Fixtures.hasCar.definition, false)], [.keyBegins([])],
    ]

    @Test func `a page is the same whether keys are walked along or the whole list is sorted`() throws {
        let store = try Self.filled()
        for conditions in Self.conditions {
            for offset in [0, 3, 58] {
                var search = RecordSearch()
                search.conditions = conditions
                (search.offset, search.limit) = (offset, 5)
                try store.read { snapshot in
                    let sorted = try snapshot.search.page(Self.kind, search)
                    #expect(try snapshot.search.page(Self.kind, search, of: 1_000_000) == sorted, "\(conditions) \(offset)")
                    let keys = try sorted.compactMap { try snapshot.records.find(id: $0)?.key }
                    #expect(keys == keys.sorted())
                }
            }
        }
    }

    @Test func `what a list does not show is neither opened nor read`() throws {
        let store = try Self.filled()
        try store.read { snapshot in
            let inquiry = Inquiry(Fixtures.charter)
            let whole = try inquiry.search(Self.kind, RecordSearch(), in: snapshot)
            let shown = try inquiry.search(Self.kind, RecordSearch(), showing: [Fixtures.name.definition], in: snapshot)
            #expect(shown.total == 60 && shown.items.map(\.key) == whole.items.map(\.key))
            let (record, full) = (try #require(shown.items.first).record, try #require(whole.items.first).record)
            #expect(record[Fixtures.name] == full[Fixtures.name] && record[Fixtures.rooms] == full[Fixtures.rooms])
            #expect(record[Fixtures.phone] == nil && full[Fixtures.phone] != nil)
            #expect(record[Fixtures.members].isEmpty && !full[Fixtures.members].isEmpty)
            let sealed = try inquiry.search(Self.kind, RecordSearch(), showing: [Fixtures.phone.definition], in: snapshot)
            #expect(sealed.items.first?.record[Fixtures.phone] == full[Fixtures.phone])
        }
    }
}
