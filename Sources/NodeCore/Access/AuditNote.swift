public import SyncProtocol

extension Transaction {
    /// A line of the audit about something that somebody did on a page.
    public func note(by principal: Principal, _ action: Action, _ area: Area, record: RecordID?, detail: String) throws {
        try audit.append(moment, by: principal, action: action.rawValue, record: record, area: area, detail: detail)
    }
}
