/// The statements a node holds, each checked down from the root when it was admitted, and what follows from them.
public struct Trust: Sendable {
    public let federation: FederationID
    public let root: Certificate
    /// Everything admitted, in an order in which it can be admitted again.
    public private(set) var statements: [TrustStatement] = []
    private var byKey: [KeyID: Certificate] = [:]
    private var byNode: [NodeID: Certificate] = [:]
    private var bySeat: [String: Certificate] = [:]
    /// Each issuer's own log.
    private var logs: [NodeID: [TrustStatement]] = [:]
    private var revocations: [KeyID: Revocation] = [:]

    /// `root` is signed by its own key; whoever calls has compared its fingerprint.
    public init(federation: FederationID, root: Certificate) throws {
        guard root.seat == .root, root.place == .first, root.consent == nil else {
            throw ProtocolError(.notEntitled, "the first certificate is not that of a root")
        }
        try root.message.verify(as: .certificate, in: federation, with: root.key)
        self.federation = federation
        self.root = root
        add(.certificate(root), by: root.node)
    }

    /// Without what a revocation takes out; signatures were checked before.
    private init(_ trust: Trust, taking revocation: Revocation) {
        federation = trust.federation
        root = trust.root
        revocations[revocation.key] = revocation
        add(.certificate(root), by: root.node)
        for statement in trust.statements.dropFirst() {
            // What does not stand any more rests on what was taken out.
            do { _ = try admit(statement, isVerified: true) } catch {}
        }
    }

    // MARK: Admission

    @discardableResult
    public mutating func admit(_ certificate: Certificate) throws -> Bool { try admit(.certificate(certificate)) }

    /// Admits a statement by the rules of `docs/protocol.md` 6.4; true when it is new.
    @discardableResult
    public mutating func admit(_ statement: TrustStatement) throws -> Bool { try admit(statement, isVerified: false) }

    private mutating func admit(_ statement: TrustStatement, isVerified: Bool) throws -> Bool {
        guard let issuer = byKey[statement.message.key] else {
            throw ProtocolError(.unknownKey, "a statement is signed by an unknown key")
        }
        let log = logs[issuer.node] ?? []
        let (place, number) = (statement.place, Int(clamping: statement.place.number))
        if number < log.count {
            guard log[number].hash != statement.hash else { return false }
            if let revocation = revocations[issuer.key.id], !revocation.admits(place, statement.hash) {
                throw ProtocolError(.revoked, "the key of seat \(issuer.seat.code) was taken away before")
            }
            throw ProtocolError(.fork, "another statement \(number) of seat \(issuer.seat.code) is held")
        }
        guard number == log.count else {
            throw ProtocolError(.position, "statement \(number) of seat \(issuer.seat.code) comes before \(log.count)")
        }
        guard place.previous == log.last?.hash else {
            throw ProtocolError(.chainBroken, "statement \(number) of seat \(issuer.seat.code) does not follow the last")
        }
        if let revocation = revocations[issuer.key.id], !revocation.admits(place, statement.hash) {
            throw ProtocolError(.revoked, "the key of seat \(issuer.seat.code) was taken away before")
        }
        if !isVerified { try statement.message.verify(as: .certificate, in: federation, with: issuer.key) }
        switch statement {
        case .certificate(let certificate): try check(certificate, by: issuer, isVerified: isVerified)
        case .revocation(let revocation): try check(revocation, by: issuer)
        }
        add(statement, by: issuer.node)
        return true
    }

    private func check(_ certificate: Certificate, by issuer: Certificate, isVerified: Bool) throws {
        let seat = certificate.seat
        let isRight =
            issuer.isRoot
            ? !seat.code.isEmpty && seat.level == 0 && seat.parent.isEmpty
            : issuer.seat.code == seat.parent && seat.level > issuer.seat.level
        guard isRight else {
            throw ProtocolError(.notEntitled, "seat \(issuer.seat.code) may not certify seat \(seat.code)")
        }
        guard byKey[certificate.key.id] == nil else {
            throw ProtocolError(.notEntitled, "that key is certified already")
        }
        // A node's id is no secret: without this, any seat could certify a key of its own in another node's name.
        if let held = byNode[certificate.node] {
            guard held.seat == seat, byKey[held.message.key]?.node == issuer.node else {
                throw ProtocolError(.notEntitled, "node \(certificate.node) holds another seat already")
            }
        }
        guard let consent = certificate.consent, !isVerified else { return }
        do {
            let rotation = try Rotation(verifying: consent[...], with: { byKey[$0] }, in: federation)
            guard rotation.node == certificate.node, rotation.key == certificate.key else {
                throw ProtocolError(.badSignature, "the consent is for another key")
            }
        } catch let error as ProtocolError {
            throw ProtocolError(.badSignature, "the consent of the node is not valid: \(error.reason)")
        }
    }

    private func check(_ revocation: Revocation, by issuer: Certificate) throws {
        guard let holder = byKey[revocation.key], byKey[holder.message.key]?.node == issuer.node, !holder.isRoot,
            revocation.bounds.allSatisfy({ $0.log.author == holder.node })
        else { throw ProtocolError(.notEntitled, "seat \(issuer.seat.code) did not certify that key") }
    }

