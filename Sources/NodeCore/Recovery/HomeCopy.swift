internal import SyncProtocol

/// What stands in no report: working copies, and of reported versions the fields that stay at home. As one stream it goes
/// into a copy that lies sealed at the parent, so that a lost disk loses nothing.
///
/// A sequence of CBOR items (RFC 8742): 1 (uint, the format), then for each body `array(6): record (bstr 16), version (uint,
/// 0 the working copy), kind (uint), status (tstr), fields (bstr), saved (ms, uint)`, by record, the working copy last.
public enum HomeCopy {
    private static let format: UInt64 = 1

    public static func write(in snapshot: borrowing Snapshot, to sink: ([UInt8]) throws -> Void) throws {
        var head = CanonicalWriter()
        head.unsigned(format)
        try sink(head.bytes)
        try snapshot.home.forEach { uuid, body in
            var writer = CanonicalWriter(reserving: body.bytes.count + 64)
            writer.array(6)
            writer.byteString(uuid)
            writer.unsigned(body.version)
            writer.unsigned(body.kind)
            writer.text(body.status)
            writer.byteString(body.bytes)
            writer.unsigned(UInt64(clamping: body.milliseconds))
            try sink(writer.bytes)
        }
    }

    /// What became of the records in a copy.
    public struct Adopted: Sendable, Hashable {
        /// Working copies that are here again.
        public var drafts = 0
        /// Versions that got back what stays at home.
        public var completed = 0
        /// Records that were entered anew in the meantime, or are of a kind this program does not know.
        public var passedOver = 0
    }

    /// Puts the content of a copy where it belongs. What is here already and newer stays; a second time changes nothing.
    public static func adopt(
        _ bytes: [UInt8], _ engine: SyncEngine, by principal: Principal, in tx: borrowing Transaction
    ) throws -> Adopted {
        var reader = CanonicalReader(bytes)
        guard try reader.unsigned() == format else {
            throw NodeError(.badRequest, "此副本的格式不受支持：请升级程序", "a copy of another format: upgrade the program")
        }
        var (adopted, group) = (Adopted(), [(uuid: RecordID, body: HomeBody)]())
        while !reader.isAtEnd {
            let next = try item(&reader)
            if let first = group.first, first.uuid != next.uuid {
                try adopt(first.uuid, group.map(\.body), engine, &adopted, in: tx)
                group = []
            }
            group.append(next)
        }
        if let first = group.first { try adopt(first.uuid, group.map(\.body), engine, &adopted, in: tx) }
        try tx.audit.append(
            tx.moment, by: principal, action: "adopt-copy", record: nil,
            detail: "drafts \(adopted.drafts), completed \(adopted.completed), passed over \(adopted.passedOver)")
        return adopted
    }

    private static func item(_ reader: inout CanonicalReader) throws -> (uuid: RecordID, body: HomeBody) {
        try reader.array(exactly: 6)
        let uuid: RecordID = try reader.fixed()
        let (version, kind) = (try reader.unsigned(), try reader.unsigned())
        let status = try reader.text()
        let bytes = Array(try reader.byteString())
        return (
            uuid: uuid,
            body: HomeBody(
                version: version, kind: kind, status: status, bytes: bytes,
                milliseconds: Int64(clamping: try reader.unsigned()))
        )
    }

    private static func adopt(
        _ uuid: RecordID, _ bodies: [HomeBody], _ engine: SyncEngine, _ adopted: inout Adopted, in tx: borrowing Transaction
    ) throws {
        let held = try tx.records.find(uuid)
        guard let kind = bodies.first.flatMap({ engine.identity.charter.kind(number: $0.kind) }),
            held == nil || held?.home == engine.identity.node
        else {
            adopted.passedOver += 1
            return
        }
        for body in bodies where body.version > 0 {
            if try complete(uuid, body.version, with: body, kind, in: tx) { adopted.completed += 1 }
        }
        let base = bodies.map(\.version).max() ?? 0
        if let draft = bodies.first(where: { $0.version == 0 }) {
            if let held, held.version > base {
                // It was reported after the copy was made.
                if try complete(uuid, held.version, with: draft, kind, in: tx) { adopted.completed += 1 }
            } else if try tx.home.find(uuid, version: 0) == nil {
                try restore(uuid, draft, isNew: held == nil && base == 0, kind, engine, &adopted, in: tx)
            }
        }
        try show(uuid, kind, engine, in: tx)
    }

    /// What is known of a version, over what the copy knows of it. False when nothing is new.
    private static func complete(
        _ uuid: RecordID, _ version: UInt64, with copy: HomeBody, _ kind: RecordKind, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let known = try tx.home.find(uuid, version: version) else {
            guard version == copy.version else { return false }
            // The version itself comes back later, and finds this.
            try tx.home.put(uuid, copy)
            return true
        }
        let joined = Sections.join(
            try Sections.readWhole(copy.bytes, kind: kind), try Sections.readWhole(known.bytes, kind: kind), kind: kind)
        let bytes = Sections.makeWhole(joined)
        guard bytes != known.bytes else { return false }
        try tx.home.put(
            uuid,
            HomeBody(
                version: version, kind: known.kind, status: known.status, bytes: bytes, milliseconds: known.milliseconds))
        return true
    }

    /// `isNew`: a record that was never reported, so nothing else brings it back.
    private static func restore(
        _ uuid: RecordID, _ draft: HomeBody, isNew: Bool, _ kind: RecordKind, _ engine: SyncEngine,
        _ adopted: inout Adopted, in tx: borrowing Transaction
    ) throws {
        if isNew {
            let identity = engine.identity
            let key = try Sections.readWhole(draft.bytes, kind: kind).row[kind.key.tag]?.text ?? ""
            guard try !engine.draft.isPresent(key, kind, in: tx) else {
                adopted.passedOver += 1
                return
            }
            _ = try tx.records.insert(
                uuid, kind: kind.number, home: identity.node, homeSeat: identity.seat.code, key: key,
                status: draft.status, at: tx.moment.milliseconds)
        }
        try tx.home.put(uuid, draft)
        // A version that was reported from it after the copy takes it over when it comes back.
        try tx.home.age(uuid)
        adopted.drafts += 1
    }

    private static func show(
        _ uuid: RecordID, _ kind: RecordKind, _ engine: SyncEngine, in tx: borrowing Transaction
    ) throws {
        let projection = Projection(identity: engine.identity)
        guard let record = try tx.records.find(uuid), let body = try projection.working(uuid, kind, in: tx) else { return }
        try projection.put(
            TypedRows(body.record, kind: kind), kind: kind, id: record.id, uuid: uuid, in: tx)
        try projection.refresh(record.id, in: tx)
    }
}
