/// One column of a typed table, and the wire tag whose value it shows.
struct Column: Sendable, Hashable {
    let name: String
    let tag: UInt64
    let affinity: String
}

extension FieldDefinition {
    /// The column of the original (empty where this node may not see it) and those of its derived forms.
    var columns: [Column] {
        let original = Column(name: code, tag: tag, affinity: type.affinity)
        switch mark {
        case .kept, .reviewers, .city, .home, .local: return [original]
        case .masked, .maskedCity: return [original, Column(name: code + "_masked", tag: derivedTag, affinity: "TEXT")]
        case .banded: return [original, Column(name: code + "_banded", tag: derivedTag, affinity: "INTEGER")]
        case .hidden, .hiddenCity:
            return [
                original, Column(name: code + "_area", tag: derivedTag, affinity: "TEXT"),
                Column(name: code + "_birth_year", tag: birthYearTag, affinity: "INTEGER"),
            ]
        }
    }

    /// Whether a value of this field, or of its derived form under `tag`, has the right shape.
    func accepts(_ value: Value, tag: UInt64) -> Bool {
        guard tag == self.tag else {
            return switch mark {
            case .masked, .maskedCity: value.text != nil
            case .banded: value.integer != nil
            case .hidden, .hiddenCity: tag == derivedTag ? value.text != nil : value.integer != nil
            default: false
            }
        }
        return switch type {
        case .text, .code: value.text != nil
        case .codes: value.list != nil
        case .flag: value.flag != nil
        case .integer, .decimal, .date, .child: value.integer != nil
        }
    }
}

extension FieldType {
    var affinity: String {
        switch self {
        case .text, .code, .codes: "TEXT"
        case .integer, .decimal, .date, .flag, .child: "INTEGER"
        }
    }
}
