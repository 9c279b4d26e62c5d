internal import BusinessModules
internal import NodeCore

/// Two people changed one record: the second to save sees both values side by side and chooses (S.3).
struct Comparison {
    let pages: RecordPages
    let visit: Visit

    private static let keep = "_keep."

    /// The form without the lists for which the other's lines were chosen, so that they stay.
    func chosen(_ form: Form) -> Form {
        let theirs = form.items.filter { $0.name.hasPrefix(Comparison.keep) && $0.value == "theirs" }
            .map { String($0.name.dropFirst(Comparison.keep.count)) }
        return Form(
            form.items.filter { item in
                !item.name.hasPrefix(Comparison.keep) && !theirs.contains { item.name.hasPrefix($0 + ".") }
            })
    }

    func page(
        _ frame: Frame, _ item: Inquiry.Summary, _ form: Form, _ working: Draft.Working, _ codes: CodeTables,
        _ tx: borrowing Transaction
    ) throws -> WebReply {
        var mine = working.record
        let problems = RecordForm(pages: pages, form: form, masked: { visit.fieldClass($0, pages.kind, in: $1) })
            .apply(to: &mine, codes: codes)
        let shown = Shown(codes: codes, language: visit.language, kind: pages.kind)
        let fields = differing(mine, working.record, Set(problems.map(\.name)), form)
        let title = visit.say("内容已被他人修改", "Somebody else changed this")
        var context = try tx.withSnapshot {
            try frame.context(
                visit, $0, title: title, current: "/\(pages.path)",
                crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (item.key, "/\(pages.path)/\(item.id)")])
        }
        context["heading"] = title
        context["text"] = visit.say(
            "您打开表单以后，这份\(pages.noun.zh)已被修改。请逐项选择保留哪个值；没有列出的各项两边相同。",
            "The record was changed after you opened the form. Choose for each field; all others are the same.")
        context["action"] = "/\(pages.path)/\(item.id)/edit"
        context["version"] = working.token
        context["columns"] = [
            "field": visit.say("项目", "Field"), "mine": visit.say("您填写的", "Yours"),
            "theirs": visit.say("现在的", "As it is now"),
        ]
        let names = Set(fields.map(\.code))
        context["hidden"] = form.without("_csrf", "_version").items.filter { !names.contains($0.name) }
            .map { ["name": $0.name, "value": $0.value] as Context }
        context["rows"] = fields.map { row($0, form, mine, working.record, shown) }
        let lists = pages.kind.lists.filter { mine[$0] != working.record[$0] }
        context["lines"] = lists.map { list -> Context in
            [
                "title": visit.say(list.label), "name": Comparison.keep + list.code, "isMine": true,
                "text": visit.say(
                    "您填 \(mine[list].count) 行，现有 \(working.record[list].count) 行",
                    "yours \(mine[list].count) lines, now \(working.record[list].count)"),
            ]
        }
        context["hasLines"] = !lists.isEmpty
        context["cancel"] = ["href": "/\(pages.path)/\(item.id)", "label": visit.say("放弃我的修改", "Drop my changes")]
        context["buttons"] = [Button.submit(visit.say("按所选保存", "Save what is chosen"), isPrimary: true).context]
        return try frame.page("conflict", context, status: 409)
    }

    /// Fields whose typed value is another than what stands there, or that could not be read.
    private func differing(_ mine: Record, _ theirs: Record, _ wrong: Set<String>, _ form: Form) -> [FieldDefinition] {
        pages.sections.flatMap(\.items).compactMap(\.field).filter { field in
            !form.all(field.code).isEmpty && (mine.row[field.tag] != theirs.row[field.tag] || wrong.contains(field.code))
        }
    }

    private func row(_ field: FieldDefinition, _ form: Form, _ mine: Record, _ theirs: Record, _ shown: Shown) -> Context {
        let none = visit.say("（空）", "(empty)")
        let typed = form.all(field.code).filter { !$0.isEmpty }.joined(separator: ";")
        let isMasked = visit.fieldClass(field, pages.kind).isMasked
        let present = theirs.row[field.tag].map { field.text($0) } ?? ""
        let theirText = shown.text(field, in: theirs.row, of: theirs) ?? none
        return [
            "id": FieldView.id(field.code), "label": visit.say(field.label), "name": field.code,
            "mine": typed.isEmpty ? none : shown.text(field, in: mine.row, of: mine) ?? typed, "mineValue": typed,
            // A masked value is not sent out to be sent back: left empty it stays as it is.
            "theirs": isMasked && !present.isEmpty ? Showing.mask(theirText, field, of: pages.kind) : theirText,
            "theirsValue": isMasked ? "" : present, "isMine": true,
        ]
    }
}
