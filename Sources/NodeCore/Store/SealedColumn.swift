internal import SyncProtocol

/// What a data key is for. A rotation changes all of them.
enum KeyPurpose: String, CaseIterable, Sendable {
    /// Journal bodies, the home's own bodies, entries that wait, words of decisions.
    case body
    /// The sealed fields of a row of a typed table.
    case cell
    /// Look-ups by value.
    case lookup
}

/// A column whose values lie encrypted: `key number (u32) || nonce (12) || ciphertext || tag (16)`. Authenticated with
/// them: table, column, and the primary key of the row, so that no value can be read in another's place.
struct SealedColumn: Sendable {
    let table: String
    let column: String
    /// The columns of the primary key: numbers, and first the record's identifier in `home_body`.
    let keys: [String]
    let purpose: KeyPurpose
    private let prefix: [UInt8]

    init(_ table: String, _ column: String, keys: [String], _ purpose: KeyPurpose) {
        self.table = table
        self.column = column
        self.keys = keys
        self.purpose = purpose
        prefix = Array("bangfu/1/\(table).\(column)".utf8) + [0]
    }

    static let journal = SealedColumn("journal", "packed", keys: ["id"], .body)
    static let late = SealedColumn("late", "packed", keys: ["id"], .body)
    static let outbox = SealedColumn("outbox", "entry", keys: ["id"], .body)
    static let home = SealedColumn("home_body", "body", keys: ["uuid", "version"], .body)
    static let words = SealedColumn("decision", "words", keys: ["record", "version", "level"], .body)
    static let factor = SealedColumn("second_factor", "secret", keys: ["account", "is_offer"], .body)
    static let form = SealedColumn("form_draft", "form", keys: ["id"], .body)
    static let signUp = SealedColumn("sign_up", "said", keys: ["id"], .body)
    static let correction = SealedColumn("correction", "said", keys: ["id"], .body)
    static let bin = SealedColumn("deleted_draft", "body", keys: ["id"], .body)
    /// Those of the store's own tables, in the order in which a rotation walks them: one a table, since its place is named
    /// by the table.
    static let own = [journal, late, outbox, home, words, factor, form, signUp, correction, bin]

    /// The sealed cell of a typed table.
    static func cell(_ table: String, isList: Bool) -> SealedColumn {
        SealedColumn(table, TypedShape.sealed, keys: isList ? ["record", "number"] : ["record"], .cell)
    }

    /// What stands beside a value in its row.
    enum Part: Sendable, Hashable {
        case number(Int64)
        case identifier([UInt8])
    }

    func header(_ parts: [Part]) -> [UInt8] {
        var header = prefix
        for part in parts {
            switch part {
            case .number(let number): SealedColumn.append(number, to: &header)
            case .identifier(let bytes): header += bytes
            }
        }
        return header
    }

    /// The same, in the memory of `header`.
    func header(_ numbers: (Int64, Int64?), into header: inout [UInt8]) {
        header.removeAll(keepingCapacity: true)
        header.append(contentsOf: prefix)
        SealedColumn.append(numbers.0, to: &header)
        if let second = numbers.1 { SealedColumn.append(second, to: &header) }
    }

    private static func append(_ number: Int64, to header: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { header.append(contentsOf: $0) }
    }
}

extension RecordID {
    var part: SealedColumn.Part { .identifier(bytes) }
}
