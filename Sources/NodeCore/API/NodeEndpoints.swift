internal import Foundation
internal import SyncProtocol

/// The node itself: who it is, how its links stand, and whether all is well.
public enum NodeEndpoints {
    public static let all: [Endpoint] = [
        Endpoint("GET", "node", Label("本节点", "Who this node is"), needs: .right(.view, .node), .read(node)),
        Endpoint("GET", "topology", Label("单位树", "The tree of seats"), needs: .right(.view, .node), .read(topology)),
        Endpoint("GET", "sync/status", Label("同步状态", "How each link stands"), needs: .right(.view, .sync), .read(status)),
        Endpoint(
            "GET", "sync/lag", Label("各单位最近上报", "When each home was last heard of"),
            needs: .right(.view, .sync), .read(lag)),
        Endpoint(
            "GET", "sync/quarantine", Label("隔离区", "What was refused or waits, with reasons"), needs: .right(.view, .log),
            query: [("limit", "1 to 10000"), ("settled", "1: also what somebody has looked at")], .read(quarantine)),
        Endpoint(
            "POST", "sync/quarantine/settle", Label("隔离区：已查明", "Somebody has looked at what was refused"),
            needs: .right(.config, .sync), body: "{code: text, seat: of whose, or everybody's, reason: text}", .write(settle)
        ),
        Endpoint(
            "GET", "log/verify", Label("校验日志", "Check every seal and body of the journal"),
            needs: .right(.view, .log), .read(verify)),
        Endpoint(
            "GET", "log/seals", Label("列出封签", "List the seals of the journal"),
            needs: .right(.view, .log), .read(seals)),
        Endpoint(
            "GET", "log/changesets", Label("导出日志", "The journal as changesets for other tools to check"),
            needs: .right(.export, .store),
            query: [("after", "journal row to go on behind")], .read(export)),
        Endpoint(
            "GET", "publications", Label("发布清单", "What was published to this node"),
            needs: .right(.view, .publishing), .read(publications)),
        Endpoint(
            "POST", "find-bytes", Label("全库查找字符串", "Where given strings stand in this store"),
            needs: .right(.view, .store), body: "{strings: [text]}",
            .read(findBytes)),
        Endpoint(
            "GET", "doctor", Label("体检", "Check store, journal and projections"),
            needs: .right(.view, .log), .read(HealthCheck.all)),
    ]

    public struct NodeView: Codable, Sendable {
        public let node: String
        public let seat: String
        public let name: String
        public let level: String
        public let federation: String?
        public let isEnrolled: Bool
        public let version: String
        public let address: String
    }

    @Sendable static func node(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        guard let place = try NodeSetup.place(in: snapshot) else {
            throw NodeError(.notFound, "此处还没有节点", "there is no node here")
        }
        let seat = try snapshot.reference.tree().seat(place.seat)
        return try Reply(
            NodeView(
                node: place.node.description, seat: place.seat, name: seat?.name ?? "", level: seat?.level.label.en ?? "",
                federation: call.engine?.identity.federation.description, isEnrolled: call.engine != nil,
                version: call.host.version,
                address: call.host.address))
    }

    @Sendable static func topology(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct SeatView: Encodable {
            let code, name, level: String; let parent: String?; let address: String; let reviewChain: [String];
            let node: String?
        }
        return try Reply(
            try snapshot.reference.tree().seats.map { seat in
                SeatView(
                    code: seat.code, name: seat.name, level: seat.level.label.en, parent: seat.parent, address: seat.address,
                    reviewChain: seat.reviewChain, node: call.engine?.trust.certificate(ofSeat: seat.code)?.node.description)
            })
    }

    public struct LinkView: Codable, Sendable {
        public let seat: String
        public let log: String
        public let direction: String
        public let next: UInt64
        public let peerDurable: UInt64?
        public let backlog: UInt64?
        public let waiting: Int?
        public let lastReceiptMilliseconds: Int64?
        public let frozen: String?
        /// Of a neighbour's log: bytes of its author that are held here, and how many may be.
        public let storedBytes: UInt64?
        public let quotaBytes: UInt64?
        /// Of a neighbour's log: bytes under way and not applied.
        public let stagedBytes: UInt64?
        /// Of this node's log: bytes that the other end is ready to take.
        public let creditBytes: UInt64?
    }

    @Sendable static func status(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let links = try Inquiry(call.charter).links(call.enrolled(), in: snapshot)
        let stored = try Inquiry.storedBytes(in: snapshot)
        let pressure = call.host.pressure
        return try Reply(
            links.map {
                LinkView(
                    seat: $0.seat, log: $0.isOwn ? "own" : "received", direction: $0.direction, next: $0.next,
                    peerDurable: $0.isOwn ? $0.peerDurable : nil, backlog: $0.isOwn ? $0.backlog : nil,
                    waiting: $0.isOwn ? $0.waiting : nil,
                    lastReceiptMilliseconds: $0.lastReceiptMilliseconds, frozen: $0.frozen,
                    storedBytes: $0.isOwn ? nil : stored[$0.node] ?? 0,
                    quotaBytes: $0.isOwn || $0.direction != "up" ? nil : pressure?.quotaBytes,
                    stagedBytes: $0.isOwn ? nil : pressure?.staged($0.node),
                    creditBytes: $0.isOwn ? pressure?.given($0.node) : nil)
            })
    }

