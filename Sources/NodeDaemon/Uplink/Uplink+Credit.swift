internal import NIOHTTP1
internal import NodeCore
internal import SyncProtocol

/// A sender never sends more than the other end said it is ready to take.
extension Uplink {
    /// Asks how much the parent takes now. One that does not know the question takes what it always took.
    func askCredit(_ session: ParentSession, _ work: Work) async throws {
        let reply = try await session.call(.GET, "/sync/receipt", accepting: [200, 404])
        guard reply.status == 200 else {
            return node.pressure.noteGiven(NodeLimits.credit, by: work.link.peer.node)
        }
        let receipt = try Receipt(verifying: reply.body[...], from: work.link.peer.node, trust: work.engine.trust)
        try await node.handle(.receipt(receipt))
        node.pressure.noteGiven(receipt.credit, by: work.link.peer.node)
    }

    /// Ends the session when the parent takes less: the next one asks again, later and later.
    func checkCredit(_ count: Int, _ work: Work) throws {
        let given = node.pressure.given(by: work.link.peer.node)
        guard UInt64(count) > given else { return }
        throw ParentRefusal(
            status: 507, code: Uplink.noCredit, reason: "the parent takes \(given) bytes now, and \(count) are next")
    }

    static let noCredit = "no-credit"
}
