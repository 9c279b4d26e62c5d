/// The values of one list of fields, by tag.
public struct Row: Hashable, Sendable {
    private struct Item: Hashable {
        let tag: UInt64
        var value: Value
    }

    /// Ascending by tag, as they are written: most rows are made and read in this order.
    private var items: [Item] = []

    public init() {}

    public subscript<Kind: FieldValue>(field: Field<Kind>) -> Kind? {
        get { self[field.definition.tag].flatMap(Kind.init) }
        set { self[field.definition.tag] = newValue?.value }
    }

    public subscript(tag: UInt64) -> Value? {
        get {
            let place = place(tag)
            return place < items.count && items[place].tag == tag ? items[place].value : nil
        }
        set {
            let place = place(tag)
            let isThere = place < items.count && items[place].tag == tag
            switch (newValue, isThere) {
            case (let value?, true): items[place].value = value
            case (let value?, false): items.insert(Item(tag: tag, value: value), at: place)
            case (nil, true): items.remove(at: place)
            case (nil, false): break
            }
        }
    }

    public var isEmpty: Bool { items.isEmpty }

    public var count: Int { items.count }

    /// Tags in ascending order.
    public var sorted: [(tag: UInt64, value: Value)] { items.map { (tag: $0.tag, value: $0.value) } }

    func forEach(_ visit: (UInt64, Value) throws -> Void) rethrows { for item in items { try visit(item.tag, item.value) } }

    mutating func merge(_ other: Row) { for item in other.items { self[item.tag] = item.value } }

    /// The first item whose tag is not below `tag`.
    private func place(_ tag: UInt64) -> Int {
        guard let last = items.last, last.tag >= tag else { return items.count }
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle].tag < tag { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One line of a record's list (a family member, an income item). The number names it through all versions.
public struct Child: Hashable, Sendable {
    public let number: Int64
    public var row: Row

    public init(number: Int64, row: Row) {
        self.number = number
        self.row = row
    }
}

/// A whole record: its own fields and its lists.
public struct Record: Hashable, Sendable {
    public var row: Row
    /// By the tag of the list; each ascending by number.
    public var children: [UInt64: [Child]]

    public init(row: Row = Row(), children: [UInt64: [Child]] = [:]) {
        self.row = row
        self.children = children
    }

    public subscript<Kind: FieldValue>(field: Field<Kind>) -> Kind? {
        get { row[field] }
        set { row[field] = newValue }
    }

    public subscript(list: ChildList) -> [Child] {
        get { children[list.tag] ?? [] }
        set { children[list.tag] = newValue.isEmpty ? nil : newValue }
    }
}

/// A list inside a record kind, with a table of its own.
public struct ChildList: Hashable, Sendable {
    public let code: String
    /// The number on the wire, from 1000.
    public let tag: UInt64
    public let label: Label
    public let fields: [FieldDefinition]

    /// Which of them need more care than their mark says.
    public let guarded: Guarded

    public static func == (left: ChildList, right: ChildList) -> Bool { left.code == right.code && left.tag == right.tag }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    public init(
        _ code: String, _ tag: UInt64, _ label: Label, _ fields: [FieldDefinition], guarded: Guarded = Guarded()
    ) {
        self.guarded = guarded
        self.code = code
        self.tag = tag
        self.label = label
        self.fields = fields
    }
}
