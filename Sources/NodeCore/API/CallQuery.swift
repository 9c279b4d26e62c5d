/// What several questions have in their query: a day, a division, a number.
extension Call {
    /// The day of today where none is named.
    func day(_ name: String) throws -> CalendarDay {
        guard let text = query[name], !text.isEmpty else { return CalendarDay(milliseconds: milliseconds) }
        return try Call.day(text, name)
    }

    static func day(_ text: String, _ name: String) throws -> CalendarDay {
        guard let day = CalendarDay(text) else {
            throw NodeError(.badRequest, "\(name) 须为 2026-06-30 样式的日期", "\(name) is a date like 2026-06-30")
        }
        return day
    }

    /// A division of six digits; this node's own where none is named.
    func division(_ name: String = "division") throws -> String {
        guard let code = query[name], !code.isEmpty else { return try enrolled().identity.seat.code }
        guard code.utf8.count == 6, code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw NodeError(.badRequest, "\(name) 须为六位区划代码", "\(name) is a division code of six digits")
        }
        return code
    }

    func number(_ name: String, _ range: ClosedRange<Int>, otherwise: Int) throws -> Int {
        guard let text = query[name], !text.isEmpty else { return otherwise }
        guard let number = Int(text), range.contains(number) else {
            throw NodeError(
                .badRequest, "\(name) 须为 \(range.lowerBound) 至 \(range.upperBound)",
                "\(name) is \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ name: String) -> Bool { query[name] == "1" || query[name] == "true" }

    /// Under which name it is noted that somebody has read something; empty for nobody.
    var reader: String { principal.map { $0.account.map { "account \($0)" } ?? $0.name } ?? "" }

    /// The role that the query names, else the caller's own; nil for everybody's.
    var concernedRoles: Set<String>? { query["role"].flatMap { $0.isEmpty ? nil : Set([$0]) } ?? ownRoles }

    /// The roles of whoever signed in, by code; nil for the node's owner, who sees what concerns anybody.
    var ownRoles: Set<String>? {
        guard let principal, !principal.isOperator else { return nil }
        return Set(principal.roles.map(\.rawValue))
    }
}
