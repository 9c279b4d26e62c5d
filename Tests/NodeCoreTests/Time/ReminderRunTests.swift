import SyncProtocol
import Testing

@testable import NodeCore

/// The daily run over a large home.
@Suite struct ReminderRunTests {
    private static let kind = Fixtures.kind(deadlines: [
        Deadline(
            "T-13", Label("核查", "verification"),
            .dated([Fixtures.birth.definition], planned: nil, states: ["60"]),
            .yearly(
                months: ParameterKey("months", "月数", "months", .integer, settableBy: .city, fallback: "12"),
                closes: ParameterKey("closes", "截止", "closes", .text, settableBy: .city, fallback: "11-30")),
            ladder: [.init(-5, .clerk), .init(0, .clerk), .init(1, .reviewer)])
    ])

    /// A county with so many approved files of its own, verified on the days of the last year in turn; and some of others.
    private static func county(files: Int) throws -> (store: Store, engine: SyncEngine) {
        let national = try Fixtures.national().engine
        let charter = Charter([kind])
        guard let seat = Fixtures.tree.seat("370285") else { throw NodeError(.notFound, "", "") }
        let identity = NodeIdentity(
            federation: national.identity.federation, node: NodeID(words: [7, 7]),
            incarnation: national.identity.incarnation, seat: seat, tree: Fixtures.tree, charter: charter,
            key: try Fixtures.signingKey(8))
        let engine = SyncEngine(
            identity: identity, trust: national.trust, codes: CodeTables([:]), parameters: Parameters([]))
        let store = try Store(inMemory: charter)
        try store.write(Fixtures.moment()) { tx in
            for (sql, home) in [(Self.others, NodeID(words: [9, 9])), (Self.own, identity.node)] {
                let insert = try HeldStatements().statement(.addAudit, in: tx.database) { sql }
                insert.bind(1, Int64(files))
                insert.bind(2, home)
                _ = try insert.run(in: tx.database)
            }
            let fill = try HeldStatements().statement(.addAudit, in: tx.database) {
                "INSERT INTO pet (record, status, birth_date) SELECT id, '60', ? - id % 364 FROM record"
            }
            fill.bind(1, Fixtures.day("2026-06-30").number)
            _ = try fill.run(in: tx.database)
        }
        return (store, engine)
    }

    private static func insert(every: Int) -> String {
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + \(every) FROM n WHERE i + \(every) <= ?)
        INSERT INTO record (uuid, kind, home, home_seat, key, version, standing, status, changed_ms)
        SELECT randomblob(16), 7, ?, '370285', printf('370285%010d', i), 1, 'approved', '60', 0 FROM n
        """
    }
    private static let own = insert(every: 1)
    private static let others = insert(every: 50)

    @Test func `a hundred thousand files are one pass over an index, and a second run of the day adds nothing`() throws {
        let (store, engine) = try Self.county(files: 100_000)
        let reminders = Reminders(engine)
        let day = Fixtures.day("2026-07-01")
        let first = try store.write(Fixtures.moment()) { try reminders.run(asOf: day, in: $0) }
        #expect(first.noted > 0 && first.postponed == 0)
        let plan = try store.read { snapshot in
            let statement = try HeldStatements().statement(.addAudit, in: snapshot.database) {
                "EXPLAIN QUERY PLAN " + ReminderTable.dates(Self.kind, [Fixtures.birth.definition], nil, states: 1)
            }
            return try statement.first(in: snapshot.database) { $0.text(3) } ?? ""
        }
        #expect(plan.contains("USING COVERING INDEX pet_dates"), "\(plan)")
        let second = try store.write(Fixtures.moment()) { try reminders.run(asOf: day, in: $0) }
        #expect(second.noted == 0 && second.settled == 0)
        print("reminders: \(second.rowsRead) rows read for 102000 files, \(first.noted) noted")
        #expect(second.rowsRead < 130_000)
        let lines = try store.read { try reminders.lines(roles: ["clerk"], limit: 10, in: $0) }
        #expect(lines.count == 10 && lines.allSatisfy { $0.reminder.role == .clerk && !$0.isPublished })
    }

    @Test func `files of other homes are nobody's here to verify`() throws {
        let (store, engine) = try Self.county(files: 400)
        let plan = try store.read { try Reminders(engine).plan(asOf: Fixtures.day("2026-07-01"), in: $0) }
        let own = try store.read { snapshot in
            try Set(plan.reminders.map(\.record)).allSatisfy { try snapshot.records.find($0)?.home == engine.identity.node }
        }
        #expect(own && !plan.reminders.isEmpty)
    }

    @Test func `a run notes so many at most, and the next the others`() throws {
        let (store, engine) = try Self.county(files: 60_000)
        let reminders = Reminders(engine)
        // Long after: every file has a last step to be told of.
        let day = Fixtures.day("2027-12-01")
        let first = try store.write(Fixtures.moment()) { try reminders.run(asOf: day, in: $0) }
        #expect(first.noted == NodeLimits.remindersPerRun && first.postponed == 40_000 && first.late == first.noted)
        #expect(try store.read { try Upkeep.lastReminders(in: $0) } == nil)
        for _ in 0..<2 { _ = try store.write(Fixtures.moment()) { try reminders.run(asOf: day, in: $0) } }
        #expect(try store.read { try Upkeep.lastReminders(in: $0) } == day)
        let counts = try store.read { try reminders.counts(roles: nil, in: $0) }
        #expect(counts.map(\.count) == [60_000] && counts.map(\.stage) == [.overdue])
    }
}
