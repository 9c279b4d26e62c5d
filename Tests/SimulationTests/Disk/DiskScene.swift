import Foundation
import NodeCore
import SyncProtocol

@testable import NodeSimulator

/// One record of the simulator's own small business, on its way through four nodes: how the store of each act's node stood
/// just before it, as a file, and the act itself.
struct DiskScene: Sendable {
    enum Act: String, Sendable, CaseIterable { case report, ingest, decide }

    struct Stage: Sendable {
        let file: String
        let key: SigningKey
        let event: @Sendable (SyncEngine) throws -> Event
    }

    let stages: [Act: Stage]

    static let charter = Sheet.older
    static let shared = Result { try DiskScene() }

    /// The same bytes each time: an act that is repeated comes to the same end.
    static let moment = Moment(
        milliseconds: County.start + 1_000_000, entropy: { [UInt8](repeating: 0x5A, count: $0) })

    private static let folder: String = {
        let path = FileManager.default.temporaryDirectory.path + "/disk-scene-\(getpid())"
        atexit {
            do { try FileManager.default.removeItem(atPath: DiskScene.folder) } catch { /* a temporary folder */  }
        }
        return path
    }()

    private init() throws {
        let (home, city) = ("370285", "370200")
        try FileManager.default.createDirectory(atPath: DiskScene.folder, withIntermediateDirectories: true)
        var world = try World(
            County.tree(), charter: DiskScene.charter, codes: Sheet.codes, parameters: [], seed: 7, start: County.start,
            makeStore: { _ in try Store(inMemory: DiskScene.charter) })
        let record = try DiskScene.take(&world, at: home)
        let person = Principal("test")
        let report = try DiskScene.keep(world, home, "report")
        try world.act(home, .report([record], by: person))
        let parent = try world.site(city).engine.identity.node
        let child = try world.site(home)
        guard let link = Link(child.engine, peer: parent),
            let changeset = try child.store.read({ try link.changesets(from: 0, budget: 1 << 20, in: $0) }).first
        else { throw NodeError(.notFound, "没有可送的", "there is nothing to send") }
        let ingest = try DiskScene.keep(world, city, "ingest")
        try world.settle()
        let decide = try DiskScene.keep(world, city, "decide")
        stages = [
            .report: Stage(file: report, key: child.key) { _ in .report([record], by: person) },
            .ingest: Stage(file: ingest, key: try world.site(city).key) { .changeset(try $0.open(changeset)) },
            .decide: Stage(file: decide, key: try world.site(city).key) { _ in
                .decide([record], Verdict(.approve), by: person)
            },
        ]
    }

    private static func take(_ world: inout World, at home: String) throws -> RecordID {
        let site = try world.site(home)
        let plain = Plain(serial: 1, standard: "3", amountFen: 12_300, isNewer: false)
        let intake = try site.store.write(world.moment()) { tx in
            var record = Record()
            plain.fill(&record)
            record[Sheet.number] = home + plain.key
            record[Sheet.state] = "40"
            guard let kind = charter.kinds.first else { throw NodeError(.notFound, "没有", "no kind") }
            return try site.engine.draft.take(record, kind: kind, by: Principal("clerk"), in: tx)
        }
        guard case .taken(let record) = intake else { throw NodeError(.invalid, "未收下", "not taken: \(intake)") }
        return record
    }

    private static func keep(_ world: World, _ seat: String, _ name: String) throws -> String {
        let path = folder + "/\(name).db"
        try world.site(seat).store.copy(to: path)
        return path
    }

    /// Everything a neighbour or a person could see of a store: records, logs and how far they go, what was refused.
    static func state(_ store: Store) throws -> String {
        try store.read { snapshot in
            let heads = try Inspection.heads(in: snapshot).map { "\($0)" }.joined(separator: "\n")
            let lines = try Inspection.lines(after: 0, in: snapshot).map { "\($0.seal.hash)" }.joined(separator: "\n")
            let refused = try Inquiry(charter).quarantineCounts(in: snapshot).map { "\($0)" }.joined(separator: "\n")
            return [try StoreDigest.make(charter, in: snapshot), heads, lines, refused].joined(separator: "\n")
        }
    }

    static func engine(_ stage: Stage, _ store: Store) throws -> SyncEngine {
        guard let engine = try store.read({ try NodeSetup.engine(charter: charter, key: stage.key, in: $0) }) else {
            throw NodeError(.notEnrolled, "尚未入网", "not enrolled")
        }
        return engine
    }
}
