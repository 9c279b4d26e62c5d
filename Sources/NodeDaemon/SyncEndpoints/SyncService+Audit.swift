internal import NodeCore
internal import SyncProtocol

extension SyncService {
    /// The head of a child's audit, answered with this node's word that it has seen it.
    func witness(_ session: Sessions.Session, _ body: [UInt8]) async throws -> Answer {
        guard let engine = node.engine else { return Answer(503, []) }
        let head = try AuditHead(verifying: body[...], from: session.peer, trust: engine.trust)
        switch try await node.witness(head) {
        case .seen(let witness): return Answer(200, witness.message.encoded)
        case .contradicted(let held):
            return Answer(
                ProtocolError(.position, "this audit held \(held.number) entries before"), proof: held.message.encoded)
        }
    }
}
