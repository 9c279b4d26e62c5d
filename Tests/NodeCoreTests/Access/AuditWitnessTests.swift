import GRDB
import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct AuditWitnessTests {
    private static func filled() throws -> (store: Store, engine: SyncEngine) {
        let (store, engine) = try Fixtures.national()
        for number in 0..<4 { try add(number, store) }
        return (store, engine)
    }

    private static func add(_ number: Int, _ store: Store) throws {
        try store.write(Fixtures.moment(Fixtures.noon + Int64(number))) { tx in
            try tx.audit.append(tx.moment, by: Principal("person"), action: "edit", detail: "\(number)")
        }
    }

    private static func head(_ store: Store, _ engine: SyncEngine) throws -> AuditHead? {
        try store.write(Fixtures.moment()) { try engine.auditHead(in: $0) }
    }

    private static func check(_ store: Store, _ engine: SyncEngine) throws -> AuditInquiry.Check {
        try store.read { try AuditInquiry.verify(engine, in: $0) }
    }

    /// Another store of the same node: the witness keeps its own tables.
    private static func witnessed(_ head: AuditHead, _ engine: SyncEngine, _ above: Store) throws -> SyncEngine.Witnessed {
        try above.write(Fixtures.moment()) { try engine.witness(head, in: $0) }
    }

    @Test func `a head is signed once for each state, seen, and both keep it`() throws {
        let (store, engine) = try Self.filled()
        let above = try Fixtures.national().store
        guard let head = try Self.head(store, engine), case .seen(let witness) = try Self.witnessed(head, engine, above)
        else {
            throw NodeError(.invalid, "", "no witness")
        }
        #expect(head.number == 4)
        try store.write(Fixtures.moment()) { try engine.keep(witness, of: head, in: $0) }
        #expect(try Self.head(store, engine) == nil)
        let check = try Self.check(store, engine)
        #expect(check.failures.isEmpty && check.signed == 4 && check.witnessed == 4)
        // Said again, the same word comes back.
        guard case .seen(let again) = try Self.witnessed(head, engine, above) else { return }
        #expect(again == witness)
        try Self.add(9, store)
        #expect(try Self.head(store, engine)?.number == 5)
        #expect(try Self.check(store, engine).witnessed == 4)
    }

    @Test func `what was cut off behind a signed head is found`() throws {
        let (store, engine) = try Self.filled()
        _ = try Self.head(store, engine)
        try store.write(Fixtures.moment()) { tx in
            try tx.database.execute(sql: "DROP TRIGGER audit_grows")
            try tx.database.execute(sql: "DELETE FROM audit WHERE id > 2")
        }
        let failures = try Self.check(store, engine).failures
        #expect(failures == ["the audit ends at row 2, and row 4 was signed: it was cut off"])
    }

    @Test func `a chain that was made anew behind a signed head is found`() throws {
        let (store, engine) = try Self.filled()
        _ = try Self.head(store, engine)
        try store.write(Fixtures.moment()) { tx in
            try tx.database.execute(sql: "DROP TRIGGER audit_grows; DELETE FROM audit WHERE id > 3")
        }
        try Self.add(7, store)
        let failures = try Self.check(store, engine).failures
        #expect(failures == ["row 4 is another than the one whose hash was signed"])
    }

    @Test func `a parent that saw more says so with the child's own signature`() throws {
        let (store, engine) = try Self.filled()
        let above = try Fixtures.national().store
        guard let head = try Self.head(store, engine) else { throw NodeError(.invalid, "", "no head") }
        _ = try Self.witnessed(head, engine, above)
        // Everything about it was removed here, heads too.
        try store.write(Fixtures.moment()) { tx in
            try tx.database.execute(
                sql: "DROP TRIGGER audit_grows; DELETE FROM audit WHERE id > 2; DELETE FROM audit_head")
        }
        #expect(try Self.check(store, engine).failures.isEmpty)
        guard let shorter = try Self.head(store, engine),
            case .contradicted(let held) = try Self.witnessed(shorter, engine, above)
        else { throw NodeError(.invalid, "", "nothing was contradicted") }
        #expect(held == head)
        try store.write(Fixtures.moment()) { try engine.keep(contradicting: held, in: $0) }
        #expect(try Self.check(store, engine).failures.first?.contains("row 4 was signed") == true)
        let evidence = try above.read { try $0.quarantine.allEvidence(limit: 10) }
        #expect(evidence.map(\.code) == ["audit-cut"])
    }

    @Test func `a head that is no head of this node is not taken for one`() throws {
        let (store, engine) = try Self.filled()
        let other = try AuditHead(
            node: NodeID(words: [9, 9]), incarnation: engine.identity.incarnation, number: 9,
            hash: DigestBuilder.digest(.audit, []), milliseconds: 1, federation: engine.identity.federation,
            key: engine.identity.key)
        #expect(throws: ProtocolError.self) {
            try store.write(Fixtures.moment()) { try engine.keep(contradicting: other, in: $0) }
        }
        #expect(throws: ProtocolError.self) {
            try AuditHead(verifying: other.message.encoded[...], from: engine.identity.node, trust: engine.trust)
        }
    }

    /// Made by `make_vectors.py`, which knows the protocol's text and nothing of this program.
    @Test func `the hashes of entries are those of the protocol's second implementation`() {
        let first = AuditEntry(
            number: 1, milliseconds: 1_782_878_400_000, actor: "init", account: nil, session: nil, source: "operator",
            action: "invite-account", area: "accounts", record: nil, object: "account 1", detail: "zhang", result: .ok,
            reason: "", fields: [])
        let second = AuditEntry(
            number: 2, milliseconds: 1_782_878_460_000, actor: "张三", account: AccountID(1), session: SessionID(7),
            source: "10.0.0.7", action: "view_sensitive", area: "worker_file", record: RecordID(Array(0..<16)), object: "",
            detail: "370285001", result: .ok, reason: "核对银行账号", fields: ["bank_account", "family_member.2.id_number"])
        let expected: [(Suite, String, String)] = [
            (
                .international, "3b4139b4d82831a167b39171f6a8258675f66a2bdfe2ea61e1cf33a22d2304d4",
                "10cbb54e775d664822ba19981faf201ef20b09af9895ab71a7bc0aa2c6c5541e"
            ),
            (
                .national, "cf26455ba786192e814acc8f8e12047b844f4e6ea9abaae47f675998c527fab5",
                "1e43bf026f2993f018fe08328c537528e693598ee26a8952023c6c8e9e9194fe"
            ),
        ]
        for (suite, one, two) in expected {
            let hash = first.hash(after: nil, suite)
            #expect(hash.description == one && second.hash(after: hash, suite).description == two)
        }
    }
}