    @Sendable static func lag(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Home: Encodable { let seat, name: String; let records: Int; let changedMilliseconds: Int64? }
        let tree = try snapshot.reference.tree()
        guard let place = try NodeSetup.place(in: snapshot) else {
            throw NodeError(.notFound, "此处还没有节点", "there is no node here")
        }
        var heard = [String: (count: Int, changed: Int64)]()
        for kind in call.charter.kinds {
            for home in try Inquiry(call.charter).homes(kind, in: snapshot) {
                let known = heard[home.seat]
                heard[home.seat] = (home.count + (known?.count ?? 0), max(home.changed, known?.changed ?? 0))
            }
        }
        let homes = tree.seats.filter { !$0.isRelay && $0.level == .county && tree.isBelow($0.code, place.seat) }
        return try Reply(
            homes.map {
                Home(
                    seat: $0.code, name: $0.name, records: heard[$0.code]?.count ?? 0,
                    changedMilliseconds: heard[$0.code]?.changed)
            })
    }

    public struct RefusedView: Codable, Sendable {
        public let atMilliseconds: Int64
        public let peer: String
        public let seat: String?
        public let code: String
        public let reason: String
        public let subject: String
        public let times: Int
    }

    @Sendable static func settle(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let code, reason: String; let seat: String? }
        struct Settled: Encodable { let settled: Int }
        let body: Body = try call.decode()
        let count = try Inquiry.settle(
            code: body.code, seat: body.seat, reason: body.reason, by: call.actor(), call.enrolled(), in: tx)
        return (try Reply(Settled(settled: count)), [])
    }

    @Sendable static func quarantine(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let limit = call.query["limit"].flatMap { Int($0) } ?? 100
        let items = try Inquiry(call.charter).quarantine(
            limit: min(max(limit, 1), NodeLimits.quarantineRows), settled: call.query["settled"] == "1", in: snapshot)
        return try Reply(
            items.map {
                RefusedView(
                    atMilliseconds: $0.milliseconds, peer: $0.peer.description,
                    seat: call.engine?.trust.certificate(of: $0.peer)?.seat.code,
                    code: $0.code, reason: $0.reason, subject: $0.subject, times: $0.times)
            })
    }

    public struct JournalCheck: Codable, Sendable {
        public let seals: Int
        public let entries: Int
        public let failures: [String]
    }

    @Sendable static func verify(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let result = try ProofReader(call.enrolled()).verifyJournal(in: snapshot)
        return try Reply(JournalCheck(seals: result.seals, entries: result.entries, failures: result.failures))
    }

    @Sendable static func seals(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Line: Encodable {
            let seat, direction, life: String
            let first: UInt64
            let count: Int
            let hash: String
            let packedBytes: Int?
            let unpackedBytes: Int
            let atMilliseconds: Int64
        }
        return try Reply(
            try ProofReader(call.enrolled()).seals(in: snapshot).map {
                Line(
                    seat: $0.seat, direction: $0.direction, life: $0.life.description, first: $0.first, count: $0.count,
                    hash: $0.hash.description,
                    packedBytes: $0.packedBytes, unpackedBytes: $0.unpackedBytes, atMilliseconds: $0.milliseconds)
            })
    }

    public struct ExportPage: Codable, Sendable {
        public let federation, node, seat: String
        /// Statements in an order of admission, on the first page only; hexadecimal like the changesets.
        public let trust: [String]
        public let changesets: [String]
        public let last: Int64?
    }

    @Sendable static func export(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        let after = call.query["after"].flatMap { Int64($0) } ?? 0
        let page = try LogExport(engine).page(after: after, budget: 4 * 1_024 * 1_024, in: snapshot)
        let trust = after == 0 ? try snapshot.trust.all().map { Hex.encode($0.message.encoded) } : []
        return try Reply(
            ExportPage(
                federation: engine.identity.federation.description, node: engine.identity.node.description,
                seat: engine.identity.seat.code, trust: trust, changesets: page.changesets.map { Hex.encode($0.encoded) },
                last: page.last))
    }

    @Sendable static func publications(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Line: Encodable { let artefact, seat: String; let version: UInt64; let atMilliseconds: Int64 }
        let trust = try call.enrolled().trust
        return try Reply(
            try snapshot.publications.all().map {
                Line(
                    artefact: $0.artefact, seat: trust.certificate(of: $0.author)?.seat.code ?? "?", version: $0.version,
                    atMilliseconds: $0.milliseconds)
            })
    }

    public struct Found: Codable, Sendable {
        public let searched: Int
        public let found: Int
        public let hits: [Hit]

        public struct Hit: Codable, Sendable {
            public let text: String
            public let place: String
        }
    }

    @Sendable static func findBytes(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Body: Decodable { let strings: [String] }
        let body: Body = try call.decode()
        let search = try ByteSearch(body.strings)
        var hits = try search.run(in: snapshot)
        // The files too: free pages and the write-ahead log hold what no table shows any more.
        for path in call.host.files {
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            let name = "file \(path.split(separator: "/").last ?? "")"
            hits += Set(search.find([UInt8](data), name)).sorted { $0.text < $1.text }
        }
        return try Reply(
            Found(
                searched: Set(body.strings).count, found: Set(hits.map(\.text)).count,
                hits: hits.map { Found.Hit(text: $0.text, place: $0.place) }))
    }
}
