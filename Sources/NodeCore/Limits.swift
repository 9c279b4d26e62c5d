/// What this node takes from people and files at most.
public enum NodeLimits {
    /// One list of a household.
    public static let childrenPerList = 200
    /// Records in one command: one transaction must not hold the writer for seconds.
    public static let recordsPerCommand = 10_000
    /// One import file; the reader keeps it in memory.
    public static let importBytes = 64 * 1_024 * 1_024
    /// Rows of one import file.
    public static let importRows = 200_000
    /// Words of a return.
    public static let reasonCharacters = 1_000
    /// Rows in one answer about the quarantine.
    public static let quarantineRows = 10_000
    /// Rows in the quarantine for one neighbour: its oldest leave when it goes on sending rubbish; the counts stay.
    public static let quarantineRowsPerPeer = 2_000
    /// Strings that one search through the store may look for.
    public static let searchStrings = 50_000
    /// Bytes not yet applied that a peer may have under way.
    public static let credit: UInt64 = 64 * 1_024 * 1_024
    /// Notices in one answer.
    public static let noticeRows = 500
    /// Accounts of one node; a province has a few thousand people at desks, the others are from outside.
    public static let accounts = 200_000
    /// Rows about refusals that one account leaves in the audit in an hour.
    public static let deniedRowsPerHour = 100
    /// Rows in one answer about the audit.
    public static let auditRows = 1_000
    /// Signed heads of each audit that are kept: six weeks, one an hour.
    public static let auditHeads = 1_000
    /// Reminders in one answer.
    public static let reminderRows = 10_000
    /// Reminders that one run notes: one transaction must not hold the writer for seconds. The next run notes the others.
    public static let remindersPerRun = 20_000
    /// Days for which settled reminders are kept.
    public static let reminderDays: Int64 = 400
    /// Notifications that a node keeps: the oldest leave.
    public static let notificationRows = 10_000
    /// Seats of one topology file.
    public static let seats = 10_000
}
