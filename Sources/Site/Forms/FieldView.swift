internal import BusinessModules
internal import NodeCore

/// One input, or one value that is only shown, as the template `parts/field` wants it.
struct FieldView {
    var id: String
    var name: String
    var label: String
    var widget: String
    var isRequired = false
    var isWide = false
    var help: String?
    var error: String?
    var warning: String?
    var value: String?
    var maximum: Int?
    var unit: String?
    var options: [Option] = []
    var autocomplete: String?
    var inputMode: String?
    var unmask: String?
    var maskedText: String?
    var isCode = false
    var isReadOnly = false
    /// Where the codes of a long table are looked up, and what the code that stands there means.
    var source: String?
    var note: String?

    struct Option {
        let value: String
        let label: String
        let isSelected: Bool
        var initials: String?
    }

    init(_ name: String, _ label: String, widget: String = "field/text", value: String? = nil) {
        id = FieldView.id(name)
        self.name = name
        self.label = label
        self.widget = widget
        self.value = value
    }

    /// Names have dots, which selectors read otherwise.
    static func id(_ name: String) -> String { "f-" + name.replacing(".", with: "-") }

    var context: Context {
        let described = [
            help.map { _ in "\(id)-help" }, error.map { _ in "\(id)-error" }, warning.map { _ in "\(id)-warning" },
        ]
        .compactMap { $0 }.joined(separator: " ")
        var context: Context = [
            "id": id, "name": name, "label": label, "widget": widget, "isRequired": isRequired, "isWide": isWide,
            "hasError": error != nil, "isLong": options.count > 12, "isCode": isCode, "isReadOnly": isReadOnly,
            "options": options.map { option -> Context in
                var context: Context = ["value": option.value, "label": option.label, "isSelected": option.isSelected]
                context["initials"] = option.initials
                return context
            },
        ]
        context["help"] = help
        context["error"] = error
        context["warning"] = warning
        context["describedBy"] = described.isEmpty ? nil : described
        context["value"] = value
        context["maximum"] = maximum
        context["unit"] = unit
        context["autocomplete"] = autocomplete
        context["inputMode"] = inputMode
        context["unmask"] = unmask
        context["maskedText"] = maskedText
        context["source"] = source
        context["note"] = note
        return context
    }
}

extension FieldView {
    /// The input for a declared field. `texts`: what stands in it, as it was typed or as the record has it.
    static func input(
        _ field: FieldDefinition, name: String, texts: [String], shown: Shown, lines: [(value: String, label: String)] = []
    ) -> FieldView {
        var view = FieldView(name, shown.language.text(field.label), value: texts.first { !$0.isEmpty })
        view.isRequired = field.isRequired
        switch field.type {
        case .text(let maximum):
            view.maximum = maximum
            view.widget = maximum >= FieldView.longText ? "field/long" : "field/text"
            view.isWide = maximum > 64
            view.isCode = field.form != .any && field.form != .personName
        case .integer: view.widget = "field/integer"
        case .decimal:
            view.widget = "field/decimal"
            view.unit = field.isMoney ? shown.language.text("元", "yuan") : nil
        case .date: view.widget = "field/date"
        case .flag:
            view.widget = "field/flag"
            view.options = [
                Option(value: "1", label: shown.language.text("是", "yes"), isSelected: texts.contains("1")),
                Option(value: "0", label: shown.language.text("否", "no"), isSelected: texts.contains("0")),
            ]
        case .code(let table):
            view.choose(table, texts, shown)
        case .codes(let table):
            view.widget = "field/checks"
            view.isWide = true
            view.options = options(table, texts.flatMap { $0.split(separator: ";").map(String.init) }, shown)
        case .child:
            view.widget = "field/select"
            view.options = lines.map { Option(value: $0.value, label: $0.label, isSelected: texts.contains($0.value)) }
        }
        return view
    }

    /// The question of a filter bar.
    static func filter(_ filter: RecordPages.Filter, _ query: ListQuery, _ shown: Shown) -> [FieldView] {
        let field = filter.field
        let label = shown.language.text(field.label)
        switch filter {
        case .text:
            var view = FieldView(field.code, label, value: query.form[field.code])
            view.maximum = 100
            return [view.with(error: query.problems[field.code], shown.language)]
        case .choice:
            var view = FieldView(field.code, label, widget: "field/select")
            let chosen = query.form.all(field.code)
            if case .flag = field.type {
                view.options = input(field, name: field.code, texts: chosen, shown: shown).options
            } else {
                view.choose(field.codeTable ?? "", chosen, shown)
            }
            return [view.with(error: query.problems[field.code], shown.language)]
        case .range:
            return [
                (ListQuery.Name.from, shown.language.text("起", "from")), (ListQuery.Name.to, shown.language.text("止", "to")),
            ].map {
                end, word in
                var view = input(field, name: field.code + end, texts: [query.form[field.code + end] ?? ""], shown: shown)
                view.label = shown.language == .chinese ? "\(label)（\(word)）" : "\(label), \(word)"
                view.isRequired = false
                return view.with(error: query.problems[field.code + end], shown.language)
            }
        case .filled:
            let name = field.code + ListQuery.Name.filled
            var view = FieldView(name, label, widget: "field/select")
            view.options = [("1", shown.language.text("有", "yes")), ("0", shown.language.text("无", "no"))].map {
                Option(value: $0.0, label: $0.1, isSelected: query.form[name] == $0.0)
            }
            return [view]
        }
    }

    private func with(error: Label?, _ language: Language) -> FieldView {
        var view = self
        view.error = error.map(language.text)
        return view
    }

    /// A list to choose from; of a table too long for one, the code itself, with its label beside it.
    private mutating func choose(_ table: String, _ chosen: [String], _ shown: Shown) {
        if shown.codes.codes(of: table).count <= FieldView.optionsMax {
            widget = "field/select"
            options = FieldView.options(table, chosen, shown)
            return
        }
        widget = "field/lookup"
        source = "/codes/\(table)"
        value = chosen.first { !$0.isEmpty }
        maximum = 20
        note = value.flatMap { shown.codes.label($0, in: table) }.map(shown.language.text)
    }

    /// The options as boxes to tick on paper; nothing where there are too many to choose from by eye.
    var boxes: String {
        guard options.count <= FieldView.boxesMax else { return "" }
        return options.map { "□\u{00A0}\($0.label)" }.joined(separator: "\u{3000}")
    }

    /// More than these are looked up, not ticked.
    private static let boxesMax = 16
    /// From so many characters on a text gets several lines.
    private static let longText = 250
    /// Options that a page carries; more would make it heavy.
    private static let optionsMax = 150

    private static func options(_ table: String, _ chosen: [String], _ shown: Shown) -> [Option] {
        shown.codes.codes(of: table).map {
            Option(value: $0.code, label: shown.language.text($0.label), isSelected: chosen.contains($0.code))
        }
    }
}
