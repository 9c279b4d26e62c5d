internal import BusinessModules
internal import Foundation
internal import NodeCore
internal import SyncProtocol

extension Site {
    static func ownCopies(_ portal: PortalPages) -> [Page] {
        let pages = CopyPages(portal: portal)
        let looks = LooksPage(portal: portal)
        return [
            Page("GET", "/p/me/looks", needs: .right(.view, .ownData), side: .portal, .read { try looks.answer($0, $1) }),
            Page("GET", "/p/me/copy", needs: .right(.export, .ownData), side: .portal, .read { try pages.ask($0, $1) }),
            Page("POST", "/p/me/copy", needs: .right(.export, .ownData), side: .portal, .write { try pages.file($0, $1) }),
            Page("POST", "/p/me/paper", needs: .right(.export, .ownData), side: .portal, .write { try pages.paper($0, $1) }),
        ]
    }
}

/// A copy of everything the centre keeps about somebody, for them alone: as a file that programs read too, and for paper.
/// Their own numbers stand there whole; of other people in the household what the page shows.
struct CopyPages: Sendable {
    let portal: PortalPages

    private static let perDay = 10

    func ask(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let own = try OwnFile(visit, portal.frame, snapshot)
        var context = portal.plain(
            visit, heading: visit.say("下载我的信息", "A copy of my data"), current: "/p/me",
            lead: own == nil
                ? visit.say("您的账号还没有关联档案，没有可下载的。", "No file is linked to your account: there is nothing to copy.")
                : visit.say(
                    "包括：档案、您的同意、您提过的更正。您自己的身份证号、手机号、银行卡号是完整的；家人的号码只有一部分。",
                    "Your file, consents and corrections. Your own numbers are whole, "
                        + "those of your family are shown in part."
                ))
        guard own != nil else { return try portal.frame.page("portal-page", context) }
        context["parts"] = [
            [
                "title": visit.say("小心保管", "Take care of it"),
                "lines": [
                    visit.say(
                        "这份文件里有您的身份证号和银行卡号。不要在网吧、别人的手机上下载，不要发给陌生人。工会不会向您要这份文件。",
                        "It holds your ID and bank numbers. Not on a borrowed telephone, and never to "
                            + "strangers: the union does not ask for it."
                    ),
                    visit.say("每次下载都有记录。", "Each copy is put on record."),
                ],
            ] as Context
        ]
        context["form"] = [
            "action": "/p/me/copy", "hidden": [Context](), "fields": [Context](),
            "buttons": [
                Button.submit(visit.say("下载文件", "Download the file"), isPrimary: true).context,
                Button.submit(visit.say("打开打印页", "A page to print"), action: "/p/me/paper").context,
            ],
        ]
        context["links"] = [["label": visit.say("返回我的信息", "Back to my data"), "href": "/p/me"]]
        return try portal.frame.page("portal-page", context)
    }

    /// Noted before anything is made; ten a day.
    private func begin(_ visit: Visit, _ tx: borrowing Transaction) throws -> OwnFile {
        let own = try tx.withSnapshot { try OwnFile.needed(visit, portal.frame, $0) }
        let since = visit.request.milliseconds - 86_400_000
        guard try tx.count(ofActs: Action.export.rawValue, by: visit.principal(), since: since) < CopyPages.perDay else {
            throw NodeError(.tooMany, "今天已经下载很多次了，请明天再来", "there were many copies today: come again tomorrow")
        }
        try tx.note(visit, .export, .ownData, record: own.id, detail: own.item.key)
        return own
    }

    func file(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let own = try begin(visit, tx)
        let copy = try tx.withSnapshot { try OwnCopy(own, visit, portal, $0) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let day = CalendarDay(milliseconds: visit.request.milliseconds)
        return (.download("my-data-\(day).json", "application/json; charset=utf-8", try encoder.encode(copy)), [])
    }

    func paper(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let own = try begin(visit, tx)
        let copy = try tx.withSnapshot { try OwnCopy(own, visit, portal, $0) }
        var context = portal.context(visit, title: visit.say("我的信息", "My data"), current: "/p/me")
        context["heading"] = visit.say("本人信息副本", "Copy of my data")
        context["number"] = "\(visit.say(own.pages.kind.key.label)) \(own.item.key)　\(portal.centre(visit))"
        let cells = copy.sections.flatMap(\.fields).filter { $0.value != nil }
        context["rows"] = PaperRows.rows(cells.map { (label: $0.label, text: $0.value ?? "", isLong: $0.isLong) })
        context["tables"] = copy.sections.flatMap(\.tables).map(table) + extras(copy, visit)
        context["opinions"] = [Context]()
        context["printed"] = try visit.printed()
        context["back"] = "/p/me/copy"
        return (try portal.frame.page("paper", context), [])
    }

    /// A sheet has little room: columns in which nothing stands are left out.
    private func table(_ table: OwnCopy.Table) -> Context {
        let filled = table.columns.indices.filter { place in table.rows.contains { !$0[place].isEmpty } }
        return [
            "caption": table.title, "hasRows": !table.rows.isEmpty,
            "columns": filled.map { ["label": table.columns[$0], "isNumber": false] as Context },
            "rows": table.rows.map { row in
                ["cells": filled.map { ["text": row[$0], "isNumber": false] as Context }] as Context
            },
        ]
    }

    private func extras(_ copy: OwnCopy, _ visit: Visit) -> [Context] {
        [copy.consents, copy.corrections].filter { !$0.rows.isEmpty }.map(table)
    }
}

/// The copy as values, in the order of the form: what the file holds, and what the paper shows.
struct OwnCopy: Encodable {
    struct Field: Encodable {
        let code: String
        let label: String
        /// As people read it: codes by their labels.
        let value: String?
        let isLong: Bool

