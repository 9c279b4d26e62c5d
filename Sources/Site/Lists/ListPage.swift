internal import BusinessModules
internal import NodeCore

/// The list of one kind of record (S.1): filters, columns, order, pages, all in the address.
struct ListPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    var area: Area { Area(pages.kind.code) }
    var path: String { "/\(pages.path)" }

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let codes = try visit.codes()
        let shown = Shown(codes: codes, language: visit.language, kind: pages.kind)
        let level = try visit.level()
        let query = ListQuery(
            pages, visit.request.query, codes: codes, level: level, visit)
        var search = query.search
        if let scope = try visit.scope(.view, area) { search.conditions.append(scope) }
        let showing = query.columns + [pages.title].compactMap { $0 }
        let found = try Inquiry(visit.surroundings.charter).search(pages.kind, search, showing: showing, in: snapshot)
        var context = try frame.context(visit, snapshot, title: visit.say(pages.kind.label), current: path)
        context["heading"] = visit.say(pages.kind.label)
        context["actions"] = actions(visit, query).map(\.context)
        context["filter"] = filter(visit, query, shown, level)
        context["hasSaved"] = false
        try addTable(found, visit, query, shown, level, to: &context)
        context["pager"] = pager(found.total, visit, query)
        context["chooser"] = chooser(visit, query)
        context["bulk"] = bulk(found.total, visit, query)
        try addSaved(visit, query, snapshot, to: &context)
        return try frame.page("list", context)
    }

    // MARK: Parts

    private func actions(_ visit: Visit, _ query: ListQuery) -> [Button] {
        var buttons = [Button]()
        let filters = query.form.without(ListQuery.Name.page, ListQuery.Name.size)
        let tail = filters.isEmpty ? "" : "?" + filters.encoded
        if visit.may(.create, area), visit.isHome {
            buttons.append(
                .link(
                    visit.say("新建\(pages.noun.zh)", "New \(pages.noun.en)"), "\(path)/new", isPrimary: true, icon: "plus-lg")
            )
        }
        if visit.may(.takeIn, area), visit.isHome {
            buttons.append(.link(visit.say("导入", "Import"), "\(path)/import", icon: "upload"))
        }
        if visit.may(.export, area) {
            buttons.append(.link(visit.say("导出", "Export"), "\(path)/export\(tail)", icon: "download"))
        }
        if visit.may(.delete, area), visit.isHome {
            buttons.append(.link(visit.say("回收站", "Recycle list"), "\(path)/deleted", icon: "trash"))
        }
        if visit.may(.print, area) {
            buttons.append(.link(visit.say("打印名册", "Print list"), "\(path)/print\(tail)", icon: "printer"))
        }
        if visit.may(.create, area), visit.isHome {
            buttons.append(.link(visit.say("空白表", "Blank form"), "\(path)/blank", icon: "file-earmark-text"))
        }
        return buttons
    }

    private func filter(_ visit: Visit, _ query: ListQuery, _ shown: Shown, _ level: Level) -> Context {
        let offered = pages.filters.filter {
            $0.field.isShown(at: level) && visit.fieldClass($0.field, pages.kind) != .hidden
        }
        let views = offered.map { (filter: $0, views: FieldView.filter($0, query, shown)) }
        let common = views.prefix(4)
        let rest = views.dropFirst(4)
        let kept = query.form.items.filter { item in
            [ListQuery.Name.order, ListQuery.Name.size, ListQuery.Name.column].contains(item.name)
        }
        var text = FieldView(
            ListQuery.Name.text, visit.say("编号、姓名", "Number or name"), value: query.form[ListQuery.Name.text])
        text.id = "q"
        text.maximum = 60
        text.error = query.problems[ListQuery.Name.text].map(shown.language.text)
        let chosen = ListQuery.chosen(query, offered, shown).map { item -> Context in
            ["label": item.label, "href": link(query.form.without(item.name, ListQuery.Name.page))]
        }
        var context: Context = [
            "action": path, "hidden": kept.map { ["name": $0.name, "value": $0.value] }, "search": text.context,
            "fields": common.flatMap(\.views).map(\.context), "more": rest.flatMap(\.views).map(\.context),
            "hasMore": !rest.isEmpty, "isMoreOpen": rest.contains { $0.views.contains { $0.isUsed } },
            "hasChosen": !chosen.isEmpty, "chosen": chosen,
        ]
        if query.isNarrowed { context["clear"] = link(Form(kept)) }
        return context
    }

    private func addTable(
        _ found: Inquiry.Found, _ visit: Visit, _ query: ListQuery, _ shown: Shown, _ level: Level,
        to context: inout Context
    ) throws {
        context["caption"] = visit.say(pages.kind.label)
        let canSelect = visit.may(.report, area) && visit.isHome
        let columns = [pages.kind.key] + query.columns.filter { $0 != pages.kind.key }
        context["columns"] = columns.map { column(query, $0, visit) }
        context["rows"] = found.items.map { item -> Context in
            let cells = columns.map { field -> Context in cell(field, item, visit, shown) }
            let name = pages.title.flatMap { shown.text($0, in: item.record.row) } ?? item.key
            return ["id": item.id, "name": name, "cells": cells, "actions": [Context](), "hasActions": false]
        }
        context["hasRows"] = !found.items.isEmpty
        context["hasRowActions"] = false
        context["canSelect"] = canSelect
        var empty: Context = [
            "text": query.isNarrowed
                ? visit.say("没有符合条件的\(pages.noun.zh)", "Nothing fits these filters")
                : visit.say("还没有\(pages.noun.zh)", "There is nothing here yet")
        ]
        if query.isNarrowed {
            empty["href"] = path
            empty["label"] = visit.say("清空条件", "Clear filters")
        }
        context["empty"] = empty
    }

    private func column(_ query: ListQuery, _ field: FieldDefinition, _ visit: Visit) -> Context {
        let isSorted = query.search.order?.field == field
        let isDown = isSorted && query.search.order?.isDescending == true
        let next = (isSorted && !isDown ? "-" : "") + field.code
        return [
            "label": visit.say(field.label), "isNumber": field.isNumber, "isLink": true, "isSorted": isSorted,
            "isDown": isDown, "href": link(query.form.with(ListQuery.Name.order, next).without(ListQuery.Name.page)),
        ]
    }

    private func cell(_ field: FieldDefinition, _ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown) -> Context {
        let isKey = field == pages.kind.key
        let isStatus = field == pages.kind.status
        let text: String
        if isKey {
            text = item.key
        } else if isStatus {
            text = shown.label(item.status, field.codeTable ?? "")
        } else {
            text = shown.listed(field, item, visit.fieldClass(field, pages.kind, at: .list))
        }
        return [
            "text": text, "isLink": isKey, "href": "\(path)/\(item.id)", "isNumber": field.isNumber, "isTag": isStatus,
            "isCode": isKey, "kind": isStatus ? pages.kind.workflow.tag(item.status) : "",
        ]
    }

    private func pager(_ total: Int, _ visit: Visit, _ query: ListQuery) -> Context {
        let last = max(1, min((total + query.size - 1) / query.size, RecordSearch.offsetMax / query.size))
        let here = min(query.page, last)
        func page(_ number: Int) -> String { link(query.form.with(ListQuery.Name.page, String(number))) }
        var numbers = [Int?]()
        for number in 1...last where number <= 2 || number > last - 2 || abs(number - here) <= 2 {
            if let before = numbers.last.flatMap({ $0 }), number > before + 1 { numbers.append(nil) }
            numbers.append(number)
        }
        let first = total == 0 ? 0 : (here - 1) * query.size + 1
        let end = min(total, here * query.size)
        var context: Context = [
            "summary": visit.say(
                "共 \(Shown.grouped(String(total))) 条，第 \(first)—\(end) 条",
                "\(Shown.grouped(String(total))) in all, \(first) to \(end) shown"),
            "pages": numbers.map { number -> Context in
                guard let number else { return ["label": "", "href": "", "isCurrent": false, "isGap": true] }
                return ["label": String(number), "href": page(number), "isCurrent": number == here, "isGap": false]
            },
            "sizes": SiteLimits.pageSizes.map { size -> Context in
                [
                    "label": String(size), "isCurrent": size == query.size,
                    "href": link(query.form.with(ListQuery.Name.size, String(size)).without(ListQuery.Name.page)),
                ]
            },
        ]
        if here > 1 { context["previous"] = page(here - 1) }
        if here < last { context["next"] = page(here + 1) }
        return context
    }

    private func chooser(_ visit: Visit, _ query: ListQuery) -> Context {
        let hidden = query.form.items.filter { $0.name != ListQuery.Name.column && $0.name != ListQuery.Name.page }
        return [
            "action": path, "hidden": hidden.map { ["name": $0.name, "value": $0.value] },
            "columns": pages.offered.filter {
                $0 != pages.kind.key && visit.fieldClass($0, pages.kind, at: .list) != .hidden
            }.map {
                field -> Context in
                ["code": field.code, "label": visit.say(field.label), "isShown": query.columns.contains(field)]
            },
        ]
    }

    private func bulk(_ total: Int, _ visit: Visit, _ query: ListQuery) -> Context? {
        guard visit.may(.report, area), visit.isHome else { return nil }
        let filters = query.form.without(ListQuery.Name.page, ListQuery.Name.size, ListQuery.Name.column)
        let count = Shown.grouped(String(total))
        return [
            "action": "\(path)/reports", "filters": filters.items.map { ["name": $0.name, "value": $0.value] }, "all": count,
            "allText": visit.say("选中全部 \(count) 条", "Select all \(count)"),
            "buttons": [
                Button.submit(
                    visit.say("上报", "Report"), confirm: visit.say("上报所选的\(pages.noun.zh)？", "Report what is selected?"),
                    isPrimary: true
                ).context
            ],
        ]
    }

    func link(_ form: Form) -> String { form.isEmpty ? path : "\(path)?\(form.encoded)" }
}

extension FieldView {
    /// Whether a filter asks for something.
    var isUsed: Bool { value?.isEmpty == false || options.contains { $0.isSelected } }
}

extension FieldDefinition {
    var isNumber: Bool {
        switch type {
        case .integer, .decimal: true
        default: false
        }
    }
}

extension Workflow {
    /// Whether a state is one of the home's own work, before anything is reported.
    func isAtHome(_ status: String) -> Bool {
        status == draft || status == ready || steps.contains { $0.from == status || $0.to == status }
    }

    /// The colour that a state is shown in.
    func tag(_ status: String) -> String {
        switch status {
        case pending: "second"
        case returned: "returned"
        case approved: "passed"
        case draft, ready: "waiting"
        default: active.contains(status) ? "plain" : "void"
        }
    }
}
