import BusinessModules
import Foundation
import NodeCore
import SyncProtocol

@testable import NodeDaemon

/// Who signs: a node as its neighbours see it.
struct Peer: Sendable {
    let node: NodeID
    let incarnation: Incarnation
    let key: SigningKey
    let federation: FederationID
    let trust: Trust

    /// A node with a key of its own that nobody has certified.
    static func stranger(_ federation: FederationID, trust: Trust) throws -> Peer {
        let entropy = Node.moment().entropy
        guard let node = NodeID(entropy(NodeID.size)), let incarnation = Incarnation(entropy(Incarnation.size)) else {
            throw NodeError(.badConfiguration, "随机数不足", "the source of randomness gave too little")
        }
        return Peer(
            node: node, incarnation: incarnation, key: try SigningKey(suite: .international, seed: entropy(32)),
            federation: federation, trust: trust)
    }

    /// The same node with another key.
    func signing(with key: SigningKey) -> Peer {
        Peer(node: node, incarnation: incarnation, key: key, federation: federation, trust: trust)
    }
}

/// A node that does not run: its engine over its store, turned by hand.
struct Member: Sendable {
    let engine: SyncEngine
    let store: Store
    let peer: Peer

    init(store: Store, key: SigningKey) throws {
        guard let engine = try store.read({ try NodeSetup.engine(charter: Catalog.charter, key: key, in: $0) }) else {
            throw NodeError(.notEnrolled, "尚未入网", "not enrolled")
        }
        self.engine = engine
        self.store = store
        peer = Peer(
            node: engine.identity.node, incarnation: engine.identity.incarnation, key: key,
            federation: engine.identity.federation, trust: engine.trust)
    }

    func certificate() throws -> Certificate {
        guard let certificate = engine.trust.certificate(of: peer.node) else {
            throw NodeError(.notEnrolled, "尚未入网", "not enrolled")
        }
        return certificate
    }

    func act(_ event: Event) throws {
        _ = try store.write(Template.start) { try engine.handle(event, in: $0) }
    }

    func call(_ method: String, _ path: String, _ body: some Encodable) throws -> Reply {
        let host = HostFacts(address: "", tlsCertificate: "", version: "", files: [])
        let request = API.Request(
            method, path, body: [UInt8](try JSONEncoder().encode(body)), principal: Principal("test"))
        return try Catalog.api.answer(
            request, engine: engine, charter: Catalog.charter, host: host, store: store, moment: Template.start
        ).0
    }

    func changesets(toward parent: NodeID) throws -> [Changeset] {
        guard let link = Link(engine, peer: parent) else { return [] }
        return try store.read { try link.changesets(from: 0, budget: 1 << 24, in: $0) }
    }

    /// As if the parent had everything that is sealed: what was gathered meanwhile is sealed now.
    func catchUp(_ parent: NodeID) throws {
        guard let link = Link(engine, peer: parent) else { return }
        try act(
            .met(parent, engine.identity.incarnation, try store.read { try link.positions(peerIncarnation: nil, in: $0) }))
    }

    /// The node directly above.
    func parent() throws -> NodeID {
        guard let seat = engine.identity.seat.parent, let parent = engine.trust.certificate(ofSeat: seat) else {
            throw NodeError(.notEnrolled, "没有上级", "there is no parent")
        }
        return parent.node
    }

    func take(_ changeset: Changeset, from sender: Member) throws {
        try act(.changeset(try engine.open(changeset)))
    }

    func approveAll() throws {
        struct Decision: Encodable { let all = true, verdict = "approve" }
        let reply = try call("POST", "records/worker_file/decisions", Decision())
        let result = try JSONDecoder().decode(JourneyEndpoints.Result.self, from: Data(reply.json))
        guard result.done > 0, result.refused == 0 else { throw NodeError(.invalid, "未全部通过", "not all were approved") }
    }

    // MARK: Sample records

    /// Takes as many faultless files of the county's sample as are needed and reports them, a seal for each number.
    func prepareReports(_ counts: [Int]) throws {
        let samples = try Samples(county: engine.identity.seat.code, count: counts.reduce(0, +))
        struct File: Encodable { let name, text: String }
        let files = samples.tables.sorted { $0.key < $1.key }.map { File(name: $0.key + ".csv", text: $0.value) }
        let imported = try call("POST", "imports/worker_file", ["files": files])
        let taken = try JSONDecoder().decode(ImportEndpoint.Result.self, from: Data(imported.json))
        guard taken.taken == samples.keys.count else {
            throw NodeError(.invalid, "样例未能全部导入", "the samples were not all taken: \(taken.problems)")
        }
        var keys = samples.keys[...]
        // The amounts of the county came with its import.
        let reporter = try Member(store: store, key: peer.key)
        for count in counts {
            let reply = try reporter.call("POST", "records/worker_file/reports", ["ids": Array(keys.prefix(count))])
            let result = try JSONDecoder().decode(JourneyEndpoints.Result.self, from: Data(reply.json))
            guard result.done == count else {
                throw NodeError(.invalid, "样例未能上报", "the samples were not reported: \(result.outcomes)")
            }
            keys = keys.dropFirst(count)
            try catchUp(try parent())
        }
    }
}

/// The first faultless files of a sample county.
struct Samples {
    let keys: [String]
    let tables: [String: String]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init(county: String, count: Int) throws {
        func text(_ name: String) throws -> String {
            try String(contentsOf: Samples.root.appending(path: "samples/county-\(county)/\(name).csv"), encoding: .utf8)
        }
        let faults = try text("errors")
        let heads = try text("worker_file").split(whereSeparator: \.isNewline).map(String.init)
        let ids = heads.dropFirst().map { String($0.prefix { $0 != "," }) }.filter { !faults.contains($0) }
        let keys = Array(ids.prefix(count))
        var tables = ["local_standard": try text("local_standard")]
        for name in ["worker_file", "family_member", "income_item", "rigid_expense"] {
            let lines = try text(name).split(whereSeparator: \.isNewline)
            let kept = lines.dropFirst().filter { line in keys.contains { line.hasPrefix($0) } }
            tables[name] = (lines.prefix(1) + kept).joined(separator: "\r\n") + "\r\n"
        }
        self.keys = keys
        self.tables = tables
    }
}
