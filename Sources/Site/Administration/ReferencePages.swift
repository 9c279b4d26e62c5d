internal import NodeCore

extension Site {
    /// What is set here or comes from above, and is obeyed: parameters, days, codes.
    static func reference(_ frame: Frame) -> [Page] {
        let parameters = ParameterPages(frame: frame)
        let calendar = CalendarPages(frame: frame)
        let codes = CodeTablePages(frame: frame)
        let see = Need.right(.view, .parameters)
        let set = Need.right(.config, .publishing)
        let setDays = Need.right(.config, .calendar)
        return [
            Page("GET", "/admin/parameters", needs: see, .read { try parameters.list($0, $1) }),
            Page("GET", "/admin/parameters/{key}", needs: see, .read { try parameters.show($0, $1) }),
            Page("GET", "/admin/parameters/{key}/new", needs: set, .read { try parameters.ask($0, $1) }),
            Page("POST", "/admin/parameters/{key}/new", needs: set, .write { try parameters.publish($0, $1) }),
            Page("GET", "/admin/calendar", needs: see, .read { try calendar.list($0, $1) }),
            Page("GET", "/admin/calendar/new", needs: setDays, .read { try calendar.ask($0, $1) }),
            Page("POST", "/admin/calendar/new", needs: setDays, .write { try calendar.publish($0, $1) }),
            Page("POST", "/admin/calendar/{day}/removal", needs: setDays, .write { try calendar.remove($0, $1) }),
            Page("GET", "/admin/codes", needs: see, .read { try codes.list($0, $1) }),
            Page("GET", "/admin/codes/{table}", needs: see, .read { try codes.show($0, $1) }),
            Page("GET", "/admin/codes/{table}/new", needs: set, .read { try codes.ask($0, $1) }),
            Page("POST", "/admin/codes/{table}/new", needs: set, .write { try codes.publish($0, $1) }),
            Page("POST", "/admin/codes/{table}/removal", needs: set, .write { try codes.remove($0, $1) }),
        ]
    }
}

/// What the three have in common.
struct ReferenceFrame {
    let frame: Frame
    let visit: Visit
    let title: String
    let path: String

    func context(_ snapshot: borrowing Snapshot, last: String? = nil) throws -> Context {
        var crumbs: [(label: String, href: String?)] = [
            (visit.say("系统管理", "Administration"), "/admin"), (title, last == nil ? nil : path),
        ]
        if let last { crumbs.append((last, nil)) }
        var context = try frame.context(visit, snapshot, title: last ?? title, current: "/admin", crumbs: crumbs)
        context["heading"] = last ?? title
        context["actions"] = [Context]()
        context["summary"] = [Context]()
        context["tables"] = [Context]()
        context["facts"] = [Context]()
        context["forms"] = [Context]()
        context["hasForms"] = false
        return context
    }

    /// Who set something: this unit, one above it by name, or nobody (it came with the program or an import).
    static func origin(_ owner: String, _ visit: Visit) throws -> String {
        let identity = try visit.engine().identity
        if owner.isEmpty { return visit.say("随程序或导入", "came with the program or an import") }
        if owner == identity.seat.code { return visit.say("本单位设定", "set by this unit") }
        let name = identity.tree.seat(owner)?.name ?? owner
        return visit.say("由\(name)下达", "sent by \(name)")
    }

    /// A form of a few fields with what is wrong beside each.
    func form(
        _ snapshot: borrowing Snapshot, last: String, text: String, action: String, cancel: String, fields: [FieldView],
        facts: [Context] = []
    ) throws -> WebReply {
        var context = try context(snapshot, last: last)
        context["text"] = text
        context["hasFacts"] = !facts.isEmpty
        context["facts"] = facts
        context["action"] = action
        context["hidden"] = [Context]()
        context["fields"] = fields.map(\.context)
        context["buttons"] = [
            Button.submit(
                visit.say("保存并下发", "Save and send down"),
                confirm: visit.say("保存后立即对本单位及下级生效，并随线路下发。确定？", "It holds here and below at once. Go on?"),
                isPrimary: true
            ).context
        ]
        context["cancel"] = cancel
        let wrong = fields.filter { $0.error != nil }
        if !wrong.isEmpty {
            context["errors"] =
                [
                    "title": visit.say("有 \(wrong.count) 处需要改正", "\(wrong.count) places need correcting"),
                    "items": wrong.map { ["text": "\($0.label)：\($0.error ?? "")", "href": "#\($0.id)"] as Context },
                ] as Context
        }
        return try frame.page("ask", context, status: wrong.isEmpty ? 200 : 422)
    }
}

extension Visit {
    /// Whether this visitor may publish here at all.
    var mayPublish: Bool { may(.config, .publishing) }

    /// Sends down what was made of a form; the commands do it the same way.
    func publish(_ artefact: Artefact, in tx: borrowing Transaction) throws -> [Effect] {
        try engine().handle(.publish(artefact, by: principal()), in: tx)
    }

    static let published = Label("已保存，立即生效，并随线路下发到下级。", "Saved: it holds at once and goes down the lines.")
}

/// The fields of a small form: what was typed, and what is wrong with it.
struct SmallForm {
    let form: Form
    var errors: [String: Label] = [:]

    func text(_ name: String) -> String { form.filled(name) ?? "" }

    /// A day that may be empty.
    mutating func day(_ name: String, isRequired: Bool = false) -> CalendarDay? {
        let text = text(name)
        if text.isEmpty {
            if isRequired { errors[name] = Label("请填写日期", "write a date") }
            return nil
        }
        let day = CalendarDay(text)
        if day == nil { errors[name] = Label("日期须如 2026-12-31", "write the date like 2026-12-31") }
        return day
    }

    /// A text of so many characters.
    mutating func text(_ name: String, _ range: ClosedRange<Int>, _ otherwise: Label) -> String {
        let text = text(name)
        if !range.contains(text.count) { errors[name] = otherwise }
        return text
    }

    func view(_ name: String, _ label: String, widget: String = "field/text", _ visit: Visit) -> FieldView {
        var view = FieldView(name, label, widget: widget, value: form[name])
        view.error = errors[name].map(visit.say)
        return view
    }
}