        enum CodingKeys: String, CodingKey { case code, label, value }
    }

    struct Table: Encodable {
        let title: String
        let columns: [String]
        let rows: [[String]]
    }

    struct Section: Encodable {
        let title: String
        let fields: [Field]
        let tables: [Table]
    }

    let about: String
    let centre: String
    let made: String
    let fileNumber: String
    let state: String
    let account: String
    let sections: [Section]
    let consents: Table
    let corrections: Table

    init(_ own: OwnFile, _ visit: Visit, _ portal: PortalPages, _ snapshot: borrowing Snapshot) throws {
        let shown = try own.shown(visit)
        about = visit.say("帮扶中心保存的本人信息", "What the help centre keeps about me")
        centre = portal.centre(visit)
        made = Shown.time(visit.request.milliseconds)
        fileNumber = own.item.key
        state = shown.label(own.item.status, own.pages.kind.status.codeTable ?? "")
        account = visit.visitor?.session.account.login ?? ""
        let parts = RecordSections(pages: own.pages, area: Area(own.pages.kind.code), own: .copy)
        sections = own.pages.sections.map { OwnCopy.section($0, parts, own, shown) }
        consents = try OwnCopy.consents(own, visit, shown, snapshot)
        let subjects = CorrectionSubjects(own.pages, own.item.record, visit.language)
        let asked = try visit.visitor.map { try Corrections.own($0.session.account.id, in: snapshot) } ?? []
        corrections = Table(
            title: visit.say("提过的更正", "Corrections"),
            columns: [
                visit.say("时间", "When"), visit.say("哪一项", "What"), visit.say("应该是", "Should be"), visit.say("原因", "Why"),
                visit.say("状态", "State"), visit.say("答复", "Answer"),
            ],
            rows: asked.map {
                [
                    Shown.time($0.milliseconds), subjects.name($0.field), $0.wish, $0.reason, visit.say($0.state.words.0),
                    $0.answer,
                ]
            })
    }

    private static func section(
        _ section: RecordPages.Section, _ parts: RecordSections, _ own: OwnFile, _ shown: Shown
    ) -> Section {
        var (fields, tables) = ([Field](), [Table]())
        for item in section.items {
            switch item {
            case .field(let field):
                guard parts.ownClass(field) != .hidden else { continue }
                fields.append(
                    Field(
                        code: field.code, label: shown.language.text(field.label),
                        value: shown.text(field, in: own.item.record.row, of: own.item.record), isLong: field.isLong))
            case .list(let list):
                let columns = list.fields.filter { parts.ownClass($0, in: list) != .hidden }
                tables.append(
                    Table(
                        title: shown.language.text(list.label), columns: columns.map { shown.language.text($0.label) },
                        rows: own.item.record[list].map { child in
                            columns.map { parts.ownText($0, in: list, child.row, own.item, shown) }
                        }))
            }
        }
        return Section(title: shown.language.text(section.label), fields: fields, tables: tables)
    }

    private static func consents(
        _ own: OwnFile, _ visit: Visit, _ shown: Shown, _ snapshot: borrowing Snapshot
    ) throws -> Table {
        let ledger = try Consents(visit.engine()).ledger(own.id, in: snapshot)
        return Table(
            title: visit.say("同意与撤回", "Consents"),
            columns: [
                visit.say("时间", "When"), visit.say("事项", "Purpose"), visit.say("同意或撤回", "Given or taken back"),
                visit.say("告知书版本", "Text"),
            ],
            rows: ledger.entries.map {
                [
                    Shown.time($0.milliseconds), shown.label($0.purpose, "consent_purpose"),
                    $0.act == .given ? visit.say("同意", "given") : visit.say("撤回", "taken back"), $0.textVersion,
                ]
            })
    }
}
