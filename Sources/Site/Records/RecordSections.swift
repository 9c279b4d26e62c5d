internal import BusinessModules
internal import NodeCore

/// What a record says, part by part as its form has it: what is sealed masked, what is not this visitor's left out.
struct RecordSections: Sendable {
    let pages: RecordPages
    let area: Area
    /// Where the visitor is the person that it is about.
    var own: Own?

    /// A page may be seen by whoever stands behind one; a copy is the person's alone, and leaves the node.
    enum Own { case page, copy }

    func context(_ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown, opened: [String: String]) -> [Context] {
        pages.sections.compactMap { section in
            let fields = section.items.compactMap(\.field).compactMap {
                value($0, $0.code, item.record.row, item, visit, shown, opened)
            }
            let tables = section.items.compactMap { part -> Context? in
                guard case .list(let list) = part else { return nil }
                return table(list, item, visit, shown, opened)
            }
            guard !fields.isEmpty || !tables.isEmpty else { return nil }
            return [
                "id": section.code, "title": visit.say(section.label), "fields": fields.map(\.context), "tables": tables,
            ]
        }
    }

    private func seen(_ field: FieldDefinition, _ visit: Visit, in list: ChildList? = nil) -> FieldClass {
        own == nil ? visit.fieldClass(field, pages.kind, in: list) : ownClass(field, in: list)
    }

    /// People see themselves as the clerk does: open, but for the numbers that a glance over a shoulder must not catch. In a
    /// copy their own are open too; those of others in the household are not, and their illness is left out.
    func ownClass(_ field: FieldDefinition, in list: ChildList? = nil) -> FieldClass {
        if field.mark == .local { return .hidden }
        if own == .copy, list?.guarded.health.contains(field) == true { return .hidden }
        let isNumber = field.isLookedUp || (list?.guarded ?? pages.kind.guarded).accounts.contains(field)
        return isNumber && (own == .page || list != nil) ? .masked : .plain
    }

    /// What a line of a list says to the person whose record it is; empty for nothing.
    func ownText(
        _ field: FieldDefinition, in list: ChildList, _ row: Row, _ item: Inquiry.Summary, _ shown: Shown
    ) -> String {
        let text = shown.text(field, in: row, of: item.record) ?? ""
        guard ownClass(field, in: list).isMasked, row[field.tag] != nil else { return text }
        return Showing.mask(text, field, of: pages.kind, in: list)
    }

    private func value(
        _ field: FieldDefinition, _ name: String, _ row: Row, _ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown,
        _ opened: [String: String]
    ) -> FieldView? {
        let fieldClass = seen(field, visit)
        guard fieldClass != .hidden else { return nil }
        var view = FieldView(name, visit.say(field.label), widget: "field/plain")
        view.isWide = field.isLong
        if let open = opened[name] {
            view.value = open
            return view
        }
        // What was never asked of somebody is of no use to them on a small screen.
        guard let text = shown.text(field, in: row, of: item.record) else { return own == nil ? view : nil }
        guard fieldClass.isMasked, row[field.tag] != nil else {
            view.value = text
            return view
        }
        view.widget = "field/masked"
        view.isCode = true
        view.maskedText = Showing.mask(text, field, of: pages.kind)
        if own == nil, visit.may(.viewSensitive, area) {
            view.unmask = "/\(pages.path)/\(item.id)/open?field=\(Form.encoded(name))"
        }
        return view
    }

    private func table(
        _ list: ChildList, _ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown, _ opened: [String: String]
    ) -> Context {
        let rows = item.record[list]
        let fields = list.fields.filter { field in
            seen(field, visit, in: list) != .hidden && rows.contains { shown.text(field, in: $0.row) != nil }
        }
        return [
            "caption": visit.say(list.label), "hasRows": !rows.isEmpty,
            "empty": visit.say("没有\(list.label.zh)", "No \(list.label.en)"),
            "columns": fields.map { ["label": visit.say($0.label), "isNumber": $0.isNumber] as Context },
            "rows": rows.map { child -> Context in
                ["cells": fields.map { field -> Context in cell(field, child, item, visit, shown, opened, in: list) }]
            },
        ]
    }

    /// A masked value of a line is opened as one of the record's own is: on a page of its own, for a purpose.
    private func cell(
        _ field: FieldDefinition, _ child: Child, _ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown,
        _ opened: [String: String], in list: ChildList
    ) -> Context {
        let place = Unmasking.Place(field: field.code, list: list.code, child: child.number)
        var context: Context = [
            "text": shown.text(field, in: child.row, of: item.record) ?? "", "isLink": false, "isTag": false,
            "isNumber": field.isNumber, "isCode": false, "href": "", "kind": "",
        ]
        if let open = opened[place.name] {
            context["text"] = open
            return context
        }
        guard let text = context["text"] as? String, seen(field, visit, in: list).isMasked, child.row[field.tag] != nil
        else {
            return context
        }
        context["text"] = Showing.mask(text, field, of: pages.kind, in: list)
        context["isCode"] = true
        if own == nil, visit.may(.viewSensitive, area) {
            context["unmask"] = "/\(pages.path)/\(item.id)/open?field=\(Form.encoded(place.name))"
            context["what"] = "\(visit.say(field.label)) \(child.row.firstText ?? String(child.number))"
        }
        return context
    }
}

extension FieldDefinition {
    /// Texts of more than a line.
    var isLong: Bool { if case .text(let maximum) = type { maximum > 60 } else { false } }
}
