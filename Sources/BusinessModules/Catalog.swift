public import NodeCore

/// What this program knows: every business module, once, in a literal list.
public enum Catalog {
    /// Of both programs; said here once.
    public static let version = "0.1.0"
    public static let modules: [BusinessModule] = [WorkerFiles.module]
    public static let kinds: [RecordKind] = modules.flatMap(\.kinds)
    public static let charter = Charter(
        kinds, permissions: modules.flatMap(\.permissions), parameters: DeclaredParameters.all,
        extensible: DeclaredParameters.extensibleCodes)
    public static let api = API(
        RecordEndpoints.all + FindingEndpoints.all + JourneyEndpoints.all + NodeEndpoints.all + EnrolmentEndpoints.all
            + MatchingEndpoints.all
            + BundleEndpoints.all + KeyEndpoints.all + RecoveryEndpoints.all + CalendarEndpoints.all
            + ParameterEndpoints.all + NoticeEndpoints.all + ReminderEndpoints.all + NotificationEndpoints.all
            + ConsentEndpoints.all + SignInEndpoints.all + AccountEndpoints.all + AuditEndpoints.all + [
                ImportEndpoint.endpoint, PublishEndpoint.endpoint,
            ])
}
