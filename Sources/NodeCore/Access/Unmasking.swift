internal import SyncProtocol

/// Opening one masked value of one record in full: for a purpose that is kept, and not often.
public enum Unmasking {
    /// Values that one account may open in an hour.
    public static let perHour = 30
    public static let purposeRange = 2...200
    private static let hourMilliseconds: Int64 = 3_600_000

    /// Which value is meant.
    public struct Place: Sendable, Hashable {
        public let field: String
        /// The code of a list and the number of its line; nil for the record's own field.
        public let list: String?
        public let child: Int64?

        public init(field: String, list: String? = nil, child: Int64? = nil) {
            self.field = field
            self.list = list
            self.child = child
        }

        /// As the audit names it.
        public var name: String { list.map { "\($0).\(child ?? 0).\(field)" } ?? field }
    }

    /// The value as text; empty where there is none. Counted and audited, with the field's name and never its value.
    public static func open(
        _ place: Place, of name: String, _ kind: RecordKind, purpose: String, by principal: Principal, _ call: Reading,
        in tx: borrowing Transaction
    ) throws -> String {
        let purpose = AuditEntry.clean(purpose).split(separator: " ").joined(separator: " ")
        guard purposeRange.contains(purpose.count) else {
            throw NodeError(.badRequest, "请写明查看目的（2 至 200 字）", "state the purpose, in 2 to 200 characters")
        }
        let inquiry = Inquiry(call.charter)
        let area = Area(kind.code)
        let scope = call.charter.permissions.scope(principal, .viewSensitive, area, at: call.level)
        guard let found = try tx.withSnapshot({ try inquiry.find(name, kind, in: $0) }),
            scope.contains(found.homeSeat, in: call.tree), let record = RecordID(hex: found.id)
        else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        let list = try place.list.map { code in
            guard let list = kind.list(code) else { throw unknown(place) }
            return list
        }
        guard let field = (list?.fields ?? kind.fields).first(where: { $0.code == place.field }) else {
            throw unknown(place)
        }
        let showing = Showing(principal, kind, call.charter.permissions, at: call.level)
        let fieldClass = showing.fieldClass(field, in: list, at: .record)
        guard fieldClass == .sealed || fieldClass == .plain else { throw Need.noRight(.viewSensitive, area) }
        if let account = principal.account {
            let since = tx.moment.milliseconds - hourMilliseconds
            let count = try tx.audit.count(Action.viewSensitive.rawValue, by: account, since: since)
            guard count < perHour else {
                throw NodeError(
                    .tooMany, "一小时内最多查看 \(perHour) 项完整信息，请稍后再试",
                    "at most \(perHour) values are opened in an hour: later again")
            }
        }
        try tx.audit.append(
            tx.moment, by: principal, action: Action.viewSensitive.rawValue, record: record, area: area, detail: found.key,
            reason: purpose, fields: [place.name])
        let row = list.map { list in found.record[list].first { $0.number == place.child }?.row } ?? found.record.row
        return row?[field.tag].map { field.text($0) } ?? ""
    }

    /// What is read with.
    public struct Reading: Sendable {
        public let charter: Charter
        public let tree: NodeTree
        public let level: Level

        public init(_ engine: SyncEngine) {
            charter = engine.identity.charter
            tree = engine.identity.tree
            level = engine.identity.level
        }
    }

    private static func unknown(_ place: Place) -> NodeError {
        NodeError(.badRequest, "没有字段 \(place.name)", "there is no field \(place.name)")
    }
}
