/// New data keys while the node works: they are in use at once, and everything that lies under the old ones is sealed anew
/// in small transactions between other work. When nothing is left under them, the old ones are destroyed.
public enum KeyRotation {
    /// Rows that one step looks at: few enough that nobody waits behind it.
    public static let rowsPerStep = 1_000
    /// A year; and half of what AES-GCM allows under one key with nonces drawn at random (NIST SP 800-38D).
    static let ageMillisecondsMax: Int64 = 365 * 86_400_000
    static let usesMax: Int64 = 1 << 31

    private static let name = "resealing"

    /// A key of the store, without the key.
    public struct Status: Codable, Sendable, Hashable {
        public let number: Int64
        public let purpose: String
        public let createdMilliseconds: Int64
        public let isInUse: Bool
        /// Values sealed under it so far.
        public let uses: Int64
        /// At most so many values still lie under it; nil for one that is in use.
        public let left: Int?
    }

    public struct Step: Sendable, Hashable {
        /// Rows looked at.
        public let seen: Int
        /// Nothing is left under the old keys, and they are gone.
        public let isDone: Bool
    }

    /// Refused where a table of a kind that `charter` does not name holds sealed values: nobody could seal them anew.
    public static func begin(_ charter: Charter, by principal: Principal, in tx: borrowing Transaction) throws {
        if let table = try unknownTable(charter, tx.ring) {
            throw NodeError(
                .conflict, "表 \(table) 属于本程序不认识的记录种类，不能更换数据密钥：请升级程序",
                "table \(table) is of a kind that this program does not know: upgrade it before the data keys are changed")
        }
        try DataKeyTable(database: tx.database).retireAll(at: tx.moment.milliseconds)
        tx.ring.forget()
        for purpose in KeyPurpose.allCases { try tx.ring.draw(purpose) }
        try tx.meta.set(name, ResealTable.Place(SealedColumn.own[0].table).text.utf8)
        try tx.audit.append(tx.moment, by: principal, action: "rotate-keys", record: nil, detail: "")
    }

    /// Whether values still lie under keys that are out of use.
    public static func isPending(in snapshot: borrowing Snapshot) throws -> Bool { try snapshot.meta.value(name) != nil }

    /// Whether a key in use is too old, or was used too often.
    public static func isDue(at milliseconds: Int64, in snapshot: borrowing Snapshot) throws -> Bool {
        try DataKeyTable(database: snapshot.database).all().contains {
            $0.retiredMilliseconds == nil
                && (milliseconds - $0.createdMilliseconds > ageMillisecondsMax || $0.uses > usesMax)
        }
    }

    /// Seals the next rows anew; nil when there is nothing to do.
    public static func step(_ charter: Charter, limit: Int = rowsPerStep, in tx: borrowing Transaction) throws -> Step? {
        guard let text = try tx.meta.text(name), try unknownTable(charter, tx.ring) == nil else { return nil }
        let columns = columns(charter)
        let place = ResealTable.Place(text)
        // A table that the declarations know no more: from the beginning, which does no harm.
        var index = columns.firstIndex { $0.column.table == place?.table } ?? 0
        var after = columns[index].column.table == place?.table ? place?.after ?? [] : []
        var seen = 0
        while index < columns.count && seen < limit {
            let walk = ResealTable(ring: tx.ring)
            let (count, last) = try walk.reseal(
                columns[index].column, columns[index].table, after: after, limit: limit - seen)
            seen += count
            after = last ?? []
            guard last == nil else { break }
            index += 1
        }
        if index < columns.count {
            try tx.meta.set(name, ResealTable.Place(columns[index].column.table, after: after).text.utf8)
            return Step(seen: seen, isDone: false)
        }
        try DataKeyTable(database: tx.database).destroyRetired()
        try tx.meta.remove(name)
        tx.ring.forget()
        return Step(seen: seen, isDone: true)
    }

    public static func keys(_ charter: Charter, in snapshot: borrowing Snapshot) throws -> [Status] {
        let keys = try DataKeyTable(database: snapshot.database).all()
        let place = try snapshot.meta.text(name).flatMap(ResealTable.Place.init)
        let columns = columns(charter).map(\.column)
        let index = columns.firstIndex { $0.table == place?.table } ?? 0
        var left = [KeyPurpose: Int]()
        if let place {
            for (offset, column) in columns.enumerated() where offset >= index {
                let after = offset == index && column.table == place.table ? place.after : []
                left[column.purpose, default: 0] += try ResealTable(ring: snapshot.ring).count(column, after: after)
            }
        }
        // Digests go with the cells that they stand beside.
        left[.lookup] = left[.cell]
        return keys.map { key in
            Status(
                number: key.number, purpose: key.purpose.rawValue, createdMilliseconds: key.createdMilliseconds,
                isInUse: key.retiredMilliseconds == nil, uses: key.uses,
                left: key.retiredMilliseconds == nil ? nil : left[key.purpose] ?? 0)
        }
    }

    private static func unknownTable(_ charter: Charter, _ ring: KeyRing) throws -> String? {
        let known = Set(columns(charter).map(\.column.table))
        return try ResealTable(ring: ring).sealedTables().first { !known.contains($0) }
    }

    private static func columns(_ charter: Charter) -> [(column: SealedColumn, table: TypedShape.Table?)] {
        SealedColumn.own.map { (column: $0, table: nil) }
            + charter.kinds.flatMap { [$0.shape.head] + $0.shape.lists }.compactMap { table in
                table.sealedColumn.map { (column: $0, table: table) }
            }
    }
}
