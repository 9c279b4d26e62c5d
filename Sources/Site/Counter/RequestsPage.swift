internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

extension Site {
    static func counter(_ frame: Frame) -> [Page] {
        let requests = RequestsPage(frame: frame)
        let desk = SignUpDesk(frame: frame)
        let corrections = CorrectionDesk(frame: frame)
        return [
            Page("GET", "/requests", needs: .right(.view, .portal), .read { try requests.answer($0, $1) }),
            Page("GET", "/requests/sign-ups/{number}", needs: .right(.view, .portal), .read { try desk.show($0, $1) }),
            Page(
                "POST", "/requests/sign-ups/{number}/find", needs: .right(.create, .portal),
                .read { try desk.find($0, $1) }),
            Page(
                "POST", "/requests/sign-ups/{number}/refuse", needs: .right(.update, .portal),
                .write { try desk.refuse($0, $1) }),
            Page(
                "GET", "/requests/corrections/{number}", needs: .right(.view, .portal),
                .read { try corrections.show($0, $1) }),
            Page(
                "POST", "/requests/corrections/{number}/take", needs: .right(.update, .portal),
                .write { try corrections.take($0, $1) }),
            Page(
                "POST", "/requests/corrections/{number}/answer", needs: .right(.update, .portal),
                .write { try corrections.answer($0, $1) }),
        ]
    }

    /// Of each kind of record whose people may look at it.
    static func counter(of pages: RecordPages, _ frame: Frame) -> [Page] {
        let account = FileAccountPage(pages: pages, frame: frame)
        let consents = ConsentDesk(pages: pages, frame: frame)
        let area = Area(pages.kind.code)
        let path = "/\(pages.path)/{id}/account"
        return [
            Page("GET", "/\(pages.path)/{id}/consents", needs: .right(.update, area), .read { try consents.ask($0, $1) }),
            Page("POST", "/\(pages.path)/{id}/consents", needs: .right(.update, area), .write { try consents.add($0, $1) }),
            Page("GET", path, needs: .right(.view, .portal), .read { try account.answer($0, $1) }),
            Page("POST", path, needs: .right(.create, .portal), .write { try account.open($0, $1) }),
            Page("POST", "\(path)/find", needs: .right(.create, .portal), .read { try account.find($0, $1) }),
            Page("POST", "\(path)/link", needs: .right(.create, .portal), .write { try account.link($0, $1) }),
            Page("POST", "\(path)/unlink", needs: .right(.update, .portal), .write { try account.unlink($0, $1) }),
            Page("POST", "\(path)/renew", needs: .right(.update, .portal), .write { try account.renew($0, $1) }),
        ]
    }
}

/// What people asked for at the portal and still waits: accounts, corrections; and what they took back themselves.
struct RequestsPage: Sendable {
    let frame: Frame

