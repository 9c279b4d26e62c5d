/// A name in both languages of the house; Chinese first.
public struct Label: Hashable, Sendable {
    public let zh: String
    public let en: String
    public init(_ zh: String, _ en: String) {
        self.zh = zh
        self.en = en
    }
}

/// Where the original of a field stands when its record travels, and what stands in `nation` instead of it.
public enum Mark: String, Sendable, CaseIterable {
    /// Original in `nation`.
    case kept
    /// Original for the reviewers, masked in `nation`.
    case masked
    /// Original for the city, masked in `nation`.
    case maskedCity
    /// Number: original for the reviewers; division and birth year in `nation`.
    case hidden
    /// As `hidden`, original for the city only; for a child under 14 only the birth year.
    case hiddenCity
    /// Original for the reviewers, a band or group in `nation`.
    case banded
    /// For the reviewers, nothing in `nation`.
    case reviewers
    /// For the city, nothing in `nation`.
    case city
    /// Never leaves the home; may be asked for.
    case home
    /// Never leaves the node, not even on request.
    case local
}

/// How a banded field is shown above the reviewers.
public enum Banding: Sendable, Hashable {
    /// A date becomes the first year of its five-year group.
    case fiveYears
    /// An amount becomes the lower end of its step: 500 yuan a month.
    case step(Int64)
    /// 1 for one of these codes, 2 for any other.
    case group(Set<String>)
    /// Whether there is a value at all.
    case present
}

public enum FieldType: Sendable, Hashable {
    case text(maximum: Int)
    case integer(ClosedRange<Int64>)
    /// A decimal kept as a whole number of its last place; money is `digits: 2`, that is fen.
    case decimal(digits: Int, range: ClosedRange<Int64>)
    case date
    case flag
    case code(String)
    case codes(String)
    /// The number of a child row of the same record, in the child list with this code.
    case child(String)
}

/// A shape that a text must have, checked when a value is read from outside.
public enum TextForm: Sendable, Hashable {
    case any
    case digits(Int)
    case mobile
    case citizenNumber
    case creditCode
    case personName
}

/// One field as declared: everything that store, wire, forms, import and export need to know of it. There is one of each in
/// a program, so it is shared, never copied.
public final class FieldDefinition: Sendable, Hashable {
    public let code: String
    /// The number on the wire, 1 to 95 within its list; never reused.
    public let tag: UInt64
    public let label: Label
    public let type: FieldType
    public let isRequired: Bool
    public let mark: Mark
    public let banding: Banding?
    public let form: TextForm
    /// Whether its original lies encrypted in the store: texts that say who somebody is, where and how. Lists and statistics
    /// can look at what is not sealed only.
    public let isSealed: Bool
    /// Whether rows are found by its value, which is sealed: by a keyed digest beside it.
    public let isLookedUp: Bool
    /// Whether it is an amount in yuan, kept in fen.
    public let isMoney: Bool
    /// Under which tags a report carries this field, and the columns that show them.
    let columns: [Column]

    init(
        code: String, tag: UInt64, label: Label, type: FieldType, isRequired: Bool, mark: Mark, banding: Banding?,
        form: TextForm, isSealed: Bool = false, isLookedUp: Bool = false, isMoney: Bool = false
    ) {
        self.code = code
        self.tag = tag
        self.label = label
        self.type = type
        self.isRequired = isRequired
        self.mark = mark
        self.banding = banding
        self.form = form
        self.isSealed = isSealed
        self.isLookedUp = isLookedUp
        self.isMoney = isMoney
        columns = Column.all(code: code, tag: tag, type: type, mark: mark, isSealed, isLookedUp)
    }

    public static func == (left: FieldDefinition, right: FieldDefinition) -> Bool {
        left.code == right.code && left.tag == right.tag
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// Tag of the masked, banded or first hidden form.
    var derivedTag: UInt64 { Column.derivedTag(tag) }
    /// Tag of the birth year of a hidden number.
    var birthYearTag: UInt64 { Column.birthYearTag(tag) }
}

/// A typed key: said once in a module's records, used by rules and pages as `record[WorkerFile.name]`.
public struct Field<Value: FieldValue>: Sendable {
    public let definition: FieldDefinition

    init(_ definition: FieldDefinition) { self.definition = definition }
}

extension Field where Value == String {
    /// A text that not every level may see lies encrypted, unless `inClear` says that people look for it or filter by it
    /// (names). `lookedUp`: found by its exact value all the same, as ID numbers (`hidden`) always are.
    public static func text(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, maximum: Int, _ mark: Mark, required: Bool = false,
        form: TextForm = .any, inClear: Bool = false, lookedUp: Bool = false
    ) -> Field {
        let isSealed = mark != .kept && !inClear
        let isNumber = mark == .hidden || mark == .hiddenCity
        return Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .text(maximum: maximum), isRequired: required, mark: mark,
                banding: nil, form: form, isSealed: isSealed, isLookedUp: isSealed && (lookedUp || isNumber)))
    }

    public static func code(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, of table: String, _ mark: Mark, required: Bool = false,
        banding: Banding? = nil
    ) -> Field {
        Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .code(table), isRequired: required, mark: mark,
                banding: banding, form: .any))
    }
}

extension Field where Value == [String] {
    public static func codes(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, of table: String, _ mark: Mark, required: Bool = false,
        banding: Banding? = nil
    ) -> Field {
        Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .codes(table), isRequired: required, mark: mark,
                banding: banding, form: .any))
    }
}

extension Field where Value == Bool {
    public static func flag(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, _ mark: Mark, required: Bool = false
    ) -> Field {
        Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .flag, isRequired: required, mark: mark, banding: nil,
                form: .any))
    }
}

extension Field where Value == Int64 {
    /// Yuan with two places, kept in fen. `range` in fen.
    public static func money(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, _ mark: Mark, required: Bool = false,
        range: ClosedRange<Int64> = 0...100_000_000_000, banding: Banding? = nil
    ) -> Field {
        Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .decimal(digits: 2, range: range), isRequired: required,
                mark: mark, banding: banding, form: .any, isMoney: true))
    }

    public static func decimal(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, digits: Int, _ mark: Mark, required: Bool = false,
        range: ClosedRange<Int64>, banding: Banding? = nil
    ) -> Field {
        Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .decimal(digits: digits, range: range),
                isRequired: required,
                mark: mark, banding: banding, form: .any))
    }

    public static func integer(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, _ mark: Mark, required: Bool = false,
        range: ClosedRange<Int64> = 0...1_000_000
    ) -> Field {
        Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .integer(range), isRequired: required, mark: mark,
                banding: nil,
                form: .any))
    }

    public static func date(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, _ mark: Mark, required: Bool = false
    ) -> Field {
        Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .date, isRequired: required, mark: mark,
                banding: mark == .banded ? .fiveYears : nil, form: .any))
    }

    public static func child(
        _ code: String, _ tag: UInt64, _ zh: String, _ en: String, of list: String, _ mark: Mark
    ) -> Field {
        Field(
            FieldDefinition(
                code: code, tag: tag, label: Label(zh, en), type: .child(list), isRequired: false, mark: mark, banding: nil,
                form: .any))
    }
}
