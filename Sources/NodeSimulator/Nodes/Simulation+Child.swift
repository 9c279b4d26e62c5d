internal import NodeCore
internal import SyncProtocol

/// The child's side of its line, as the daemon's uplink has it.
extension Simulation {
    private static let answerTime: Int64 = 8_000
    private static let idleTime: Int64 = 30_000

    mutating func begin(_ index: Int) throws {
        guard sites[index].isUp, sites[index].call == nil, let parent = sites[index].parent else { return }
        sites[index].calls += 1
        let number = sites[index].calls
        sites[index].call = Call(number: number, lastHeard: now)
        agenda.plan(.look(index, call: number), at: now + Simulation.answerTime)
        try send(.ask, from: index, to: parent, call: number)
    }

    mutating func endCall(_ index: Int, _ reason: String) {
        guard sites[index].call != nil else { return }
        note(index, "call ended: \(reason)")
        sites[index].call = nil
        sites[index].failures = min(sites[index].failures + 1, 6)
        let wait = 250 + luck.below(500 << sites[index].failures)
        agenda.plan(.call(index), at: now + Int64(wait))
    }

    mutating func look(_ index: Int, _ number: UInt64) throws {
        guard let call = sites[index].call, call.number == number, let parent = sites[index].parent else { return }
        let silence = now - call.lastHeard
        let isWaiting = call.phase != .open || !call.underWay.isEmpty || call.unanswered > 0
        if silence >= (isWaiting ? Simulation.answerTime : 2 * Simulation.idleTime + Simulation.answerTime) {
            return endCall(index, "silence")
        }
        if !isWaiting && silence >= Simulation.idleTime, let held = try held(index) {
            try send(.poll(after: held.next), from: index, to: parent, call: number)
        }
        agenda.plan(.look(index, call: number), at: now + (isWaiting ? Simulation.answerTime : Simulation.idleTime))
    }

    mutating func receiveAsChild(_ packet: Packet, at index: Int) throws {
        guard let call = sites[index].call, call.number == packet.call else { return }
        sites[index].call?.lastHeard = now
        do {
            switch packet.content {
            case .challenge(let nonce) where call.phase == .asking: try greet(index, nonce)
            case .answer(let bytes) where call.phase == .greeting: try open(index, bytes)
            case .taken:
                sites[index].call?.unanswered -= 1
                try pump(index)
            case .receipt(let bytes): try acknowledged(index, bytes, from: packet.from)
            case .down(let list): try takeDown(index, list, from: packet.from)
            case .refused(let code, let proof): try weigh(index, code, proof, from: packet.from)
            case .noSession: endCall(index, "no session")
            default: return
            }
        } catch let error as ProtocolError {
            ledger.refused(packet.from, index, error.code)
            endCall(index, error.code.rawValue)
        }
    }

    private mutating func greet(_ index: Int, _ nonce: [UInt8]) throws {
        guard let engine = sites[index].engine, let parent = sites[index].parent,
            let link = Link(engine, peer: sites[parent].node), let call = sites[index].call
        else { return }
        let positions = try read(index) { try link.positions(peerIncarnation: nil, in: $1) }
        let question = try Hello(
            node: sites[index].node, incarnation: engine.identity.incarnation, peer: sites[parent].node, nonce: nonce,
            exchangeKey: sites[index].entropy.bytes(32), positions: positions,
            trustCount: UInt64(sites[index].below.count), answering: nil, federation: engine.identity.federation,
            key: sites[index].key)
        sites[index].call?.question = question
        sites[index].call?.phase = .greeting
        try send(.hello(question.message.encoded), from: index, to: parent, call: call.number)
    }

