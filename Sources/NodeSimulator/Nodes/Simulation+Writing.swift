internal import NodeCore
internal import SyncProtocol

extension Simulation {
    // MARK: The store of a site

    /// One transaction. When the power goes in it, or between its commit and its effects, nothing is returned.
    /// `isDeep`: whether it may concern records, so that all checkers look.
    mutating func write<Result>(
        _ index: Int, isDeep: Bool = true, _ body: (SyncEngine, borrowing Transaction) throws -> Result
    ) throws -> Result {
        guard let store = sites[index].store, let engine = sites[index].engine else { throw PowerCut(site: index) }
        touch(index, isDeep: isDeep)
        let result: Result
        do { result = try store.write(moment(index)) { try body(engine, $0) } } catch {
            if sites[index].disk.isDead { throw PowerCut(site: index) }
            guard (error as? NodeError)?.code == .diskFull else { throw error }
            table.add(.fullDisk)
            // What was written before there was no room belongs to no commit.
            sites[index].empty = (sites[index].disk.syncs, sites[index].disk.unsyncedLogBytes)
            throw NoRoom(site: index)
        }
        if sites[index].disk.isDead { throw PowerCut(site: index) }
        return result
    }

    func read<Result>(_ index: Int, _ body: (SyncEngine, borrowing Snapshot) throws -> Result) throws -> Result {
        guard let store = sites[index].store, let engine = sites[index].engine else { throw PowerCut(site: index) }
        do { return try store.read { try body(engine, $0) } } catch {
            if sites[index].disk.isDead { throw PowerCut(site: index) }
            throw error
        }
    }

    /// Reads who the node is, whom it trusts and by what it checks.
    mutating func loadEngine(_ index: Int) throws {
        guard let store = sites[index].store else { return }
        let site = sites[index]
        var engine: SyncEngine?
        do { engine = try store.read { try NodeSetup.engine(charter: site.charter, key: site.key, in: $0) } } catch {
            if sites[index].disk.isDead { throw PowerCut(site: index) }
            throw error
        }
        engine?.plant(planted)
        if site.isNewer && hasUpgrades { engine?.understand(Sheet.laterTypes) }
        sites[index].engine = engine
    }

    /// What leaves after a commit.
    mutating func perform(_ effects: [Effect], at index: Int) throws {
        for effect in effects {
            switch effect {
            case .wake(let peer): try wake(index, peer)
            case .trustChanged, .referenceChanged:
                try loadEngine(index)
                try pump(index)
                try checkPublished(index)
            case .outcome, .counted: continue
            }
        }
    }

    private mutating func wake(_ index: Int, _ peer: NodeID) throws {
        if let parent = sites[index].parent, sites[parent].node == peer { return try pump(index) }
        for child in copies(of: peer, below: index) { try serve(index, child, isWoken: true) }
    }

    // MARK: Bytes that come in

    /// A neighbour's changeset through all checks, as the daemon makes them: the receipt, or why it was refused.
    mutating func intake(_ bytes: [UInt8], from peer: Int, at index: Int) throws -> Result<Receipt, ProtocolError> {
        guard let engine = sites[index].engine, let link = Link(engine, peer: sites[peer].node) else {
            return .failure(ProtocolError(.notEntitled, "no neighbour"))
        }
        do {
            let changeset = try Changeset(
                verifying: bytes, from: sites[peer].node, to: sites[index].node, trust: engine.trust)
            let log = changeset.seal.log
            let admission = try read(index) { try $0.admission(of: changeset.seal, in: $1) }
            // What is held already goes on to the engine as well: of two copies both may have been checked before either
            // came in.
            let arrival = try engine.open(changeset)
            try acknowledgeEarly(arrival, link, to: peer, at: index)
            var promised: Receipt?
            let (effects, receipt): ([Effect], Receipt)
            do {
                (effects, receipt) = try write(index) { engine, tx in
                    let effects = try engine.handle(.changeset(arrival), in: tx)
                    let receipt = try link.receipt(for: log, in: tx)
                    promised = receipt
                    return (effects, receipt)
                }
            } catch let full as NoRoom {
                guard planted.contains(.acknowledgeUnstored), let promised else { throw full }
                return .success(promised)
            }
            note(index, "took \(changeset.seal.first)+\(changeset.seal.count) of \(sites[peer].seat.code)")
            try Outcomes.checkCount(effects, changeset.seal, admission)
            try perform(effects, at: index)
            return .success(receipt)
        } catch let error as ProtocolError {
            try refuse(error, bytes, from: peer, at: index)
            return .failure(error)
        } catch let error as NodeError where error.code == .conflict && mayStandStill {
            return .failure(ProtocolError(.fork, error.message.en))
        }
    }

    private mutating func refuse(_ error: ProtocolError, _ bytes: [UInt8], from peer: Int, at index: Int) throws {
        note(index, "refused \(bytes.count) bytes of \(sites[peer].seat.code): \(error.code.rawValue)")
        ledger.refused(peer, index, error.code)
        if error.code == .position { return }
        let kept = error.code == .fork || error.code == .late ? verified(bytes, from: peer, at: index) : nil
        let node = sites[peer].node
        try write(index, isDeep: false) { _, tx in
            try Inquiry.refuse(
                error, from: node, subject: "changeset", forked: error.code == .fork ? kept?.seal : nil, in: tx)
            if let kept { try LateEntries.keep(kept, reason: error.code, in: tx) }
        }
    }

    /// A changeset that verifies; nil when it does not, and so proves nothing.
    func verified(_ bytes: [UInt8], from peer: Int, at index: Int) -> Changeset? {
        guard let engine = sites[index].engine else { return nil }
        do {
            return try Changeset(verifying: bytes, from: sites[peer].node, to: sites[index].node, trust: engine.trust)
        } catch { return nil }
    }

    /// Only with its bug planted: the receipt of a transaction that is not committed yet leaves.
    private mutating func acknowledgeEarly(
        _ arrival: Arrival, _ link: Link, to peer: Int, at index: Int
    ) throws {
        guard planted.contains(.acknowledgeBeforeCommit), let call = call(between: index, peer) else { return }
        var early: Receipt?
        do {
            _ = try write(index) { engine, tx in
                _ = try engine.handle(.changeset(arrival), in: tx)
                early = try link.receipt(for: arrival.changeset.seal.log, in: tx)
                throw NotYet()
            }
        } catch is NotYet {}
        if let early { try send(.receipt(early.message.encoded), from: index, to: peer, call: call, request: 0) }
    }

    private struct NotYet: Error {}

    private func call(between index: Int, _ peer: Int) -> UInt64? {
        sites[index].parent == peer ? sites[index].call?.number : sites[index].served[peer]?.call
    }

    /// A receipt that came in; refusals by the engine are the answer to its sender.
    mutating func take(_ bytes: [UInt8], from peer: Int, at index: Int) throws -> Receipt? {
        guard let engine = sites[index].engine else { return nil }
        do {
            let receipt = try Receipt(verifying: bytes[...], from: sites[peer].node, trust: engine.trust)
            let effects = try write(index, isDeep: false) { try $0.handle(.receipt(receipt), in: $1) }
            try perform(effects, at: index)
            return receipt
        } catch let error as ProtocolError {
            note(index, "refused a receipt of \(sites[peer].seat.code): \(error.code.rawValue)")
            ledger.refused(peer, index, error.code)
            return nil
        }
    }
}
