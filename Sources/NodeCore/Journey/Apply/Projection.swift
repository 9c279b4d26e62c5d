internal import SyncProtocol

/// From facts to the rows that people and statistics read.
struct Projection {
    let identity: NodeIdentity

    /// Writes the typed rows of a record's newest version. The home shows its own fuller knowledge, and its working copy
    /// while there is one.
    func put(
        _ shown: @autoclosure () -> TypedRows, kind: RecordKind, id: Int64, uuid: RecordID, in tx: borrowing Transaction
    ) throws {
        let own = try working(uuid, kind, in: tx)
        let whole = own.map { TypedRows(Sections.withDerived($0.record, kind: kind, today: $0.day), kind: kind) } ?? shown()
        try tx.typed(kind).put(whole, id: id, status: own?.status ?? kind.workflow.pending)
    }

    /// The working copy, else what was known at the latest report; nil where this node is not the home.
    func working(_ uuid: RecordID, _ kind: RecordKind, in tx: borrowing Transaction) throws -> (
        record: Record, status: String, day: CalendarDay
    )? {
        let version = try tx.records.find(uuid)?.version ?? 0
        let body = try tx.home.find(uuid, version: 0) ?? tx.home.find(uuid, version: version)
        return try body.map {
            (
                record: try Sections.readWhole($0.bytes, kind: kind), status: $0.status,
                day: CalendarDay(milliseconds: $0.milliseconds)
            )
        }
    }

    /// Folds the facts about the current version again and shows the result.
    func refresh(_ id: Int64, in tx: borrowing Transaction) throws {
        guard let record = try tx.records.find(id: id), let kind = identity.charter.kind(number: record.kind) else { return }
        var standing = Standing.draft
        var asked = kind.workflow.draft
        if let version = try tx.versions.find(id, record.version) {
            standing = Standing.fold(
                reviewLevels: identity.tree.reviewLevels(home: record.homeSeat, ceiling: version.ceiling),
                decisions: try tx.decisions.all(id, version: version.number), planted: identity.planted)
            asked = version.asked
        }
        let working = try tx.home.find(record.uuid, version: 0)
        let status = working?.status ?? standing.status(kind.workflow, asked: asked, draft: kind.workflow.draft)
        try tx.records.update(
            id, key: record.key, standing: standing, status: status, at: tx.moment.milliseconds)
        try tx.typed(kind).setStatus(status, id: id)
    }
}

/// Takes sections of reports out of a journal row; hashes, seal and positions stay.
enum Reduction {
    /// `shown`: what is left of a version; nil for one that stays as it is. False when there was nothing to take away.
    @discardableResult
    static func reduce(
        in carrier: Int64, _ tx: borrowing Transaction, shown: (RecordID, UInt64) -> Set<Reach>?
    ) throws -> Bool {
        guard let row = try tx.journal.row(carrier), row.packedCount != nil else { return false }
        let body = try row.body()
        let narrowed = Body(
            block: reduce(body.block, shown),
            excerpts: body.excerpts.map { $0.replacing(reduce($0.block, shown)) })
        guard narrowed.block != body.block || narrowed.excerpts != body.excerpts else { return false }
        let unpacked = narrowed.encoded
        try tx.journal.repack(carrier, packed: Packing.pack(unpacked), unpackedSize: unpacked.count)
        return true
    }

    private static func reduce(_ block: EntryBlock, _ shown: (RecordID, UInt64) -> Set<Reach>?) -> EntryBlock {
        EntryBlock(
            block.items.map { item in
                let core = item.entry.core
                guard core.type == .report, let record = core.record, let version = core.version,
                    let shown = shown(record, version)
                else { return item }
                return .init(context: item.context, entry: item.entry.reduced(to: shown))
            })
    }
}