    private mutating func open(_ index: Int, _ bytes: [UInt8]) throws {
        guard let engine = sites[index].engine, let parent = sites[index].parent,
            let link = Link(engine, peer: sites[parent].node), let call = sites[index].call, let question = call.question
        else { return }
        let answer = try Hello(verifying: bytes[...], to: sites[index].node, trust: engine.trust)
        try answer.checkAnswers(question)
        let position = try write(index) { try link.acceptPeer(answer.positions, in: $1) }
        sites[index].failures = 0
        sites[index].call?.phase = .open
        sites[index].call?.position = position
        sites[index].call?.handedOn = Int(clamping: answer.trustCount)
        let log = link.incoming(answer.incarnation)
        sites[index].call?.incoming = log
        note(index, "line is up at \(position)")
        let receipt = try write(index) { try link.receipt(for: log, in: $1) }
        sites[index].call?.unanswered += 1
        try send(.receipt(receipt.message.encoded), from: index, to: parent, call: call.number)
        try send(.poll(after: receipt.durable), from: index, to: parent, call: call.number)
        try pump(index)
    }

    /// How far the parent's log is held here.
    private func held(_ index: Int) throws -> Inspection.Head? {
        guard let log = sites[index].call?.incoming else { return nil }
        return try read(index) { try Inspection.heads(in: $1) }.first { $0.log == log }
    }

    /// Sends what the parent does not have yet, as far as the window allows.
    mutating func pump(_ index: Int) throws {
        guard let call = sites[index].call, call.phase == .open, let parent = sites[index].parent,
            let engine = sites[index].engine, let link = Link(engine, peer: sites[parent].node)
        else { return }
        if sites[index].below.count > call.handedOn {
            let below = sites[index].below
            sites[index].call?.handedOn = below.count
            sites[index].call?.unanswered += 1
            try send(.trust(below), from: index, to: parent, call: call.number)
        }
        if sites[index].call?.unanswered != 0 && !climate.isImpatient { return }
        while let open = sites[index].call, open.number == call.number, open.underWay.count < climate.window {
            let next = try read(index) { try link.changesets(from: open.position, budget: 1, in: $1) }.first
            guard let next else { return }
            sites[index].call?.position = next.seal.next
            sites[index].call?.underWay.append(next.seal.next)
            sites[index].call?.lastHeard = now
            try send(.up(next.encoded), from: index, to: parent, call: call.number)
        }
    }

    private mutating func acknowledged(_ index: Int, _ bytes: [UInt8], from parent: Int) throws {
        guard let receipt = try take(bytes, from: parent, at: index) else { return endCall(index, "a bad receipt") }
        sites[index].call?.underWay.removeAll { $0 <= receipt.durable }
        try pump(index)
    }

    private mutating func takeDown(_ index: Int, _ list: [[UInt8]], from parent: Int) throws {
        guard let call = sites[index].call else { return }
        var last: Receipt?
        for bytes in list {
            switch try intake(bytes, from: parent, at: index) {
            case .success(let receipt): last = receipt
            case .failure(let error): return endCall(index, error.code.rawValue)
            }
        }
        guard let last else { return }
        sites[index].call?.unanswered += 1
        try send(.receipt(last.message.encoded), from: index, to: parent, call: call.number)
        try send(.poll(after: last.durable), from: index, to: parent, call: call.number)
    }

    /// A refusal by position counts only with its proof.
    private mutating func weigh(_ index: Int, _ code: ProtocolError.Code, _ proof: [UInt8]?, from parent: Int) throws {
        defer { endCall(index, "refused: \(code.rawValue)") }
        guard let proof, let engine = sites[index].engine else { return }
        guard code == .fork else {
            _ = try take(proof, from: parent, at: index)
            return
        }
        let seal = try Seal(decoding: proof[...])
        try seal.verify(engine.trust)
        guard seal.log.author == sites[index].node,
            let own = try read(index, { try $0.heldSeal(at: seal.first, of: seal.log, in: $1) }), own.hash != seal.hash
        else { return }
        let node = sites[parent].node
        try write(index) { _, tx in
            try Inquiry.refuse(
                ProtocolError(.fork, "sealed twice"), from: node, subject: "seal", forked: seal, in: tx)
        }
    }
}
