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
        let parts = Parts(of: record, kind: kind, today: today)
        return reaches.map { ($0, encode(parts[$0])) }
    }

    /// Everything the home knows, for its own store: original fields of every mark.
    static func makeWhole(_ record: Record) -> [UInt8] { encode(record) }

    static func readWhole(_ bytes: [UInt8], kind: RecordKind) throws -> Record { try decode(bytes[...], kind: kind) }

    /// What one section of a report says.
    static func read(_ section: ArraySlice<UInt8>, kind: RecordKind) throws -> Record { try decode(section, kind: kind) }

    /// The record as a node's own tables show it: originals and derived forms beside each other.
    static func withDerived(_ record: Record, kind: RecordKind, today: CalendarDay) -> Record {
        var whole = Parts(of: record, kind: kind, today: today)[.nation]
        whole.row.merge(record.row)
        for (tag, children) in record.children { whole.children[tag] = join(whole.children[tag] ?? [], children) }
        return whole
    }

    /// Two parts of one record, of which the second says it better; without derived forms.
    static func join(_ first: Record, _ second: Record, kind: RecordKind) -> Record {
        var whole = first
        whole.row.merge(originals(second.row, kind.fields))
        for list in kind.lists {
            let lines = second[list].map { Child(number: $0.number, row: originals($0.row, list.fields)) }
            whole[list] = join(whole[list], lines)
        }
        return whole
    }

    private static func originals(_ row: Row, _ fields: [FieldDefinition]) -> Row {
        var kept = Row()
        for field in fields { kept[field.tag] = row[field.tag] }
        return kept
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

    /// A record divided among its sections in one walk.
    private struct Parts {
        private var records = [Record](repeating: Record(), count: 3)

        init(of record: Record, kind: RecordKind, today: CalendarDay) {
            for (reach, row) in Parts.divide(record.row, kind.fields, kind.shape.head, today) { records[reach].row = row }
            for (index, list) in kind.lists.enumerated() {
                let table = kind.shape.lists[index]
                for child in record[list] {
                    for (reach, row) in Parts.divide(child.row, list.fields, table, today) {
                        // The nation's section names every line; the others only those that say something.
                        guard reach == Int(Reach.nation.rawValue) || !row.isEmpty else { continue }
                        records[reach].children[list.tag, default: []].append(Child(number: child.number, row: row))
                    }
                }
            }
        }

        subscript(reach: Reach) -> Record {
            Int(reach.rawValue) < records.count ? records[Int(reach.rawValue)] : Record()
        }

        private static func divide(
            _ row: Row, _ fields: [FieldDefinition], _ table: TypedShape.Table, _ today: CalendarDay
        ) -> [(reach: Int, row: Row)] {
            let birth = table.birth.flatMap { row[$0]?.integer }.map(CalendarDay.init(number:))
            var (nation, reviewers, city) = (Row(), Row(), Row())
            for field in fields {
                let value = row[field.tag]
                DerivedForms.add(field, of: value, birth: birth, today: today, to: &nation)
                guard let value else { continue }
                switch field.mark.originalReach {
                case .nation: nation[field.tag] = value
                case .reviewers: reviewers[field.tag] = value
                case .city: city[field.tag] = value
                case .match, .path, nil: break
                }
            }
            return [
                (Int(Reach.nation.rawValue), nation), (Int(Reach.reviewers.rawValue), reviewers),
                (Int(Reach.city.rawValue), city),
            ]
        }
    }

    // MARK: Bytes

    private static func encode(_ record: Record) -> [UInt8] {
        var writer = CanonicalWriter(reserving: 512)
        let lists = record.children.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        writer.map(record.row.count + lists.count)
        write(record.row, &writer)
        for (tag, children) in lists {
            writer.unsigned(tag)
            writer.array(children.count)
            for child in children {
                writer.map(child.row.count + 1)
                writer.unsigned(childNumber)
                writer.integer(child.number)
                write(child.row, &writer)
            }
        }
        return writer.bytes
    }

    private static func write(_ row: Row, _ writer: inout CanonicalWriter) {
        row.forEach { tag, value in
            writer.unsigned(tag)
            value.write(to: &writer)
        }
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, kind: RecordKind) throws -> Record {
        var reader = CanonicalReader(bytes)
        guard case .map(let count) = try reader.head() else { throw ProtocolError(.schema, "a section is a map") }
        var record = Record()
        var keys = KeyOrder()
        for _ in 0..<count {
            let tag = try keys.next(&reader)
            if let list = kind.shape.list(tag) {
                record[kind.lists[list]] = try children(&reader, kind.shape.lists[list])
            } else {
                try read(tag, &reader, of: kind.shape.head, into: &record.row, depth: 1)
            }
        }
        try reader.expectEnd()
        return record
    }

    private static func children(_ reader: inout CanonicalReader, _ table: TypedShape.Table) throws -> [Child] {
        guard case .array(let count) = try reader.head(), count <= NodeLimits.childrenPerList else {
            throw ProtocolError(.schema, "\(table.name) is a list of at most \(NodeLimits.childrenPerList)")
        }
        var children = [Child]()
        for _ in 0..<count {
            let (number, fields) = try lineHead(&reader, table)
            if let last = children.last, last.number >= number {
                throw ProtocolError(.schema, "lines of \(table.name) out of order")
            }
            var row = Row()
            var keys = KeyOrder(after: childNumber)
            for _ in 1..<fields { try read(try keys.next(&reader), &reader, of: table, into: &row, depth: 3) }
            children.append(Child(number: number, row: row))
        }
        return children
    }

    /// The number of a line, and how many fields it has with it.
    static func lineHead(_ reader: inout CanonicalReader, _ table: TypedShape.Table) throws -> (number: Int64, fields: Int) {
        guard case .map(let fields) = try reader.head(), fields > 0, try reader.unsigned() == childNumber,
            let number = try reader.integer()
        else { throw ProtocolError(.schema, "a line of \(table.name) has no number") }
        return (number, fields)
    }

    /// Unknown tags are left in the bytes: an older node keeps and forwards what it does not know.
    private static func read(
        _ tag: UInt64, _ reader: inout CanonicalReader, of table: TypedShape.Table, into row: inout Row, depth: Int
    ) throws {
        guard let column = table.place(tag).map({ table.columns[$0] }) else {
            _ = try CanonicalValue.read(from: &reader, depth: depth)
            return
        }
        guard let value = try Value(from: &reader, column.form) else {
            throw ProtocolError(.schema, "\(column.name) holds a value of another type")
        }
        row[tag] = value
    }

    /// Keys of a map, which ascend.
    struct KeyOrder {
        private var last: UInt64?

        init(after key: UInt64? = nil) { last = key }

        mutating func next(_ reader: inout CanonicalReader) throws -> UInt64 {
            let key = try reader.unsigned()
            if let last, last >= key { throw ProtocolError(.malformed, "map keys out of order or twice") }
            last = key
            return key
        }
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
