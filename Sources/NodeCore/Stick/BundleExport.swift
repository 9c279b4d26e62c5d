public import SyncProtocol

/// One export to one neighbour: what it holds, cut into files of bounded size. To make one marks nothing as sent: only
/// receipts move positions, whichever way they come.
public struct BundleExport: Sendable {
    public let content: BundleManifest.Content
    /// Of the changesets, statements and receipts; what the files take is about that.
    public let bytes: Int
    /// Entries in it.
    public var entries: UInt64 { content.runs.reduce(0) { $0 + ($1.next - $1.from) } }
    private let link: Link
    private let statements: [TrustStatement]
    private let receipts: [Receipt]
    private let rotation: Rotation?

    /// What a cover adds to its seal and body at most, with the preamble and the item's own head.
    private static let coverBytes = 256 + Changeset.preambleSize + BundleItem.overhead
    /// Head and manifest.
    private static let headBytes = 24 * 1_024
    /// The smallest file that may be asked for.
    public static let fileBytesMin = 64 * 1_024

    /// What is owed to a neighbour as it is now. A file takes at least one changeset, and the first all statements.
    /// `rotation`: this node's wish for a new key, toward its parent.
    public static func make(
        _ link: Link, fileBytesMax: Int, rotation: Rotation? = nil, in tx: borrowing Transaction
    ) throws -> BundleExport {
        guard fileBytesMax >= fileBytesMin else {
            throw NodeError(
                .badRequest, "每个文件至少 \(fileBytesMin) 字节", "a file takes at least \(fileBytesMin) bytes")
        }
        // What sealing adds to bytes that do not shrink is below a hundredth.
        return try make(link, room: fileBytesMax - fileBytesMax / 100 - headBytes, rotation: rotation, in: tx)
    }

    /// `room`: bytes of changesets, statements and receipts in one file.
    package static func make(_ link: Link, room: Int, rotation: Rotation? = nil, in tx: borrowing Transaction) throws
        -> BundleExport
    {
        // What was gathered unsealed goes along; the line, if there is one, may have it as well.
        var outgoing = Outgoing(link.identity)
        try outgoing.press(link.outgoing, in: tx)
        _ = try outgoing.seal(in: tx)
        // Statements before everything that their keys signed, and the shape of both known before the first byte.
        let statements = link.shared
        let receipts = try receipts(link, in: tx)
        let fixed = (statements.map(\.message) + receipts.map(\.message)).reduce(0) {
            $0 + $1.encoded.count + BundleItem.overhead
        }
        let export = try tx.withSnapshot { snapshot in
            let runs = try StickDebts(link, in: snapshot).runs(in: snapshot)
            let cut = try cut(runs, behind: fixed, room, in: snapshot)
            let content = BundleManifest.Content(
                sender: link.identity.node, life: link.identity.incarnation, receiver: link.peer.node,
                receiverLife: try snapshot.met.latest(link.peer.node), milliseconds: tx.moment.milliseconds,
                export: tx.moment.entropy(16), positions: try link.positions(peerIncarnation: nil, in: snapshot),
                channels: Array(try link.channels(in: snapshot).suffix(BundleManifest.channelsMax)),
                trustDigest: link.trustDigest, runs: runs, begins: cut.begins)
            return BundleExport(
                content: content, bytes: fixed + cut.bytes, link: link, statements: statements, receipts: receipts,
                rotation: rotation)
        }
        if link.identity.planted.contains(.trustTheStick) { try export.believe(in: tx) }
        return export
    }

    /// Only with its bug planted.
    private func believe(in tx: borrowing Transaction) throws {
        for run in content.runs where run.log.author == link.identity.node {
            if let state = try tx.logs.find(run.log) { try tx.logs.setDurable(state.id, run.next) }
        }
    }

    private init(
        content: BundleManifest.Content, bytes: Int, link: Link, statements: [TrustStatement], receipts: [Receipt],
        rotation: Rotation?
    ) {
        self.content = content
        self.bytes = bytes
        self.link = link
        self.statements = statements
        self.receipts = receipts
        self.rotation = rotation
    }

    public var files: Int { content.begins.count }

    /// For each log of the neighbour that is held here.
    private static func receipts(_ link: Link, in tx: borrowing Transaction) throws -> [Receipt] {
        let held = try tx.logs.lives(link.incoming(link.identity.incarnation)).filter { $0.next > 0 }
        return try held.suffix(LinkPositions.livesMax).map { try link.receipt(for: $0.log, in: tx) }
    }

    private static func cut(
        _ runs: [BundleManifest.Run], behind fixed: Int, _ room: Int, in snapshot: borrowing Snapshot
    ) throws -> (begins: [BundleManifest.Place], bytes: Int) {
        var begins = [BundleManifest.Place(run: 0, position: runs.first?.from ?? 0)]
        var (used, total, isEmpty) = (fixed, 0, true)
        for (index, run) in runs.enumerated() {
            guard let state = try snapshot.logs.find(run.log) else { continue }
            try snapshot.journal.forEachSize(log: state.id, from: run.from, next: run.next) { first, bytes in
                let bytes = bytes + coverBytes
                if used + bytes > room && !isEmpty {
                    begins.append(.init(run: index, position: first))
                    used = 0
                }
                isEmpty = false
                used += bytes
                total += bytes
            }
        }
        guard begins.count <= BundleManifest.filesMax else {
            throw NodeError(
                .tooLarge, "将分成 \(begins.count) 个文件（最多 \(BundleManifest.filesMax) 个），请加大 --max-size",
                "that makes \(begins.count) files, more than \(BundleManifest.filesMax): choose a larger --max-size")
        }
        return (begins: begins, bytes: total)
    }

    /// Writes one of the files, counted from 1. `changesets` reads some of a log from a position on; what was taken out of
    /// it meanwhile (a revocation) ends the export with `conflict`.
    public func write(
        file: Int, entropy: (Int) -> [UInt8], to sink: @escaping ([UInt8]) throws -> Void,
        changesets: (Link, LogID, UInt64) throws -> [Changeset]
    ) throws {
        let ephemeral = try ExchangeKey(seed: entropy(32), suite: link.peer.key.suite)
        var sealer = try BundleSealer(
            content, file: file, to: link.peer, ephemeral: ephemeral, federation: link.identity.federation,
            key: link.identity.key, sink: sink)
        if file == 1 {
            for statement in statements { try sealer.add(.statement(statement.message.encoded)) }
            for receipt in receipts { try sealer.add(.receipt(receipt.message.encoded)) }
        }
        for piece in sealer.manifest.pieces {
            var position = piece.from
            while position < piece.next {
                let list = try changesets(link, piece.log, position)
                for changeset in list where position < piece.next {
                    guard changeset.seal.first == position else { throw BundleExport.changed }
                    try sealer.add(.changeset(changeset.encoded))
                    position = changeset.seal.next
                }
                guard !list.isEmpty else { throw BundleExport.changed }
            }
        }
        if file == 1, let rotation { try sealer.add(.rotation(rotation.message.encoded)) }
        try sealer.finish()
    }

    private static let changed = NodeError(
        .conflict, "导出期间日志有变，请重新导出", "the log was changed while it was exported: export again")
}
