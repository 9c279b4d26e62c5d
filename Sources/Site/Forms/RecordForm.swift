internal import BusinessModules
internal import NodeCore

/// What a person typed into the form of a record, by the names of its inputs: `name`, `family_member.3.name`,
/// `family_member.new1.name`. A field that the form did not show is not touched.
struct RecordForm: Sendable {
    let pages: RecordPages
    let form: Form
    /// Texts of fields whose value is not shown, by name: left empty they stay as they are.
    let masked: @Sendable (FieldDefinition, ChildList?) -> FieldClass

    /// What is wrong with a text, beside its input.
    struct Problem: Sendable, Hashable {
        let name: String
        let label: Label
        let message: Label
    }

    /// One line of a list as it was typed.
    struct Line: Sendable {
        /// Nil for a new one.
        let number: Int64?
        /// As it stands in the names of its inputs.
        let name: String
        let isRemoved: Bool
    }

    /// Writes what was typed into `record`; what does not fit is named and left out.
    func apply(to record: inout Record, codes: CodeTables) -> [Problem] {
        var problems = [Problem]()
        for section in pages.sections {
            for item in section.items {
                switch item {
                case .field(let field): apply(field, field.code, in: nil, to: &record.row, codes, &problems)
                case .list(let list): apply(list, to: &record, codes, &problems)
                }
            }
        }
        return problems
    }

    private func apply(
        _ field: FieldDefinition, _ name: String, in list: ChildList?, to row: inout Row, _ codes: CodeTables,
        _ problems: inout [Problem]
    ) {
        let texts = form.all(name)
        guard !texts.isEmpty, masked(field, list) != .hidden else { return }
        let text = texts.filter { !FieldDefinition.isBlank($0) }.joined(separator: ";")
        if text.isEmpty {
            if masked(field, list) == .plain || form["clear." + name] == "1" { row[field.tag] = nil }
            return
        }
        if case .child = field.type {
            // A line that was added in the same form has no number yet; the next look at the form offers it.
            if let number = Int64(text) { row[field.tag] = .integer(number) }
            return
        }
        switch field.parse(text, codes: codes) {
        case .success(let value): row[field.tag] = value
        case .failure(let finding): problems.append(Problem(name: name, label: field.label, message: finding.message))
        }
    }

    private func apply(_ list: ChildList, to record: inout Record, _ codes: CodeTables, _ problems: inout [Problem]) {
        var children = record[list]
        for line in lines(of: list) {
            if line.isRemoved {
                children.removeAll { $0.number == line.number }
                continue
            }
            let present = children.first { $0.number == line.number }
            var row = present?.row ?? Row()
            let isNew = present == nil
            for field in list.fields {
                apply(field, "\(list.code).\(line.name).\(field.code)", in: list, to: &row, codes, &problems)
            }
            guard !(isNew && row.isEmpty) else { continue }
            guard children.count < NodeLimits.childrenPerList || !isNew else {
                problems.append(
                    Problem(
                        name: list.code, label: list.label,
                        message: Label(
                            "\(list.label.zh)最多\(NodeLimits.childrenPerList)行",
                            "\(list.label.en): at most \(NodeLimits.childrenPerList) lines")))
                break
            }
            let number = present?.number ?? RecordForm.next(children)
            children.removeAll { $0.number == number }
            children.append(Child(number: number, row: row))
        }
        record[list] = children.sorted { $0.number < $1.number }
    }

    /// A line that somebody took away meanwhile comes back under a number of its own.
    static func next(_ children: [Child]) -> Int64 {
        let last = children.map(\.number).max() ?? 0
        return last < Int64.max ? last + 1 : last
    }

    /// The lines of a list that the form has, those that were there before first.
    func lines(of list: ChildList) -> [Line] {
        var names = [String]()
        for item in form.items where item.name.hasPrefix(list.code + ".") && names.count <= NodeLimits.childrenPerList {
            let parts = item.name.split(separator: ".")
            if parts.count == 3, !names.contains(String(parts[1])) { names.append(String(parts[1])) }
        }
        return names.map { name in
            Line(
                number: Int64(name).flatMap { $0 > 0 ? $0 : nil }, name: name,
                isRemoved: form["\(list.code).\(name)._remove"] == "1")
        }
    }
}
