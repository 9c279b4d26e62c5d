internal import NIOHTTP1
internal import NodeCore
internal import SyncProtocol

/// The head of the audit on its way to the parent.
extension Uplink {
    static let auditMilliseconds: Int64 = 3_600_000

    /// Once an hour, and at the beginning of a session, if there is something new.
    func sendAuditHead(_ session: ParentSession, _ work: Work, last: Int64?) async throws -> Int64 {
        let now = Node.moment().milliseconds
        if let last, now - last < Uplink.auditMilliseconds { return last }
        guard let head = try await node.auditHead() else { return now }
        let parent = work.link.peer.node
        do {
            // A parent from before this question says 404.
            let reply = try await session.call(.POST, "/sync/audit", head.message.encoded, accepting: [200, 404])
            guard reply.status == 200 else { return now }
            let witness = try AuditWitness(verifying: reply.body[...], of: head, from: parent, trust: work.engine.trust)
            try await node.keep(witness, of: head)
        } catch let refusal as ParentRefusal where refusal.status == 409 {
            guard let proof = refusal.proof else { throw refusal }
            try await node.keep(contradicting: try AuditHead(decoding: proof[...]))
        }
        return now
    }
}
