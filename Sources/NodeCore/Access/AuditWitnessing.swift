public import SyncProtocol

/// The head of the audit goes up: the parent signs that it has seen it, and both keep head and signature (protocol 16.5).
extension SyncEngine {
    /// The present head, signed; nil while there is no audit, or when the parent has seen this one already.
    public func auditHead(in tx: borrowing Transaction) throws -> AuditHead? {
        guard let last = try tx.audit.last(), let hash = last.hash, let number = UInt64(exactly: last.number) else {
            return nil
        }
        let known = try tx.auditHeads.highest(identity.node, identity.incarnation)
        if let known, known.head.number >= number { return known.witness == nil ? known.head : nil }
        let head = try AuditHead(
            node: identity.node, incarnation: identity.incarnation, number: number, hash: hash,
            milliseconds: UInt64(clamping: tx.moment.milliseconds), federation: identity.federation, key: identity.key)
        try tx.auditHeads.put(head, at: tx.moment.milliseconds)
        return head
    }

    /// What a parent answers to a child's head.
    public enum Witnessed: Sendable {
        case seen(AuditWitness)
        /// The child's audit went on before from what this head lacks: the head that says so, signed by the child itself.
        case contradicted(AuditHead)
    }

    /// Takes the head of a child's audit. One that lies behind what was seen of the same life, or is another at the same
    /// number, is kept out; what contradicts it is kept as evidence.
    public func witness(_ head: AuditHead, in tx: borrowing Transaction) throws -> Witnessed {
        if let held = try tx.auditHeads.highest(head.node, head.incarnation) {
            let isSame = held.head.number == head.number && held.head.hash == head.hash
            if isSame, let witness = held.witness { return .seen(witness) }
            guard isSame || held.head.number < head.number else {
                try tx.quarantine.add(
                    tx.moment, peer: head.node, code: "audit-cut",
                    reason: "an audit that held \(held.head.number) entries shows another head at \(head.number)",
                    subject: "audit", evidence: head.message.encoded)
                return .contradicted(held.head)
            }
        }
        let witness = try AuditWitness(
            of: head, by: identity.node, milliseconds: UInt64(clamping: tx.moment.milliseconds),
            federation: identity.federation, key: identity.key)
        try tx.auditHeads.put(head, at: tx.moment.milliseconds)
        try tx.auditHeads.put(witness, of: head)
        return .seen(witness)
    }

    /// The parent's word about this node's own head.
    public func keep(_ witness: AuditWitness, of head: AuditHead, in tx: borrowing Transaction) throws {
        try tx.auditHeads.put(witness, of: head)
    }

    /// A head of this node's own that the parent holds and this store does not: from now on `audit verify` says so.
    public func keep(contradicting head: AuditHead, in tx: borrowing Transaction) throws {
        try trust.checkPast(head.message, as: .audit, by: identity.node)
        guard head.node == identity.node, head.incarnation == identity.incarnation else {
            throw ProtocolError(.notEntitled, "a head of another node or life")
        }
        try tx.auditHeads.put(head, at: tx.moment.milliseconds)
    }
}
