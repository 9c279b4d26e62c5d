internal import SyncProtocol

/// A program whose declarations are others than those of the one before shows what it now understands: the typed tables of
/// kinds that changed are filled again from the journal, where unknown fields were kept byte for byte.
public enum Reprojection {
    /// What a start under this program changes; nothing where the declarations are the same. Returns how many records were
    /// written again, and what leaves.
    @discardableResult
    public static func run(_ engine: SyncEngine, in tx: borrowing Transaction) throws -> (records: Int, effects: [Effect]) {
        let identity = engine.identity
        let changed = try tx.withSnapshot { try Reprojection.changed(engine, in: $0) }
        guard !changed.isEmpty else { return (0, []) }
        let count = identity.planted.contains(.keepOldColumns) ? 0 : try fill(changed, engine, in: tx)
        for kind in changed { try tx.meta.set(key(kind), kind.shapeDigest.bytes) }
        guard engine.standstill == nil, !identity.planted.contains(.forgetUpgrade) else { return (count, []) }
        return (count, try engine.handle(.upgraded, in: tx))
    }

    /// Whether the program knows other declarations than the one that filled the tables.
    public static func isDue(_ engine: SyncEngine, in snapshot: borrowing Snapshot) throws -> Bool {
        try !changed(engine, in: snapshot).isEmpty
    }

    private static func changed(_ engine: SyncEngine, in snapshot: borrowing Snapshot) throws -> [RecordKind] {
        var changed = [RecordKind]()
        for kind in engine.identity.charter.kinds where try snapshot.meta.value(key(kind)) != kind.shapeDigest.bytes {
            changed.append(kind)
        }
        return changed
    }

    private static func key(_ kind: RecordKind) -> String { "shape/\(kind.code)" }

    private static func fill(_ kinds: [RecordKind], _ engine: SyncEngine, in tx: borrowing Transaction) throws -> Int {
        // A collective seat shows nothing of what it passes on.
        let isRelay = engine.identity.seat.isRelay
        var count = 0
        if !isRelay {
            var rows = [Int64]()
            try tx.journal.forEachBody { rows.append($0.id) }
            for id in rows {
                guard let row = try tx.journal.row(id) else { continue }
                let body = try row.body()
                let own = body.block.items.indices.map {
                    EntryPlace(log: row.log, seq: row.seal.first + UInt64($0), carrier: nil)
                }
                count += try fill(body.block, at: own, row.seal, kinds, engine, in: tx)
                for excerpt in body.excerpts {
                    guard let origin = try tx.logs.find(excerpt.log),
                        let seal = try tx.journal.row(log: origin.id, first: excerpt.first)?.seal
                    else { continue }
                    let carried = excerpt.indexes.map {
                        EntryPlace(log: origin.id, seq: excerpt.first + UInt64($0), carrier: row.id)
                    }
                    count += try fill(excerpt.block, at: carried, seal, kinds, engine, in: tx)
                }
            }
        }
        return try count + fillWorkingCopies(kinds, engine, in: tx)
    }

    /// Reports of these kinds whose version is the newest held, where this node took them from: what it passed on shows
    /// less.
    private static func fill(
        _ block: EntryBlock, at places: [EntryPlace], _ seal: Seal, _ kinds: [RecordKind], _ engine: SyncEngine,
        in tx: borrowing Transaction
    ) throws -> Int {
        guard let author = engine.trust.certificate(of: seal.log.author) else { return 0 }
        var reader = ReportReader(engine.identity, author: author)
        var count = 0
        for (item, place) in zip(block.items, places) where item.entry.core.type == .report {
            guard seal.contexts.indices.contains(item.context) else { continue }
            let context = seal.contexts[item.context]
            guard let kind = kinds.first(where: { $0.number == context.kind }), let uuid = item.entry.core.record,
                let record = try tx.records.find(uuid), record.version == item.entry.core.version,
                let version = try tx.versions.find(record.id, record.version), version.place == place
            else { continue }
            let content: ReportContent?
            do { content = try reader.read(item.entry, context) } catch is ProtocolError {
                // It was applied under other declarations: it stays as it is shown.
                continue
            }
            guard let content else { continue }
            try Projection(identity: engine.identity).put(content.rows, kind: kind, id: record.id, uuid: uuid, in: tx)
            try Projection(identity: engine.identity).refresh(record.id, in: tx)
            count += 1
        }
        return count
    }

    private static func fillWorkingCopies(_ kinds: [RecordKind], _ engine: SyncEngine, in tx: borrowing Transaction) throws
        -> Int
    {
        var copies = [(uuid: RecordID, body: HomeBody)]()
        try tx.home.forEachWorkingCopy { copies.append((uuid: $0, body: $1)) }
        var count = 0
        for copy in copies {
            guard let kind = kinds.first(where: { $0.number == copy.body.kind }), let record = try tx.records.find(copy.uuid)
            else { continue }
            let whole = TypedRows(try Sections.readWhole(copy.body.bytes, kind: kind), kind: kind)
            try Projection(identity: engine.identity).put(whole, kind: kind, id: record.id, uuid: copy.uuid, in: tx)
            try Projection(identity: engine.identity).refresh(record.id, in: tx)
            count += 1
        }
        return count
    }
}

extension RecordKind {
    /// Over everything that decides what the typed tables of a kind show: another digest, and they are filled again.
    var shapeDigest: Digest {
        var builder = DigestBuilder()
        builder.append(Array("\(number) \(code) \(schema)\n".utf8))
        for table in [shape.head] + shape.lists {
            builder.append(Array("\(table.name)\n".utf8))
            for column in table.columns { builder.append(Array("\(column.tag) \(column.name) \(column.form)\n".utf8)) }
        }
        return builder.finish()
    }
}
