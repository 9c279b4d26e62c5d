public import SyncProtocol

/// What a parent gives a new node, on paper or as a file: enough to find and recognise it, and a code for one use.
public struct Invitation: Sendable, Hashable {
    public let federation: FederationID
    public let seat: String
    public let parent: NodeID
    public let code: [UInt8]
    public let root: Certificate
    public let expires: Int64

    /// A day; long enough to carry a stick across a province.
    static let lifetimeMilliseconds: Int64 = 24 * 3_600_000
}

/// A new node's request: the code, who it is, and its key, signed with that key. `array(6)`: code (bstr 16), node (bstr 16),
/// seat (tstr), suite (uint), key (bstr 32), parent (bstr 16).
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

/// Enrolment by a one-time code: of many uses of one code exactly one wins.
public struct Enrolment: Sendable {
    let engine: SyncEngine

    public init(_ engine: SyncEngine) { self.engine = engine }

    /// A code for a seat directly below. Only its digest is kept.
    public func invite(
        seat code: String, by principal: Principal, in tx: borrowing Transaction
    ) throws -> Invitation {
        guard let seat = engine.identity.tree.seat(code), seat.parent == engine.identity.seat.code else {
            throw NodeError(.notAllowed, "\(code) 不是本单位的直接下级", "seat \(code) is not directly below this one")
        }
        let secret = tx.moment.entropy(16)
        let expires = tx.moment.milliseconds + Invitation.lifetimeMilliseconds
        try tx.trust.invite(hash: Enrolment.hash(secret), seat: seat.code, expires: expires)
        try tx.audit.append(tx.moment, actor: principal.name, action: "invite", record: nil, detail: seat.code)
        return Invitation(
            federation: engine.identity.federation, seat: seat.code, parent: engine.identity.node, code: secret,
            root: engine.trust.root, expires: expires)
    }

    /// The certificates from the root to the new node. Refusals say nothing about which codes exist.
    public func accept(_ request: EnrolmentRequest, in tx: borrowing Transaction) throws -> [Certificate] {
        guard request.parent == engine.identity.node,
            let seat = try tx.trust.redeem(
                hash: Enrolment.hash(request.code), node: request.node, at: tx.moment.milliseconds),
            seat == request.seat, let treeSeat = engine.identity.tree.seat(seat)
        else { throw NodeError(.codeUsed, "入网码无效、已用过或已过期", "the code is wrong, used or expired: ask for a new one") }
        let certificate = try Certificate(
            node: request.node, seat: Seat(code: seat, level: treeSeat.level.rawValue, parent: engine.identity.seat.code),
            key: request.key, federation: engine.identity.federation, issuer: engine.identity.key)
        var trust = engine.trust
        if try trust.admit(certificate) {
            try tx.trust.append(certificate)
            try tx.audit.append(tx.moment, actor: request.node.description, action: "enrol", record: nil, detail: seat)
        }
        return trust.path(to: certificate)
    }

    /// The new node's side: checks the answer down from the root of its invitation and keeps it.
    public static func complete(
        _ invitation: Invitation, _ certificates: [Certificate], node: NodeID, key: SigningKey, in tx: borrowing Transaction
    ) throws {
        guard certificates.first == invitation.root, let own = certificates.last, own.node == node, own.key == key.publicKey,
            own.seat.code == invitation.seat
        else { throw NodeError(.invalid, "上级的答复与入网码不符", "the parent's answer does not fit the invitation") }
        var trust = try Trust(federation: invitation.federation, root: invitation.root)
        for certificate in certificates.dropFirst() { try trust.admit(certificate) }
        try tx.meta.set("federation", invitation.federation.bytes)
        for certificate in certificates { try tx.trust.append(certificate) }
    }

    public func invitations(in snapshot: borrowing Snapshot) throws -> [(seat: String, expires: Int64, used: Int64?)] {
        try snapshot.trust.invitations()
    }

    private static func hash(_ code: [UInt8]) -> Digest {
        var builder = DigestBuilder()
        builder.append(Array("bangfu/1/invitation".utf8) + code)
        return builder.finish()
    }
}
