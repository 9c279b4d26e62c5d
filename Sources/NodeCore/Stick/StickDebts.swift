internal import SyncProtocol

/// What this node owes a neighbour that is reached by a stick: by what the neighbour's receipts, hellos and bundles said it
/// holds. The order is that of a line: what is given back, what was said in earlier lives, the present one, channels.
struct StickDebts {
    let link: Link
    /// The latest bundle of the neighbour, unless it lives another life by now.
    private let said: BundleManifest.Content?
    /// Whether the neighbour lost what it held once: then only what it says itself counts.
    private let isPeerRestored: Bool
    private let isCatchingUp: Bool

    init(_ link: Link, in snapshot: borrowing Snapshot) throws {
        self.link = link
        let peer = link.peer.node
        let life = try snapshot.met.latest(peer)
        said = try snapshot.sticks.latest(peer).flatMap { $0.content.life == life ? $0.content : nil }
        isPeerRestored = try snapshot.met.count(peer) > 1
        isCatchingUp = try snapshot.catchingUp.contains(link.peer.seat.code)
    }

    func runs(in snapshot: borrowing Snapshot) throws -> [BundleManifest.Run] {
        let runs =
            try givenBack(in: snapshot) + earlier(in: snapshot) + present(in: snapshot) + channels(in: snapshot)
        return Array(runs.filter { $0.from < $0.next }.prefix(BundleManifest.runsMax))
    }

    /// The neighbour's own logs of earlier lives, as far as it said that it lacks them.
    private func givenBack(in snapshot: borrowing Snapshot) throws -> [BundleManifest.Run] {
        guard let said else { return [] }
        let lives = link.isToParent ? said.positions.down : said.positions.up
        var runs = [BundleManifest.Run]()
        for state in try snapshot.logs.lives(link.incoming(said.life)) where state.log.incarnation != said.life {
            let theirs = lives.first { $0.incarnation == state.log.incarnation }
            guard let from = try common(state, theirs, in: snapshot) else { continue }
            runs.append(.init(log: state.log, from: from, next: state.next))
        }
        for run in try link.channelsToGiveBack(said.channels, life: said.life, in: snapshot) {
            let next = try snapshot.logs.find(run.log)?.next ?? 0
            runs.append(.init(log: run.log, from: run.from, next: next))
        }
        return runs
    }

    /// From where the neighbour lacks its own log: from the beginning, where it holds another branch than this node; nil
    /// where it holds more.
    private func common(_ state: LogState, _ theirs: LogLife?, in snapshot: borrowing Snapshot) throws -> UInt64? {
        guard let theirs, theirs.next > 0 else { return 0 }
        if theirs.next > state.next { return nil }
        let seal = try snapshot.journal.row(log: state.id, covering: theirs.next - 1)?.seal
        return seal?.next == theirs.next && seal?.hash == theirs.hash ? theirs.next : 0
    }

    /// What this node said in earlier lives and the neighbour lacks. While it is not known how much of that came back, only
    /// what the neighbour itself asked for under the present life.
    private func earlier(in snapshot: borrowing Snapshot) throws -> [BundleManifest.Run] {
        let own = link.identity.incarnation
        if isCatchingUp && said?.receiverLife != own { return [] }
        let starts = try said.map { try link.compare($0.positions, $0.life, in: snapshot).send.dropLast() }
        return try snapshot.logs.lives(link.outgoing).compactMap { state in
            guard state.log.incarnation != own, state.frozen == nil else { return nil }
            if let starts, !starts.contains(where: { $0.log == state.log }) { return nil }
            let from = start(state, starts?.first { $0.log == state.log }?.from)
            return .init(log: state.log, from: from, next: state.next)
        }
    }

    private func present(in snapshot: borrowing Snapshot) throws -> [BundleManifest.Run] {
        guard let state = try snapshot.logs.find(link.outgoing), state.next > 0 else { return [] }
        if let reason = state.frozen { throw ProtocolError(.fork, "the link is frozen: \(reason)") }
        let position = try said.map { try link.compare($0.positions, $0.life, in: snapshot).position }
        return [.init(log: state.log, from: start(state, position), next: state.next)]
    }

    private func start(_ state: LogState, _ position: UInt64?) -> UInt64 {
        guard let position else { return state.peerDurable }
        return isPeerRestored ? position : max(position, state.peerDurable)
    }

    /// Nobody acknowledges a channel: the child's bundles say how far it holds each.
    private func channels(in snapshot: borrowing Snapshot) throws -> [BundleManifest.Run] {
        if link.isToParent { return [] }
        return try link.channels(in: snapshot).filter { $0.log.author != link.peer.node }.map { channel in
            .init(
                log: channel.log, from: said?.channels.first { $0.log == channel.log }?.next ?? 0, next: channel.next)
        }
    }
}
