internal import NodeCore
internal import SyncProtocol

/// The child's side of its line, as the daemon's uplink has it.
extension Simulation {
    private static let answerTime: Int64 = 8_000
    private static let idleTime: Int64 = 60_000

    mutating func begin(_ index: Int) throws {
        guard sites[index].isUp, sites[index].call == nil, sites[index].parent != nil,
            sites[index].engine?.standstill == nil
        else { return }
        sites[index].calls += 1
        sites[index].call = Call(number: sites[index].calls)
        agenda.plan(.look(index, call: sites[index].calls), at: now + Simulation.answerTime)
        try ask(.ask, by: index)
    }

    mutating func endCall(_ index: Int, _ reason: String) {
        guard sites[index].call != nil else { return }
        note(index, "call ended: \(reason)")
        sites[index].call = nil
        sites[index].failures = min(sites[index].failures + 1, 6)
        let wait = 250 + luck.below(500 << sites[index].failures)
        agenda.plan(.call(index), at: now + Int64(wait))
    }

    /// A request to the parent; its answer bears the same number.
    mutating func ask(_ content: Packet.Content, by index: Int, _ kind: Call.Pending.Kind = .other) throws {
        guard let call = sites[index].call, let parent = sites[index].parent else { return }
        let number = call.requests + 1
        sites[index].call?.requests = number
        sites[index].call?.pending.append(.init(number: number, since: now, kind: kind))
        try send(content, from: index, to: parent, call: call.number, request: number)
    }

    mutating func look(_ index: Int, _ number: UInt64) throws {
        guard let call = sites[index].call, call.number == number else { return }
        let isLost = call.pending.contains { pending in
            let time = pending.kind == .poll ? 2 * Simulation.idleTime : Simulation.answerTime
            return now - pending.since >= time
        }
        if isLost { return endCall(index, "silence") }
        let isQuiet = call.pending.contains { $0.kind == .poll && now - $0.since >= Simulation.idleTime }
        if call.isIdle && isQuiet, let held = try held(index) { try ask(.poll(after: held.next), by: index, .poll) }
        agenda.plan(.look(index, call: number), at: now + (call.isIdle ? Simulation.idleTime / 2 : Simulation.answerTime))
    }

    mutating func receiveAsChild(_ packet: Packet, at index: Int) throws {
        guard let call = sites[index].call, call.number == packet.call,
            let answered = call.pending.firstIndex(where: { $0.number == packet.request })
        else { return }
        sites[index].call?.pending.remove(at: answered)
        do {
            switch packet.content {
            case .challenge(let nonce) where call.phase == .asking: try greet(index, nonce)
            case .answer(let bytes) where call.phase == .greeting: try open(index, bytes)
            case .receipt(let bytes):
                try acknowledged(index, bytes, from: packet.from)
                if call.phase == .healing { try doNextChore(index) }
            case .down(let list) where call.phase == .healing: try pulled(index, list, from: packet.from)
            case .down(let list): try takeDown(index, list, from: packet.from)
            case .channels(let list) where call.phase == .healing: try compareChannels(index, list)
            case .channels(let list): try pull(index, list, from: packet.from)
            case .channel(let list):
                if try takeAll(index, list, from: packet.from) != nil { try ask(.askChannels, by: index) }
            case .refused(let code, let proof): try weigh(index, code, proof, from: packet.from)
            case .noSession: endCall(index, "no session")
            case .noNews:
                // As the daemon does after each poll: news of a channel may have been lost with the parent's memory.
                try ask(.askChannels, by: index)
                if hasNewKeys { try ask(.askTrust, by: index) }
                try pollAgain(index)
            case .taken where call.phase == .healing: try doNextChore(index)
            case .taken: break
            case .back(let list): try regained(index, list, from: packet.from)
            case .trust(let list): try learn(index, list, from: packet.from)
            default: return
            }
            try pump(index)
        } catch let error as ProtocolError {
            ledger.refused(packet.from, index, error.code)
            if try learnKeys(index, error.code) { return }
            endCall(index, error.code.rawValue)
        }
    }

    private mutating func greet(_ index: Int, _ nonce: [UInt8]) throws {
        guard let engine = sites[index].engine, let parent = sites[index].parent,
            let link = Link(engine, peer: sites[parent].node)
        else { return }
        let exchangeKey = sites[index].entropy.bytes(32)
        let question = try write(index, isDeep: false) { engine, tx in
            let question = try tx.withSnapshot { snapshot in
                try Hello(
                    node: engine.identity.node, incarnation: engine.identity.incarnation, peer: link.peer.node,
                    nonce: nonce, exchangeKey: exchangeKey,
                    positions: try link.positions(peerIncarnation: nil, in: snapshot),
                    trustDigest: link.trustDigest, thread: try link.thread(in: snapshot), answering: nil,
                    federation: engine.identity.federation, key: engine.identity.key)
            }
            try link.asked(question, in: tx)
            return question
        }
        sites[index].call?.question = question
        sites[index].call?.phase = .greeting
        try ask(.hello(question.message.encoded), by: index)
    }

