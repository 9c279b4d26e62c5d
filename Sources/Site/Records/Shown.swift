internal import NodeCore

/// Values as people read them: codes by their labels, amounts with commas, yes and no in words.
struct Shown: Sendable {
    let codes: CodeTables
    let language: Language
    /// Whose lines a field may name.
    var kind: RecordKind?

    /// What a row says of a field: the original, else the derived form that came up instead of it; nil for nothing.
    func text(_ field: FieldDefinition, in row: Row, of record: Record? = nil) -> String? {
        if let value = row[field.tag] { return text(value, field, record) }
        return field.derivedText(in: row).map { derived in
            guard case .choice(let isPresent) = derived else { return derived.plain }
            return language.text(isPresent ? Label("有", "yes") : Label("无", "no"))
        }
    }

    func text(_ value: Value, _ field: FieldDefinition, _ record: Record? = nil) -> String {
        switch (field.type, value) {
        case (.code(let table), .text(let code)): label(code, table)
        case (.codes(let table), .list(let list)):
            list.map { label($0, table) }.joined(separator: language == .chinese ? "、" : ", ")
        case (.flag, .flag(let isOn)): language.text(isOn ? Label("是", "yes") : Label("否", "no"))
        case (.decimal, .integer): field.isMoney ? Shown.grouped(field.text(value)) : field.text(value)
        case (.child(let list), .integer(let number)): line(number, of: list, in: record)
        default: field.text(value)
        }
    }

    /// What a list shows of a field that somebody sees in this way. A derived form is masked already.
    func listed(_ field: FieldDefinition, _ item: Inquiry.Summary, _ fieldClass: FieldClass) -> String {
        guard fieldClass != .hidden, let text = text(field, in: item.record.row, of: item.record) else { return "" }
        guard fieldClass.isMasked, let kind, item.record.row[field.tag] != nil else { return text }
        return Showing.mask(text, field, of: kind)
    }

    func label(_ code: String, _ table: String) -> String {
        codes.label(code, in: table).map(language.text) ?? code
    }

    /// A line is called by the first text in it.
    private func line(_ number: Int64, of list: String, in record: Record?) -> String {
        guard let record, let list = kind?.list(list), let child = record[list].first(where: { $0.number == number }) else {
            return String(number)
        }
        return child.row.firstText ?? String(number)
    }

    /// 1234567.50 as 1,234,567.50.
    static func grouped(_ number: String) -> String {
        let isNegative = number.hasPrefix("-")
        let parts = number.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first else { return number }
        var groups = [Substring]()
        var rest = whole
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        groups.insert(rest, at: 0)
        let tail = parts.count > 1 ? "." + parts[1] : ""
        return (isNegative ? "-" : "") + groups.joined(separator: ",") + tail
    }

    /// A moment as the office's clock shows it; China has one time for the whole country.
    static func time(_ milliseconds: Int64) -> String {
        let (local, overflow) = milliseconds.addingReportingOverflow(8 * 3_600_000)
        guard !overflow else { return "-" }
        let day = CalendarDay(milliseconds: milliseconds)
        let minutes = (local / 60_000) % 1_440
        guard minutes >= 0 else { return day.description }
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day) \(two(minutes / 60)):\(two(minutes % 60))"
    }
}

extension Row {
    var firstText: String? { sorted.lazy.compactMap { $0.value.text }.first }
}
