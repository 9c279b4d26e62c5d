internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// Approving, returning and rejecting: one, with its reason, or several at once.
struct DecidingPage: Sendable {
    let pages: RecordPages
    let frame: Frame

    private var area: Area { Area(pages.kind.code) }
    private var path: String { "/reviews/\(pages.path)" }

    func one(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        let form = try visit.form()
        guard let kind = Verdict.Kind(rawValue: form["do"] ?? "") else {
            throw NodeError(.badRequest, "请选择通过、退回或否决", "choose approve, return or reject")
        }
        let action: Action = kind == .approve ? .approve : .return
        try visit.need(action, area)
        // Whose records somebody may look at and whose they may decide about are two grants.
        let item = try tx.withSnapshot { try pages.find(visit, action, $0) }
        guard let id = RecordID(hex: item.id) else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        let code = form["code"] ?? ""
        if kind != .approve, try !visit.codes().contains(code, in: "return_reason") {
            return (try again(visit, form, Label("请选择退回原因", "choose a reason"), tx), [])
        }
        let verdict = Verdict(
            kind, code: kind == .approve ? "" : code, words: kind == .approve ? "" : form.filled("words") ?? "",
            fields: kind == .approve ? [] : form.all("field").filter { pages.kind.field($0) != nil })
        let effects: [Effect]
        do { effects = try visit.engine().handle(.decide([id], verdict, by: try visit.principal()), in: tx) } catch let error
            as NodeError
            where error.code == .badRequest
        {
            return (try again(visit, form, error.message, tx), [])
        }
        if let message = effects.refusals.first?.message {
            throw NodeError(.conflict, message.zh, message.en)
        }
        let next = try tx.withSnapshot { try ReviewQueue(pages: pages).items(visit, limit: 1, $0).items.first }
        return (.see("\(next.map { "\(path)/\($0.id)" } ?? path)?done=\(kind.rawValue)"), effects)
    }

    private func again(_ visit: Visit, _ form: Form, _ message: Label, _ tx: borrowing Transaction) throws -> WebReply {
        try tx.withSnapshot {
            try ReviewPage(pages: pages, frame: frame).answer(visit, $0, .init(form: form, message: message))
        }
    }

    /// Those that are ticked, all approved or each with the reason why not.
    func several(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        try visit.need(.approve, area)
        let form = try visit.form()
        let names = form.all("id")
        guard !names.isEmpty, names.count <= NodeLimits.recordsPerCommand else {
            throw NodeError(.badRequest, "请先勾选要通过的各件", "tick what you want to approve first")
        }
        let ids = try names.compactMap { name -> RecordID? in
            try tx.withSnapshot { snapshot in
                guard let item = try Inquiry(visit.surroundings.charter).find(name, pages.kind, in: snapshot),
                    try visit.reaches(item.homeSeat, .approve, area)
                else { return nil }
                return RecordID(hex: item.id)
            }
        }
        let effects = try visit.engine().handle(
            .decide(ids, Verdict(.approve, code: "", words: "", fields: []), by: try visit.principal()), in: tx)
        let results = Results(pages: pages, frame: frame, back: path)
        return (try results.page(visit, effects, missing: names.count - ids.count, tx), effects)
    }
}

extension [Effect] {
    /// What was refused among the outcomes of a command.
    var refusals: [RecordOutcome] {
        compactMap { effect in
            guard case .outcome(let outcome) = effect, outcome.refusal != nil else { return nil }
            return outcome
        }
    }

    var outcomes: [RecordOutcome] {
        compactMap { effect in
            guard case .outcome(let outcome) = effect else { return nil }
            return outcome
        }
    }
}
