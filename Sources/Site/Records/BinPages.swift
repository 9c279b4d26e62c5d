internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// Deleting one's own drafts, and the recycle list from which they come back for thirty days (S.4).
struct BinPages: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }

    func delete(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let item = try tx.withSnapshot { try pages.find(visit, .delete, $0) }
        guard let id = RecordID(hex: item.id) else { throw NodeError(.notFound, "没有这份草稿", "there is no such draft") }
        try visit.engine().draft.delete(id, by: visit.principal(), in: tx)
        return (.see("/\(pages.path)/deleted?done=deleted"), [.counted(.draft, "deleted", 1)])
    }

    func list(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        guard let account = visit.visitor?.principal.account else { throw Visit.unknown }
        let title = visit.say("回收站", "Recycle list")
        var context = try frame.context(
            visit, snapshot, title: title, current: "/\(pages.path)",
            crumbs: [(visit.say(pages.kind.label), "/\(pages.path)"), (title, nil)])
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
        let drafts = try Bin.list(
            pages.kind, of: account, at: visit.request.milliseconds, limit: BinPages.shown, in: snapshot)
        context["heading"] = title
        context["lead"] = visit.say(
            "您删除的草稿保留 \(Bin.days) 天，期间可以恢复；到期后彻底删除。",
            "Drafts that you deleted stay for \(Bin.days) days and can be brought back.")
        context["actions"] = [Button.link(visit.say("返回列表", "Back to the list"), "/\(pages.path)").context]
        context["rows"] = drafts.map { draft -> Context in
            [
                "key": draft.key, "name": name(draft, visit, shown), "deleted": Shown.time(draft.milliseconds),
                "until": Shown.time(draft.keptUntil), "restore": "/\(pages.path)/deleted/\(draft.id)/restoration",
            ]
        }
        context["hasRows"] = !drafts.isEmpty
        context["nameLabel"] = pages.title.map { visit.say($0.label) } ?? ""
        context["keyLabel"] = visit.say(pages.kind.key.label)
        context["empty"] = visit.say("回收站是空的。", "The recycle list is empty.")
        return try frame.page("recycle", context)
    }

    private func name(_ draft: DeletedDraft, _ visit: Visit, _ shown: Shown) -> String {
        guard let field = pages.title, let text = shown.text(field, in: draft.content.row) else { return "" }
        switch visit.fieldClass(field, pages.kind, at: .list) {
        case .hidden: return ""
        case .masked, .sealed: return Showing.mask(text, field, of: pages.kind)
        case .plain: return text
        }
    }

    func bringBack(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let number = Int64(visit.path["draft"] ?? "") else {
            throw NodeError(.notFound, "回收站中没有这份草稿", "there is no such draft in the recycle list")
        }
        let id = try visit.engine().draft.bringBack(number, pages.kind, by: visit.principal(), in: tx)
        return (.see("/\(pages.path)/\(id)?done=restored"), [.counted(.draft, "restored", 1)])
    }

    private static let shown = 100
}
