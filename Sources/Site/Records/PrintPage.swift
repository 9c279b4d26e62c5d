internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// One record on A4, for the printer and for signature. The copy is noted in the audit (M1.9).
struct PrintPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }

    func answer(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let item = try tx.withSnapshot { try pages.find(visit, .print, $0) }
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
        var context = try tx.withSnapshot {
            try frame.context(visit, $0, title: "\(visit.say(pages.kind.label)) \(item.key)", current: "/\(pages.path)")
        }
        let seat = visit.surroundings.engine?.identity.tree.seat(item.homeSeat)?.name ?? item.homeSeat
        let state = shown.label(item.status, pages.kind.status.codeTable ?? "")
        context["heading"] = visit.say(pages.kind.label)
        context["number"] = "\(visit.say(pages.kind.key.label)) \(item.key)　\(seat)　\(state)"
        context["rows"] = rows(item, visit, shown)
        context["tables"] = RecordSections(pages: pages, area: area).context(item, visit, shown, opened: [:])
            .flatMap { $0["tables"] as? [Context] ?? [] }
        context["opinions"] = opinions(visit)
        context["printed"] = try visit.printed()
        context["back"] = "/\(pages.path)/\(item.id)"
        try tx.note(visit, .print, area, record: RecordID(hex: item.id), detail: item.key)
        return (try frame.page("paper", context), [])
    }

    /// The form without anybody in it, to be filled in by hand (S.12): the codes of a short table stand there to be ticked.
    func blank(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
        var context = try frame.context(
            visit, snapshot, title: visit.say("空白表：\(pages.kind.label.zh)", "Blank form: \(pages.kind.label.en)"),
            current: "/\(pages.path)")
        context["heading"] = visit.say(pages.kind.label)
        context["number"] = "\(visit.say(pages.kind.key.label))　　　　　　　　"
        let items = pages.sections.flatMap(\.items)
        context["rows"] = PaperRows.rows(
            items.compactMap(\.field).filter { visit.fieldClass($0, pages.kind) != .hidden }.map { field in
                let boxes = FieldView.input(field, name: field.code, texts: [], shown: shown).boxes
                return (
                    label: visit.say(field.label), text: boxes, isLong: field.isLong || boxes.count > PrintPage.boxesBeside
                )
            })
        context["tables"] = items.compactMap { item -> Context? in
            guard case .list(let list) = item else { return nil }
            let fields = list.fields.filter { visit.fieldClass($0, pages.kind, in: list) != .hidden }
                .prefix(PrintPage.blankColumns)
            let empty: Context = ["cells": fields.map { _ in ["text": "\u{3000}", "isNumber": false] as Context }]
            return [
                "caption": visit.say(list.label), "hasRows": true,
                "rows": Array(repeating: empty, count: PrintPage.blankRows),
                "columns": fields.map { ["label": visit.say($0.label), "isNumber": false] as Context },
            ]
        }
        context["opinions"] = opinions(visit)
        context["printed"] = try visit.printed()
        context["back"] = "/\(pages.path)"
        return try frame.page("paper", context)
    }

    /// Longer rows of boxes have a line for themselves.
    private static let boxesBeside = 24
    private static let blankColumns = 8
    private static let blankRows = 5

    private func opinions(_ visit: Visit) -> [Context] {
        [["label": visit.say("建档单位意见", "Opinion of the filing unit"), "sign": visit.say("（盖章）　　年　月　日", "(seal, date)")]]
    }

    private func rows(_ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown) -> [Context] {
        PaperRows.rows(
            pages.sections.flatMap(\.items).compactMap(\.field).compactMap { field in
                text(field, item, visit, shown).map { (label: visit.say(field.label), text: $0, isLong: field.isLong) }
            })
    }

    private func text(_ field: FieldDefinition, _ item: Inquiry.Summary, _ visit: Visit, _ shown: Shown) -> String? {
        guard let text = shown.text(field, in: item.record.row, of: item.record) else { return nil }
        switch visit.fieldClass(field, pages.kind) {
        case .hidden: return nil
        case .masked, .sealed: return item.record.row[field.tag] == nil ? text : Showing.mask(text, field, of: pages.kind)
        case .plain: return text
        }
    }
}
