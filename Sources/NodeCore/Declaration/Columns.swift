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
    static func all(code: String, tag: UInt64, type: FieldType, mark: Mark) -> [Column] {
        let original = Column(name: code, tag: tag, form: type.form)
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
        /// The tag of the day of birth, on which some derived forms depend.
        let birth: UInt64?
        /// By tag; tags of a field and its derived forms stay below 352.
        private let places: [Int?]

        init(name: String, fields: [FieldDefinition]) {
            self.name = name
            columns = fields.flatMap(\.columns)
            birth = fields.first { $0.code == "birth_date" }?.tag
            var places = [Int?](repeating: nil, count: 352)
            for (index, column) in columns.enumerated() { places[Int(column.tag)] = index }
            self.places = places
        }

        /// The position of the column that shows `tag`; nil for a tag this program does not know.
        func place(_ tag: UInt64) -> Int? { tag < UInt64(places.count) ? places[Int(tag)] : nil }
    }

    let head: Table
    /// In the order in which they are declared.
    let lists: [Table]
    private let listTags: [UInt64]

    init(code: String, fields: [FieldDefinition], lists: [ChildList]) {
        head = Table(name: code, fields: fields)
        self.lists = lists.map { Table(name: $0.code, fields: $0.fields) }
        listTags = lists.map(\.tag)
    }

    func list(_ tag: UInt64) -> Int? { tag < 1000 ? nil : listTags.firstIndex(of: tag) }
}
