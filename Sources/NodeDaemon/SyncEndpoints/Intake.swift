internal import NodeCore
internal import SyncProtocol

/// A changeset from a neighbour through all checks, in their fixed order; the writer only sees what passed them.
struct Intake: Sendable {
    let node: Node

    func take(_ bytes: [UInt8], from peer: NodeID) async throws -> Receipt {
        try await takeNews(bytes, from: peer).receipt
    }

    /// The same, and whether it was not here before.
    func takeNews(_ bytes: [UInt8], from peer: NodeID) async throws -> (receipt: Receipt, isNew: Bool) {
        try node.pressure.admit()
        do {
            return try await admit(bytes, from: peer)
        } catch let error as ProtocolError {
            // A gap is no offence: the sender begins again where the receipt says.
            if error.code != .position && error.code != .retiredKey {
                var builder = DigestBuilder()
                builder.append(bytes)
                try await node.refuse(
                    error, from: peer, subject: "changeset \(builder.finish())",
                    kept: error.code == .fork || error.code == .late ? verified(bytes, from: peer) : nil)
            }
            throw error
        }
    }

    /// A changeset whose signatures and packed digest hold; nil when they do not, and so prove nothing.
    private func verified(_ bytes: [UInt8], from peer: NodeID) -> Changeset? {
        guard let engine = node.engine else { return nil }
        do {
            return try Changeset(verifying: bytes, from: peer, to: engine.identity.node, trust: engine.trust)
        } catch {
            return nil
        }
    }

    /// What proves a refusal by position: the receipt of what is held, or the other seal that is held there.
    func proof(_ bytes: [UInt8], from peer: NodeID, _ error: ProtocolError) async throws -> [UInt8]? {
        guard let seal = verified(bytes, from: peer)?.seal, let engine = node.engine else { return nil }
        guard error.code == .fork else { return try await node.receipt(for: seal.log, to: peer).message.encoded }
        return try await Offload.run { [store = node.store] in
            try store.read { try engine.heldSeal(at: seal.first, of: seal.log, in: $0)?.message.encoded }
        }
    }

    /// A seal of this node's own, of an earlier life, that the peer gives back.
    /// Returns the position behind it.
    @discardableResult
    func takeBack(_ bytes: [UInt8], from peer: NodeID) async throws -> UInt64 {
        try node.pressure.admit()
        guard let engine = node.engine else { throw ProtocolError(.notEntitled, "this node is not enrolled") }
        let arrival = try await Offload.run {
            try engine.open(
                try Changeset(verifying: bytes, from: peer, to: engine.identity.node, trust: engine.trust))
        }
        try await node.handle(.returned(arrival))
        return arrival.changeset.seal.next
    }

    private func admit(_ bytes: [UInt8], from peer: NodeID) async throws -> (receipt: Receipt, isNew: Bool) {
        guard let engine = node.engine else { throw ProtocolError(.notEntitled, "this node is not enrolled") }
        let store = node.store
        let (changeset, arrival) = try await Offload.run { () -> (Changeset, Arrival?) in
            let changeset = try Changeset(verifying: bytes, from: peer, to: engine.identity.node, trust: engine.trust)
            let admission = try store.read { try engine.admission(of: changeset.seal, in: $0) }
            return (changeset, admission == .next ? try engine.open(changeset) : nil)
        }
        guard let arrival else { return (try await node.receipt(for: changeset.seal.log, to: peer), isNew: false) }
        Failpoint.changesetChecked.reach()
        return (try await node.ingest(arrival, from: peer), isNew: true)
    }
}
