public import SyncProtocol

/// What the root is asked to say about the national node: the very statements, signed by the node's new key in the root's
/// place. Whoever keeps the root's parts reads them, compares the key's fingerprint and signs the same payloads; nobody can
/// use them before, since that key has certified nothing and nobody.
public struct RootRequest: Sendable {
    public let federation: FederationID
    public let root: Certificate
    /// The old key's revocation, where it was stolen, and the new key's certificate.
    public let statements: [TrustStatement]
    public let certificate: Certificate
    public let revocation: Revocation?

    /// For a new key of this node. `theft`: why the present key is taken away; what this node holds of its own logs stays,
    /// and what anybody else sealed with that key is taken back everywhere.
    public init(
        _ engine: SyncEngine, key: SigningKey, theft: String?, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        let identity = engine.identity
        guard let present = engine.trust.certificate(of: identity.node), identity.seat.parent == nil else {
            throw NodeError(
                .notAllowed, "只有全国节点的密钥由根密钥更换", "the root certifies the key of the national node only: use enrol rotate")
        }
        var place = engine.trust.nextPlace(of: engine.trust.root.node)
        var revocation: Revocation?
        if let theft {
            let made = try Enrolment(engine).revocation(
                of: present, at: place, trusted: nil, reason: theft, issuer: key, in: tx)
            place = TrustPlace(number: place.number + 1, previous: made.hash)
            revocation = made
        }
        let rotation =
            try theft == nil
            ? Rotation(node: identity.node, present: identity.key, new: key, federation: identity.federation) : nil
        let certificate = try Certificate(
            place, node: identity.node, seat: present.seat, key: key.publicKey, consent: rotation?.message.encoded,
            federation: identity.federation, issuer: key)
        try tx.audit.append(
            tx.moment, by: principal, action: "root-request", record: nil,
            detail: "\(present.key.id) \(key.publicKey.id)")
        try self.init(
            federation: identity.federation, root: engine.trust.root,
            statements: (revocation.map { [.revocation($0)] } ?? []) + [.certificate(certificate)])
    }

    /// Checks that it asks for a key of one national node, and that whoever asks has that key.
    public init(federation: FederationID, root: Certificate, statements: [TrustStatement]) throws {
        guard case .certificate(let certificate) = statements.last, statements.count <= 2, root.isRoot,
            certificate.seat.level == 0, certificate.seat.parent.isEmpty, !certificate.isRoot,
            certificate.key.suite == root.key.suite
        else { throw RootRequest.invalid }
        var revocation: Revocation?
        if statements.count == 2 {
            guard case .revocation(let first) = statements[0], certificate.place.previous == first.hash else {
                throw RootRequest.invalid
            }
            revocation = first
        }
        for statement in statements {
            try statement.message.verify(as: .certificate, in: federation, with: certificate.key)
        }
        self.federation = federation
        self.root = root
        self.statements = statements
        self.certificate = certificate
        self.revocation = revocation
    }

    /// The statements as the root's own.
    public func sign(with key: SigningKey) throws -> [TrustStatement] {
        guard key.publicKey == root.key else {
            throw NodeError(
                .notAllowed, "这些份属于另一把根密钥", "these are parts of another root key than the request names")
        }
        return try statements.map { statement in
            let message = try SignedMessage(
                signing: Array(statement.message.payload), as: .certificate, in: federation, with: key)
            return try TrustStatement(decoding: message.encoded[...])
        }
    }

    private static let invalid = NodeError(.badRequest, "不是给根密钥的申请", "that is no request to the root")
}

extension RootRequest {
    /// Takes the root's answer in under the new key. Refused when it does not make that key this node's.
    public static func admit(
        _ statements: [TrustStatement], _ engine: SyncEngine, by principal: Principal, in tx: borrowing Transaction
    ) throws -> [Effect] {
        let (identity, trust) = (engine.identity, engine.trust)
        var known = trust
        for statement in statements { try known.admit(statement) }
        guard known.certificate(of: identity.node)?.key == identity.key.publicKey,
            statements.allSatisfy({ $0.message.key == trust.root.key.id })
        else {
            throw NodeError(.invalid, "根的答复与本节点的新密钥不符", "the root's answer is not for this node's new key: ask again")
        }
        try tx.audit.append(
            tx.moment, by: principal, action: "root-admit", record: nil, detail: "\(identity.key.publicKey.id)")
        let effects = try engine.handle(.statements(statements, from: identity.node), in: tx)
        // Whoever had the old key may have spoken in this node's name: it begins anew and gets everything compared.
        if statements.count > 1 { try Standstill.set(Label("密钥更换未完成", "the change of the key was cut short"), in: tx) }
        return effects
    }
}
