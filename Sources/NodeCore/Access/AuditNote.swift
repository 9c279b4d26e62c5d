public import SyncProtocol

extension Transaction {
    /// A line of the audit about something that somebody did on a page.
    public func note(by principal: Principal, _ action: Action, _ area: Area, record: RecordID?, detail: String) throws {
        try audit.append(moment, by: principal, action: action.rawValue, record: record, area: area, detail: detail)
    }

    /// How often somebody did something since a time, in milliseconds since 1970; the owner of the node is not counted.
    public func count(ofActs action: String, by principal: Principal, since: Int64) throws -> Int {
        guard let account = principal.account else { return 0 }
        return try audit.count(action, by: account, since: since)
    }
}
