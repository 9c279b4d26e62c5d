import GRDB
import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct AuditChainTests {
    private static func filled(_ count: Int = 5) throws -> Store {
        let store = try Fixtures.national().store
        for number in 0..<count {
            try store.write(Fixtures.moment(Fixtures.noon + Int64(number))) { tx in
                try tx.audit.append(
                    tx.moment, by: Principal("person \(number)"), action: "edit", area: "pet", object: "thing",
                    detail: "\(number)", reason: "because", fields: ["phone", "name"])
            }
        }
        return store
    }

    private static func check(_ store: Store) throws -> AuditInquiry.Check {
        try store.read { try AuditInquiry.verify(nil, in: $0) }
    }

    @Test func `every row rests on the one before, within and between transactions`() throws {
        let store = try Self.filled()
        try store.write(Fixtures.moment()) { tx in
            for number in 0..<3 { try tx.audit.append(tx.moment, by: Principal("a"), action: "edit", detail: "\(number)") }
            do {
                try tx.part {
                    try tx.audit.append(tx.moment, by: Principal("a"), action: "edit", detail: "taken back")
                    throw NodeError(.conflict, "", "")
                }
            } catch is NodeError {}
            try tx.audit.append(tx.moment, by: Principal("a"), action: "edit", detail: "last")
        }
        let check = try Self.check(store)
        #expect(check.failures.isEmpty && check.entries == 9)
        let rows = try store.read { try AuditInquiry.list(AuditFilter(), in: $0) }
        #expect(rows.map(\.number) == Array((1...9).reversed()).map { Int64($0) })
        #expect(rows.first?.detail == "last" && rows.last?.fields == ["phone", "name"] && rows.last?.source == "operator")
    }

    @Test func `nothing is changed or deleted by the store's own means`() throws {
        let store = try Self.filled()
        for sql in ["UPDATE audit SET actor = 'x' WHERE id = 2", "DELETE FROM audit WHERE id = 5"] {
            #expect(throws: DatabaseError.self) { try store.write(Fixtures.moment()) { try $0.database.execute(sql: sql) } }
        }
        #expect(try Self.check(store).failures.isEmpty)
    }

    /// By somebody with a tool for SQL, who takes the triggers away first.
    private static func tamper(_ store: Store, _ sql: String) throws {
        try store.write(Fixtures.moment()) { tx in
            try tx.database.execute(sql: "DROP TRIGGER audit_stays")
            try tx.database.execute(sql: "DROP TRIGGER audit_grows")
            try tx.database.execute(sql: sql)
        }
    }

    @Test(arguments: [
        "actor = 'somebody else'", "at_ms = at_ms + 1", "action = 'view'", "account = 7", "session = 7", "source = 'x'",
        "area = 'x'", "object = 'x'", "detail = 'x'", "result = 'denied'", "reason = 'x'", "fields = ''",
        "uuid = x'0198c0ffee00700080000000000000aa'", "hash = zeroblob(32)",
    ])
    func `an altered row is found`(change: String) throws {
        let store = try Self.filled()
        try Self.tamper(store, "UPDATE audit SET \(change) WHERE id = 3")
        #expect(try Self.check(store).failures.first?.hasPrefix("row 3 was altered") == true)
    }

    @Test func `a row that is taken out and two that change places are found`() throws {
        let gone = try Self.filled()
        try Self.tamper(gone, "DELETE FROM audit WHERE id = 3")
        #expect(try Self.check(gone).failures == ["row 3 is missing"])
        let swapped = try Self.filled()
        try Self.tamper(
            swapped,
            """
            UPDATE audit SET id = -2 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3;
            UPDATE audit SET id = 3 WHERE id = -2;
            """)
        #expect(try Self.check(swapped).failures.first?.hasPrefix("row 2 was altered, or stands") == true)
    }

    @Test func `names from outside break no line`() throws {
        let store = try Self.filled(0)
        try store.write(Fixtures.moment()) { tx in
            try tx.audit.append(tx.moment, by: Principal("a\r\nb\u{0}c"), action: "edit", detail: "x\ny")
        }
        let row = try store.read { try AuditInquiry.list(AuditFilter(), in: $0) }.first
        #expect(row?.actor == "a  b c" && row?.detail == "x y")
        #expect(try Self.check(store).failures.isEmpty)
    }

    @Test func `rows from before there was a chain get their place in it, once`() throws {
        let store = try Self.filled(0)
        try store.write(Fixtures.moment()) { tx in
            for number in 1...4 {
                try tx.database.execute(
                    sql: "INSERT INTO audit (at_ms, actor, action, detail) VALUES (?, 'old', 'edit', 'x')",
                    arguments: [number])
            }
            try AuditTable.chain(in: tx.database, .international)
        }
        #expect(try Self.check(store).failures.isEmpty)
        try store.write(Fixtures.moment()) { tx in
            try tx.audit.append(tx.moment, by: Principal("new"), action: "edit")
            try AuditTable.chain(in: tx.database, .international)
        }
        let check = try Self.check(store)
        #expect(check.failures.isEmpty && check.entries == 5)
    }

    @Test func `rows are found by who, when, what and how it ended`() throws {
        let store = try Self.filled()
        let account = Principal(account: AccountID(7), name: "li", grants: [], session: SessionID(3), source: "10.0.0.7")
        try store.write(Fixtures.moment(Fixtures.noon + 100)) { tx in
            try tx.audit.append(tx.moment, by: account, action: "view", area: .audit, result: .denied)
        }
        func count(_ change: (inout AuditFilter) -> Void) throws -> Int {
            var filter = AuditFilter()
            change(&filter)
            let rows = try store.read { try AuditInquiry.list(filter, in: $0) }
            return rows.count
        }
        #expect(try count { $0.actor = "person 2" } == 1)
        #expect(try count { $0.account = AccountID(7) } == 1)
        #expect(try count { $0.action = "edit" } == 5)
        #expect(try count { $0.area = "pet" } == 5)
        #expect(try count { $0.object = "thing" } == 5)
        #expect(try count { $0.result = .denied } == 1)
        #expect(try count { $0.from = Fixtures.noon + 2 } == 4)
        #expect(try count { $0.to = Fixtures.noon + 2 } == 2)
        #expect(try count { $0.before = 3 } == 2)
        #expect(try count { $0.limit = 0 } == 1)
    }
}
