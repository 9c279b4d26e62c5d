internal import Foundation
internal import Logging
internal import NodeCore
internal import NodeFiles
internal import Synchronization
internal import SyncProtocol

/// How far the export or import under way is; of several at once the one that spoke last.
final class BundleProgress: Sendable {
    private let state = Mutex((done: 0, total: 0))

    var view: BundleEndpoints.ProgressView { state.withLock { .init(done: $0.done, total: $0.total) } }

    func begin(_ total: Int) { state.withLock { $0 = (done: 0, total: total) } }

    func add(_ bytes: Int) { state.withLock { $0.done += bytes } }

    func end() { begin(0) }
}

/// A file whose reading counts.
struct CountedSource: ByteSource {
    var file: FileSource
    let progress: BundleProgress

    mutating func read(_ count: Int) throws -> [UInt8] {
        let bytes = try file.read(count)
        progress.add(bytes.count)
        return bytes
    }
}

/// Sticks: changesets to and from neighbours by way of files.
extension Node {
    // MARK: Out

    /// Writes what a neighbour is owed into one file or several.
    nonisolated func exportBundle(_ request: BundleEndpoints.ExportRequest) async throws -> [BundleEndpoints.FileView] {
        let (export, seat) = try await plan(request)
        let name = "\(export.content.sender.description.prefix(8))-\(seat)-\(export.content.milliseconds)"
        let paths = try BundleFiles.paths(request.out, name: name, count: export.files)
        progress.begin(export.bytes)
        defer { progress.end() }
        var views = [BundleEndpoints.FileView]()
        for (index, path) in paths.enumerated() {
            let made = try await write(export, file: index + 1, to: path)
            views.append(
                .init(
                    path: path, bytes: made.bytes, to: seat, file: index + 1, files: paths.count, entries: export.entries))
        }
        metrics.add("bangfu_bundles_total", labels: ["direction": "out"], by: views.count)
        logger.notice("exported to files", metadata: ["seat": "\(seat)", "files": "\(views.count)"])
        return views
    }

    private func plan(_ request: BundleEndpoints.ExportRequest) throws -> (BundleExport, seat: String) {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        if let reason = engine.standstill { throw Standstill.refusal(reason) }
        let link = try engine.link(to: request.to)
        let limit = request.maxBytes ?? BundleFiles.fileBytesDefault
        let rotation = try link.isToParent ? wish(engine) : nil
        let export = try store.write(Node.moment()) {
            try BundleExport.make(link, fileBytesMax: limit, rotation: rotation, in: $0)
        }
        // What was gathered is sealed now; a line that works may take it, too.
        wake(link.peer.node)
        return (export, seat: link.peer.seat.code)
    }

    /// A new key that was made and is not certified yet asks for it on the stick as well.
    private func wish(_ engine: SyncEngine) throws -> Rotation? {
        guard let waiting = try keys?.waiting(), waiting.suite == key.suite,
            engine.trust.certificate(of: engine.identity.node)?.key == key.publicKey
        else { return nil }
        return try Rotation(
            node: engine.identity.node, present: key, new: waiting, federation: engine.identity.federation)
    }

    /// What is read at once of the journal.
    private static let readBytes = 1_024 * 1_024

    private nonisolated func write(_ export: BundleExport, file: Int, to path: String) async throws -> BundleFiles.Made {
        try await Offload.run { [store, progress] in
            try BundleFiles.write(path) { sink in
                let counted = { (bytes: [UInt8]) throws in
                    progress.add(bytes.count)
                    try sink(bytes)
                }
                try export.write(file: file, entropy: Node.moment().entropy, to: counted) { link, log, position in
                    try store.read { try link.changesets(of: log, from: position, budget: Node.readBytes, in: $0) }
                }
            }
        }
    }

    // MARK: In

    /// Takes a file in, item by item: what stands before a damage counts, and positions decide what is new.
    nonisolated func importBundle(_ path: String) async throws -> BundleEndpoints.TakenView {
        progress.begin(try BundleFiles.size(path))
        defer { progress.end() }
        var sender: NodeID?
        do {
            let view = try await take(path, &sender)
            metrics.add("bangfu_bundles_total", labels: ["direction": "in"])
            logger.notice(
                "took a bundle in",
                metadata: ["seat": "\(view.from)", "taken": "\(view.taken)", "repeated": "\(view.repeated)"])
            return view
        } catch let error as ProtocolError {
            try await note(error, of: sender)
            throw BundleRefusal.error(error)
        }
    }

    private nonisolated func take(_ path: String, _ sender: inout NodeID?) async throws -> BundleEndpoints.TakenView {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        if let reason = engine.standstill { throw Standstill.refusal(reason) }
        let keys = try await openingKeys()
        var opener = try await Offload.run { [progress] in
            try BundleOpener(CountedSource(file: FileSource(path: path), progress: progress)) {
                try Node.choose($0, keys, engine)
            }
        }
        let manifest = opener.manifest
        var view = BundleEndpoints.TakenView(
            from: "", madeMilliseconds: manifest.content.milliseconds, file: manifest.file,
            files: manifest.content.begins.count)
        // Behind the statements, since the manifest's own key may rest on them.
        var item = try await takeStatements(&opener, &view)
        view = try await meet(manifest, opener.head, view)
        sender = manifest.content.sender
        while let next = item {
            try await take(next, from: manifest.content.sender, &view)
            item = try await Node.next(&opener)
        }
        try await handle(.bundleTaken(manifest))
        return view
    }

