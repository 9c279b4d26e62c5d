internal import BusinessModules
internal import NodeCore

/// The inputs of a form, with what stands in them and what is wrong beside each.
struct FormParts {
    let pages: RecordPages
    let visit: Visit
    let shown: Shown
    let content: FormPage.Content

    private var area: Area { Area(pages.kind.code) }

    func fields(_ section: RecordPages.Section) -> [FieldView] {
        section.items.compactMap(\.field).compactMap { input($0, $0.code, content.record.row) }
    }

    func lists(_ section: RecordPages.Section) -> [Context] {
        section.items.compactMap { item in
            guard case .list(let list) = item else { return nil }
            return lines(of: list)
        }
    }

    private func input(
        _ field: FieldDefinition, _ name: String, _ row: Row, in list: ChildList? = nil
    ) -> FieldView? {
        let fieldClass = visit.fieldClass(field, pages.kind, in: list)
        guard fieldClass != .hidden else { return nil }
        let typed = content.typed.map { $0.all(name) } ?? []
        let present = row[field.tag].map { field.text($0) }
        let isMasked = fieldClass.isMasked && present != nil
        let texts = typed.isEmpty ? (isMasked ? [] : [present ?? ""]) : typed
        var view = FieldView.input(field, name: name, texts: texts, shown: shown, lines: members(field))
        view.help = pages.guides[field].map { visit.say($0) }
        if isMasked, let present {
            view.isRequired = false
            view.help = visit.say(
                "现为 \(Showing.mask(present, field, of: pages.kind, in: list))，留空则不变",
                "It is \(Showing.mask(present, field, of: pages.kind, in: list)); left empty it stays")
        }
        view.error = content.problems.first { $0.name == name }.map { visit.say($0.message) }
        return view
    }

    /// What a field that names a line of another list offers.
    private func members(_ field: FieldDefinition) -> [(value: String, label: String)] {
        guard case .child(let code) = field.type, let list = pages.kind.list(code) else { return [] }
        return content.record[list].map { (value: String($0.number), label: $0.row.firstText ?? String($0.number)) }
    }

    private func lines(of list: ChildList) -> Context {
        let form = content.typed ?? Form()
        let typed = RecordForm(pages: pages, form: form, masked: { _, _ in .plain }).lines(of: list)
        var rows = [Context]()
        var numbers = [Int64]()
        func add(_ number: Int64, _ row: Row) {
            guard !numbers.contains(number) else { return }
            numbers.append(number)
            rows.append(line(list, String(number), row))
        }
        for child in content.record[list] { add(child.number, child.row) }
        for line in typed where !line.isRemoved { if let number = line.number { add(number, Row()) } }
        if content.added == list.code || rows.isEmpty { add((numbers.max() ?? 0) + 1, Row()) }
        let next = (numbers.max() ?? 0) + 1
        var context: Context = [
            "id": list.code, "title": visit.say(list.label), "isTable": list.fields.count <= FormParts.columnsMax,
            "columns": list.fields.filter { visit.fieldClass($0, pages.kind, in: list) != .hidden }.map {
                ["label": visit.say($0.label), "isRequired": $0.isRequired] as Context
            },
            "rows": rows, "blank": line(list, "__n__", Row()), "next": String(next),
            "add": ["name": "_add", "value": list.code, "label": visit.say("增加一行\(list.label.zh)", "Add a line")],
        ]
        if let problem = content.problems.first(where: { $0.name == list.code }) {
            context["error"] = visit.say(problem.message)
        }
        return context
    }

    private func line(_ list: ChildList, _ number: String, _ row: Row) -> Context {
        let start = "\(list.code).\(number)"
        // A line that nobody has filled asks for nothing.
        let isNew = row.isEmpty
        let fields = list.fields.compactMap { field -> FieldView? in
            guard var view = input(field, "\(start).\(field.code)", row, in: list) else { return nil }
            if isNew { view.isRequired = false }
            return view
        }
        return [
            "id": FieldView.id(start), "number": number, "title": visit.say(list.label), "fields": fields.map(\.context),
            "removeName": "\(start)._remove", "keep": [Context](),
        ]
    }

    /// More fields than this do not fit beside each other.
    private static let columnsMax = 8
}
