public import SyncProtocol

/// What a parent gives a new node, on paper or as a file: enough to find and recognise it, and a code for one use.
public struct Invitation: Sendable, Hashable {
    public let federation: FederationID
    public let seat: String
    public let parent: NodeID
    public let code: [UInt8]
    public let root: Certificate
    public let expires: Int64
    /// The node that held the seat and lost its key or its disk: the new one takes its name and gets its logs back.
    public let node: NodeID?

    public init(
        federation: FederationID, seat: String, parent: NodeID, code: [UInt8], root: Certificate, expires: Int64,
        node: NodeID? = nil
    ) {
        self.federation = federation
        self.seat = seat
        self.parent = parent
        self.code = code
        self.root = root
        self.expires = expires
        self.node = node
    }

    /// A day; long enough to carry a stick across a province.
    static let lifetimeMilliseconds: Int64 = 24 * 3_600_000
}

/// A new node's request: the code, who it is, and its key, signed with that key. `array(6)`: code (bstr 16), node
/// (bstr 16), seat (tstr), suite (uint), key (bstr 32 or 33), parent (bstr 16).
public struct EnrolmentRequest: Sendable {
    public let code: [UInt8]
    public let node: NodeID
    public let seat: String
    public let key: PublicKey
    public let parent: NodeID
    public let message: SignedMessage

    public init(_ invitation: Invitation, node: NodeID, key: SigningKey) throws {
        code = invitation.code
        self.node = node
        seat = invitation.seat
        self.key = key.publicKey
        parent = invitation.parent
        var writer = CanonicalWriter()
        writer.array(6)
        writer.byteString(code)
        writer.byteString(node)
        writer.text(seat)
        writer.unsigned(UInt64(key.suite.rawValue))
        writer.byteString(key.publicKey.bytes)
        writer.byteString(parent)
        message = try SignedMessage(signing: writer.bytes, as: .enrolment, in: invitation.federation, with: key)
    }

    /// Checks shape and proof of possession; the code is redeemed by the parent's store.
    public init(verifying bytes: [UInt8], in federation: FederationID) throws {
        message = try SignedMessage(decoding: bytes[...])
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 6)
        code = Array(try reader.byteString())
        node = try reader.fixed()
        seat = try reader.text()
        let suite = try Suite(number: reader.unsigned())
        key = try PublicKey(suite: suite, bytes: Array(try reader.byteString()))
        parent = try reader.fixed()
        try reader.expectEnd()
        try message.verify(as: .enrolment, in: federation, with: key)
    }
}

/// Enrolment by a one-time code and a comparison of keys: of many uses of one code exactly one wins, and nothing is
/// certified before a person has compared the key's fingerprint with the one the new node shows.
public struct Enrolment: Sendable {
    let engine: SyncEngine

    public init(_ engine: SyncEngine) { self.engine = engine }

    /// A code for a seat directly below. Only its digest is kept. `isAgain`: for a seat whose node lost its key or disk.
    public func invite(
        seat code: String, isAgain: Bool = false, by principal: Principal, in tx: borrowing Transaction
    ) throws -> Invitation {
        guard let seat = engine.identity.tree.seat(code), seat.parent == engine.identity.seat.code else {
            throw NodeError(.notAllowed, "\(code) 不是本单位的直接下级", "seat \(code) is not directly below this one")
        }
        let holder = engine.trust.certificate(ofSeat: code)
        guard isAgain || holder == nil else {
            throw NodeError(
                .conflict, "\(code) 已入网；原节点丢失密钥或磁盘时用 --again 重新入网",
                "seat \(code) is enrolled; if its node lost its key or its disk, invite it with --again")
        }
        let secret = tx.moment.entropy(16)
        let expires = tx.moment.milliseconds + Invitation.lifetimeMilliseconds
        try tx.trust.invite(hash: Enrolment.hash(secret), seat: seat.code, expires: expires)
        try tx.audit.append(tx.moment, by: principal, action: "invite", record: nil, detail: seat.code)
        return Invitation(
            federation: engine.identity.federation, seat: seat.code, parent: engine.identity.node, code: secret,
            root: engine.trust.root, expires: expires, node: holder?.node)
    }

    /// The statements that a new node starts from; nil while nobody has confirmed its key. Refusals say nothing about which
    /// codes exist.
    public func accept(_ request: EnrolmentRequest, in tx: borrowing Transaction) throws -> [TrustStatement]? {
        let isOurs = request.parent == engine.identity.node
        let holder = engine.trust.certificate(ofSeat: request.seat)
        if let holder, holder.node == request.node, holder.key == request.key {
            return engine.trust.shared(parent: engine.identity.node, child: request.node)
        }
        guard isOurs, holder == nil || holder?.node == request.node,
            let seat = try tx.trust.redeem(
                hash: Enrolment.hash(request.code), node: request.node, at: tx.moment.milliseconds),
            seat == request.seat
        else { throw NodeError(.codeUsed, "入网码无效、已用过或已过期", "the code is wrong, used or expired: ask for a new one") }
        try tx.trust.ask(request, at: tx.moment.milliseconds)
        Failpoint.enrolInTransaction.reach()
        return nil
    }