    /// What a stranger's file may ask this node to keep in memory and check; those of a whole province are a tenth of it.
    private static let statementBytesMax = 16 * 1_024 * 1_024

    /// Returns the first item that is no statement.
    private nonisolated func takeStatements(
        _ opener: inout BundleOpener<CountedSource>, _ view: inout BundleEndpoints.TakenView
    ) async throws -> BundleItem? {
        var statements = [TrustStatement]()
        var (item, size) = (try await Node.next(&opener), 0)
        while case .statement(let bytes) = item {
            statements.append(try TrustStatement(decoding: bytes[...]))
            size += bytes.count
            guard size <= Node.statementBytesMax else {
                throw ProtocolError(.tooLarge, "more than \(Node.statementBytesMax) bytes of statements")
            }
            item = try await Node.next(&opener)
        }
        view.statements = statements.count
        if statements.isEmpty { return item }
        try await handle(.statements(statements, from: opener.manifest.content.sender))
        try await finishRotation()
        return item
    }

    /// The manifest's signature and what it says of lives and positions, and that no file before it is missing.
    private func meet(_ manifest: BundleManifest, _ head: BundleHead, _ view: BundleEndpoints.TakenView) throws
        -> BundleEndpoints.TakenView
    {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        try manifest.verify(head, trust: engine.trust)
        guard let link = Link(engine, peer: manifest.content.sender) else {
            throw ProtocolError(.notEntitled, "the bundle's sender is no neighbour of this node")
        }
        do { try handle(.bundle(manifest)) } catch let error as ProtocolError where error.code == .recoverFirst {
            // As at a hello: the parent is believed, and of a child's claim one link stands still.
            if link.isToParent {
                try standStill(
                    "上级所存多于本节点：数据库来自旧备份", "the parent holds more than this node wrote",
                    life: engine.identity.incarnation)
            } else {
                try stop(link, manifest.content.life, error)
            }
            throw error
        }
        try store.read { try link.checkGaps(manifest, in: $0) }
        var named = BundleEndpoints.TakenView(
            from: link.peer.seat.code, madeMilliseconds: view.madeMilliseconds, file: view.file, files: view.files)
        named.statements = view.statements
        return named
    }

    private nonisolated func take(
        _ item: BundleItem, from sender: NodeID, _ view: inout BundleEndpoints.TakenView
    ) async throws {
        guard let engine, let link = Link(engine, peer: sender) else {
            throw ProtocolError(.notEntitled, "the bundle's sender is no neighbour of this node")
        }
        switch item {
        case .statement: return
        case .rotation(let bytes): try await rotate(bytes, of: sender)
        case .receipt(let bytes):
            let receipt = try Receipt(verifying: bytes[...], from: sender, trust: engine.trust)
            guard try await Offload.run({ [store] in try store.read { try link.canTake(receipt, in: $0) } }) else { return }
            try await handle(.receipt(receipt))
            view.receipts += 1
        case .changeset(let bytes):
            let intake = Intake(node: self)
            if try Changeset.log(in: bytes).author == engine.identity.node {
                try await intake.takeBack(bytes, from: sender)
                view.returned += 1
            } else if try await intake.takeNews(bytes, from: sender).isNew {
                view.taken += 1
            } else {
                view.repeated += 1
            }
        }
    }

    private nonisolated static func next(_ opener: inout BundleOpener<CountedSource>) async throws -> BundleItem? {
        let before = opener
        let (after, item) = try await Offload.run {
            var opener = before
            let item = try opener.next()
            return (opener, item)
        }
        opener = after
        return item
    }

    // MARK: Keys

    /// The current key, and one that is to be the next: the parent may have certified it already.
    private func openingKeys() throws -> [SigningKey] { [key] + [try keys?.waiting()].compactMap { $0 } }

    private static func choose(_ head: BundleHead, _ keys: [SigningKey], _ engine: SyncEngine) throws -> ExchangeKey {
        guard head.receiver == engine.identity.node else {
            throw ProtocolError(.wrongReceiver, "the bundle is for node \(head.receiver)")
        }
        if let key = keys.first(where: { $0.publicKey.id == head.receiverKey }) { return try key.exchangeKey() }
        guard engine.trust.certificate(of: head.receiverKey)?.node == engine.identity.node else {
            throw ProtocolError(.wrongReceiver, "the bundle is sealed to a key that this node never had")
        }
        throw ProtocolError(.retiredKey, "the bundle is sealed to an earlier key of this node: export anew")
    }

    /// In the quarantine once it is sure who sent it; what is only a gap or a late key is no offence.
    private func note(_ error: ProtocolError, of sender: NodeID?) throws {
        if let sender, error.code != .position, error.code != .retiredKey {
            return try refuse(error, from: sender, subject: "bundle")
        }
        metrics.add("bangfu_refused_total", labels: ["code": error.code.rawValue])
        logger.warning("bundle refused", metadata: ["code": "\(error.code.rawValue)", "reason": "\(error.reason)"])
    }
}
