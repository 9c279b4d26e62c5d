internal import SyncProtocol

/// Between a record and its sections: which field stands where, by its mark.
enum Sections {
    /// The key of a line's number.
    static let childNumber: UInt64 = 0

    /// The sections of a report. `status` is the state it asks for.
    static func make(_ record: Record, kind: RecordKind, status: String, reaches: [Reach], today: CalendarDay) -> [(
        Reach, [UInt8]
    )] {
        var record = record
        record.row[kind.status.tag] = .text(status)
        return reaches.map { ($0, encode(part(of: record, kind: kind, reach: $0, today: today))) }
    }

    /// Everything the home knows, for its own store: original fields of every mark.
    static func makeWhole(_ record: Record) -> [UInt8] { encode(record) }

    static func readWhole(_ bytes: [UInt8], kind: RecordKind) throws -> Record { try decode(bytes[...], kind: kind) }

    /// The record as a node's own tables show it: originals and derived forms beside each other.
    static func withDerived(_ record: Record, kind: RecordKind, today: CalendarDay) -> Record {
        var whole = part(of: record, kind: kind, reach: .nation, today: today)
        whole.row.merge(record.row)
        for (tag, children) in record.children { whole.children[tag] = join(whole.children[tag] ?? [], children) }
        return whole
    }

    private static func join(_ first: [Child], _ second: [Child]) -> [Child] {
        var byNumber = Dictionary(first.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
        for child in second {
            if byNumber[child.number] == nil {
                byNumber[child.number] = child
            } else {
                byNumber[child.number]?.row.merge(child.row)
            }
        }
        return byNumber.values.sorted { $0.number < $1.number }
    }

    private static func part(of record: Record, kind: RecordKind, reach: Reach, today: CalendarDay) -> Record {
        var result = Record(row: row(of: record.row, fields: kind.fields, reach: reach, today: today))
        for list in kind.lists {
            let children = record[list].map {
                Child(number: $0.number, row: row(of: $0.row, fields: list.fields, reach: reach, today: today))
            }
            result[list] = reach == .nation ? children : children.filter { !$0.row.isEmpty }
        }
        return result
    }

    private static func row(of row: Row, fields: [FieldDefinition], reach: Reach, today: CalendarDay) -> Row {
        var result = Row()
        let birth = fields.first { $0.code == "birth_date" }.flatMap { row[$0.tag]?.integer }.map(CalendarDay.init(number:))
        for field in fields {
            if reach == .nation { DerivedForms.add(field, of: row, birth: birth, today: today, to: &result) }
            if field.mark.originalReach == reach, let value = row[field.tag] { result[field.tag] = value }
        }
        return result
    }

    private static func encode(_ record: Record) -> [UInt8] {
        var fields = record.row.sorted.map { CanonicalValue.Field($0.tag, $0.value.canonical) }
        for (tag, children) in record.children.sorted(by: { $0.key < $1.key }) where !children.isEmpty {
            let rows = children.map { child in
                CanonicalValue.map(
                    [.init(childNumber, .integer(child.number))]
                        + child.row.sorted.map { .init($0.tag, $0.value.canonical) })
            }
            fields.append(.init(tag, .array(rows)))
        }
        return CanonicalValue.map(fields).encoded
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, kind: RecordKind) throws -> Record {
        guard case .map(let fields) = try CanonicalValue(decoding: bytes) else {
            throw ProtocolError(.schema, "a section is a map")
        }
        var record = Record()
        for field in fields {
            if let list = kind.shape.list(field.key) {
                record[kind.lists[list]] = try children(field.value, kind.shape.lists[list])
            } else {
                try read(field, of: kind.shape.head, into: &record.row)
            }
        }
        return record
    }

    private static func children(_ value: CanonicalValue, _ table: TypedShape.Table) throws -> [Child] {
        guard case .array(let items) = value, items.count <= NodeLimits.childrenPerList else {
            throw ProtocolError(.schema, "\(table.name) is a list of at most \(NodeLimits.childrenPerList)")
        }
        var children = [Child]()
        for item in items {
            guard case .map(let fields) = item, case .integer(let number)? = item[childNumber] else {
                throw ProtocolError(.schema, "a line of \(table.name) has no number")
            }
            if let last = children.last, last.number >= number {
                throw ProtocolError(.schema, "lines of \(table.name) out of order")
            }
            var row = Row()
            for field in fields where field.key != childNumber { try read(field, of: table, into: &row) }
            children.append(Child(number: number, row: row))
        }
        return children
    }

    /// Unknown tags are left in the bytes: an older node keeps and forwards what it does not know.
    private static func read(_ field: CanonicalValue.Field, of table: TypedShape.Table, into row: inout Row)
        throws
    {
        guard let column = table.place(field.key).map({ table.columns[$0] }) else { return }
        guard let value = Value(field.value), column.accepts(value) else {
            throw ProtocolError(.schema, "\(column.name) holds a value of another type")
        }
        row[field.key] = value
    }
}

extension Mark {
    /// The section in which the original stands; nil when it stays at home.
    var originalReach: Reach? {
        switch self {
        case .kept: .nation
        case .masked, .hidden, .banded, .reviewers: .reviewers
        case .maskedCity, .hiddenCity, .city: .city
        case .home, .local: nil
        }
    }
}

/// Which sections a report has, and which of them each level is shown.
enum Disclosure {
    /// `reviewers` when a level above reviews; `city` when the home's city is one of them and has readers.
    static func reaches(home: TreeSeat, ceiling: Level, tree: NodeTree) -> [Reach] {
        let reviewing = tree.reviewLevels(home: home.code, ceiling: ceiling)
        guard !reviewing.isEmpty else { return [.nation] }
        return reviewing.contains(.city) && home.level > .city ? [.nation, .reviewers, .city] : [.nation, .reviewers]
    }

    /// What an excerpt shows at `level`: a level at or below the review ceiling reads what the reviewers read. A
    /// collective seat between them passes it on without readers of its own.
    static func shown(at level: Level, ceiling: Level) -> Set<Reach> {
        var shown: Set<Reach> = [.nation, .match]
        if level >= ceiling { shown.insert(.reviewers) }
        if level == .city && ceiling <= .city { shown.insert(.city) }
        return shown
    }
}
