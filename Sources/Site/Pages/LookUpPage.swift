internal import BusinessModules
internal import NodeCore

/// The one box at the top (S.11): a file number, an ID number, a telephone or a name. It is a POST, so that no number ever
/// stands in an address, a history or a log.
struct LookUpPage: Sendable {
    let frame: Frame

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let text = (try visit.form()).filled("q") ?? ""
        let kinds = frame.modules.flatMap(\.records).filter { visit.may(.view, Area($0.kind.code)) }
        guard !text.isEmpty, text.count <= 100, let first = kinds.first else { return .see("/") }
        let plain = PlainText.compact(text)
        for pages in kinds {
            let found = try find(plain, pages, visit, snapshot)
            guard !found.isEmpty else { continue }
            if found.count == 1 { return .see("/\(pages.path)/\(found[0].id)") }
            return try several(found, pages, visit, snapshot)
        }
        let isNumber = plain.utf8.count >= 11 && plain.dropLast().allSatisfy(\.isNumber)
        if isNumber {
            throw NodeError(.notFound, "在您的管辖范围内没有找到这个号码", "nothing with this number within what you may see")
        }
        return .see("/\(first.path)?\(Form([.init(ListQuery.Name.text, text)]).encoded)")
    }

    /// By key, then by every field that is found by its exact value.
    private func find(_ text: String, _ pages: RecordPages, _ visit: Visit, _ snapshot: borrowing Snapshot) throws
        -> [Inquiry.Summary]
    {
        let inquiry = Inquiry(visit.surroundings.charter)
        let codes = try visit.codes()
        var found = [Inquiry.Summary]()
        if let item = try inquiry.find(text, pages.kind, in: snapshot) { found.append(item) }
        for code in pages.kind.lookedUpFields where found.isEmpty {
            do { found += try inquiry.lookUp(pages.kind, code, text, codes: codes, in: snapshot) } catch let error
                as NodeError
                where error.code == .invalid
            {
                // Not of this field's form: another may fit.
                continue
            }
        }
        return try found.filter { try visit.reaches($0.homeSeat, .view, Area(pages.kind.code)) }
    }

    private func several(_ found: [Inquiry.Summary], _ pages: RecordPages, _ visit: Visit, _ snapshot: borrowing Snapshot)
        throws
        -> WebReply
    {
        let shown = Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
        var context = try frame.context(
            visit, snapshot, title: visit.say("查找结果", "Found"), current: "/\(pages.path)")
        context["heading"] = visit.say("查找结果", "Found")
        context["lead"] = visit.say("找到 \(found.count) 份", "\(found.count) found")
        let rows = found.map { item -> [Table.Cell] in
            [
                Table.Cell(item.key, href: "/\(pages.path)/\(item.id)"),
                Table.Cell(pages.title.flatMap { shown.text($0, in: item.record.row) } ?? ""),
                Table.Cell(shown.label(item.status, pages.kind.status.codeTable ?? "")),
            ]
        }
        let title = pages.title.map { visit.say($0.label) } ?? ""
        Table(
            caption: visit.say("查找结果", "Found"),
            columns: [visit.say(pages.kind.key.label), title, visit.say(pages.kind.status.label)], rows: rows
        ).add(to: &context, empty: "")
        return try frame.page("result", context)
    }
}

extension RecordKind {
    /// Codes of the fields, of the record and of its lines, by whose exact value it is found.
    var lookedUpFields: [String] {
        var codes = [String]()
        for field in fields + lists.flatMap(\.fields) where field.isLookedUp && !codes.contains(field.code) {
            codes.append(field.code)
        }
        return codes
    }
}
