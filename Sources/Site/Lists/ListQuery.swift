internal import BusinessModules
internal import Foundation
internal import NodeCore

/// What a list's address says: filters, order, page, columns. Everything a person set stands in the address, so that a
/// link, the back button and a saved filter all mean the same list.
struct ListQuery: Sendable {
    let pages: RecordPages
    let form: Form
    /// What could not be understood, by name of the field.
    private(set) var problems: [String: Label] = [:]
    private(set) var conditions: [RecordSearch.Condition] = []
    private(set) var search = RecordSearch()
    let columns: [FieldDefinition]
    let page: Int
    let size: Int

    /// Names with a meaning of their own; every other one is a field's.
    enum Name {
        static let text = "q"
        static let order = "sort"
        static let page = "page"
        static let size = "size"
        static let column = "column"
        static let division = "division"
        static let pending = "pending"
        static let unchanged = "unchanged"
        static let from = ".from"
        static let to = ".to"
        static let filled = ".filled"
    }

    init(_ pages: RecordPages, _ form: Form, codes: CodeTables, level: Level, _ visit: Visit) {
        self.pages = pages
        self.form = form
        let chosen = form.all(Name.column).compactMap { code in
            pages.offered.first { $0.code == code && visit.fieldClass($0, pages.kind, at: .list) != .hidden }
        }
        columns = chosen.isEmpty ? pages.columns : chosen
        size = form[Name.size].flatMap { Int($0) }.flatMap { SiteLimits.pageSizes.contains($0) ? $0 : nil } ?? 50
        let last = RecordSearch.offsetMax / size
        page = min(max(form[Name.page].flatMap { Int($0) } ?? 1, 1), last)
        // What somebody may not see is not found out by asking for it either.
        for filter in pages.filters where visit.fieldClass(filter.field, pages.kind) != .hidden { add(filter, codes, level) }
        addText()
        if let division = form.filled(Name.division) {
            if division.utf8.count <= 6, division.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                conditions.append(.keyBegins([division]))
            } else {
                problems[Name.division] = Label("区划为二、四或六位数字", "a division is two, four or six digits")
            }
        }
        if form.filled(Name.pending) != nil { conditions.append(.pending(level)) }
        if let days = form.filled(Name.unchanged) {
            if let days = Int64(days), (1...36_500).contains(days) {
                conditions.append(.unchangedSince(visit.request.milliseconds - days * 86_400_000))
            } else {
                problems[Name.unchanged] = Label("请填天数", "write a number of days")
            }
        }
        search.conditions = conditions
        search.limit = size
        search.offset = (page - 1) * size
        search.order = ListQuery.order(form[Name.order], pages, visit)
    }

    /// `name` ascending, `-name` descending; what cannot be sorted by is passed over.
    private static func order(_ text: String?, _ pages: RecordPages, _ visit: Visit) -> RecordSearch.Order? {
        guard let text, let field = pages.offered.first(where: { $0.code == text || "-" + $0.code == text }),
            visit.fieldClass(field, pages.kind, at: .list) != .hidden
        else {
            return nil
        }
        return RecordSearch.Order(field, isDescending: text.hasPrefix("-"))
    }

    /// Whether anything but order, page and columns is asked for.
    var isNarrowed: Bool { !conditions.isEmpty }

    private mutating func addText() {
        guard let text = form.filled(Name.text), let first = pages.searched.first else { return }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            conditions.append(.keyBegins([text]))
        } else if text.count > 100 {
            problems[Name.text] = Label("查找内容过长", "that is too long to look for")
        } else {
            conditions.append(.contains(first, ListQuery.writings(text)))
        }
    }

    /// A text as it was typed, in simplified and in traditional characters: a name is found in either (S.13).
    static func writings(_ text: String) -> [String] {
        var all = [text]
        for transform in ["Hant-Hans", "Hans-Hant"] {
            guard let other = text.applyingTransform(StringTransform(transform), reverse: false), !all.contains(other) else {
                continue
            }
            all.append(other)
        }
        return all
    }

    private mutating func add(_ filter: RecordPages.Filter, _ codes: CodeTables, _ level: Level) {
        let field = filter.field
        guard field.isShown(at: level) else { return }
        switch filter {
        case .text:
            guard let text = form.filled(field.code) else { return }
            guard text.count <= 100 else {
                problems[field.code] = Label("查找内容过长", "that is too long to look for")
                return
            }
            conditions.append(.contains(field, ListQuery.writings(text)))
        case .choice: addChoice(field, codes)
        case .range: addRange(field, codes)
        case .filled:
            guard let text = form.filled(field.code + Name.filled) else { return }
            conditions.append(.isFilled(field, text == "1"))
        }
    }

    private mutating func addChoice(_ field: FieldDefinition, _ codes: CodeTables) {
        let values = form.all(field.code).filter { !$0.isEmpty }
        guard !values.isEmpty else { return }
        if case .flag = field.type {
            if values.count == 1 { conditions.append(.flag(field, values[0] == "1")) }
            return
        }
        let known = values.prefix(SiteLimits.filterValues).filter { value in
            field.codeTable.map { codes.contains(value, in: $0) } ?? false
        }
        guard known.count == values.count else {
            problems[field.code] = Label("代码不在代码表中", "a code that is not in the table")
            return
        }
        conditions.append(.anyOf(field, Array(known)))
    }

    private mutating func addRange(_ field: FieldDefinition, _ codes: CodeTables) {
        var ends = [Int64?]()
        for name in [field.code + Name.from, field.code + Name.to] {
            guard let text = form.filled(name) else {
                ends.append(nil)
                continue
            }
            switch field.parse(text, codes: codes) {
            case .success(let value): ends.append(value.integer)
            case .failure(let finding): problems[name] = finding.message
            }
        }
        guard ends.count == 2, ends[0] != nil || ends[1] != nil else { return }
        conditions.append(.within(field, from: ends[0], to: ends[1]))
    }
}
