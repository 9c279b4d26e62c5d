import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct AuditTests {
    @Test func `every act of a person is kept under the name, without a value of any field`() throws {
        let (store, draft) = try Fixtures.home()
        let kind = Fixtures.charter.kinds[0]
        let clerk = Principal("clerk01")
        let intake = try store.write(Fixtures.moment()) { try draft.take(Fixtures.record(), kind: kind, by: clerk, in: $0) }
        guard case .taken(let uuid) = intake else { throw NodeError(.invalid, "", "\(intake)") }
        try store.write(Fixtures.moment(Fixtures.noon + 5)) { tx in
            try draft.edit(uuid, by: Principal("clerk02"), in: tx) { record, _ in record[Fixtures.phone] = "13900001111" }
            try draft.step(uuid, to: "40", by: clerk, in: tx)
        }
        let acts = try store.read { try Inquiry(Fixtures.charter).acts(uuid, in: $0) }
        #expect(acts.map(\.actor) == ["clerk01", "clerk02", "clerk01"])
        #expect(acts.map(\.action) == ["import", "edit", "step"])
        #expect(acts.map(\.at) == [Fixtures.noon, Fixtures.noon + 5, Fixtures.noon + 5])
        let secrets = ["何娜", "15423633091", "13900001111", "370285197602299979", "示例路1号", "9999994256140976192", "何小宁"]
        let hits = try store.read { try ByteSearch(secrets).run(in: $0) }
        #expect(Set(hits.map(\.text)) == Set(secrets).subtracting(["15423633091"]))
        #expect(hits.allSatisfy { !$0.place.hasPrefix("audit.") })
        for act in acts { #expect(secrets.allSatisfy { !act.detail.contains($0) && !act.actor.contains($0) }) }
    }

    @Test func `an act that is refused leaves no trace in the record's file`() throws {
        let (store, draft) = try Fixtures.home()
        let kind = Fixtures.charter.kinds[0]
        let intake = try store.write(Fixtures.moment()) {
            try draft.take(Fixtures.record(), kind: kind, by: Principal("a"), in: $0)
        }
        guard case .taken(let uuid) = intake else { throw NodeError(.invalid, "", "\(intake)") }
        #expect(throws: NodeError(.conflict, "", "")) {
            try store.write(Fixtures.moment()) { try draft.step(uuid, to: "60", by: Principal("a"), in: $0) }
        }
        #expect(throws: NodeError(.notAllowed, "", "")) {
            try store.write(Fixtures.moment()) { tx in
                try draft.edit(uuid, by: Principal("a"), in: tx) { record, _ in record[Fixtures.key] = "370285002" }
            }
        }
        #expect(try store.read { try Inquiry(Fixtures.charter).acts(uuid, in: $0) }.map(\.action) == ["import"])
    }
}
