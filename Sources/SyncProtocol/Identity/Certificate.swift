/// A seat in the union tree as a certificate states it.
public struct Seat: Sendable, Hashable {
    /// Division code of six digits; the national seat is 000000.
    public let code: String
    /// 0 national, 1 province, 2 city, 3 county.
    public let level: Int
    /// Empty for the national seat.
    public let parent: String

    public init(code: String, level: Int, parent: String) {
        self.code = code
        self.level = level
        self.parent = parent
    }
}

/// Who a key belongs to and where it sits: signed by the parent's key, the national one by itself.
public struct Certificate: Sendable, Hashable {
    public let node: NodeID
    public let seat: Seat
    public let key: PublicKey
    /// The certificate as it travels.
    public let message: SignedMessage

    /// `array(6): node (bstr 16), code (tstr), level (uint), parent (tstr), suite (uint), key (bstr 32 or 33)`
    public init(
        node: NodeID, seat: Seat, key: PublicKey, federation: FederationID, issuer: SigningKey
    ) throws {
        var writer = CanonicalWriter()
        writer.array(6)
        writer.byteString(node)
        writer.text(seat.code)
        writer.unsigned(UInt64(seat.level))
        writer.text(seat.parent)
        writer.unsigned(UInt64(key.suite.rawValue))
        writer.byteString(key.bytes)
        self.node = node
        self.seat = seat
        self.key = key
        message = try SignedMessage(signing: writer.bytes, as: .certificate, in: federation, with: issuer)
    }

    /// Checks shape and the key itself, not the signature: `Trust.admit` does that.
    public init(decoding bytes: ArraySlice<UInt8>) throws {
        message = try SignedMessage(decoding: bytes)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 6)
        node = try reader.fixed()
        let code = try reader.text()
        let level = try reader.int(atMost: 9)
        seat = Seat(code: code, level: level, parent: try reader.text())
        let suite = try Suite(number: reader.unsigned())
        key = try PublicKey(suite: suite, bytes: Array(try reader.byteString()))
        try reader.expectEnd()
    }
}

/// The certificates a node holds, each checked down from the root when it was admitted.
public struct Trust: Sendable {
    public let federation: FederationID
    public let root: Certificate
    private var byKey: [KeyID: Certificate]
    private var byNode: [NodeID: Certificate]
    private var bySeat: [String: Certificate]

    /// `root` is self-signed by the national key; whoever calls has compared its fingerprint.
    public init(federation: FederationID, root: Certificate) throws {
        guard root.seat.level == 0, root.seat.parent.isEmpty else {
            throw ProtocolError(.notEntitled, "the root certificate is not that of the national seat")
        }
        try root.message.verify(as: .certificate, in: federation, with: root.key)
        self.federation = federation
        self.root = root
        byKey = [root.key.id: root]
        byNode = [root.node: root]
        bySeat = [root.seat.code: root]
    }

    /// Admits a certificate signed by the seat directly above; true when it is new.
    @discardableResult
    public mutating func admit(_ certificate: Certificate) throws -> Bool {
        if byKey[certificate.key.id] == certificate { return false }
        guard let issuer = byKey[certificate.message.key] else {
            throw ProtocolError(.unknownKey, "seat \(certificate.seat.code) is certified by an unknown key")
        }
        guard issuer.seat.code == certificate.seat.parent, certificate.seat.level > issuer.seat.level else {
            throw ProtocolError(.notEntitled, "seat \(issuer.seat.code) may not certify seat \(certificate.seat.code)")
        }
        guard byKey[certificate.key.id] == nil else {
            throw ProtocolError(.notEntitled, "that key is certified for another seat already")
        }
        // A node's id is no secret: without this, any seat could certify a key of its own in another node's name.
        if let held = byNode[certificate.node] {
            guard held.seat == certificate.seat, byKey[held.message.key]?.node == issuer.node else {
                throw ProtocolError(.notEntitled, "node \(certificate.node) holds another seat already")
            }
        }
        try certificate.message.verify(as: .certificate, in: federation, with: issuer.key)
        byKey[certificate.key.id] = certificate
        byNode[certificate.node] = certificate
        bySeat[certificate.seat.code] = certificate
        return true
    }

    public func certificate(of key: KeyID) -> Certificate? { byKey[key] }

    /// The node's current certificate: the one admitted last.
    public func certificate(of node: NodeID) -> Certificate? { byNode[node] }

    /// The node that holds a seat: the one admitted last.
    public func certificate(ofSeat code: String) -> Certificate? { bySeat[code] }

    /// From the root down to `certificate`.
    public func path(to certificate: Certificate) -> [Certificate] {
        var path = [certificate]
        while let last = path.first, last.key.id != root.key.id, path.count < 10, let issuer = byKey[last.message.key] {
            path.insert(issuer, at: 0)
        }
        return path
    }

    /// Whether `seat` lies in the subtree of the node whose certificate this is, by the chain of certificates.
    public func isBelow(_ certificate: Certificate, _ ancestor: NodeID) -> Bool {
        path(to: certificate).dropLast().contains { $0.node == ancestor }
    }
}
