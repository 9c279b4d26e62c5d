internal import Logging
internal import NodeCore
internal import SyncProtocol

/// Heads of audits: this node's own on their way up, and those of its children.
extension Node {
    func auditHead() throws -> AuditHead? {
        guard let engine, engine.standstill == nil else { return nil }
        return try commit { try engine.auditHead(in: $0) }
    }

    func keep(_ witness: AuditWitness, of head: AuditHead) throws {
        guard let engine else { return }
        try commit { try engine.keep(witness, of: head, in: $0) }
        metrics.add("bangfu_audit_witnessed_total")
    }

    /// The parent shows a head of this node's own that does not fit the audit here.
    func keep(contradicting head: AuditHead) throws {
        guard let engine else { return }
        try commit { try engine.keep(contradicting: head, in: $0) }
        metrics.add("bangfu_refused_total", labels: ["code": "audit-cut"])
        logger.error("the audit was cut off or changed: see nodectl audit verify", metadata: ["seen": "\(head.number)"])
    }

    func witness(_ head: AuditHead) throws -> SyncEngine.Witnessed {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        let witnessed = try commit { try engine.witness(head, in: $0) }
        if case .contradicted(let held) = witnessed {
            metrics.add("bangfu_refused_total", labels: ["code": "audit-cut"])
            logger.warning(
                "the audit of a child was cut off or changed", metadata: ["peer": "\(head.node)", "seen": "\(held.number)"])
        }
        return witnessed
    }
}
