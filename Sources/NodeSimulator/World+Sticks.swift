internal import NodeCore
internal import SyncProtocol

/// Sticks in a world without weather: files to and from neighbours.
extension World {
    /// What one node owes a neighbour, in files with `room` for so many bytes of changesets.
    public mutating func export(from sender: String, to receiver: String, room: Int = 1 << 30) throws -> [[UInt8]] {
        let (from, to) = (try site(sender), try site(receiver))
        guard let link = Link(from.engine, peer: to.engine.identity.node) else { return [] }
        let export = try from.store.write(moment()) { try BundleExport.make(link, room: room, in: $0) }
        return try (1...export.files).map { file in
            var bytes = [UInt8]()
            let entropy = moment().entropy
            try withoutActuallyEscaping({ (more: [UInt8]) in bytes += more }) { sink in
                try export.write(file: file, entropy: entropy, to: sink) { link, log, position in
                    try from.store.read { try link.changesets(of: log, from: position, budget: 1 << 16, in: $0) }
                }
            }
            return bytes
        }
    }

    /// Takes one file in; how many changesets of it were new.
    @discardableResult
    public mutating func take(_ bytes: [UInt8], at receiver: String) throws -> Int {
        let site = try site(receiver)
        var taken = 0
        _ = try StickIntake(node: site.engine.identity.node, key: site.key).take(
            bytes, engine: { try self.site(receiver).engine }, handle: { _ = try self.act(receiver, $0) },
            gaps: { link, manifest in try site.store.read { try link.checkGaps(manifest, in: $0) } },
            item: { item, link in
                guard try take(item, link, at: receiver) else { return }
                taken += 1
            })
        return taken
    }

    /// Whether it was a changeset that was new.
    private mutating func take(_ item: BundleItem, _ link: Link, at receiver: String) throws -> Bool {
        let site = try site(receiver)
        switch item {
        case .statement, .rotation: return false
        case .receipt(let bytes):
            let receipt = try Receipt(verifying: bytes[...], from: link.peer.node, trust: site.engine.trust)
            if try site.store.read({ try link.canTake(receipt, in: $0) }) { try act(receiver, .receipt(receipt)) }
            return false
        case .changeset(let bytes):
            let changeset = try Changeset(
                verifying: bytes, from: link.peer.node, to: site.engine.identity.node, trust: site.engine.trust)
            if changeset.seal.log.author == site.engine.identity.node {
                try act(receiver, .returned(try site.engine.open(changeset)))
                return true
            }
            guard try site.store.read({ try site.engine.admission(of: changeset.seal, in: $0) }) == .next else {
                return false
            }
            try act(receiver, .changeset(try site.engine.open(changeset)))
            return true
        }
    }
}