    private mutating func open(_ index: Int, _ bytes: [UInt8]) throws {
        guard let engine = sites[index].engine, let parent = sites[index].parent,
            let link = Link(engine, peer: sites[parent].node), let call = sites[index].call, let question = call.question
        else { return }
        let answer = try Hello(verifying: bytes[...], to: sites[index].node, trust: engine.trust)
        try answer.checkAnswers(question)
        let node = sites[parent].node
        let meeting = try read(index) { try link.compare(answer.positions, answer.incarnation, in: $1) }
        let effects = try write(index, isDeep: false) { engine, tx in
            try link.accepted(answer, in: tx)
            return try engine.handle(.met(node, answer.incarnation, answer.positions), in: tx)
        }
        try checkThread(index, answer.digest)
        sites[index].failures = 0
        sites[index].call?.position = meeting.position
        sites[index].call?.parentHas = answer.trustDigest
        sites[index].call?.incoming = link.incoming(answer.incarnation)
        sites[index].call?.answer = answer
        try perform(effects, at: index)
        if try heal(index, meeting, answer, link) { return }
        try begin(index, link)
    }

    /// Nothing of an earlier life is left to move: reports and decisions flow.
    mutating func begin(_ index: Int, _ link: Link) throws {
        guard let call = sites[index].call, let log = call.incoming else { return }
        // The daemon says so at every hello; here only where somebody may wait for it.
        if !livesAnew.isEmpty && call.phase != .healing {
            try perform(try write(index) { try $0.handle(.settled(link.peer.node), in: $1) }, at: index)
            try ask(.settled, by: index)
        }
        sites[index].call?.phase = .open
        note(index, "line is up at \(call.position)")
        let receipt = try write(index, isDeep: false) { try link.receipt(for: log, in: $1) }
        try ask(.receipt(receipt.message.encoded), by: index)
        try ask(.poll(after: receipt.durable), by: index, .poll)
        try ask(.askChannels, by: index)
        try wishForKey(index)
        try pump(index)
    }

    /// How far the parent's log is held here.
    private func held(_ index: Int) throws -> Inspection.Head? {
        guard let log = sites[index].call?.incoming else { return nil }
        return try read(index) { try Inspection.head(of: log, in: $1) }
    }

    /// Sends what the parent does not have yet, as far as the window allows.
    mutating func pump(_ index: Int) throws {
        guard let call = sites[index].call, call.phase == .open, let parent = sites[index].parent,
            let engine = sites[index].engine, let link = Link(engine, peer: sites[parent].node)
        else { return }
        if link.trustDigest != call.parentHas && link.trustDigest != call.told {
            sites[index].call?.told = link.trustDigest
            try ask(.trust(link.shared.map(\.message.encoded)), by: index)
        }
        while let open = sites[index].call, open.number == call.number, open.count(.changeset) < climate.window {
            // What they signed would wait at the parent without the certificates.
            if !climate.isImpatient && open.count(.other) > 0 { return }
            let next = try read(index) { try link.changesets(from: open.position, budget: 1, in: $1) }.first
            guard let next else { return }
            sites[index].call?.position = next.seal.next
            try ask(.up(next.encoded), by: index, .changeset)
        }
    }

    private mutating func learn(_ index: Int, _ list: [[UInt8]], from parent: Int) throws {
        let statements = try list.map { try TrustStatement(decoding: $0[...]) }
        sites[index].call?.parentHas = Trust.digest(of: statements)
        let node = sites[parent].node
        try perform(try write(index) { try $0.handle(.statements(statements, from: node), in: $1) }, at: index)
        try takeNextKey(index)
        if sites[index].call?.phase == .learning { return endCall(index, "learned") }
        guard sites[index].call?.phase == .healing, sites[index].call?.chores.first == .share else { return }
        sites[index].call?.chores.removeFirst()
        try doNextChore(index)
    }

    private mutating func acknowledged(_ index: Int, _ bytes: [UInt8], from parent: Int) throws {
        if try take(bytes, from: parent, at: index) == nil { endCall(index, "a bad receipt") }
    }

    private mutating func takeDown(_ index: Int, _ list: [[UInt8]], from parent: Int) throws {
        if list.isEmpty {
            try ask(.askChannels, by: index)
            if hasNewKeys { try ask(.askTrust, by: index) }
        } else {
            guard let last = try takeAll(index, list, from: parent) else { return }
            try ask(.receipt(last.message.encoded), by: index)
        }
        try pollAgain(index)
    }

    private mutating func pollAgain(_ index: Int) throws {
        guard sites[index].call?.count(.poll) == 0, let held = try held(index) else { return }
        try ask(.poll(after: held.next), by: index, .poll)
    }

    /// The receipt for the last of them; nil when one was refused, which ends the call.
    mutating func takeAll(_ index: Int, _ list: [[UInt8]], from parent: Int) throws -> Receipt? {
        var last: Receipt?
        for bytes in list {
            switch try intake(bytes, from: parent, at: index) {
            case .success(let receipt): last = receipt
            case .failure(let error):
                endCall(index, error.code.rawValue)
                return nil
            }
        }
        return last
    }

    private mutating func pull(_ index: Int, _ list: [(log: LogID, next: UInt64)], from parent: Int) throws {
        guard let engine = sites[index].engine, let link = Link(engine, peer: sites[parent].node) else { return }
        for channel in list {
            let held = try read(index) { try link.held(channel.log, in: $1) }
            if held < channel.next { try ask(.pull(channel.log, after: held), by: index) }
        }
    }

    /// A refusal by position counts only with its proof.
    private mutating func weigh(_ index: Int, _ code: ProtocolError.Code, _ proof: [UInt8]?, from parent: Int) throws {
        if try learnKeys(index, code, isTold: true) { return }
        defer { endCall(index, "refused: \(code.rawValue)") }
        guard let proof, let engine = sites[index].engine else { return }
        if code == .copied { return try standStill(index, proof) }
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
