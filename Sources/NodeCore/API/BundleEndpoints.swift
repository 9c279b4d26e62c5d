internal import Foundation
internal import SyncProtocol

/// Neighbours that are reached by a stick. What writes and reads files needs the process (`LocalListener`); what would be
/// in a bundle is asked of the store.
public enum BundleEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "bundles", Label("离线介质：各相邻单位待带走的内容", "What a stick to each neighbour would hold"),
            needs: .right(.view, .sync), .read(owed))
    ]

    /// Answered by the process itself; declared for the description.
    public static let ofProcess: [Endpoint] = [
        Endpoint(
            "POST", "bundles", Label("导出到文件", "Export to files for one neighbour"), needs: .right(.exchange, .sync),
            body: "{to: division code or \"parent\", out: folder or file, maxBytes: of one file}",
            .write { _, _ in throw needsProcess }),
        Endpoint(
            "POST", "bundles/import", Label("由文件导入", "Take a bundle in from a file"),
            needs: .right(.exchange, .sync), body: "{file: path}",
            .write { _, _ in throw needsProcess }),
        Endpoint(
            "GET", "bundles/progress", Label("导入导出进度", "How far the export or import under way is"),
            needs: .right(.view, .sync),
            .read { _, _ in throw needsProcess }),
    ]

    private static let needsProcess = NodeError(.unreachable, "需要节点在运行", "this needs a running node")

    /// What `POST bundles` asks for.
    public struct ExportRequest: Codable, Sendable {
        public let to: String
        public let out: String
        public let maxBytes: Int?

        public init(to: String, out: String, maxBytes: Int?) {
            self.to = to
            self.out = out
            self.maxBytes = maxBytes
        }
    }

    /// What `POST bundles/import` asks for.
    public struct ImportRequest: Codable, Sendable {
        public let file: String

        public init(file: String) { self.file = file }
    }

    /// One file that was written.
    public struct FileView: Codable, Sendable {
        public let path: String
        public let bytes: Int
        public let to: String
        public let file: Int
        public let files: Int
        /// In the whole export.
        public let entries: UInt64

        public init(path: String, bytes: Int, to: String, file: Int, files: Int, entries: UInt64) {
            self.path = path
            self.bytes = bytes
            self.to = to
            self.file = file
            self.files = files
            self.entries = entries
        }
    }

    /// What came of one file.
    public struct TakenView: Codable, Sendable {
        public let from: String
        public let madeMilliseconds: Int64
        public let file: Int
        public let files: Int
        /// Changesets that were new, and those that were here already.
        public var taken = 0
        public var repeated = 0
        /// Changesets of this node's own earlier lives that came back.
        public var returned = 0
        public var statements = 0
        public var receipts = 0

        public init(from: String, madeMilliseconds: Int64, file: Int, files: Int) {
            self.from = from
            self.madeMilliseconds = madeMilliseconds
            self.file = file
            self.files = files
        }
    }

    /// Bytes done and in all; both 0 when nothing is under way.
    public struct ProgressView: Codable, Sendable {
        public let done: Int
        public let total: Int

        public init(done: Int, total: Int) {
            self.done = done
            self.total = total
        }
    }

    /// What a bundle to one neighbour would hold now.
    public struct OwedView: Codable, Sendable {
        public let seat: String
        public let entries: UInt64
        /// When its latest bundle was taken in; nil when there was none.
        public let lastBundleMilliseconds: Int64?
    }

    @Sendable static func owed(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        var views = [OwedView]()
        for seat in engine.neighbours {
            guard let peer = engine.trust.certificate(ofSeat: seat), let link = Link(engine, peer: peer.node) else {
                continue
            }
            let runs = try StickDebts(link, in: snapshot).runs(in: snapshot)
            // An export seals what is gathered.
            let waiting = try snapshot.logs.find(link.outgoing).map { try snapshot.outbox.size(log: $0.id).entries } ?? 0
            views.append(
                OwedView(
                    seat: seat, entries: runs.reduce(UInt64(waiting)) { $0 + ($1.next - $1.from) },
                    lastBundleMilliseconds: try snapshot.sticks.latest(peer.node)?.milliseconds))
        }
        return try Reply(views)
    }
}

extension SyncEngine {
    /// The seats directly above and below.
    var neighbours: [String] { [identity.seat.parent].compactMap { $0 } + below }

    /// The neighbour that a person names by its division code, or as "parent".
    public func link(to name: String) throws -> Link {
        let code = name == "parent" ? identity.seat.parent : name
        guard let code, let peer = trust.certificate(ofSeat: code), let link = Link(self, peer: peer.node) else {
            throw NodeError(
                .notFound, "\(name) 不是本节点已入网的上级或直接下级",
                "\(name) is not enrolled directly above or below this node")
        }
        return link
    }
}