    static let rows = 100
    /// Corrections that are looked through for those that a visitor may work on.
    static let looked = 300
    /// How long the page tells of a consent that was taken back.
    static let days: Int64 = 30

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let title = visit.say("门户申请", "From the portal")
        var context = try frame.context(visit, snapshot, title: title, current: "/requests")
        context["heading"] = title
        context["lead"] = visit.say(
            "本人在网上提的。开通账号须见本人和身份证原件；更正须在期限前答复。",
            "What people asked for online. An account takes the person and the ID card; a correction an answer by its day.")
        context["actions"] = [Context]()
        context["cards"] = [Context]()
        context["tables"] = [
            try signUps(visit, snapshot), try corrections(visit, snapshot), try takenBack(visit, snapshot),
        ]
        return try frame.page("requests", context)
    }

    private func table(_ title: String, _ columns: [String], _ rows: [[Table.Cell]], empty: String) -> Context {
        var context = Table(caption: title, columns: columns, rows: rows).context
        context["empty"] = ["text": empty]
        context["canSelect"] = false
        context["hasRowActions"] = false
        return context
    }

    private func signUps(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context {
        let found = try SignUps.waiting(at: visit.request.milliseconds, limit: RequestsPage.rows, in: snapshot)
        return table(
            visit.say("申请网上账号", "Accounts asked for"),
            [visit.say("编号", "Number"), visit.say("姓名", "Name"), visit.say("手机号", "Telephone"), visit.say("提交时间", "Sent")],
            found.map {
                [
                    Table.Cell(String($0.id), href: "/requests/sign-ups/\($0.id)", isCode: true), Table.Cell($0.name),
                    Table.Cell($0.phone, isCode: true), Table.Cell(Shown.time($0.milliseconds)),
                ]
            }, empty: visit.say("没有待办的申请。", "None wait."))
    }

    private func corrections(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context {
        let rows = try CorrectionDesk(frame: frame).open(visit, snapshot).map { found, file -> [Table.Cell] in
            let (word, kind) = found.state.words
            let subjects = CorrectionSubjects(file.pages, file.item.record, visit.language)
            let isLate = found.due < visit.today
            return [
                Table.Cell(file.item.key, href: "/requests/corrections/\(found.id)", isCode: true),
                Table.Cell(subjects.name(found.field)), Table.Cell(Shown.time(found.milliseconds)),
                Table.Cell(found.due.description, tag: isLate ? "returned" : nil), Table.Cell(visit.say(word), tag: kind),
            ]
        }
        return table(
            visit.say("本人要求更正", "Corrections asked for"),
            [
                visit.say("档案", "File"), visit.say("哪一项", "What"), visit.say("提出时间", "Asked"),
                visit.say("最晚答复", "Answer by"), visit.say("状态", "State"),
            ], rows, empty: visit.say("没有待答复的更正。", "None wait."))
    }

    private func takenBack(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Context {
        let entries = try Consents.takenBack(
            days: RequestsPage.days, now: visit.request.milliseconds, limit: RequestsPage.rows, in: snapshot)
        let codes = try visit.codes()
        let shown = Shown(codes: codes, language: visit.language)
        let rows = try entries.compactMap { entry -> [Table.Cell]? in
            guard let file = try FoundFile(entry.record, frame, visit, snapshot) else { return nil }
            return [
                Table.Cell(file.item.key, href: file.path, isCode: true),
                Table.Cell(shown.label(entry.purpose, "consent_purpose")), Table.Cell(Shown.time(entry.milliseconds)),
            ]
        }
        return table(
            visit.say("本人撤回的同意（近 \(RequestsPage.days) 天）", "Consents taken back, last \(RequestsPage.days) days"),
            [visit.say("档案", "File"), visit.say("事项", "Purpose"), visit.say("撤回时间", "Taken back")], rows,
            empty: visit.say("没有。", "None."))
    }

    /// Counters for the workbench; nil for who does not work on them.
    static func work(_ visit: Visit, _ frame: Frame, _ snapshot: borrowing Snapshot) throws -> Context? {
        guard visit.may(.view, .portal), visit.surroundings.engine != nil else { return nil }
        let now = visit.request.milliseconds
        var items = [Context]()
        func add(_ label: String, _ number: Int, _ oldest: Int64?, isLate: Bool) {
            guard number > 0 else { return }
            let days = oldest.map { max(0, (now - $0) / 86_400_000) } ?? 0
            items.append([
                "what": label, "href": "/requests", "number": number < rows ? String(number) : "\(rows)+", "isLate": isLate,
                "age": days == 0 ? visit.say("今天", "today") : visit.say("最久 \(days) 天", "oldest \(days) days"),
            ])
        }
        let signUps = try SignUps.waiting(at: now, limit: rows, in: snapshot)
        add(visit.say("申请网上账号", "Accounts asked for"), signUps.count, signUps.first?.milliseconds, isLate: false)
        let open = try CorrectionDesk(frame: frame).open(visit, snapshot).map(\.found)
        add(
            visit.say("本人要求更正", "Corrections asked for"), open.count, open.map(\.milliseconds).min(),
            isLate: open.contains { $0.due < visit.today })
        return [
            "title": visit.say("门户申请", "From the portal"), "rows": items, "hasRows": !items.isEmpty,
            "empty": visit.say("没有待办。", "Nothing waits."),
        ]
    }
}

/// A record by its identifier, of whatever kind, within what the visitor may see.
struct FoundFile {
    let pages: RecordPages
    let item: Inquiry.Summary

    var path: String { "/\(pages.path)/\(item.id)" }

    init?(_ record: RecordID, _ frame: Frame, _ visit: Visit, _ snapshot: borrowing Snapshot) throws {
        for pages in frame.modules.flatMap(\.records) where visit.may(.view, Area(pages.kind.code)) {
            guard let item = try Inquiry(visit.surroundings.charter).find(record.description, pages.kind, in: snapshot),
                try visit.reaches(item.homeSeat, .view, Area(pages.kind.code))
            else { continue }
            self.pages = pages
            self.item = item
            return
        }
        return nil
    }
}
