public import SyncProtocol

/// The journal as changesets for whoever wants to check it with other tools: each under this node's own cover, for no
/// receiver in particular.
public struct LogExport: Sendable {
    let identity: NodeIdentity

    public init(_ engine: SyncEngine) { identity = engine.identity }

    public struct Page: Sendable {
        public let changesets: [Changeset]
        /// Journal row to go on behind; nil at the end.
        public let last: Int64?
    }

    /// In the order in which the journal was written, behind row `after`, about `budget` packed bytes.
    public func page(after: Int64, budget: Int, in snapshot: borrowing Snapshot) throws -> Page {
        let rows = try snapshot.journal.bodies(after: after, budget: budget)
        let changesets = try rows.map { row in
            let packed = (try row.packed() ?? [])[...]
            let cover = try Cover(
                sender: identity.node, receiver: nil, seal: row.seal, packed: packed, unpackedSize: row.unpackedSize,
                federation: identity.federation, key: identity.key)
            return Changeset(cover: cover, seal: row.seal, packed: packed)
        }
        return Page(changesets: changesets, last: rows.last?.id)
    }
}
