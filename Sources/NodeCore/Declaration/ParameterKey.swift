internal import Foundation

/// A parameter as declared: what it means, what it may be, and down to which level it may be set.
public struct ParameterKey: Sendable, Hashable {
    public enum Form: String, Sendable, Hashable, CaseIterable {
        case integer = "int"
        case decimal = "dec"
        case date
        case flag = "bool"
        case text
        case json

        /// Nil when `text` is a value of this form, else what is wrong with it.
        public func fault(_ text: String) -> Label? {
            switch self {
            case .integer:
                FieldDefinition.scaled(text, digits: 0) == nil ? Label("须填整数", "write a whole number") : nil
            case .decimal:
                FieldDefinition.scaled(text, digits: 2) == nil
                    ? Label("须填数字，最多两位小数", "write a number with at most two decimals") : nil
            case .date: CalendarDay(text) == nil ? Label("须填2026-06-30样式的日期", "write a date like 2026-06-30") : nil
            case .flag: ["0", "1"].contains(text) ? nil : Label("须填0或1", "write 0 or 1")
            case .text: nil
            case .json: Form.isJSON(text) ? nil : Label("不是有效的JSON", "this is no JSON")
            }
        }

        private static func isJSON(_ text: String) -> Bool {
            do {
                _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
                return true
            } catch { return false }
        }
    }

    public let key: String
    public let label: Label
    public let form: Form
    /// The lowest level whose seats may set it, each for its own subtree; the levels above always may.
    public let settableBy: Level
    /// What counts where nobody has set it; nil where there is no such value.
    public let fallback: String?
    /// A local standard (minimum living standard and the like), shown to clerks beside the form (S.12).
    public let isStandard: Bool
    /// Bounds of a number, in hundredths.
    public let range: ClosedRange<Int64>

    public init(
        _ key: String, _ zh: String, _ en: String, _ form: Form, settableBy: Level, fallback: String? = nil,
        isStandard: Bool = false, range: ClosedRange<Int64> = 0...100_000_000_000
    ) {
        self.key = key
        label = Label(zh, en)
        self.form = form
        self.settableBy = settableBy
        self.fallback = fallback
        self.isStandard = isStandard
        self.range = range
    }

    public static let valueCharacters = 200

    /// Nil when `text` is a value of this parameter, else what is wrong with it.
    public func fault(_ text: String) -> Label? {
        guard !text.isEmpty, text.count <= ParameterKey.valueCharacters else {
            return Label(
                "值须为1至\(ParameterKey.valueCharacters)个字符", "a value has 1 to \(ParameterKey.valueCharacters) characters")
        }
        if let wrong = form.fault(text) { return wrong }
        return form == .integer || form == .decimal ? outOfRange(text) : nil
    }

    private func outOfRange(_ text: String) -> Label? {
        let hundredths = FieldDefinition.scaled(text, digits: 2)
        if let hundredths, range.contains(hundredths) { return nil }
        let (least, most) = (ParameterKey.plain(range.lowerBound), ParameterKey.plain(range.upperBound))
        return Label("须在\(least)至\(most)之间", "it lies between \(least) and \(most)")
    }

    private static func plain(_ hundredths: Int64) -> String {
        hundredths.isMultiple(of: 100) ? "\(hundredths / 100)" : "\(Double(hundredths) / 100)"
    }
}

/// The declared keys of a program. A key that is not declared here may come from a newer program above: it is kept, and
/// nothing here reads it.
public struct ParameterCatalogue: Sendable {
    public let keys: [ParameterKey]
    private let byKey: [String: ParameterKey]

    /// Traps when one key is declared twice.
    public init(_ keys: [ParameterKey]) {
        self.keys = keys
        byKey = Dictionary(uniqueKeysWithValues: keys.map { ($0.key, $0) })
    }

    public subscript(key: String) -> ParameterKey? { byKey[key] }

    /// Why a seat of this level may not publish an entry; nil when it may.
    public func fault(_ entry: Parameters.Entry, by level: Level) -> NodeError? {
        guard let known = self[entry.key] else {
            return NodeError(
                .invalid, "没有业务参数 \(entry.key)：可用的键见 nodectl parameters list",
                "there is no parameter \(entry.key): nodectl parameters list shows those there are")
        }
        guard level <= known.settableBy else {
            return NodeError(
                .notAllowed,
                "参数 \(known.key)（\(known.label.zh)）只能由\(known.settableBy.label.zh)及以上设定，\(level.label.zh)不能改变",
                "parameter \(known.key) is set down to level \(known.settableBy.label.en) only, not by a \(level.label.en)")
        }
        if let wrong = known.fault(entry.value) {
            return NodeError(
                .invalid, "参数 \(known.key) 的值“\(entry.value.prefix(40))”无效：\(wrong.zh)",
                "the value \"\(entry.value.prefix(40))\" of parameter \(known.key) does not fit: \(wrong.en)")
        }
        if let to = entry.to, to < entry.from {
            return NodeError(
                .invalid, "参数 \(known.key) 的失效日期早于生效日期", "parameter \(known.key) would end before it begins")
        }
        return nil
    }

    /// Whether an entry counts here: what its publisher's level may not set is kept and passed over.
    func counts(_ key: String, setBy level: Level?) -> Bool {
        guard let level, let known = self[key] else { return true }
        return level <= known.settableBy
    }
}

extension NodeTree {
    /// A division and those above it, nearest first. One that is no seat of this tree lies where its digits say: 370285 in
    /// 370200, that in 370000.
    public func divisionPath(of division: String) -> [String] {
        if seat(division) != nil { return path(from: division).map(\.code) }
        var path = [String]()
        for code in [division, division.prefix(4) + "00", division.prefix(2) + "0000", "000000"] where !path.contains(code) {
            path.append(code)
        }
        return path
    }
}
