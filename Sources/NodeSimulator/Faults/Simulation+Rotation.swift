internal import NodeCore
internal import SyncProtocol

/// New keys while work is under way: who had the old one goes on under the new, and everybody hears of it.
extension Simulation {
    /// Whether keys change in this seed. Only then do children ask for statements as often as the daemon does: others keep
    /// their course.
    var hasNewKeys: Bool { own.has(.rotation) || own.has(.revocation) }

    // MARK: The fault

    /// A person at some node below the nation asks for a new key; sometimes the power goes around it, here or above.
    mutating func rotateSomebody(_ entropy: Entropy) throws -> Bool {
        let able = sites.indices.filter {
            sites[$0].isUp && sites[$0].parent != nil && sites[$0].nextKey == nil && $0 != revoked?.site
                && $0 != twin?.original && $0 != twin?.copy
        }
        guard !able.isEmpty else { return false }
        let index = able[entropy.below(able.count)]
        sites[index].nextKey = try SigningKey(suite: sites[index].key.suite, seed: entropy.bytes(32))
        table.add(.rotation)
        note(index, "wants a new key")
        let isAfter = entropy.below(2) == 0
        let cut = VirtualDisk.Cut(operation: .sync, count: 1 + entropy.below(3), isAfter: isAfter)
        switch entropy.below(4) {
        case 0: arm(index, isAfter ? .cutAfterSync : .cutBeforeSync, cut)
        case 1: if let parent = sites[index].parent { arm(parent, isAfter ? .cutAfterSync : .cutBeforeSync, cut) }
        default: break
        }
        if sites[index].call?.phase == .open { try wishForKey(index) }
        return true
    }

    // MARK: The child

    /// Says so to the parent, at every opening of the line until it is certified.
    mutating func wishForKey(_ index: Int) throws {
        guard let next = sites[index].nextKey, let engine = sites[index].engine else { return }
        let rotation = try Rotation(
            node: engine.identity.node, present: engine.identity.key, new: next, federation: engine.identity.federation)
        try ask(.rotate(rotation.message.encoded), by: index)
    }

    /// The next key is the present one as soon as it is certified.
    mutating func takeNextKey(_ index: Int) throws {
        guard let next = sites[index].nextKey, let engine = sites[index].engine,
            engine.trust.certificate(of: engine.identity.node)?.key == next.publicKey
        else { return }
        sites[index].key = next
        sites[index].nextKey = nil
        try loadEngine(index)
        note(index, "has a new key")
        // As in the daemon: who greets as somebody else greets anew.
        endCall(index, "a new key")
    }

    /// After a refusal that speaks of keys the child asks whom the parent believes; a parent that does not know the child's
    /// key (`isTold`) is told. True when it does.
    mutating func learnKeys(_ index: Int, _ code: ProtocolError.Code, isTold: Bool = false) throws -> Bool {
        let codes: [ProtocolError.Code] = [.unknownKey, .retiredKey, .revoked]
        guard hasNewKeys, codes.contains(code), sites[index].call?.phase == .greeting, let parent = sites[index].parent,
            let link = sites[index].engine.flatMap({ Link($0, peer: sites[parent].node) })
        else { return false }
        sites[index].call?.phase = .learning
        try ask(isTold && code == .unknownKey ? .trust(link.shared.map(\.message.encoded)) : .askTrust, by: index)
        return true
    }

    // MARK: The parent

    /// Whom this node believes: no secret, and asked for outside of sessions, too.
    mutating func answerTrust(_ packet: Packet, at index: Int) throws {
        guard let engine = sites[index].engine else { return }
        let child = sites[packet.from].node
        let known = engine.trust.shared(parent: engine.identity.node, child: child)
        try send(
            .trust(known.map(\.message.encoded)), from: index, to: packet.from, call: packet.call, request: packet.request)
    }

    mutating func certifyNext(_ bytes: [UInt8], _ packet: Packet, at index: Int) throws {
        let node = sites[packet.from].node
        let effects = try write(index) { try Enrolment($0).rotate(bytes, of: node, in: $1) }
        try perform(effects, at: index)
        try answerTrust(packet, at: index)
    }

    // MARK: At rest

    /// Where keys change, both ends of a line have to know of it in the end.
    func trustDifference(_ index: Int, _ parent: Int) throws -> String? {
        guard hasNewKeys, let below = sites[index].engine, let above = sites[parent].engine,
            let mine = Link(below, peer: sites[parent].node), let theirs = Link(above, peer: sites[index].node)
        else { return nil }
        if sites[index].nextKey != nil { return "\(sites[index].seat.code) waits for its new key" }
        return mine.trustDigest == theirs.trustDigest
            ? nil : "\(sites[index].seat.code) and \(sites[parent].seat.code) believe different statements"
    }
}
