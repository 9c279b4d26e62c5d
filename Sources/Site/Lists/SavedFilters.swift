internal import BusinessModules
internal import NodeCore

/// Filters that somebody keeps under a name, for themselves or for the office.
struct SavedFilters: Sendable {
    let pages: RecordPages
    let frame: Frame

    static let name = "_name"
    static let share = "_share"

    func save(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let desk = visit.desk else { throw Visit.unknown }
        let form = try visit.form()
        // A field of the record may be called "name": what is asked here begins with an underscore.
        let query = form.without("_csrf", SavedFilters.name, SavedFilters.share, ListQuery.Name.page)
        try desk.save(
            form.filled(SavedFilters.name) ?? "", query: query.encoded, isShared: form[SavedFilters.share] == "1",
            pages.kind, in: tx)
        return (.see(ListPage(pages: pages, frame: frame).link(query.with("done", "filter"))), [])
    }

    func remove(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let desk = visit.desk, let id = Int64(visit.path["filter"] ?? "") else { throw Visit.unknown }
        try desk.remove(id, in: tx)
        return (.see("/\(pages.path)?done=removed"), [])
    }
}

extension ListPage {
    func addSaved(_ visit: Visit, _ query: ListQuery, _ snapshot: borrowing Snapshot, to context: inout Context) throws {
        guard let desk = visit.desk else { return }
        let here = query.form.without(ListQuery.Name.page, "done")
        let saved = try desk.filters(pages.kind, in: snapshot)
        context["hasSaved"] = !saved.isEmpty
        context["saved"] = saved.map { filter -> Context in
            var item: Context = [
                "label": filter.name, "href": filter.query.isEmpty ? path : "\(path)?\(filter.query)",
                "isCurrent": filter.query == here.encoded, "isShared": filter.isShared,
            ]
            if filter.isOwn { item["remove"] = "\(path)/filters/\(filter.id)/remove" }
            return item
        }
        guard query.isNarrowed else { return }
        var name = FieldView(SavedFilters.name, visit.say("名称", "Name"))
        name.id = "filter-name"
        name.maximum = Desk.nameMax
        name.isRequired = true
        context["save"] = [
            "action": "\(path)/filters", "name": name.context, "canShare": true,
            "hidden": here.items.map { ["name": $0.name, "value": $0.value] },
        ]
    }
}
