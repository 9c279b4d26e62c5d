internal import NodeCore
internal import SyncProtocol

/// The parent's side of a line, as the daemon's service has it.
extension Simulation {
    /// A message arrives. Damaged messages are nobody's fault: they are refused and counted.
    mutating func receive(_ packet: Packet) throws {
        guard sites[packet.to].isUp else { return }
        if sites[packet.to].parent == packet.from {
            try receiveAsChild(packet, at: packet.to)
        } else {
            try receiveAsParent(packet, at: packet.to)
        }
    }

    private mutating func receiveAsParent(_ packet: Packet, at index: Int) throws {
        let child = packet.from
        switch packet.content {
        case .ask:
            let nonce = sites[index].entropy.bytes(32)
            sites[index].challengeCount += 1
            sites[index].challenges[nonce] = sites[index].challengeCount
            try send(.challenge(nonce), from: index, to: child, call: packet.call, request: packet.request)
        case .askTrust: try answerTrust(packet, at: index)
        case .hello(let bytes):
            try answering(packet, at: index) { try $0.welcome(bytes, packet, at: index) }
        default:
            guard let service = sites[index].served[child], service.call == packet.call else {
                // Statements prove themselves: who greets under a key that is not known here sends them without a session.
                if case .trust(let list) = packet.content {
                    return try answering(packet, at: index) { try $0.takeStatements(list, packet, at: index) }
                }
                return try send(.noSession, from: index, to: child, call: packet.call, request: packet.request)
            }
            try answering(packet, at: index) { try $0.respond(packet, at: index) }
        }
    }

    /// What a refusal by the protocol leads to.
    private mutating func answering(
        _ packet: Packet, at index: Int, _ body: (inout Simulation) throws -> Void
    ) throws {
        do { try body(&self) } catch let copied as Link.Copied {
            try stop(packet, at: index, copied.refusal, proof: copied.proof)
        } catch let error as ProtocolError where error.code == .recoverFirst {
            try stop(packet, at: index, error, proof: nil)
        } catch let error as ProtocolError {
            note(index, "refused \(packet.name) of \(sites[packet.from].seat.code): \(error.code.rawValue)")
            ledger.refused(packet.from, index, error.code)
            try send(
                .refused(error.code, proof: nil), from: index, to: packet.from, call: packet.call, request: packet.request)
        }
    }

    /// One of two copies, or a link that this site knows less of than its child: it stands still.
    private mutating func stop(_ packet: Packet, at index: Int, _ error: ProtocolError, proof: [UInt8]?) throws {
        note(index, "stops the link of \(sites[packet.from].seat.code): \(error.code.rawValue)")
        ledger.refused(packet.from, index, error.code)
        if let life = sites[packet.from].engine?.identity.incarnation,
            let engine = sites[index].engine, let link = Link(engine, peer: sites[packet.from].node)
        {
            try write(index) { try link.freeze(life, error, in: $1) }
        }
        try send(
            .refused(error.code, proof: proof), from: index, to: packet.from, call: packet.call, request: packet.request)
    }

    private mutating func welcome(_ bytes: [UInt8], _ packet: Packet, at index: Int) throws {
        guard let engine = sites[index].engine else { return }
        let question = try Hello(verifying: bytes[...], to: sites[index].node, trust: engine.trust)
        guard question.transcript == nil, let number = sites[index].challenges.removeValue(forKey: question.nonce),
            number > sites[index].answered[question.node] ?? 0
        else {
            throw ProtocolError(.notEntitled, "the challenge is unknown or used")
        }
        sites[index].answered[question.node] = number
        guard let link = Link(engine, peer: question.node), !link.isToParent else {
            throw ProtocolError(.notEntitled, "the node is not directly below this one")
        }
        let exchangeKey = sites[index].entropy.bytes(32)
        let (effects, answer) = try write(index, isDeep: false) { engine, tx in
            try tx.withSnapshot { try link.follow(question, in: $0) }
            let effects = try engine.handle(.met(question.node, question.incarnation, question.positions), in: tx)
            let answer = try Hello(
                node: engine.identity.node, incarnation: engine.identity.incarnation, peer: question.node,
                nonce: question.nonce, exchangeKey: exchangeKey,
                positions: try tx.withSnapshot { try link.positions(peerIncarnation: question.incarnation, in: $0) },
                trustDigest: link.trustDigest, answering: question, federation: engine.identity.federation,
                key: engine.identity.key)
            try link.answered(question, with: answer, in: tx)
            return (effects, answer)
        }
        sites[index].served[packet.from] = Service(
            call: packet.call, incarnation: question.incarnation, answer: answer.digest)
        if packet.from == twin?.original || packet.from == twin?.copy { twin?.latest = answer.digest }
        try send(.answer(answer.message.encoded), from: index, to: packet.from, call: packet.call, request: packet.request)
        try perform(effects, at: index)
    }

