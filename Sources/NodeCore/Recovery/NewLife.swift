public import SyncProtocol

/// A database that was restored from a copy, or made anew for a node that was, begins a new life: it does not know what it
/// has said since, so it says nothing under the old name.
public enum NewLife {
    /// What a new life begins with.
    public struct Beginning: Sendable {
        public let incarnation: Incarnation
        /// Entries that waited unsealed and were never sent: reports are drafts again, decisions are to be made again.
        public let takenBack: Int
    }

    /// The token that names `incarnation` has to be on the disk before this commits.
    public static func begin(
        _ incarnation: Incarnation, _ engine: SyncEngine, by principal: Principal, in tx: borrowing Transaction
    ) throws -> Beginning {
        var takenBack = 0
        for id in try tx.outbox.logs() {
            guard let state = try tx.logs.state(id), state.log.author == engine.identity.node else { continue }
            takenBack += try TakeBack(engine).unsealed(state, in: tx)
        }
        // Of the earlier life the branch that the neighbour holds counts; what stopped it is decided.
        for state in try tx.logs.all() where state.log.author == engine.identity.node && state.frozen != nil {
            try tx.logs.thaw(state.id)
        }
        try tx.meta.set("incarnation", incarnation.bytes)
        try tx.meta.set("later-life", [1])
        try Standstill.clear(in: tx)
        try tx.home.ageWorkingCopies()
        let tree = engine.identity.tree
        for seat in tree.seats where seat.parent == engine.identity.seat.code || seat.code == engine.identity.seat.parent {
            try tx.catchingUp.add(seat.code)
        }
        try tx.audit.append(
            tx.moment, by: principal, action: "recover", record: nil, detail: "life \(incarnation)")
        Failpoint.lifeInTransaction.reach()
        return Beginning(incarnation: incarnation, takenBack: takenBack)
    }
}

extension SyncEngine {
    /// Refuses what must wait until a neighbour has given back what this node once said.
    func checkCaughtUp(with seat: String?, in tx: borrowing Transaction) throws {
        guard !identity.isFirstLife, !identity.planted.contains(.openBeforeSettled), let seat,
            try tx.catchingUp.contains(seat)
        else { return }
        throw NodeError(
            .recovering, "本节点由备份恢复，须先与 \(seat) 核对；录入可照常进行，连上后自动继续",
            "this node was restored and has yet to catch up with seat \(seat): drafts can be edited, the rest goes on"
                + " when the line is there")
    }

    /// The seats directly below.
    var below: [String] { identity.tree.seats.filter { $0.parent == identity.seat.code }.map(\.code) }
}
