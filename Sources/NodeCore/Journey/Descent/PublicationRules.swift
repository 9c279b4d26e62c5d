/// Why this node may not publish something, in words for the person who tried; the rule is named.
struct PublicationRules {
    let identity: NodeIdentity

    private var seat: TreeSeat { identity.seat }

    /// Days of one publication, codes of one addition, entries of one file of parameters.
    private static let (daysMax, codesMax, entriesMax) = (366, 200, 20_000)

    func check(_ artefact: Artefact, in tx: borrowing Transaction) throws {
        if seat.isRelay { throw NodeError(.notAllowed, "汇总节点不发布任何内容", "a collective seat publishes nothing") }
        switch artefact {
        case .parameters(let entries): try check(entries)
        case .codes(let table, let codes): try check(table, codes)
        case .calendar(_, let entries): try check(entries)
        case .notice(let notice): try check(notice, in: tx)
        case .matchingKey: break
        }
    }

    private func check(_ entries: [Parameters.Entry]) throws {
        guard entries.count <= PublicationRules.entriesMax else { throw tooMany(PublicationRules.entriesMax) }
        struct Place: Hashable { let key, division: String; let from: Int64 }
        var seen = Set<Place>()
        for entry in entries {
            if let fault = identity.charter.parameters.fault(entry, by: seat.level) { throw fault }
            guard seen.insert(Place(key: entry.key, division: entry.division, from: entry.from.number)).inserted else {
                throw NodeError(
                    .invalid, "参数 \(entry.key) 在 \(entry.division) 自 \(entry.from) 起出现两次",
                    "parameter \(entry.key) of \(entry.division) from \(entry.from) on stands twice")
            }
        }
    }

    private func check(_ table: String, _ codes: [Code]) throws {
        guard seat.level != .national else {
            guard let dotted = codes.first(where: { $0.code.contains(".") }) else { return }
            throw NodeError(
                .invalid, "代码 \(dotted.code) 含有“.”：带点的代码留给省市的本地扩展（QG.7）",
                "the code \(dotted.code) has a full stop: those are left to what provinces and cities add (QG.7)")
        }
        guard seat.level <= .city, identity.charter.extensible.contains(table) else {
            throw NodeError(
                .notAllowed, "码表 \(table) 由全国统一，下级不能增改（QG.7）",
                "the code table \(table) is the nation's: levels below can neither change nor extend it (QG.7)")
        }
        let prefix = Artefact.localPrefix(of: seat.code)
        if let other = codes.first(where: { !$0.code.hasPrefix(prefix) || $0.code.count == prefix.count }) {
            throw NodeError(
                .notAllowed, "代码 \(other.code) 不能由本单位设定：本地代码须以 \(prefix) 开头，全国代码不能改动（QG.7）",
                "the code \(other.code) is not this unit's: local codes begin with \(prefix), codes of the base cannot be"
                    + " changed below (QG.7)")
        }
        guard codes.count <= PublicationRules.codesMax else { throw tooMany(PublicationRules.codesMax) }
    }

    private func check(_ days: [WorkCalendar.Entry]) throws {
        guard seat.level <= .province else {
            throw NodeError(
                .notAllowed, "工作日历由全国发布、省级可为本省增加休息日（W-04）",
                "the calendar is published by the nation, and a province adds days off (W-04)")
        }
        if let other = days.first(where: { $0.division != seat.code }) {
            throw NodeError(
                .notAllowed, "\(other.day) 的设定区划须为本单位（\(seat.code)）",
                "\(other.day) is set for \(other.division): this unit sets days of \(seat.code)")
        }
        if seat.level != .national, let working = days.first(where: \.kind.isWorking) {
            throw NodeError(
                .notAllowed, "省级只能增加休息日，\(working.day) 不能设为上班（W-04）",
                "a province gives days off only: \(working.day) cannot be made a working day (W-04)")
        }
        guard days.count <= PublicationRules.daysMax else { throw tooMany(PublicationRules.daysMax) }
        if let first = Dictionary(grouping: days, by: \.day).filter({ $0.value.count > 1 }).keys.min() {
            throw NodeError(.invalid, "\(first) 出现两次", "\(first) stands twice")
        }
    }

    private func check(_ notice: Notice, in tx: borrowing Transaction) throws {
        guard seat.level <= .province else {
            throw NodeError(
                .notAllowed, "公告由全国或省级发布", "notices are published by the national node and by provinces")
        }
        if let fault = notice.fault { throw NodeError(.invalid, fault.zh, fault.en) }
        let codes = try tx.reference.codes()
        if let role = notice.roles.first(where: { !codes.contains($0, in: "role") }) {
            throw NodeError(.invalid, "没有角色 \(role)", "there is no role \(role)")
        }
    }

    private func tooMany(_ most: Int) -> NodeError {
        NodeError(.tooLarge, "一次最多 \(most) 行，请分开发布", "at most \(most) rows at once: divide them")
    }
}
