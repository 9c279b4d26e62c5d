public import SyncProtocol

/// How somebody sees a field.
public enum FieldClass: String, Sendable, CaseIterable {
    /// As it is.
    case plain
    /// In part; opened in full for a purpose by those who have the right.
    case masked
    /// Not at all.
    case hidden
}

extension FieldDefinition {
    /// What a role may do with records decides how it sees their fields: whoever works on them or decides about them reads
    /// texts as they are; numbers that identify somebody or lead to their money are masked for everybody until they are
    /// opened; others see of what is sealed only a mask.
    public func fieldClass(for principal: Principal, in area: Area, _ permissions: Permissions, at level: Level)
        -> FieldClass
    {
        guard permissions.allows(principal, .view, area, at: level) else { return .hidden }
        guard isSealed else { return .plain }
        if isGuarded { return .masked }
        let works = [Action.create, .update, .approve, .return].contains {
            permissions.allows(principal, $0, area, at: level)
        }
        return works ? .plain : .masked
    }

    /// A value as it may be shown to anybody who sees the record: of an ID number six and four digits, of a telephone three
    /// and four, of any other number the last four, of a text the first character.
    public func maskedForDisplay(_ text: String) -> String {
        switch form {
        case .citizenNumber: CitizenNumber.mask(text)
        case .mobile where text.count == 11: "\(text.prefix(3))****\(text.suffix(4))"
        default:
            text.count >= 8 && text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
                ? "****\(text.suffix(4))" : "\(text.prefix(1))***"
        }
    }
}

/// Opening a masked value: for a purpose, so many an hour, and never without a line in the audit that says who, what field
/// and why, and not what stood there.
public struct Unmasking: Sendable {
    let charter: Charter

    public init(_ charter: Charter) { self.charter = charter }

    public static let perHour = 30
    private static let hour: Int64 = 3_600_000

    /// The value in full; nil where this node does not have the original. Throws `invalid` for a purpose that says nothing.
    public func open(
        _ kind: RecordKind, _ item: Inquiry.Summary, _ field: FieldDefinition, purpose: String, by principal: Principal,
        in tx: borrowing Transaction
    ) throws -> String? {
        let purpose = PlainText.trimmed(purpose)
        guard (2...200).contains(purpose.count) else {
            throw NodeError(.invalid, "请写明用途（2 至 200 字）", "say what it is for, in 2 to 200 characters")
        }
        try checkRate(principal, in: tx)
        try tx.audit.append(
            tx.moment, by: principal, action: Action.viewSensitive.rawValue, record: RecordID(hex: item.id),
            area: Area(kind.code), detail: item.key, reason: purpose, fields: [field.code])
        return item.record.row[field.tag].map { field.text($0) }
    }

    private func checkRate(_ principal: Principal, in tx: borrowing Transaction) throws {
        guard let account = principal.account else { return }
        var filter = AuditFilter()
        filter.account = account
        filter.action = Action.viewSensitive.rawValue
        filter.from = tx.moment.milliseconds - Unmasking.hour
        filter.limit = Unmasking.perHour
        let opened = try tx.withSnapshot { try AuditInquiry.list(filter, in: $0) }
        guard opened.count < Unmasking.perHour else {
            throw NodeError(
                .tooMany, "一小时内最多查看 \(Unmasking.perHour) 次，请稍后再试",
                "at most \(Unmasking.perHour) values are opened in an hour: try again later")
        }
    }
}

extension Transaction {
    /// A line of the audit about something that somebody did on a page.
    public func audit(by principal: Principal, _ action: Action, _ area: Area, record: RecordID?, detail: String) throws {
        try audit.append(moment, by: principal, action: action.rawValue, record: record, area: area, detail: detail)
    }
}
