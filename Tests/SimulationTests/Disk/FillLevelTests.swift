import NodeCore
import SyncProtocol
import Testing

@testable import NodeSimulator

/// A county enters and reports while its disk gets full, each time at another point.
@Suite struct FillLevelTests {
    private static let records = 8
    private static let levels = 0..<32
    private static let step: Int64 = 24_000

    /// What was answered with yes before the disk was full, and whether it ever was.
    private struct Outcome {
        var taken: [RecordID] = []
        var reported: [RecordID] = []
        var isFull = false
    }

    private static func work(_ store: Store, _ stage: DiskScene.Stage, from first: Int) throws -> Outcome {
        var outcome = Outcome()
        let engine = try DiskScene.engine(stage, store)
        let kind = try #require(DiskScene.charter.kinds.first)
        do {
            for serial in first..<(first + records) {
                let plain = Plain(serial: 100 + serial, standard: "3", amountFen: 1_000, isNewer: false)
                let moment = Moment(
                    milliseconds: DiskScene.moment.milliseconds + Int64(serial),
                    entropy: { [UInt8](repeating: UInt8(serial), count: $0) })
                let intake = try store.write(moment) { tx in
                    var record = Record()
                    plain.fill(&record)
                    record[Sheet.number] = "370285" + plain.key
                    record[Sheet.state] = "40"
                    return try engine.draft.take(record, kind: kind, by: Principal("clerk"), in: tx)
                }
                guard case .taken(let record) = intake else { throw NodeError(.invalid, "未收下", "not taken: \(intake)") }
                outcome.taken.append(record)
                let effects = try store.write(moment) {
                    try engine.handle(.report([record], by: Principal("clerk")), in: $0)
                }
                guard effects.contains(.counted(.report, "reported", 1)) else { continue }
                outcome.reported.append(record)
            }
        } catch let error as NodeError where error.code == .diskFull {
            outcome.isFull = true
        }
        return outcome
    }

    private static func versions(_ store: Store) throws -> [RecordID: UInt64] {
        try store.read { snapshot in
            Dictionary(uniqueKeysWithValues: try Inspection.records(in: snapshot).map { ($0.id, $0.version) })
        }
    }

    @Test func `wherever the disk gets full, nothing acknowledged is lost, and it goes on when there is room`() throws {
        let stage = try #require(try DiskScene.shared.get().stages[.report])
        var full = 0
        var lengths = Set<Int>()
        for level in Self.levels {
            let disk = try VirtualDisk()
            let source = try Store(readOnly: stage.file, key: .known)
            try source.copy(to: disk.path)
            try source.close()
            let store = try Store(path: disk.path, charter: DiskScene.charter, key: .known)
            disk.fill(leaving: Int64(level) * Self.step)
            let outcome = try Self.work(store, stage, from: 0)
            full += outcome.isFull ? 1 : 0
            lengths.insert(outcome.taken.count + outcome.reported.count)
            #expect(store.failure == nil)
            // Reading goes on; every other time the power goes too, and only what was synced is left.
            #expect(try Self.versions(store).count == outcome.taken.count + 1, "level \(level)")
            if level % 2 == 0 { disk.cutPower() }
            do { try store.close() } catch { #expect(disk.isDead) }
            disk.makeRoom()
            if level % 2 == 0 { _ = disk.revive(.nothing, seed: UInt64(level)) }
            let again = try Store(path: disk.path, charter: DiskScene.charter, key: .known)
            #expect(try again.integrity() == ["ok"], "level \(level)")
            let held = try Self.versions(again)
            for record in outcome.taken { #expect(held[record] != nil, "level \(level): a taken record is lost") }
            for record in outcome.reported { #expect(held[record] == 1, "level \(level): a reported version is lost") }
            let engine = try DiskScene.engine(stage, again)
            #expect(try again.read { try ProofReader(engine).verifyJournal(in: $0) }.failures == [], "level \(level)")
            let rest = try Self.work(again, stage, from: 50)
            #expect(!rest.isFull && rest.reported.count == Self.records, "level \(level)")
            try again.close()
            disk.destroy()
        }
        // The levels are spread over the whole work, and the last ones have room for all of it.
        #expect(full > 20 && full < Self.levels.count, "\(full)")
        #expect(lengths.count > 8, "\(lengths)")
    }
}