    private mutating func respond(_ packet: Packet, at index: Int) throws {
        let child = packet.from
        if let service = sites[index].served[child], !service.isUsed {
            sites[index].served[child]?.isUsed = true
            guard let engine = sites[index].engine, let link = Link(engine, peer: sites[child].node) else { return }
            try write(index, isDeep: false) { try link.used(service.answer, service.incarnation, in: $1) }
        }
        switch packet.content {
        case .trust(let list): try takeStatements(list, packet, at: index)
        case .up(let bytes): try takeUp(bytes, packet, at: index)
        case .poll(let position):
            // Of two polls the earlier one goes home without news.
            if let waiting = sites[index].served[child]?.parked, waiting.request != packet.request {
                try send(.noNews, from: index, to: child, call: packet.call, request: waiting.request)
            }
            sites[index].served[child]?.parked = (position: position, request: packet.request)
            try serve(index, child)
        case .askChannels, .pull: try answerChannels(packet, at: index)
        case .fetch, .giveBack, .settled: try answerHealing(packet, at: index)
        case .rotate(let bytes): try certifyNext(bytes, packet, at: index)
        case .receipt(let bytes):
            let isTaken = try take(bytes, from: child, at: index) != nil
            try send(
                isTaken ? .taken : .refused(.position, proof: nil), from: index, to: child, call: packet.call,
                request: packet.request)
        default: return
        }
    }

    private mutating func takeStatements(_ list: [[UInt8]], _ packet: Packet, at index: Int) throws {
        let statements = try list.map { try TrustStatement(decoding: $0[...]) }
        let node = sites[packet.from].node
        let effects = try write(index) { try $0.handle(.statements(statements, from: node), in: $1) }
        try perform(effects, at: index)
        try answerTrust(packet, at: index)
    }

    private mutating func takeUp(_ bytes: [UInt8], _ packet: Packet, at index: Int) throws {
        let content: Packet.Content
        switch try intake(bytes, from: packet.from, at: index) {
        case .success(let receipt): content = .receipt(receipt.message.encoded)
        case .failure(let error):
            content = .refused(error.code, proof: try proof(bytes, error, from: packet.from, at: index))
        }
        try send(content, from: index, to: packet.from, call: packet.call, request: packet.request)
    }

    /// What proves a refusal by position: the receipt of what is held, or the other seal that is held there.
    private mutating func proof(_ bytes: [UInt8], _ error: ProtocolError, from child: Int, at index: Int) throws -> [UInt8]?
    {
        guard [.position, .chainBroken, .fork].contains(error.code),
            let seal = verified(bytes, from: child, at: index)?.seal,
            let engine = sites[index].engine, let link = Link(engine, peer: sites[child].node)
        else { return nil }
        guard error.code == .fork else {
            return try write(index) { try link.receipt(for: seal.log, in: $1) }.message.encoded
        }
        return try read(index) { try $0.heldSeal(at: seal.first, of: seal.log, in: $1)?.message.encoded }
    }

    private mutating func answerChannels(_ packet: Packet, at index: Int) throws {
        guard let engine = sites[index].engine, let link = Link(engine, peer: sites[packet.from].node) else { return }
        let content: Packet.Content
        if case .pull(let log, let position) = packet.content {
            let list = try read(index) { try link.changesets(of: log, from: position, budget: 65_536, in: $1) }
            content = .channel(list.map(\.encoded))
        } else {
            content = .channels(try read(index) { try link.channels(in: $1) })
        }
        try send(content, from: index, to: packet.from, call: packet.call, request: packet.request)
    }

    /// Answers a waiting poll when there is something, or when there is news in a channel.
    mutating func serve(_ index: Int, _ child: Int, isWoken: Bool = false) throws {
        guard let service = sites[index].served[child], let parked = service.parked,
            let engine = sites[index].engine, let link = Link(engine, peer: sites[child].node)
        else { return }
        let changesets: [Changeset]
        do { changesets = try read(index) { try link.changesets(from: parked.position, budget: 65_536, in: $1) } } catch let
            error
            as ProtocolError
        {
            sites[index].served[child] = nil
            return try send(
                .refused(error.code, proof: nil), from: index, to: child, call: service.call, request: parked.request)
        }
        guard !changesets.isEmpty || isWoken else { return }
        sites[index].served[child]?.parked = nil
        try send(.down(changesets.map(\.encoded)), from: index, to: child, call: service.call, request: parked.request)
    }

    // MARK: Sending

    mutating func send(_ content: Packet.Content, from: Int, to: Int, call: UInt64, request: UInt64) throws {
        let packet = Packet(from: from, to: to, call: call, request: request, content: content)
        try Leaving.check(packet, of: self)
        let line = sites[from].parent == to ? from : to
        let deliveries = try network.carry(
            packet, line: line, now: now, sender: sites[from].engine?.identity, counting: &table)
        for delivery in deliveries {
            inFlight += 1
            agenda.plan(.deliver(delivery.packet), at: delivery.at)
        }
        note(from, "-> \(sites[to].seat.code) \(packet.name)\(deliveries.isEmpty ? " lost" : "")")
        guard network.hangsUp(&table) else { return }
        if luck.below(2) == 0 {
            endCall(line, "hung up")
        } else if let parent = sites[line].parent {
            sites[parent].served[line] = nil
        }
    }
}