    /// A person has compared the fingerprint: the key becomes the seat's.
    public func confirm(
        seat code: String, fingerprint: KeyID, by principal: Principal, in tx: borrowing Transaction
    ) throws -> [Effect] {
        guard let asked = try tx.trust.asked(seat: code), let treeSeat = engine.identity.tree.seat(code) else {
            throw NodeError(.notFound, "\(code) 没有待确认的入网申请", "no request of seat \(code) waits for confirmation")
        }
        let request = try EnrolmentRequest(verifying: asked, in: engine.identity.federation)
        guard request.key.id == fingerprint else {
            throw NodeError(
                .conflict, "指纹不符：申请的是 \(request.key.id)，请当面或电话核对",
                "the fingerprint differs: the request has \(request.key.id); compare it again, by telephone or in person")
        }
        let certificate = try Certificate(
            engine.trust.nextPlace(of: engine.identity.node), node: request.node,
            seat: Seat(code: code, level: treeSeat.level.rawValue, parent: engine.identity.seat.code), key: request.key,
            federation: engine.identity.federation, issuer: engine.identity.key)
        try tx.trust.settle(seat: code)
        try tx.audit.append(
            tx.moment, by: principal, action: "enrol", record: nil, detail: "\(code) \(request.key.id)")
        return try engine.admit(own: .certificate(certificate), in: tx)
    }

    /// The new node's side: checks the answer down from the root of its invitation and keeps it. `engine`: of a node that
    /// was enrolled before; what a revocation of its earlier key excludes is taken back here, too.
    public static func complete(
        _ invitation: Invitation, _ statements: [TrustStatement], node: NodeID, key: SigningKey,
        again engine: SyncEngine? = nil,
        in tx: borrowing Transaction
    ) throws {
        guard statements.first == .certificate(invitation.root) else {
            throw NodeError(.invalid, "上级的答复与入网码不符", "the parent's answer does not fit the invitation")
        }
        var trust = try held(invitation, in: tx) ?? Trust(federation: invitation.federation, root: invitation.root)
        for statement in statements.dropFirst() { try trust.admit(statement) }
        guard let own = trust.certificate(of: node), own.key == key.publicKey, own.seat.code == invitation.seat,
            trust.certificate(of: own.message.key)?.node == invitation.parent
        else { throw NodeError(.invalid, "上级的答复与入网码不符", "the parent's answer does not fit the invitation") }
        try tx.meta.set("federation", invitation.federation.bytes)
        try tx.meta.set("node", node.bytes)
        try tx.trust.keep(trust)
        try engine?.takeBack(excludedBy: trust, in: tx)
    }

    /// What a node that is enrolled again believes already: the parent may lack what it said last of those below it.
    private static func held(_ invitation: Invitation, in tx: borrowing Transaction) throws -> Trust? {
        guard let bytes = try tx.meta.value("federation") else { return nil }
        guard bytes == invitation.federation.bytes else {
            throw NodeError(.conflict, "本节点属于另一个联合体", "this node belongs to another federation")
        }
        let trust = try tx.withSnapshot { try NodeSetup.trust(in: $0) }
        guard trust.root == invitation.root else {
            throw NodeError(.invalid, "邀请的根证书与本节点所存不符", "the invitation has another root than this node")
        }
        return trust
    }

    /// A node below wants a new key, and both keys say so.
    public func rotate(_ bytes: [UInt8], of node: NodeID, in tx: borrowing Transaction) throws -> [Effect] {
        let trust = engine.trust
        let rotation = try Rotation(
            verifying: bytes[...], with: { trust.certificate(of: $0) }, in: engine.identity.federation)
        guard let present = trust.certificate(of: node), rotation.node == node,
            trust.certificate(of: present.message.key)?.node == engine.identity.node
        else { throw ProtocolError(.notEntitled, "the wish for a new key is not by a node directly below") }
        // The answer to the first wish was lost.
        if present.key == rotation.key { return [] }
        guard present.key.id == rotation.present, trust.revocation(of: rotation.present) == nil else {
            throw ProtocolError(.retiredKey, "the wish for a new key is by a key that is not current")
        }
        let certificate = try Certificate(
            trust.nextPlace(of: engine.identity.node), node: node, seat: present.seat, key: rotation.key, consent: bytes,
            federation: engine.identity.federation, issuer: engine.identity.key)
        try tx.audit.append(
            tx.moment, by: Principal(node.description), action: "rotate", record: nil,
            detail: "\(present.seat.code) \(rotation.key.id)")
        return try engine.admit(own: .certificate(certificate), in: tx)
    }

    public struct Line: Sendable {
        public let seat: String
        /// `invited`, `asked`, `enrolled` or `revoked`.
        public let state: String
        public let milliseconds: Int64?
        public let fingerprint: KeyID?
    }

    /// Every key that this node certified, who waits to be confirmed, and the invitations that are open.
    public func list(in snapshot: borrowing Snapshot) throws -> [Line] {
        let trust = engine.trust
        let keys = trust.statements.compactMap { statement -> Line? in
            guard case .certificate(let certificate) = statement, !certificate.isRoot,
                trust.certificate(of: certificate.message.key)?.node == engine.identity.node
            else { return nil }
            let isCurrent = trust.certificate(of: certificate.node)?.key == certificate.key
            let state = trust.revocation(of: certificate.key.id) != nil ? "revoked" : isCurrent ? "enrolled" : "retired"
            return Line(seat: certificate.seat.code, state: state, milliseconds: nil, fingerprint: certificate.key.id)
        }
        let asked = try snapshot.trust.allAsked().map { item in
            let request = try EnrolmentRequest(verifying: item.bytes, in: engine.identity.federation)
            return Line(
                seat: request.seat, state: "asked", milliseconds: item.milliseconds, fingerprint: request.key.id)
        }
        let open = try snapshot.trust.invitations().filter { $0.used == nil }.map {
            Line(seat: $0.seat, state: "invited", milliseconds: $0.expires, fingerprint: nil)
        }
        return keys + asked + open
    }

    private static func hash(_ code: [UInt8]) -> Digest {
        var builder = DigestBuilder()
        builder.append(Array("bangfu/1/invitation".utf8) + code)
        return builder.finish()
    }
}
