import SyncProtocol
import Testing

@testable import NodeCore

/// How requests of the portal lie in the store.
@Suite struct PortalStoreTests {
    @Test func `what people write at the portal lies sealed, and goes with new data keys`() throws {
        let people = try People()
        let asking = SignUps.Asking(name: "何娜", phone: "+86 154-2363-3091")
        #expect(asking.phone == "15423633091" && asking.problems.isEmpty)
        let code = try people.write {
            try SignUps.ask(asking, textVersion: "2026-1", source: "2001:db8:1:2:3::9", in: $0)
        }
        let raw = try people.store.read { try $0.signUps.raw(1) }
        #expect(!raw.isEmpty && !raw.contains("何娜".utf8) && !raw.contains("15423633091".utf8))
        try people.write { try KeyRotation.begin(Fixtures.charter, by: People.owner, in: $0) }
        while try people.write(2, { try KeyRotation.step(Fixtures.charter, in: $0)?.isDone }) == false {}
        let found = try people.store.read { try SignUps.find(code: code, at: people.now, in: $0) }
        #expect(found?.name == "何娜" && found?.phone == "15423633091")
        #expect(try people.store.read { try $0.signUps.raw(1) } != raw)
    }

    @Test func `a request is gone after thirty days, also where nobody asks any more`() throws {
        var people = try People()
        let asking = SignUps.Asking(name: "何娜", phone: "15423633091")
        try people.write { _ = try SignUps.ask(asking, textVersion: "2026-1", source: "192.0.2.7", in: $0) }
        let day: Int64 = 86_400_000
        people.now += 29 * day
        try people.write { try SignUps.tidy(in: $0) }
        #expect(try !people.store.read { try $0.signUps.raw(1) }.isEmpty)
        people.now += day
        try people.write { try SignUps.tidy(in: $0) }
        #expect(try people.store.read { try $0.signUps.raw(1) }.isEmpty)
    }

    @Test func `numbers and names are taken as people write them, and nothing else`() {
        for phone in ["154 2363 3091", "+8615423633091", "008615423633091", "１５４２３６３３０９１"] {
            #expect(SignUps.Asking(name: " 何娜 ", phone: phone).problems.isEmpty, "\(phone)")
        }
        for (name, phone) in [
            ("何", "15423633091"), ("何娜1", "15423633091"), ("何娜", "1542363309"), ("何娜", "0532-1234567"), ("", ""),
            (String(repeating: "何", count: 31), "15423633091"), ("何\u{1}娜", "15423633091"),
        ] {
            #expect(!SignUps.Asking(name: name, phone: phone).problems.isEmpty, "\(name) \(phone)")
        }
    }
}
