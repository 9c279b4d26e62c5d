public import SyncProtocol

/// What does not count and is kept all the same: seals of a lost branch, of a life that was closed, or beyond a revocation,
/// with their entries. They count only when their home reports them again.
public struct LateEntries: Sendable {
    let engine: SyncEngine

    public init(_ engine: SyncEngine) { self.engine = engine }

    /// One entry under a seal that does not count.
    public struct Line: Sendable, Hashable {
        /// Of the seal in this store, and the entry's place under it.
        public let number: Int64
        public let item: Int
        public let author: NodeID
        public let life: Incarnation
        public let position: UInt64
        /// The number of its type, with the must-understand bit.
        public let type: UInt64
        public let record: RecordID?
        public let version: UInt64?
        /// `late`, `revoked`, `lost branch`.
        public let reason: String
        public let milliseconds: Int64
        /// Whether it is a version by this node itself, so that it can be taken up.
        public let isOwnVersion: Bool
    }

    /// The oldest first, from the seal behind `after` on. Where only the seal was kept there is one line, without a type.
    public func list(after: Int64, limit: Int, in snapshot: borrowing Snapshot) throws -> [Line] {
        try snapshot.late.page(after: after, limit: limit).flatMap { kept -> [Line] in
            let items = try kept.body()?.block.items ?? []
            guard !items.isEmpty else { return [line(kept, 0, nil)] }
            return items.indices.map { line(kept, $0, items[$0].entry) }
        }
    }

    private func line(_ kept: LateTable.Kept, _ item: Int, _ entry: Entry?) -> Line {
        let log = kept.seal.log
        return Line(
            number: kept.number, item: item, author: log.author, life: log.incarnation,
            position: kept.seal.first + UInt64(item), type: entry?.core.typeNumber ?? 0, record: entry?.core.record,
            version: entry?.core.version, reason: kept.reason, milliseconds: kept.milliseconds,
            isOwnVersion: entry?.core.type == .report && log.author == engine.identity.node)
    }

    /// What a kept version says, as far as this node was shown it.
    public func content(_ number: Int64, _ item: Int, in snapshot: borrowing Snapshot) throws -> (
        kind: RecordKind, line: Line, record: Record
    ) {
        guard let kept = try snapshot.late.row(number), let items = try kept.body()?.block.items,
            items.indices.contains(item)
        else { throw LateEntries.unknown }
        let (entry, context) = (items[item].entry, kept.seal.contexts[items[item].context])
        guard entry.core.type == .report, let kind = engine.identity.charter.kind(number: context.kind) else {
            throw NodeError(.invalid, "该条目不是档案版本", "that entry is no version of a record")
        }
        var record = Record()
        for section in entry.sections where section.reach != .match {
            guard let bytes = section.bytes else { continue }
            record = Sections.join(record, try Sections.readWhole(Array(bytes), kind: kind), kind: kind)
        }
        return (kind, line(kept, item, entry), record)
    }

    /// The home takes a version up again: it becomes the working copy of its record, over what the home knows beside it, and
    /// counts when it is reported. Where the record itself is gone it is made again under its number.
    public func takeUp(_ number: Int64, _ item: Int, by principal: Principal, in tx: borrowing Transaction) throws
        -> RecordID
    {
        let (kind, line, record) = try tx.withSnapshot { try content(number, item, in: $0) }
        guard line.isOwnVersion, let uuid = line.record else {
            throw NodeError(
                .notAllowed, "只有建档单位可以重新采用自己的版本", "only the home takes up a version, and only one of its own")
        }
        let taken: RecordID
        if try tx.records.find(uuid) != nil {
            try engine.draft.edit(uuid, by: principal, in: tx) { working, kind in
                let key = working.row[kind.key.tag]
                working = Sections.join(working, record, kind: kind)
                working.row[kind.key.tag] = key
            }
            taken = uuid
        } else {
            switch try engine.draft.take(record, kind: kind, by: principal, in: tx) {
            case .taken(let made): taken = made
            case .present(let known):
                throw NodeError(
                    .conflict, "同编号的档案已存在：\(known)", "a record with that number is here already: \(known)")
            case .refused(let finding): throw NodeError(.invalid, finding.message.zh, finding.message.en)
            }
        }
        try tx.audit.append(
            tx.moment, by: principal, action: "take-up", record: taken,
            detail: "late \(number)/\(item): version \(line.version ?? 0) of \(uuid), \(line.reason)")
        return taken
    }

    private static let unknown = NodeError(
        .notFound, "没有这条迟到条目，或只存了封签", "there is no such entry, or only its seal was kept")
}

extension LateEntries {
    /// A changeset that is refused because its life was closed, or because another seal stands in its place: kept with its
    /// body, as far as its author's share goes.
    public static func keep(_ changeset: Changeset, reason: ProtocolError.Code, in tx: borrowing Transaction) throws {
        let seal = changeset.seal
        // What only waits behind a link that stands still comes again when it goes on.
        if reason == .fork, try tx.logs.find(seal.log).map({ seal.first >= $0.next }) ?? true { return }
        if try tx.late.holds(seal.hash) { return }
        var packed: [UInt8]? = Array(changeset.packed)
        do { _ = try Body(unpacking: changeset.packed, size: changeset.cover.unpackedSize, of: seal) } catch is ProtocolError
        {
            packed = nil
        }
        try tx.late.add(
            seal, packed: packed, unpackedSize: changeset.cover.unpackedSize, reason: reason.rawValue,
            at: tx.moment.milliseconds)
    }
}
