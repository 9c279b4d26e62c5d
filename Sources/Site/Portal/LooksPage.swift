internal import BusinessModules
internal import NodeCore

/// Who opened one's full numbers or took one's file out of the office, when and what for.
struct LooksPage: Sendable {
    let portal: PortalPages

    private static let acts = [Action.viewSensitive, .print, .export].map(\.rawValue)
    private static let shown = 50

    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        let own = try OwnFile.needed(visit, portal.frame, snapshot)
        var filter = AuditFilter()
        filter.record = own.id
        filter.limit = NodeLimits.auditRows
        let me = visit.visitor?.session.account.id
        let found = try AuditInquiry.list(filter, in: snapshot).filter {
            LooksPage.acts.contains($0.action) && $0.result == .ok && $0.account != me
        }
        var context = portal.plain(
            visit, heading: visit.say("谁看过我的信息", "Who looked at my data"), current: "/p/me",
            lead: visit.say(
                "身份证号、手机号、病情这些，工作人员要写明用途才能看全。看过、打印过的都在这里。",
                "Staff open numbers and illness in full only for a purpose. What was opened or printed stands here."))
        context["rows"] = found.prefix(LooksPage.shown).map { row($0, own, visit) }
        context["hasRows"] = !found.isEmpty
        context["empty"] = visit.say("还没有人看过您的完整号码。", "Nobody has opened your full numbers.")
        context["links"] = [["label": visit.say("返回我的信息", "Back to my data"), "href": "/p/me"]]
        return try portal.frame.page("portal-page", context)
    }

    private func row(_ entry: AuditEntry, _ own: OwnFile, _ visit: Visit) -> Context {
        let fields = entry.fields.compactMap { own.pages.kind.field($0) }.map { visit.say($0.label) }
        let act = Action(rawValue: entry.action).map { visit.say($0.label) } ?? entry.action
        var lines = [visit.say("\(portal.centre(visit)) \(entry.actor)", "\(entry.actor), \(portal.centre(visit))")]
        if !entry.reason.isEmpty { lines.append(visit.say("用途：\(entry.reason)", "Purpose: \(entry.reason)")) }
        return [
            "title": fields.isEmpty ? act : fields.joined(separator: visit.say("、", ", ")),
            "when": Shown.time(entry.milliseconds), "tag": ["kind": "plain", "text": act], "lines": lines,
        ]
    }
}
