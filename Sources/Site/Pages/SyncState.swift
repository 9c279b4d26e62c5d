internal import NodeCore

/// How this node stands with its neighbours, in one word and in plain sentences.
struct SyncState {
    enum Mood: String {
        case ok, waiting, offline, trouble
    }

    let mood: Mood
    let text: Label
    let links: [Inquiry.LinkStatus]
    /// Entries that wait to be sent up.
    let waiting: Int
    let lastContact: Int64?

    /// After this long without a sign of the parent the line counts as down.
    private static let silentMilliseconds: Int64 = 3 * 60_000

    init(_ visit: Visit, _ snapshot: borrowing Snapshot) throws {
        guard let engine = visit.surroundings.engine else {
            (mood, text, links, waiting, lastContact) = (.trouble, Label("尚未入网", "not enrolled yet"), [], 0, nil)
            return
        }
        links = try Inquiry(visit.surroundings.charter).links(engine, in: snapshot)
        let up = links.filter { $0.direction == "up" && $0.isOwn }
        waiting = up.reduce(0) { $0 + $1.waiting + Int(clamping: $1.backlog) }
        lastContact = visit.surroundings.host.lastContactMilliseconds
        let isTop = engine.identity.level == .national
        let isSilent = lastContact.map { visit.request.milliseconds - $0 > SyncState.silentMilliseconds } ?? true
        if engine.standstill != nil {
            (mood, text) = (.trouble, Label("需要先恢复", "recover first"))
        } else if links.contains(where: { $0.frozen != nil }) {
            (mood, text) = (.trouble, Label("有链路停住，请管理员查看", "a link stands still: tell your administrator"))
        } else if isTop {
            (mood, text) = (.ok, Label("正常", "in order"))
        } else if isSilent {
            (mood, text) = (
                .offline,
                waiting > 0
                    ? Label("未连接上级，\(waiting) 条待报", "no line; \(waiting) wait to go up")
                    : Label("未连接上级，可继续工作", "no line; work goes on")
            )
        } else if waiting > 0 {
            (mood, text) = (.waiting, Label("正在上报，还有 \(waiting) 条", "sending, \(waiting) to go"))
        } else {
            (mood, text) = (.ok, Label("已与上级同步", "in step with the level above"))
        }
    }

    func context(_ visit: Visit) -> Context {
        ["state": mood.rawValue, "text": visit.say(text), "href": "/sync", "source": "/sync/badge"]
    }
}
