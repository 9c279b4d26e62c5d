internal import BusinessModules
internal import NodeCore

extension ListQuery {
    /// Each filter in force in words, with the name of its input, so that it can be taken away alone.
    static func chosen(_ query: ListQuery, _ filters: [RecordPages.Filter], _ shown: Shown) -> [(
        name: String, label: String
    )] {
        var chosen = [(name: String, label: String)]()
        func add(_ name: String, _ field: Label, _ value: String) {
            chosen.append((name: name, label: shown.language == .chinese ? "\(field.zh)：\(value)" : "\(field.en): \(value)"))
        }
        if let text = query.form.filled(Name.text) { add(Name.text, Label("查找", "search"), text) }
        if let division = query.form.filled(Name.division) {
            add(Name.division, Label("区划", "division"), shown.label(division, "divisions"))
        }
        if query.form.filled(Name.pending) != nil {
            add(Name.pending, Label("待办", "to do"), shown.language.text("待本级审核", "waits for this level"))
        }
        if let days = query.form.filled(Name.unchanged) {
            add(Name.unchanged, Label("未改动", "unchanged"), shown.language.text("\(days) 天以上", "over \(days) days"))
        }
        for filter in filters {
            let field = filter.field
            switch filter {
            case .text: if let text = query.form.filled(field.code) { add(field.code, field.label, text) }
            case .choice:
                let values = query.form.all(field.code).filter { !$0.isEmpty }
                guard !values.isEmpty else { continue }
                let words = values.map { value in
                    if case .flag = field.type { return shown.text(.flag(value == "1"), field) }
                    return shown.label(value, field.codeTable ?? "")
                }
                add(field.code, field.label, words.joined(separator: "、"))
            case .range:
                if let from = query.form.filled(field.code + Name.from) {
                    add(field.code + Name.from, field.label, "≥ \(from)")
                }
                if let to = query.form.filled(field.code + Name.to) { add(field.code + Name.to, field.label, "≤ \(to)") }
            case .filled:
                guard let value = query.form.filled(field.code + Name.filled) else { continue }
                add(
                    field.code + Name.filled, field.label,
                    value == "1" ? shown.language.text("有", "yes") : shown.language.text("无", "no"))
            }
        }
        return chosen
    }
}
