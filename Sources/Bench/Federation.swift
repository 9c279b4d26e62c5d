import Foundation
import NodeCore
import NodeSimulator
import Synchronization
import SyncProtocol

/// A nation, a province, a city and a county over real files, and the county's records ready to report.
struct Federation {
    static let county = "370211"
    static let city = "370200"
    /// 2026-07-01 in China.
    static let start: Int64 = 1_782_835_200_000

    private var world: World
    private let workload: any Workload

    /// `isDurable`: commits wait for the disk, as they do in a node; otherwise the settings are those of the floor.
    init(_ workload: some Workload, suite: Suite, isDurable: Bool, in folder: String) throws {
        self.workload = workload
        let places: [(String, Level, String?, [String])] = [
            ("000000", .national, nil, []), ("370000", .province, "000000", []), (Self.city, .city, "370000", ["370000"]),
            (Self.county, .county, Self.city, [Self.city, "370000"]),
        ]
        let tree = NodeTree(
            places.map { code, level, parent, chain in
                TreeSeat(
                    code: code, name: code, level: level, parent: parent, address: "127.0.0.1:1", reviewChain: chain,
                    isRelay: false)
            })
        let charter = Charter([workload.kind])
        var settings = Store.Settings()
        settings.cacheMebibytes = 256
        settings.isDurable = isDurable
        let suites = Dictionary(uniqueKeysWithValues: tree.seats.map { ($0.code, suite) })
        world = try World(
            tree, charter: charter, codes: workload.codes, parameters: workload.parameters, seed: 42, start: Self.start,
            suites: suites
        ) {
            let key = StoreKey(seed: [UInt8](repeating: 0x5E, count: 32), suite: suite)
            return try Store(path: "\(folder)/\($0).db", charter: charter, key: key, settings: settings)
        }
        try publishKey()
        try takeDrafts()
    }

    private mutating func publishKey() throws {
        let key = try ExchangeKey(seed: [UInt8](repeating: 0x51, count: 32))
        let artefact = Artefact.matchingKey(try MatchingKey(suite: key.suite, bytes: key.publicBytes))
        try world.act("000000", .publish(artefact, by: Principal("bench")))
        try world.settle()
    }

    private mutating func takeDrafts() throws {
        let site = try world.site(Self.county)
        for start in stride(from: 0, to: workload.count, by: 10_000) {
            try site.store.write(world.moment()) { tx in
                for index in start..<min(start + 10_000, workload.count) {
                    let record = workload.record(index, home: Self.county)
                    let taken = try site.engine.draft.take(record, kind: workload.kind, by: Principal("bench"), in: tx)
                    if case .refused(let finding) = taken {
                        throw NodeError(.invalid, finding.message.zh, "record \(index): \(finding.message.en)")
                    }
                }
            }
        }
    }

    /// The county's node, for whoever asks it questions.
    struct Office {
        let engine: SyncEngine
        let store: Store
    }

    /// With what its parameters and code tables are by now.
    func office() throws -> Office {
        let site = try world.site(Self.county)
        return Office(engine: site.engine, store: site.store)
    }

    /// Reports everything, ten thousand at a time. Returns the seconds it took.
    mutating func report() throws -> Double {
        let site = try world.site(Self.county)
        let inquiry = Inquiry(site.engine.identity.charter)
        var filter = Inquiry.Filter()
        filter.status = workload.kind.workflow.ready
        filter.limit = 10_000
        var seconds = 0.0
        while true {
            let started = ContinuousClock.now
            let ready = try site.store.read { try inquiry.selection(workload.kind, filter, in: $0) }
            if ready.isEmpty { return seconds }
            let effects = try world.act(Self.county, .report(ready, by: Principal("bench")))
            seconds += Stopwatch.seconds(since: started)
            for case .outcome(let outcome) in effects {
                guard let message = outcome.message else { continue }
                throw NodeError(.invalid, message.zh, "\(outcome.key): \(message.en)")
            }
        }
    }

    /// What the county sends to its city.
    func changesets() throws -> [Changeset] {
        let (county, city) = (try world.site(Self.county), try world.site(Self.city))
        guard let link = Link(county.engine, peer: city.engine.identity.node) else { return [] }
        return try county.store.read { try link.changesets(from: 0, budget: 1 << 30, in: $0) }
    }

    /// The city takes them in, `group` in a commit; the next group is opened beside the writer, as the daemon does it.
    /// Returns the seconds it took.
    mutating func apply(_ changesets: [Changeset], group: Int = 10) async throws -> Double {
        let city = try world.site(Self.city)
        let county = try world.site(Self.county).engine.identity.node
        let groups = stride(from: 0, to: changesets.count, by: group).map {
            Array(changesets[$0..<min($0 + group, changesets.count)])
        }
        let started = ContinuousClock.now
        let written = Written()
        var arrivals = try await Federation.open(groups.first ?? [], from: county, at: city.engine, emptying: written)
        for index in groups.indices {
            let following = index + 1 < groups.count ? groups[index + 1] : []
            async let next = Federation.open(following, from: county, at: city.engine, emptying: written)
            try city.store.write(world.moment()) { tx in
                for arrival in arrivals { _ = try city.engine.handle(.changeset(arrival), in: tx) }
            }
            // Freed beside the writer, as the daemon does it.
            written.arrivals.withLock { $0 = arrivals }
            arrivals = try await next
        }
        return Stopwatch.seconds(since: started)
    }

    /// What was written and may be freed.
    private final class Written: Sendable {
        let arrivals = Mutex<[Arrival]>([])
    }

    private static func open(
        _ changesets: [Changeset], from county: NodeID, at engine: SyncEngine, emptying written: Written
    ) async throws -> [Arrival] {
        written.arrivals.withLock { $0 = [] }
        return try changesets.map { changeset in
            try engine.open(
                Changeset(verifying: changeset.encoded, from: county, to: engine.identity.node, trust: engine.trust))
        }
    }

    /// How many records the city holds now: all of them, or the measurement means nothing.
    func check() throws {
        let city = try world.site(Self.city)
        let inquiry = Inquiry(city.engine.identity.charter)
        let held = try city.store.read { try inquiry.counts(workload.kind, in: $0) }.reduce(0) { $0 + $1.count }
        guard held == workload.count else {
            throw NodeError(.invalid, "数目不符", "the city holds \(held) records of \(workload.count)")
        }
    }

    /// Rows of the records with those of their lists.
    var lines: Int {
        (0..<workload.count).reduce(0) { sum, index in
            sum + 1 + workload.record(index, home: Self.county).children.values.reduce(0) { $0 + $1.count }
        }
    }
}

enum Stopwatch {
    /// Processor seconds of this process so far, all threads.
    static func processor() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Processor seconds of this thread so far.
    static func thread() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func seconds(since start: ContinuousClock.Instant) -> Double {
        let taken = start.duration(to: .now).components
        return Double(taken.seconds) + Double(taken.attoseconds) / 1e18
    }
}