    private mutating func add(_ statement: TrustStatement, by issuer: NodeID) {
        statements.append(statement)
        logs[issuer, default: []].append(statement)
        switch statement {
        case .certificate(let certificate):
            byKey[certificate.key.id] = certificate
            byNode[certificate.node] = certificate
            bySeat[certificate.seat.code] = certificate
        case .revocation(let revocation):
            guard revocations[revocation.key] == nil else { return }
            revocations[revocation.key] = revocation
            let isNeeded = statements.contains { $0.message.key == revocation.key && !revocation.admits($0.place, $0.hash) }
            if isNeeded { self = Trust(self, taking: revocation) }
        }
    }

    // MARK: Who is who

    public func certificate(of key: KeyID) -> Certificate? { byKey[key] }

    /// The node's current certificate: the last one of its issuer.
    public func certificate(of node: NodeID) -> Certificate? { byNode[node] }

    /// The node that holds a seat: the one certified last.
    public func certificate(ofSeat code: String) -> Certificate? { bySeat[code] }

    public func revocation(of key: KeyID) -> Revocation? { revocations[key] }

    /// Where the node's next statement stands.
    public func nextPlace(of issuer: NodeID) -> TrustPlace {
        let log = logs[issuer] ?? []
        return TrustPlace(number: UInt64(log.count), previous: log.last?.hash)
    }

    /// The statement admitted under a number of an issuer's trust log.
    public func statement(of issuer: NodeID, number: UInt64) -> TrustStatement? {
        guard let log = logs[issuer], let place = Int(exactly: number), log.indices.contains(place) else { return nil }
        return log[place]
    }

    /// Whether a statement is among those admitted: one may be taken out again by a revocation.
    public func holds(_ statement: TrustStatement) -> Bool {
        guard let issuer = byKey[statement.message.key], let log = logs[issuer.node] else { return false }
        let number = Int(clamping: statement.place.number)
        return number < log.count && log[number].hash == statement.hash
    }

    /// From the root down to `certificate`.
    public func path(to certificate: Certificate) -> [Certificate] {
        var path = [certificate]
        while let last = path.first, last.key.id != root.key.id, path.count < 11, let issuer = byKey[last.message.key] {
            path.insert(issuer, at: 0)
        }
        return path
    }

    /// Whether `seat` lies in the subtree of the node whose certificate this is, by the chain of certificates.
    public func isBelow(_ certificate: Certificate, _ ancestor: NodeID) -> Bool {
        path(to: certificate).dropLast().contains { $0.node == ancestor }
    }

    /// What the two ends of a link have to share: the statements of all issuers from the root to the parent, of the child
    /// and of all below it.
    public func shared(parent: NodeID, child: NodeID) -> [TrustStatement] {
        let above = Set(byNode[parent].map { path(to: $0).map(\.node) } ?? [])
        var isShared: [NodeID: Bool] = [child: true]
        for node in above { isShared[node] = true }
        return statements.filter { statement in
            guard let issuer = byKey[statement.message.key] else { return false }
            if let known = isShared[issuer.node] { return known }
            let isBelow = isBelow(issuer, child)
            isShared[issuer.node] = isBelow
            return isBelow
        }
    }

    /// SHA-256 over the hashes of statements, ascending: whether two ends hold the same.
    public static func digest(of statements: [TrustStatement]) -> Digest {
        var builder = DigestBuilder()
        for hash in statements.map(\.hash).sorted() { builder.append(hash) }
        return builder.finish()
    }

    // MARK: What a key may do

    /// The sender of a live act (cover, receipt, hello, rotation): its current key, not revoked, and the signature holds.
    public func sender(of message: SignedMessage, as purpose: SignedMessage.Purpose) throws -> Certificate {
        guard let certificate = byKey[message.key] else {
            throw ProtocolError(.unknownKey, "the key of a \(purpose.rawValue) is not certified here")
        }
        guard revocations[message.key] == nil else {
            throw ProtocolError(.revoked, "the key of seat \(certificate.seat.code) was taken away: enrol again")
        }
        guard byNode[certificate.node]?.key == certificate.key else {
            throw ProtocolError(.retiredKey, "seat \(certificate.seat.code) has a newer key")
        }
        try message.verify(as: purpose, in: federation, with: certificate.key)
        return certificate
    }

    /// A signature that was good when it was made: by a key that `node` has or had.
    public func checkPast(_ message: SignedMessage, as purpose: SignedMessage.Purpose, by node: NodeID) throws {
        guard let certificate = byKey[message.key], certificate.node == node else {
            throw ProtocolError(.unknownKey, "the key of a \(purpose.rawValue) was never the node's")
        }
        try message.verify(as: purpose, in: federation, with: certificate.key)
    }

    /// That a seal stays, if its key was taken away.
    func check(_ seal: Seal) throws {
        guard !admits(seal) else { return }
        throw ProtocolError(.revoked, "a seal behind the end of what a revoked key may have signed")
    }

    /// Whether a revocation ended a log before `position`: what would stand there never comes.
    public func ends(_ log: LogID, before position: UInt64) -> Bool {
        revocations.values.contains { $0.bounds.contains { $0.log == log && $0.next <= position } }
    }

    /// Whether a seal counts: its key may have been taken away before its position.
    public func admits(_ seal: Seal) -> Bool { revocations[seal.message.key]?.admits(seal) ?? true }

    /// Whether this key of a node came after that one.
    public func isLater(_ key: KeyID, than other: KeyID) -> Bool {
        guard let one = byKey[key], let two = byKey[other], one.node == two.node else { return false }
        return one.place.number > two.place.number
    }
}
