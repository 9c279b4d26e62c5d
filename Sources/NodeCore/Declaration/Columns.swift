/// One column of a typed table, and the wire tag whose value it shows.
struct Column: Sendable, Hashable {
    /// What the values of a column are on the wire.
    enum Form: Sendable {
        case integer, flag, text
        /// Several codes; one text with semicolons in the table.
        case list
    }

    let name: String
    let tag: UInt64
    let form: Form
    /// Stands in the row's sealed cell instead of a column of its own.
    var isSealed = false
    var isLookedUp = false

    /// The column with the keyed digests of its values.
    var lookupName: String { name + "_lookup" }

    var affinity: String {
        switch form {
        case .integer, .flag: "INTEGER"
        case .text, .list: "TEXT"
        }
    }
}

extension Column {
    static func derivedTag(_ tag: UInt64) -> UInt64 { tag + 128 }

    static func birthYearTag(_ tag: UInt64) -> UInt64 { tag + 256 }

    /// The column of the original (empty where this node may not see it) and those of its derived forms.
    static func all(code: String, tag: UInt64, type: FieldType, mark: Mark, _ isSealed: Bool, _ isLookedUp: Bool)
        -> [Column]
    {
        let original = Column(name: code, tag: tag, form: type.form, isSealed: isSealed, isLookedUp: isLookedUp)
        switch mark {
        case .kept, .reviewers, .city, .home, .local: return [original]
        case .masked, .maskedCity: return [original, Column(name: code + "_masked", tag: derivedTag(tag), form: .text)]
        case .banded: return [original, Column(name: code + "_banded", tag: derivedTag(tag), form: .integer)]
        case .hidden, .hiddenCity:
            return [
                original, Column(name: code + "_area", tag: derivedTag(tag), form: .text),
                Column(name: code + "_birth_year", tag: birthYearTag(tag), form: .integer),
            ]
        }
    }
}

extension FieldType {
    fileprivate var form: Column.Form {
        switch self {
        case .text, .code: .text
        case .codes: .list
        case .flag: .flag
        case .integer, .decimal, .date, .child: .integer
        }
    }
}

/// The typed tables of a record kind, worked out from its declaration once: where each tag that arrives goes.
struct TypedShape: Sendable {
    struct Table: Sendable {
        let name: String
        let columns: [Column]
        /// Positions of the columns that stand in the table as they are.
        let open: [Int]
        /// Positions of those that stand together in the sealed cell, ascending by tag.
        let sealed: [Int]
        /// Positions of those by which rows are found, each with what its digests begin with.
        let lookedUp: [(place: Int, name: [UInt8])]
        /// Nil when nothing of a row is sealed.
        let sealedColumn: SealedColumn?
        /// The tag of the day of birth, on which some derived forms depend.
        let birth: UInt64?
        /// By tag; tags of a field and its derived forms stay below 352.
        private let places: [Int?]

        init(name: String, fields: [FieldDefinition], isList: Bool) {
            self.name = name
            let columns = fields.flatMap(\.columns)
            self.columns = columns
            open = columns.indices.filter { !columns[$0].isSealed }
            sealed = columns.indices.filter { columns[$0].isSealed }.sorted { columns[$0].tag < columns[$1].tag }
            lookedUp = columns.indices.filter { columns[$0].isLookedUp }.map {
                (place: $0, name: TypedShape.Table.lookupName(name, columns[$0].name))
            }
            sealedColumn =
                sealed.isEmpty
                ? nil : .cell(name, isList: isList)
            birth = fields.first { $0.code == "birth_date" }?.tag
            var places = [Int?](repeating: nil, count: 352)
            for (index, column) in columns.enumerated() { places[Int(column.tag)] = index }
            self.places = places
        }

        /// The columns that a row really has behind its key: those in the open, the sealed cell, and its digests.
        var stored: [(name: String, affinity: String)] {
            let plain = open.map { (name: columns[$0].name, affinity: columns[$0].affinity) }
            guard sealedColumn != nil else { return plain }
            let digests = lookedUp.map { (name: columns[$0.place].lookupName, affinity: "BLOB") }
            return plain + [(name: TypedShape.sealed, affinity: "BLOB")] + digests
        }

        /// Digests of one column say nothing about another's.
        static func lookupName(_ table: String, _ column: String) -> [UInt8] { Array("\(table).\(column)".utf8) + [0] }

        /// The position of the column that shows `tag`; nil for a tag this program does not know.
        func place(_ tag: UInt64) -> Int? { tag < UInt64(places.count) ? places[Int(tag)] : nil }
    }

    /// The column of the sealed cell.
    static let sealed = "sealed"

    let head: Table
    /// In the order in which they are declared.
    let lists: [Table]
    private let listTags: [UInt64]

    init(code: String, fields: [FieldDefinition], lists: [ChildList]) {
        head = Table(name: code, fields: fields, isList: false)
        self.lists = lists.map { Table(name: $0.code, fields: $0.fields, isList: true) }
        listTags = lists.map(\.tag)
    }

    func list(_ tag: UInt64) -> Int? { tag < 1000 ? nil : listTags.firstIndex(of: tag) }
}
