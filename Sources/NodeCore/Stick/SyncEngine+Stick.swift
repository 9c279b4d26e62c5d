public import SyncProtocol

/// What a bundle leads to. Its manifest says what a hello says, but it is none: it answers no question, so it may be old,
/// come twice or never, and takes no place in the thread. What it says of the past changes nothing, as with any hello.
extension SyncEngine {
    /// A verified manifest, before anything it announces is taken.
    func meet(_ manifest: BundleManifest, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        let content = manifest.content
        guard let link = Link(self, peer: content.sender) else {
            throw ProtocolError(.notEntitled, "the bundle's sender is no neighbour of this node")
        }
        // Of a life that has ended since: what it says of positions, and what only it holds, counts no more.
        if let latest = try tx.met.latest(content.sender),
            latest != content.life, try tx.met.contains(content.sender, content.life)
        {
            throw ProtocolError(
                .late, "made in a life of seat \(link.peer.seat.code) that has ended; it was restored since: export anew")
        }
        try meet(content.sender, content.life, content.positions, &outgoing, in: tx)
        try tx.sticks.put(manifest, at: tx.moment.milliseconds)
    }

    /// Everything of a bundle was taken. The neighbour has given back what this life lacks if it knew of this life when it
    /// made the bundle, and holds nothing more than what is here now.
    func taken(_ manifest: BundleManifest, _ outgoing: inout Outgoing, in tx: borrowing Transaction) throws {
        let content = manifest.content
        guard content.receiverLife == identity.incarnation, let link = Link(self, peer: content.sender) else { return }
        let isBack = try tx.withSnapshot { snapshot in
            let meeting = try link.compare(content.positions, content.life, in: snapshot)
            let channels = content.channels.filter {
                $0.log.author == identity.node && $0.log.incarnation != identity.incarnation
            }
            return try meeting.fetch.isEmpty && channels.allSatisfy { try link.held($0.log, in: snapshot) >= $0.next }
        }
        if isBack { try settle(content.sender, &outgoing, in: tx) }
    }
}

extension Link {
    /// Refuses a file whose logs go on behind what is held here; the sentence names the file that is missing.
    public func checkGaps(_ manifest: BundleManifest, in snapshot: borrowing Snapshot) throws {
        for piece in manifest.pieces {
            let held = try held(piece.log, in: snapshot)
            guard piece.from > held else { continue }
            guard let missing = manifest.file(of: piece.log, at: held), missing != manifest.file else {
                throw ProtocolError(
                    .position,
                    "it begins at \(piece.from), this node holds \(held): import the bundle before it, or export anew"
                )
            }
            throw ProtocolError(
                .position, "this is file \(manifest.file) of \(manifest.content.begins.count): import file \(missing) first")
        }
    }

    /// Whether a receipt on a stick can be taken yet: one for a life of which this node lacks a part waits for that.
    public func canTake(_ receipt: Receipt, in snapshot: borrowing Snapshot) throws -> Bool {
        try receipt.log.incarnation == identity.incarnation || held(receipt.log, in: snapshot) >= receipt.durable
    }
}
